import Events

/// What a first look at the files of an import tells of all of them: what definition records say, and who
/// publishes in each data set.
public struct DBNFacts: Sendable {
  private struct Key: Hashable {
    var dataset: String
    var symbol: String
  }
  private struct Number: Hashable {
    var dataset: String
    var number: UInt32
  }
  private var bySymbol: [Key: DBNDefinition] = [:]
  private var byNumber: [Number: DBNDefinition] = [:]
  private var publishers: [String: Set<UInt16>] = [:]

  public init() {}

  /// Keeps a definition; of several for one symbol, or one number, the first.
  mutating func add(_ definition: DBNDefinition, of dataset: String) {
    let key = Key(dataset: dataset, symbol: definition.symbol)
    if bySymbol[key] == nil { bySymbol[key] = definition }
    let number = Number(dataset: dataset, number: definition.number)
    if byNumber[number] == nil { byNumber[number] = definition }
  }

  /// Keeps that somebody publishes in a data set.
  mutating func add(publisher: UInt16, of dataset: String) {
    publishers[dataset, default: []].insert(publisher)
  }

  func definition(_ dataset: String, _ symbol: String) -> DBNDefinition? {
    bySymbol[Key(dataset: dataset, symbol: symbol)]
  }

  func definition(_ dataset: String, number: UInt32) -> DBNDefinition? {
    byNumber[Number(dataset: dataset, number: number)]
  }

  /// Whether the files have records of several publishers of a data set.
  func hasSeveralPublishers(_ dataset: String) -> Bool {
    publishers[dataset, default: []].count > 1
  }
}

/// A publisher is a venue in a data set. Source: Databento, `publisher_id` values.
enum DBNPublisher {
  /// The venue's market identifier code, or Databento's name of it; `P120` of an unknown number.
  static func venue(_ publisher: UInt16) -> String {
    let place = Int(publisher) - 1
    return venues.indices.contains(place) ? venues[place] : "P\(publisher)"
  }

  /// Whether a data set has one publisher only, so that nobody need look.
  static func isOnly(in dataset: String) -> Bool {
    [
      "GLBX.MDP3", "XNAS.ITCH", "XBOS.ITCH", "XPSX.ITCH", "BATS.PITCH", "BATY.PITCH", "EDGA.PITCH",
      "EDGX.PITCH", "XNYS.PILLAR", "XCIS.PILLAR", "XASE.PILLAR", "XCHI.PILLAR", "ARCX.PILLAR",
      "XCIS.BBO", "XCIS.TRADES", "XNYS.BBO", "XNAS.QBBO", "MEMX.MEMOIR", "EPRL.DOM", "IEXG.TOPS",
      "EQUS.MINI", "EQUS.SUMMARY",
    ].contains(dataset)
  }

  /// By number from 1.
  private static let venues: [String] = [
    "GLBX", "XNAS", "XBOS", "XPSX", "BATS", "BATY", "EDGA", "EDGX", "XNYS", "XCIS",
    "XASE", "XCHI", "XCIS", "XCIS", "MEMX", "EPRL", "FINN", "FINC", "FINY", "AMXO",
    "XBOX", "XCBO", "EMLD", "EDGO", "GMNI", "XISX", "MCRY", "XMIO", "ARCO", "OPRA",
    "MPRL", "XNDQ", "XBXO", "C2OX", "XPHL", "BATO", "MXOP", "IEXG", "XCHI", "XCIS",
    "IEXG", "EPRL", "ARCX", "XNYS", "XNYS", "XNAS", "XNAS", "XCHI", "XCIS", "IEXG",
    "EPRL", "XNAS", "XNYS", "FINN", "FINY", "FINC", "IFEU", "NDEX", "DBEQ", "EQUS",
    "SPHR", "XCHI", "XCIS", "IEXG", "EPRL", "XNAS", "XNYS", "FINN", "FINY", "FINC",
    "BATS", "BATY", "EDGA", "EDGX", "XBOS", "XPSX", "MEMX", "XASE", "ARCX", "LTSE",
    "XNAS", "FINN", "FINC", "XOFF", "XOFF", "XBOS", "XPSX", "XBOS", "XPSX", "EQUS",
    "XCIS", "XNYS", "EQUS", "EQUS", "EQUS", "EQUS", "IFUS", "XOFF", "IFLL", "XOFF",
    "XEUR", "XEEE", "XOFF", "XOFF", "XCBF", "XOFF", "OCEA",
  ]
}

import Events
import Venues

/// Makes the sources of a request: which files count, and how each is decoded.
struct SourcePlan {
  let request: ImportRequest
  private(set) var sources: [ImportSource] = []
  /// Files that a directory holds and that are not of the format.
  var filesLeftOut: UInt64 = 0
  /// Files that were named again, which are taken once.
  var filesRepeated: UInt64 = 0
  private(set) var overrides = InstrumentOverrides()
  /// Whether the scales of instruments can be unknown, source by source.
  private(set) var mayNeedSurvey: [Bool] = []

  /// - Parameter isAhead: whether files are only looked through for what holds for all of them.
  init(_ request: ImportRequest, isAhead: Bool = false) throws(ImportError) {
    self.request = request
    var files = try FileList.expand(request.paths)
    var seen: Set<String> = []
    let named = files.count
    files.removeAll { !seen.insert(FileList.whole($0.path)).inserted }
    filesRepeated = UInt64(named - files.count)
    if request.format != .csv { overrides = try Self.overrides(request) }
    switch request.format {
    case .lobster: try addLobster(files)
    case .dbn: try addDBN(files, isAhead: isAhead)
    case .binance: try addBinance(files, isAhead: isAhead)
    case .kraken: try addKraken(files)
    case .iex: try addIEX(files)
    case .lean: try addLean(files)
    case .csv: try addCSV(files, Self.columnMaps(request))
    }
    guard !sources.isEmpty else {
      throw .usage(
        "no \(request.format.rawValue) file in \(request.paths.joined(separator: ", "))\n"
          + "  \(Self.hint(request.format))")
    }
  }

  static func hint(_ format: ImportFormat) -> String {
    switch format {
    case .lobster: "Expected names such as AAPL_2012-06-21_34200000_57600000_message_10.csv."
    case .dbn:
      "Expected names that end in .dbn, .dbn.zst or .dbn.gz, or archives of such files, each named."
    case .binance: "Expected files of lines: a receive time since 1970, a space, a message."
    case .kraken:
      "Expected files of lines: a unix time, a colon, a message; in a folder named KRAKEN…."
    case .iex: "Expected names that end in .pcap or .pcapng, perhaps with .gz or .zst."
    case .lean: "Expected paths such as equity/usa/minute/spy/20131007_trade.zip."
    case .csv: "Expected names that end in .csv, .txt, .tsv, .gz, .zst or .zip."
    }
  }

  mutating func add(_ source: ImportSource, mayNeedSurvey: Bool) {
    sources.append(source)
    self.mayNeedSurvey.append(mayNeedSurvey)
  }

  private var areScalesGiven: Bool {
    overrides.priceScale != nil && overrides.quantityScale != nil
  }

  mutating func leaveOut(_ file: InputFile, _ reason: String) throws(ImportError) {
    guard !file.isNamed else {
      throw .data(path: file.path, error: DecodeError(.source, reason), advice: "")
    }
    filesLeftOut += 1
  }
}

extension SourcePlan {
  private mutating func addDBN(_ files: [InputFile], isAhead: Bool) throws(ImportError) {
    var parts: [(file: InputFile, entry: ArchiveEntry?)] = []
    for file in files {
      guard file.isNamed || Self.isDBN(file.path) else {
        filesLeftOut += 1
        continue
      }
      guard let names = try Self.entries(file.path) else {
        parts.append((file, nil))
        continue
      }
      // Databento's archives have descriptions beside the data.
      let taken = names.indices.filter { Self.isDBN(names[$0]) }
      if !taken.isEmpty { filesLeftOut += UInt64(names.count - taken.count) }
      for place in taken.isEmpty ? Array(names.indices) : taken {
        parts.append((file, ArchiveEntry(place: place, name: names[place])))
      }
    }
    let symbol = request.symbol
    var before: String?
    for (file, entry) in parts {
      // Entries are merged as files are; the archive's bytes are counted once.
      let size = before == file.path ? 0 : file.size
      before = file.path
      let source = ImportSource(path: file.path, size: size, entry: entry) { _ in
        DBNDecoder(symbol: symbol, isAhead: isAhead, tellsRecords: parts.count > 1)
      }
      add(source, mayNeedSurvey: !areScalesGiven)
    }
  }

  private static func isDBN(_ name: String) -> Bool {
    [".dbn", ".dbn.zst", ".dbn.gz"].contains(where: name.hasSuffix)
  }

  /// The names of a zip archive's entries; nil for a file that is none.
  private static func entries(_ path: String) throws(ImportError) -> [String]? {
    do {
      return try ArchiveReader.entries(path: path)
    } catch {
      throw error.importError(path)
    }
  }

  private mutating func addBinance(_ files: [InputFile], isAhead: Bool) throws(ImportError) {
    var captured: [InputFile] = []
    for file in files {
      let isText = file.path.hasSuffix(".md") || file.path.hasSuffix(".txt")
      guard file.isNamed || !isText else {
        filesLeftOut += 1
        continue
      }
      captured.append(file)
    }
    try addStream(
      captured,
      BinanceDecoder(symbol: request.symbol, isAhead: isAhead, keepsBooks: captured.count > 1),
      mayNeedSurvey: !areScalesGiven)
  }

  /// Files of one capture: one decoder reads them in order of time.
  private mutating func addStream(
    _ files: [InputFile], _ decoder: some StreamDecoder, mayNeedSurvey: Bool
  ) throws(ImportError) {
    let stream = SharedStream(decoder)
    var starts: [(file: InputFile, first: Instant?)] = []
    for file in files {
      let start = try FileList.contents(file.path, limit: 1 << 16)
      starts.append((file, decoder.firstStamp(start.span)))
    }
    // Of what has the same time those of the file that began first are the earlier ones.
    let order = starts.indices.sorted {
      let never = Instant(nanoseconds: .min)
      let (a, b) = (starts[$0].first ?? never, starts[$1].first ?? never)
      return (a, $0) < (b, $1)
    }
    for (file, first) in order.map({ starts[$0] }) {
      let source = ImportSource(path: file.path, size: file.size, earliest: first, of: stream)
      add(source, mayNeedSurvey: mayNeedSurvey)
    }
  }

  private mutating func addKraken(_ files: [InputFile]) throws(ImportError) {
    var captured: [InputFile] = []
    for file in files {
      // A folder of captures holds those of other exchanges too.
      guard file.isNamed || FileList.name(file.path).uppercased().hasPrefix("KRAKEN") else {
        filesLeftOut += 1
        continue
      }
      captured.append(file)
    }
    try addStream(
      captured, KrakenDecoder(symbol: request.symbol), mayNeedSurvey: !areScalesGiven)
  }

  private mutating func addIEX(_ files: [InputFile]) throws(ImportError) {
    let endings = [".pcap", ".pcapng"].flatMap { [$0, $0 + ".gz", $0 + ".zst"] }
    var captured: [InputFile] = []
    for file in files {
      guard file.isNamed || endings.contains(where: file.path.hasSuffix) else {
        filesLeftOut += 1
        continue
      }
      captured.append(file)
    }
    try addStream(captured, IEXDecoder(symbol: request.symbol), mayNeedSurvey: false)
  }

  private mutating func addLean(_ files: [InputFile]) throws(ImportError) {
    var others: [String] = []
    var taken: [(file: InputFile, lean: LeanFile)] = []
    for file in files {
      // The folders above the working directory may say what a file is.
      guard let lean = LeanFile(path: file.path) ?? LeanFile(path: FileList.whole(file.path)) else {
        try leaveOut(file, "the path does not tell what it is; \(Self.hint(.lean))")
        continue
      }
      if let symbol = request.symbol, symbol.uppercased() != lean.symbol {
        others.append(lean.symbol)
        filesLeftOut += 1
        continue
      }
      taken.append((file, lean))
    }
    // Of one moment the first source comes first: a corporate action follows the bars that end then.
    let prices = taken.filter { $0.lean.kind != .factors }
    for (file, lean) in prices + taken.filter({ $0.lean.kind == .factors }) {
      let source = ImportSource(
        path: file.path, size: file.size, earliest: lean.earliest, isCollected: true
      ) { entry in LeanDecoder(file: lean, entry: entry) }
      add(source, mayNeedSurvey: lean.needsSurvey && !areScalesGiven)
    }
    if sources.isEmpty, !others.isEmpty { throw .noSymbol(among: others) }
  }

  private mutating func addCSV(_ files: [InputFile], _ maps: [ColumnMap]) throws(ImportError) {
    overrides = maps[0].overrides
    let endings = [".csv", ".txt", ".tsv", ".gz", ".zst", ".zip"]
    var used: Set<Int> = []
    for file in files {
      let isText =
        endings.contains(where: file.path.hasSuffix) && !file.path.hasSuffix("SOURCE.txt")
      guard file.isNamed || isText else {
        filesLeftOut += 1
        continue
      }
      // Without a name the file's own, AAPL of AAPL.csv, or that of an archive's entry. What is no archive
      // has one entry, called “data”.
      let name = FileList.name(file.path)
      let place =
        maps.firstIndex { $0.files?.matches(name) == true } ?? maps.firstIndex { $0.files == nil }
      guard let place else {
        try leaveOut(file, "no map is for it: `files` of each names others")
        continue
      }
      used.insert(place)
      let map = maps[place]
      let source = ImportSource(
        path: file.path, size: file.size,
        isCollected: map.isUnordered || map.namesInstruments, collectsArchives: true
      ) { entry in
        CSVDecoder(map: map, symbol: fileStem(entry == "data" ? name : FileList.name(entry)))
      }
      add(source, mayNeedSurvey: CSVDecoder(map: map, symbol: name).needsSurvey)
    }
    for (place, path) in request.mapPaths.enumerated() where !used.contains(place) {
      throw .usage("--map \(path): none of the files is for this map; `files` in it says which are")
    }
  }
}

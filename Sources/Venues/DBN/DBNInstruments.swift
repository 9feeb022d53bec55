import Events

/// An instrument as the records of a file name it.
struct DBNInstrument: BitwiseCopyable {
  /// Databento's number.
  var number: UInt32
  /// First and last moment at which the number means this instrument.
  var first: Instant
  var last: Instant
  /// None for one that is not asked for.
  var id: InstrumentID
  /// A price × 10^-9 divided by this has the instrument's scale.
  var divisor: Int64 = 1
  /// A size multiplied by this has the instrument's quantity scale.
  var sizeFactor: Int64 = 1
  /// Digits of prices after the point.
  var priceDigits = 0
}

/// The instruments met in a file, by Databento's number. Looking up the one met last costs nothing.
struct DBNInstruments {
  private var items: [DBNInstrument] = []
  private var latest = 0

  /// - Returns: the place of an instrument, or nil if it was not met yet.
  @inline(__always)
  mutating func place(_ number: UInt32, at time: Instant) -> Int? {
    if latest < items.count, items[latest].number == number, holds(latest, time) { return latest }
    return search(number, at: time)
  }

  subscript(place: Int) -> DBNInstrument { items[place] }

  var count: Int { items.count }

  private func holds(_ place: Int, _ time: Instant) -> Bool {
    time >= items[place].first && time <= items[place].last
  }

  @inline(never)
  private mutating func search(_ number: UInt32, at time: Instant) -> Int? {
    // Newest first: the same number may come again with another meaning.
    for place in items.indices.reversed() where items[place].number == number && holds(place, time)
    {
      latest = place
      return place
    }
    return nil
  }

  mutating func append(_ item: DBNInstrument) -> Int {
    items.append(item)
    latest = items.count - 1
    return latest
  }
}

extension DBNMetadata {
  /// The venue part of the data set: `GLBX` of `GLBX.MDP3`.
  var venueName: String {
    String(dataset.split(separator: ".", omittingEmptySubsequences: false).first ?? "")
  }

  /// What is known of a symbol without a definition record.
  func proposal(_ symbol: String) -> InstrumentProposal {
    switch venueName {
    case "GLBX", "IFEU", "IFUS", "NDEX", "XEUR", "XCBF": return futureProposal(symbol)
    case "OPRA":
      var proposal = InstrumentProposal(
        venueName: "OPRA", symbol: symbol, kind: .option, priceScale: 4, quantityScale: 0)
      proposal.multiplier = 100_000_000_000
      proposal.tickSize = 10_000_000
      return proposal
    default:
      // Databento's other data sets are United States equities: four decimals, whole shares.
      var proposal = InstrumentProposal(
        venueName: venueName.isEmpty ? "DBN" : venueName, symbol: symbol, kind: .equity,
        priceScale: 4, quantityScale: 0)
      proposal.tickSize = 10_000_000
      return proposal
    }
  }

  private func futureProposal(_ symbol: String) -> InstrumentProposal {
    let isOption = symbol.utf8.contains(UInt8(ascii: " "))
    var proposal = InstrumentProposal(
      venueName: venueName, symbol: symbol, kind: isOption ? .option : .future, quantityScale: 0)
    if let root = FuturesRoot(symbol: symbol), venueName == "GLBX" {
      proposal.venueName = root.venue
      proposal.priceScale = root.priceScale
      proposal.tickSize = root.tickSize
      proposal.multiplier = root.multiplier
    } else if venueName == "GLBX" {
      proposal.venueName = "XCME"
    }
    return proposal
  }
}

extension InstrumentProposal {
  /// Takes over what a definition record says.
  mutating func take(_ definition: DBNDefinition) {
    if !definition.venue.isEmpty { venueName = definition.venue }
    if !definition.currency.isEmpty { currency = definition.currency }
    kind = definition.kind ?? kind
    expiry = definition.expiry
    if let multiplier = definition.multiplier { self.multiplier = multiplier }
    if let tick = definition.tickSize {
      tickSize = tick
      // Settlement and spread prices may lie between ticks: one digit more than the tick needs, and at
      // least what is usual for the instrument.
      var digits: UInt8 = 9
      var rest = tick
      while digits > 0, rest % 10 == 0 {
        rest /= 10
        digits -= 1
      }
      priceScale = max(digits, priceScale ?? 2)
    } else if kind == .equity {
      priceScale = 4
    }
  }
}

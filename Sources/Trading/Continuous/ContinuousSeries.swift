import Books
import Events

/// A continuous future: its contracts, the one in front, and how its prices are made of that one's
/// (docs/continuous.md).
public struct ContinuousSeries: Sendable {
  /// A contract and what was traded of it, in its integers.
  struct Contract: Sendable {
    var id: InstrumentID
    var expiry: CivilDate
    /// On the day under way, and on the day before.
    var today: Int64 = 0
    var before: Int64 = 0
  }

  static let one: Int64 = 1_000_000_000_000

  public let id: InstrumentID
  let symbol: ContinuousSymbol
  let configuration: ContinuousConfiguration
  let terms: Instrument.Terms
  let currency: String
  /// Strategies that follow it, one bit each.
  var followers: UInt64 = 0
  /// In order of expiry.
  private(set) var contracts: [Contract] = []
  /// The contract in front; none before the first, and after the last.
  public private(set) var front = InstrumentID.none
  /// Sequence of the entry that put it there; 0 before the first.
  public private(set) var since: UInt64 = 0
  /// What is added to the contract's prices, or multiplied, × 10^12.
  public private(set) var adjustment: Int64

  /// - Returns: nil if it is no continuous future of the configuration.
  init?(_ instrument: Instrument, _ all: [ContinuousConfiguration]) {
    guard instrument.kind == .continuous,
      var symbol = ContinuousSymbol("\(instrument.venueName):\(instrument.symbol)"),
      let configuration = all.first(where: { $0.root == symbol.root })
    else { return nil }
    symbol.venue = instrument.venueName
    id = instrument.id
    self.symbol = symbol
    self.configuration = configuration
    terms = instrument.terms
    currency = instrument.currency
    adjustment = configuration.adjust == .ratio ? Self.one : 0
  }

  public var adjust: ContractRoll.Adjust { configuration.adjust }

  // MARK: - Contracts

  func has(_ id: InstrumentID) -> Bool { contracts.contains { $0.id == id } }

  /// Why an instrument cannot be one of its contracts; nil if it can, or is no contract of the root.
  func problem(of instrument: Instrument) -> String? {
    guard symbol.isContract(instrument) else { return nil }
    let other = instrument.terms
    if configuration.expiry(of: instrument) == nil { return "has no expiry" }
    guard other.priceScale == terms.priceScale, other.quantityScale == terms.quantityScale,
      other.tickSize == terms.tickSize, other.lotSize == terms.lotSize,
      other.multiplier == terms.multiplier, instrument.currency == currency
    else { return "has another scale, tick, lot, multiplier or currency than those before" }
    return nil
  }

  /// Takes an instrument's definition, if it is one of its contracts.
  mutating func define(_ instrument: Instrument) {
    let old = contracts.first { $0.id == instrument.id }
    contracts.removeAll { $0.id == instrument.id }
    guard symbol.isContract(instrument), problem(of: instrument) == nil,
      let expiry = configuration.expiry(of: instrument)
    else { return }
    var contract = Contract(id: instrument.id, expiry: expiry)
    if let old { (contract.today, contract.before) = (old.today, old.before) }
    let place =
      contracts.firstIndex { (expiry, instrument.id) < ($0.expiry, $0.id) } ?? contracts.count
    contracts.insert(contract, at: place)
  }

  /// Counts what was traded of a contract.
  mutating func count(_ size: Quantity, of id: InstrumentID) {
    guard symbol.rule == .volume, let place = contracts.firstIndex(where: { $0.id == id }) else {
      return
    }
    let (sum, overflow) = contracts[place].today.addingReportingOverflow(size.raw)
    contracts[place].today = overflow ? .max : sum
  }

  /// The day's figures are those of a day that is over, if anything was traded.
  mutating func endDay() {
    guard contracts.contains(where: { $0.today > 0 }) else { return }
    for place in contracts.indices {
      (contracts[place].before, contracts[place].today) = (contracts[place].today, 0)
    }
  }

  /// The place of the contract that is to be in front after a day; the count if none is left.
  func wanted(after day: CivilDate, openInterest: (InstrumentID) -> Int64) -> Int {
    // A contract is over some days before it expires, whatever the rule.
    let dated = contracts.map {
      DatedContract("", expiry: $0.expiry.advanced(by: -configuration.days))
    }
    func figures(_ place: Int) -> ContinuousContract.Figures {
      ContinuousContract.Figures(
        close: .none, volume: contracts[place].before,
        openInterest: openInterest(contracts[place].id))
    }
    let current = contracts.firstIndex { $0.id == front } ?? 0
    switch symbol.rule {
    case .calendar:
      let first = RollRule.daysBeforeExpiry(0).next(from: 0, of: dated, after: day) { _ in nil }
      return min(first + symbol.rank, contracts.count)
    case .volume: return RollRule.volume.next(from: current, of: dated, after: day, figures)
    case .openInterest:
      return RollRule.openInterest.next(from: current, of: dated, after: day, figures)
    }
  }

  /// What the rule looks at of a contract: its date of expiry, or a quantity.
  func figure(_ contract: Contract?, openInterest: (InstrumentID) -> Int64) -> Int64 {
    guard let contract else { return 0 }
    return switch symbol.rule {
    case .calendar: contract.expiry.yyyymmdd
    case .volume: contract.before
    case .openInterest: openInterest(contract.id)
    }
  }

  /// The adjustment after a roll at these prices.
  func adjustment(from old: Price, to new: Price) -> Int64 {
    guard !old.isNone, !new.isNone else { return adjustment }
    switch configuration.adjust {
    case .none: return 0
    case .difference:
      let gap = new.raw.subtractingReportingOverflow(old.raw)
      let (sum, overflow) = adjustment.subtractingReportingOverflow(gap.partialValue)
      return gap.overflow || overflow || sum.magnitude > Price.limit.magnitude ? adjustment : sum
    case .ratio:
      guard old.raw > 0, new.raw > 0 else { return adjustment }
      let ratio = divideHalfEven(Int128(adjustment) * Int128(old.raw), by: Int128(new.raw))
      return ratio > 0 ? Int64(exactly: ratio) ?? adjustment : adjustment
    }
  }

  mutating func take(_ roll: ContractRoll, _ sequence: UInt64) {
    front = roll.to
    since = sequence
    adjustment = configuration.adjust == .ratio && roll.adjustment <= 0 ? Self.one : roll.adjustment
  }

  // MARK: - State

  func encode(to out: inout ByteBuffer) {
    out.append(front.raw)
    out.append(since)
    out.append(adjustment)
    out.append(UInt16(contracts.count))
    for contract in contracts {
      out.append(contract.today)
      out.append(contract.before)
    }
  }

  /// Reads what `encode` wrote, into a series that knows its contracts.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    front = InstrumentID(try input.read(UInt16.self))
    since = try input.read(UInt64.self)
    adjustment = try input.read(Int64.self)
    guard Int(try input.read(UInt16.self)) == contracts.count else {
      throw Damage(at: input.offset, "another number of contracts")
    }
    for place in contracts.indices {
      contracts[place].today = try input.read(Int64.self)
      contracts[place].before = try input.read(Int64.self)
    }
  }
}

import Events
import Trading

/// An engine on its own: steps observations as the sequencer does and keeps all entries.
public struct Stage: ~Copyable {
  public var engine: Engine
  public private(set) var entries: [Entry] = []
  public private(set) var sequence: UInt64 = 0
  public private(set) var time: Instant

  public init(
    catalog: [StrategyKind] = [ScriptedStrategy.kind],
    start: Instant = Instant(nanoseconds: 1_700_000_000_000_000_000)
  ) {
    engine = Engine(catalog: catalog)
    time = start
  }

  /// A stage whose engine goes on from a state after `sequence`.
  public init(_ engine: consuming Engine, after sequence: UInt64, at time: Instant) {
    self.engine = engine
    self.sequence = sequence
    self.time = time
  }

  /// Steps an observation, a millisecond after the last unless told otherwise.
  /// - Returns: the decisions it led to.
  @discardableResult
  public mutating func step(_ observation: Observation, after delay: Int64 = 1_000_000)
    -> [Decision]
  {
    time = time.advanced(by: delay)
    sequence += 1
    var header = EntryHeader(sequence: sequence, eventTime: time, receiveTime: time)
    if case .report(let report) = observation { header.cause = engine.cause(of: report) }
    entries.append(Entry(header: header, event: .observation(observation)))
    engine.apply(observation, header)
    var decisions: [Decision] = []
    while let made = engine.decide() {
      sequence += 1
      let header = EntryHeader(
        sequence: sequence, eventTime: time, receiveTime: time, cause: engine.deciding)
      entries.append(Entry(header: header, event: .decision(made)))
      engine.apply(made, header)
      decisions.append(made)
    }
    return decisions
  }

  /// A signal that tells scripted strategies what to do.
  @discardableResult
  public mutating func tell(
    _ script: String, to name: String = "", _ instrument: InstrumentID = InstrumentID(0),
    after delay: Int64 = 1_000_000
  ) -> [Decision] {
    step(
      .signal(Signal(instrument: instrument, score: 0, model: script, version: name)), after: delay)
  }

  @discardableResult
  public mutating func report(_ order: UInt64, _ outcome: VenueReport.Outcome) -> [Decision] {
    step(.report(VenueReport(order: OrderID(order), outcome)))
  }

  @discardableResult
  public mutating func accept(_ order: UInt64) -> [Decision] {
    report(order, .accepted(venueOrder: "V\(order)"))
  }

  @discardableResult
  public mutating func fill(
    _ order: UInt64, _ quantity: Int64, at price: Int64, fee: Money = .zero,
    in currency: String = "USD", id: UInt64? = nil
  ) -> [Decision] {
    // The sequence the report will have: unique, and the same after a restart.
    report(
      order,
      .filled(
        Fill(
          id: id ?? sequence + 1, price: Price(price), quantity: Quantity(quantity), fee: fee,
          feeCurrency: currency, liquidity: .taker)))
  }

  @discardableResult
  public mutating func quote(
    _ bid: Int64, _ ask: Int64, _ instrument: InstrumentID = InstrumentID(0),
    sizes: (Int64, Int64) = (100, 100), after delay: Int64 = 1_000_000
  ) -> [Decision] {
    step(
      .market(
        .quote(
          Quote(
            instrument: instrument, bid: Price(bid), ask: Price(ask), bidSize: Quantity(sizes.0),
            askSize: Quantity(sizes.1)))), after: delay)
  }

  /// The state's bytes.
  public func stateBytes() -> [UInt8] {
    var out = ByteBuffer()
    engine.encodeState(to: &out)
    return out.array
  }
}

extension ConfigurationItems {
  /// Items of `key = value` lines.
  public init(lines: String) {
    self.init(
      lines.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "=", maxSplits: 1).map { part in
          part.split(separator: " ").joined(separator: " ")
        }
        return parts.count == 2 ? Item(key: parts[0], value: parts[1]) : nil
      })
  }
}

extension Instrument {
  /// A share at venue 0 in dollars and cents, lots of one.
  public static func share(_ id: UInt16, _ symbol: String, venue: UInt16 = 0) -> Instrument {
    Instrument(
      id: InstrumentID(id), venue: VenueID(venue), venueName: "XV\(venue)", symbol: symbol,
      kind: .equity, currency: "USD", priceScale: 2, quantityScale: 0)
  }

  /// A future of 50 dollars a point, quarter-point ticks.
  public static func future(_ id: UInt16, _ symbol: String, venue: UInt16 = 0) -> Instrument {
    Instrument(
      id: InstrumentID(id), venue: VenueID(venue), venueName: "XV\(venue)", symbol: symbol,
      kind: .future, currency: "USD", priceScale: 2, quantityScale: 0, tickSize: Price(25),
      multiplier: 50_000_000_000)
  }

  /// A coin in euros, cents, quantities with 5 decimals in lots of 0.001.
  public static func coin(_ id: UInt16, _ symbol: String, venue: UInt16 = 1) -> Instrument {
    Instrument(
      id: InstrumentID(id), venue: VenueID(venue), venueName: "XV\(venue)", symbol: symbol,
      kind: .crypto, base: symbol, currency: "EUR", priceScale: 2, quantityScale: 5,
      lotSize: Quantity(100))
  }
}

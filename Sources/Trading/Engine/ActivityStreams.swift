import Books
import Events

/// Bars that close with what happens instead of time: one stream for each instrument, rule and source,
/// however many strategies use it.
///
/// They are made of ticks only: recorded bars do not say in which order things happened. Of trades each print
/// is a tick; of mid, bid or ask prices each change of that price.
struct ActivityStreams: Sendable {
  /// What makes a bar complete, in the instrument's own units.
  enum Builder: Equatable, Sendable, BitwiseCopyable {
    case activity(ActivityBarBuilder)
    case renko(RenkoBuilder)
    case information(InformationBarBuilder)
  }

  fileprivate struct Stream: Sendable {
    let instrument: InstrumentID
    let source: Clock.BarSource
    var builder: Builder
    var strategies: UInt64 = 0
    /// The price quoted last, for sources other than trades.
    var quoted = Price.none
  }

  /// In order of instrument, rule and source, so that the order tells nothing of the past.
  private var streams: [Stream] = []

  var isEmpty: Bool { streams.isEmpty }
  /// The instruments that have a stream.
  var instruments: [InstrumentID] { streams.map(\.instrument) }

  /// Asks for bars on behalf of strategies.
  mutating func add(
    _ instrument: InstrumentID, _ builder: Builder, _ source: Clock.BarSource, strategies: UInt64
  ) {
    let wanted = Stream(instrument: instrument, source: source, builder: builder)
    let place = streams.firstIndex { !($0.key < wanted.key) } ?? streams.count
    if place == streams.count || streams[place].key != wanted.key {
      streams.insert(wanted, at: place)
    }
    streams[place].strategies |= strategies
  }

  /// Forgets who wants an instrument's bars; `add` says it anew, `removeDismissed` drops the rest.
  mutating func dismiss(_ instrument: InstrumentID) {
    for index in streams.indices where streams[index].instrument == instrument {
      streams[index].strategies = 0
    }
  }

  mutating func removeDismissed() { streams.removeAll { $0.strategies == 0 } }

  /// Takes a tick; see `BarStreams.collect`. The bars it completes are appended in order of the streams.
  mutating func collect(
    _ tick: MarketEvent, best: Quote, at time: Instant, sequence: UInt64,
    into completed: inout [BarStreams.Completed]
  ) {
    for index in streams.indices where streams[index].instrument == tick.instrument {
      guard let point = streams[index].point(tick, best) else { continue }
      streams[index].collect(point, at: time, sequence, into: &completed)
    }
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(streams.count))
    for stream in streams {
      out.append(stream.quoted.raw)
      switch stream.builder {
      case .activity(let builder): builder.encode(to: &out)
      case .renko(let builder): builder.encode(to: &out)
      case .information(let builder): builder.encode(to: &out)
      }
    }
  }

  /// Reads what `encode` wrote into streams of the same configuration.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    guard Int(try input.read(UInt32.self)) == streams.count else {
      throw Damage(at: input.offset, "another number of bar streams")
    }
    for index in streams.indices {
      let instrument = streams[index].instrument
      streams[index].quoted = Price(try input.read(Int64.self))
      switch streams[index].builder {
      case .activity(var builder):
        try builder.restore(instrument, &input)
        streams[index].builder = .activity(builder)
      case .renko(var builder):
        try builder.restore(&input)
        streams[index].builder = .renko(builder)
      case .information(var builder):
        try builder.restore(instrument, &input)
        streams[index].builder = .information(builder)
      }
    }
  }
}

extension ActivityStreams.Stream {
  fileprivate var key: (UInt16, UInt16, Int128, String) {
    switch builder {
    case .activity(let one):
      (instrument.raw, UInt16(one.measure.rawValue), one.threshold, source.rawValue)
    case .renko(let one): (instrument.raw, 256, Int128(one.height), source.rawValue)
    case .information(let one):
      (
        instrument.raw, 512 + UInt16(one.rule.rawValue) * 16 + UInt16(one.weight.rawValue),
        Int128(one.ticks), source.rawValue
      )
    }
  }

  /// What a market event is to the source; nil if it is no tick of it.
  @inline(__always)
  fileprivate mutating func point(_ tick: MarketEvent, _ best: Quote) -> BarTick? {
    switch (source, tick) {
    case (.trades, .trade(let trade)): return BarTick(trade.price, trade.size)
    case (.trades, _), (_, .trade), (_, .bar), (_, .status): return nil
    case (_, .quote), (_, .depth), (_, .order):
      let price: Price
      switch source {
      case .bid: price = best.bid
      case .ask: price = best.ask
      case .mid, .trades: price = best.isTwoSided ? best.middle : .none
      }
      guard !price.isNone, price != quoted else { return nil }
      quoted = price
      return BarTick(price)
    }
  }

  @inline(__always)
  fileprivate mutating func collect(
    _ point: BarTick, at time: Instant, _ sequence: UInt64,
    into completed: inout [BarStreams.Completed]
  ) {
    func note(_ closed: BarBuilder.Closed) {
      completed.append(
        BarStreams.Completed(bar: closed.bar, strategies: strategies, cause: sequence))
    }
    switch builder {
    case .activity(var one):
      let closed = one.apply(point, of: instrument, at: time)
      builder = .activity(one)
      if let closed { note(closed) }
    case .renko(var one):
      one.apply(point, at: time)
      while let brick = one.next(instrument, at: time) { note(brick) }
      builder = .renko(one)
    case .information(var one):
      let closed = one.apply(point, of: instrument, at: time)
      builder = .information(one)
      if let closed { note(closed) }
    }
  }
}

extension ActivityStreams.Builder {
  /// The builder for a length, in an instrument's units; nil for lengths of time.
  init?(_ length: BarLength, of instrument: Instrument) {
    func height(_ ticks: Int64) -> Int64 {
      let (product, overflow) = ticks.multipliedReportingOverflow(by: instrument.tickSize.raw)
      return overflow ? Price.limit : min(product, Price.limit)
    }
    switch length {
    case .time, .sessionTime, .session: return nil
    case .ticks(let count): self = .activity(ActivityBarBuilder(.ticks, threshold: Int128(count)))
    case .volume(let amount):
      let raw = Self.units(amount, scale: Int(instrument.quantityScale), over: 1)
      self = .activity(ActivityBarBuilder(.volume, threshold: raw))
    case .notional(let amount):
      if instrument.kind == .inverse {
        // What an inverse contract is worth in the currency of its prices is its size alone.
        let scale = Int(instrument.quantityScale) + Int(Instrument.multiplierScale)
        let raw = Self.units(amount, scale: scale, over: Int128(instrument.multiplier))
        self = .activity(ActivityBarBuilder(.volume, threshold: raw))
        return
      }
      // price × size × multiplier / 10^9 ≥ amount, without dividing what is measured.
      let scale = Int(instrument.priceScale) + Int(instrument.quantityScale)
      let raw = Self.units(
        amount, scale: scale + Int(Instrument.multiplierScale), over: Int128(instrument.multiplier))
      self = .activity(ActivityBarBuilder(.notional, threshold: raw))
    case .range(let ticks):
      self = .activity(ActivityBarBuilder(.range, threshold: Int128(height(ticks))))
    case .renko(let ticks): self = .renko(RenkoBuilder(height: height(ticks)))
    case .information(let rule, let weight, let ticks):
      self = .information(InformationBarBuilder(rule, of: weight, ticks: ticks))
    }
  }

  /// The smallest whole number that is at least amount × 10^scale / divisor; at most 2^126, which no sum of
  /// trades reaches soon.
  private static func units(_ amount: Decimal, scale: Int, over divisor: Int128) -> Int128 {
    let most = Int128(1) << 126
    var value = Int128(amount.mantissa)
    var (divisor, scale) = (divisor, scale)
    // Powers of ten that both have would only overflow.
    while scale > 0, divisor % 10 == 0 {
      divisor /= 10
      scale -= 1
    }
    for _ in 0..<max(0, scale - Int(amount.scale)) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return most }
      value = product
    }
    for _ in 0..<max(0, Int(amount.scale) - scale) {
      let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
      guard !overflow else { return 1 }
      divisor = product
    }
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return min(max(1, quotient + (rest > 0 ? 1 : 0)), most)
  }
}

import Books
import Events

/// Value at risk, expected shortfall and stress of the firm's portfolio (docs/risk.md).
///
/// Returns of all instruments are kept from their marks at regular moments. Quantities are those of the gate,
/// the worse side of each instrument, valued at the marks of the last look; only quantities that changed since
/// cost anything in the order path.
struct ValueAtRisk: Sendable {
  private(set) var settings: ValueAtRiskSettings?
  let stress: [StressScenario]
  private(set) var stressLimit: Money?
  /// The returns, each scenario a moment; of the Monte Carlo simulation the drawn ones are apart.
  private(set) var history: ScenarioSet
  private var drawn: ScenarioSet?
  private var stressed: ScenarioSet
  /// When each scenario of the history ended, and the place of the next.
  private var times: [Instant]
  private var next = 0
  /// Marks of the moment before, by instrument.
  private var marks: [Price] = []
  private(set) var nextSample = Instant(nanoseconds: .min)
  /// By instrument: the quantity that is in the profits, and what one unit of it was worth at the last look.
  private var quantities: [Int64] = []
  private var units: [Double] = []
  /// By instrument: `Market.moves` as its quantity was looked at; the largest if it was not since the start. Not
  /// part of the state.
  private var moves: [UInt64] = []

  init(_ settings: ValueAtRiskSettings?, _ stress: [StressScenario], _ stressLimit: Money?) {
    (self.settings, self.stress, self.stressLimit) = (settings, stress, stressLimit)
    let window = settings?.window ?? 0
    history = ScenarioSet(capacity: window)
    times = Array(repeating: .epoch, count: window)
    if let settings, settings.method == .monteCarlo {
      drawn = ScenarioSet(capacity: settings.scenarios)
    }
    stressed = ScenarioSet(capacity: stress.count)
    stressed.setCount(stress.count)
  }

  /// Takes limits that are scaled: how is measured stays.
  mutating func take(_ limits: Limits) {
    settings?.max = limits.valueAtRisk?.max
    settings?.maxShortfall = limits.valueAtRisk?.maxShortfall
    stressLimit = limits.stressLimit
  }

  var isUsed: Bool { settings != nil || stressLimit != nil }

  /// Takes an instrument's moves in the stress scenarios.
  mutating func define(_ instrument: Instrument) {
    let names = instrument.names
    for (index, scenario) in stress.enumerated() {
      let own = scenario.moves.first { names.contains($0.symbol) }
      stressed.set(
        Double(own?.move ?? scenario.others) / 1e6, of: instrument.id.index, in: index)
    }
  }

  /// Takes over what is known, if it is measured the same way.
  mutating func carry(_ old: ValueAtRisk) {
    (quantities, units) = (old.quantities, old.units)
    guard let settings, let before = old.settings, settings.interval == before.interval,
      settings.window == before.window
    else { return }
    (history, times, next, marks) = (old.history, old.times, old.next, old.marks)
    nextSample = old.nextSample
    draw()
  }

  /// Adds all profits up anew. O(positions × scenarios).
  mutating func rebuild() {
    let values = zip(quantities, units).map { Double($0) * $1 }
    history.rebuild(values)
    drawn?.rebuild(values)
    stressed.rebuild(values)
  }

  // MARK: - Looking

  /// Values everything anew at the marks of now, and takes the returns if their moment has come.
  /// O(instruments × window), and of the Monte Carlo simulation × scenarios at the moments of returns.
  mutating func look(at time: Instant, _ worths: MarkToMarket, _ market: borrowing Market) {
    if let settings, time >= nextSample {
      sample(at: time, settings, market)
      let past = time.nanoseconds - time.nanoseconds % settings.interval
      nextSample = Instant(nanoseconds: past).advanced(by: settings.interval)
      draw()
    }
    while units.count < market.books.count { units.append(0) }
    for index in market.books.indices {
      units[index] = worths.unit(InstrumentID(UInt16(index)), market)
    }
    update(market)
    rebuild()
  }

  private mutating func sample(
    at time: Instant, _ settings: ValueAtRiskSettings, _ market: borrowing Market
  ) {
    if !marks.isEmpty {
      for index in market.books.indices {
        let (old, new) = (index < marks.count ? marks[index] : .none, market.books[index].mark)
        let isKnown = !old.isNone && !new.isNone && old.raw > 0
        let move = isKnown ? Double(new.raw - old.raw) / Double(old.raw) : 0
        history.set(move, of: index, in: next)
      }
      times[next] = time
      history.setCount(max(history.count, next + 1))
      next = (next + 1) % settings.window
    }
    marks = market.books.map(\.mark)
  }

  /// Draws the scenarios of the Monte Carlo simulation: sums of the returns' deviations from their means with
  /// normal weights, which have the covariance of the returns. The draws are the same each time.
  private mutating func draw() {
    guard let settings, var drawn, history.count > 1 else { return }
    let scale = 1 / Double(history.count - 1).squareRoot()
    let means = history.moves.map { moves in
      moves.prefix(history.count).reduce(0, +) / Double(history.count)
    }
    var random = NormalDraws(seed: settings.seed)
    for scenario in 0..<settings.scenarios {
      let weights = (0..<history.count).map { _ in random.next() * scale }
      for (index, moves) in history.moves.enumerated() where !moves.isEmpty {
        var sum = 0.0
        for (moment, weight) in weights.enumerated() {
          sum += weight * (moves[moment] - means[index])
        }
        drawn.set(sum, of: index, in: scenario)
      }
    }
    drawn.setCount(settings.scenarios)
    self.drawn = drawn
  }

  /// Takes the quantities that changed into the profits.
  /// O(instruments ever traded), and O(scenarios) for each that changed.
  mutating func update(_ market: borrowing Market) {
    while quantities.count < market.books.count { quantities.append(0) }
    while units.count < market.books.count { units.append(0) }
    while moves.count < market.books.count { moves.append(.max) }
    for id in market.touched {
      let now = market.moves(of: id)
      guard moves[id.index] != now else { continue }
      moves[id.index] = now
      let quantity = Self.quantity(market.committed(.max, id))
      let change = quantity - quantities[id.index]
      guard change != 0 else { continue }
      quantities[id.index] = quantity
      let value = Double(change) * units[id.index]
      history.add(value, of: id.index)
      drawn?.add(value, of: id.index)
      stressed.add(value, of: id.index)
    }
  }

  /// The worse side of an instrument, signed.
  static func quantity(_ open: Market.Committed) -> Int64 {
    let (long, short) = (open.held + open.buys, open.held - open.sells)
    let limit = Int128(Quantity.limit)
    return Int64(max(-limit, min(limit, long.magnitude >= short.magnitude ? long : short)))
  }

  // MARK: - Measuring

  /// Whether enough is known to measure.
  var isReady: Bool { settings.map { history.count >= $0.minimum } ?? false }

  /// - Parameter quantity: the instrument's worse side with an order; nil for what there is without it.
  func valueAtRisk(_ id: InstrumentID, _ quantity: Int64?) -> ScenarioSet.Risk? {
    guard let settings, isReady else { return nil }
    let value = quantity.map { change(id, $0) } ?? 0
    switch settings.method {
    case .historical: return history.risk(tail: settings.tail, adding: value, of: id.index)
    case .monteCarlo:
      guard let drawn, drawn.count > 0 else { return nil }
      return drawn.risk(tail: settings.tail, adding: value, of: id.index)
    case .parametric:
      guard let tail = NormalTail.known(settings.tail) else { return nil }
      let deviation = history.deviation(adding: value, of: id.index)
      let worst = history.risk(tail: 0, adding: value, of: id.index)
      return ScenarioSet.Risk(
        valueAtRisk: tail.quantile * deviation, shortfall: tail.shortfall * deviation,
        worst: worst.worst, scenario: worst.scenario)
    }
  }

  /// The worst stress; the quantity as above.
  func stress(_ id: InstrumentID, _ quantity: Int64?) -> ScenarioSet.Risk? {
    guard stressLimit != nil, !stress.isEmpty else { return nil }
    return stressed.risk(tail: 0, adding: quantity.map { change(id, $0) } ?? 0, of: id.index)
  }

  private func change(_ id: InstrumentID, _ quantity: Int64) -> Double {
    guard id.index < quantities.count else { return 0 }
    return Double(quantity - quantities[id.index]) * units[id.index]
  }

  /// When a scenario of the history was; of drawn ones the number.
  func name(_ scenario: Int) -> String {
    drawn == nil && scenario < times.count ? times[scenario].text : "draw \(scenario + 1)"
  }

  // MARK: - State

  func encode(to out: inout ByteBuffer) {
    history.encode(to: &out)
    drawn?.encode(to: &out)
    stressed.encode(to: &out)
    for time in times { out.append(time.nanoseconds) }
    out.append(UInt32(next))
    out.append(UInt16(marks.count))
    for mark in marks { out.append(mark.raw) }
    out.append(nextSample.nanoseconds)
    out.append(UInt16(quantities.count))
    for quantity in quantities { out.append(quantity) }
    out.append(UInt16(units.count))
    for unit in units { out.append(unit.bitPattern) }
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    try history.restore(&input)
    try drawn?.restore(&input)
    try stressed.restore(&input)
    for index in times.indices { times[index] = Instant(nanoseconds: try input.read(Int64.self)) }
    next = Int(try input.read(UInt32.self))
    guard next < max(times.count, 1) else { throw Damage(at: input.offset, "a place of returns") }
    marks = []
    for _ in 0..<(try input.read(UInt16.self)) { marks.append(Price(try input.read(Int64.self))) }
    nextSample = Instant(nanoseconds: try input.read(Int64.self))
    quantities = []
    for _ in 0..<(try input.read(UInt16.self)) { quantities.append(try input.read(Int64.self)) }
    units = []
    for _ in 0..<(try input.read(UInt16.self)) {
      units.append(Double(bitPattern: try input.read(UInt64.self)))
    }
  }
}

/// Numbers of the normal distribution from a seed: the sum of twelve uniform 16-bit numbers (Irwin–Hall),
/// whose excess kurtosis of −0.1 is taken out by the expansion of Cornish and Fisher (1938) to its first
/// order, z = x + (x³ − 3x) / 240. Bits from SplitMix64 (Steele, Lea and Flood 2014).
struct NormalDraws: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    var sum: Int64 = 0
    for _ in 0..<3 {
      let bits = word()
      sum += Int64(bits & 0xFFFF) + Int64(bits >> 16 & 0xFFFF)
      sum += Int64(bits >> 32 & 0xFFFF) + Int64(bits >> 48)
    }
    // Mean 12 × 65,535 / 2; the deviation of twelve of them is 65,536.
    let x = Double(sum - 393_210) / 65_536
    return x + (x * x * x - 3 * x) / 240
  }

  private mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

import Events

/// A scope with limits, and what is counted for it.
struct RiskScope: Sendable {
  let kind: ScopeLimits.Kind
  /// `firm`, `strategy momo`, `instrument ESH4`: how verdicts name it.
  let name: String
  /// As they hold now.
  var limits: ScopeLimits
  /// The strategies that belong to it, one bit each.
  let members: UInt64
  /// Of an account's scope.
  var account = AccountID.main
  /// Whether it has limits of single orders and positions.
  let limitsOrders: Bool
  /// Of an instrument's scope.
  var instrument = InstrumentID.none
  /// The symbol that an instrument's scope is configured for.
  var symbol = ""

  /// Orders and replacements, and cancels, of the last second.
  var sent: RateWindow
  var cancels: RateWindow
  /// Messages and fills of the day.
  var messages: Int64 = 0
  var fills: Int64 = 0
  /// What it was worth as the day began; nil before the first look.
  var dayStart: Money?
  /// The most it was worth so far.
  var peak: Money?
  /// Looks at its worth that a later one may fall short of: later and lower, oldest first.
  var highs: [(time: Instant, wealth: Money)] = []

  init(_ kind: ScopeLimits.Kind, _ name: String, _ limits: ScopeLimits, members: UInt64) {
    (self.kind, self.name, self.limits, self.members) = (kind, name, limits, members)
    limitsOrders = limits.order != InstrumentLimits()
    sent = RateWindow(limits.maxRate)
    cancels = RateWindow(limits.maxCancelRate)
  }

  /// Whether an order of a strategy in an instrument is in it.
  func holds(_ strategy: StrategyID, _ id: InstrumentID) -> Bool {
    switch kind {
    case .firm: true
    case .account, .strategy: strategy.raw < 64 && members & (1 << UInt64(strategy.raw)) != 0
    case .instrument: instrument == id
    }
  }

  /// Takes note of what it is worth now.
  mutating func look(_ wealth: Money, at time: Instant, isNewDay: Bool) {
    if isNewDay || dayStart == nil { dayStart = wealth }
    peak = max(peak ?? wealth, wealth)
    guard limits.maxRollingLoss != nil else { return }
    while let last = highs.last, last.wealth <= wealth { highs.removeLast() }
    highs.append((time, wealth))
    forget(before: time)
  }

  private mutating func forget(before time: Instant) {
    var gone = 0
    while gone < highs.count - 1, time.since(highs[gone].time) >= limits.lossWindow { gone += 1 }
    if gone > 0 { highs.removeFirst(gone) }
  }

  /// The most it was worth within the window that ends at a time.
  func high(at time: Instant) -> Money? {
    highs.first { time.since($0.time) < limits.lossWindow }?.wealth ?? highs.last?.wealth
  }

  /// Takes what was counted for the same scope under other limits.
  mutating func carry(_ old: RiskScope) {
    (messages, fills, dayStart, peak) = (old.messages, old.fills, old.dayStart, old.peak)
    highs = old.highs
    sent.carry(old.sent)
    cancels.carry(old.cancels)
  }

  func encode(to out: inout ByteBuffer) {
    sent.encode(to: &out)
    cancels.encode(to: &out)
    out.append(messages)
    out.append(fills)
    for amount in [dayStart, peak] {
      out.append(UInt8(amount == nil ? 0 : 1))
      out.append(amount?.raw ?? 0)
    }
    out.append(UInt32(highs.count))
    for high in highs {
      out.append(high.time.nanoseconds)
      out.append(high.wealth.raw)
    }
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    try sent.restore(&input)
    try cancels.restore(&input)
    messages = try input.read(Int64.self)
    fills = try input.read(Int64.self)
    dayStart = try Self.amount(&input)
    peak = try Self.amount(&input)
    for _ in 0..<(try input.read(UInt32.self)) {
      let time = Instant(nanoseconds: try input.read(Int64.self))
      highs.append((time, Money(raw: try input.read(Int128.self))))
    }
  }

  private static func amount(_ input: inout ByteReader) throws(Damage) -> Money? {
    let isThere = try input.read(UInt8.self) != 0
    let amount = Money(raw: try input.read(Int128.self))
    return isThere ? amount : nil
  }
}

/// The times of the last messages, as many as may pass in a second, or nothing without a limit. O(1).
struct RateWindow: Sendable, Equatable {
  private let limit: Int?
  private var times: [Instant] = []
  private var oldest = 0

  init(_ limit: Int?) { self.limit = limit }

  mutating func count(at time: Instant) {
    guard let limit else { return }
    if times.count < limit {
      times.append(time)
    } else {
      times[oldest] = time
      oldest = (oldest + 1) % limit
    }
  }

  /// Messages of the second that ends at a time. O(limit).
  func used(at time: Instant) -> Int { times.count { time.since($0) < Nanoseconds.second } }

  /// Whether one more would be too many.
  func isFull(at time: Instant) -> Bool {
    guard let limit, times.count == limit else { return false }
    return time.since(times[oldest]) < Nanoseconds.second
  }

  private var inOrder: [Instant] { times.indices.map { times[(oldest + $0) % times.count] } }

  mutating func carry(_ old: RateWindow) {
    for time in old.inOrder { count(at: time) }
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(times.count))
    for time in inOrder { out.append(time.nanoseconds) }
  }

  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    let count = Int(try input.read(UInt32.self))
    guard count <= limit ?? 0 else { throw Damage(at: input.offset, "too many messages") }
    for _ in 0..<count { times.append(Instant(nanoseconds: try input.read(Int64.self))) }
  }
}

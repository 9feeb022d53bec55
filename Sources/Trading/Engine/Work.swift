import Events

/// What the engine still has to decide because of the entries applied so far.
struct Work: Sendable {
  /// One thing to decide, and the sequence of the entry that gave rise to it.
  struct Item: Sendable {
    var duty: Duty
    var cause: UInt64
  }

  // Indirect: moving a duty through the queue moves a word, not the texts in it.
  indirect enum Duty: Sendable {
    case alert(Alert)
    case halt(Scope, reason: String)
    case resume(Scope, reason: String)
    case cancel(OrderID, CancelReason)
    /// Never `hold` or `several`.
    case intent(StrategyID, Intent)
    /// An intent that was recorded and now meets the gate.
    case judge(IntentRecord)
    /// A held order is due.
    case release(OrderID, ReleaseCause, seen: Price)
    /// A held order ends.
    case end(OrderID, EndCause)
    /// An order leaves because of a linked one.
    case unlink(OrderID)
    /// An order at the venue grows or shrinks with its parent or a linked one.
    case resize(OrderID, by: Int64)
    /// A pegged order's limit moves.
    case move(OrderID, Price)
    /// The next member of a list.
    case member(ListProgress)
  }

  private var items: [Item] = []
  private var head = 0

  @inline(__always)
  var isEmpty: Bool { items.isEmpty }

  mutating func add(_ duty: Duty, cause: UInt64) { items.append(Item(duty: duty, cause: cause)) }

  /// Adds what a strategy wants, one by one; `hold` adds nothing.
  mutating func add(_ intent: Intent, of strategy: StrategyID, cause: UInt64) {
    switch intent {
    case .hold: break
    case .several(let intents): for one in intents { add(one, of: strategy, cause: cause) }
    case .list(let list, let reason):
      add(
        .member(ListProgress(strategy: strategy, list: list, reason: reason, cause: cause)),
        cause: cause)
    case .target, .order, .cancel, .replace, .execute:
      add(.intent(strategy, intent), cause: cause)
    }
  }

  /// Puts a duty before all others.
  mutating func addFirst(_ duty: Duty, cause: UInt64) {
    if head > 0 {
      head -= 1
      items[head] = Item(duty: duty, cause: cause)
    } else {
      items.insert(Item(duty: duty, cause: cause), at: 0)
    }
  }

  /// Takes the oldest duty.
  mutating func next() -> Item? {
    guard head < items.count else { return nil }
    let item = items[head]
    head += 1
    if head == items.count {
      items.removeAll(keepingCapacity: true)
      head = 0
    }
    return item
  }
}

/// How many of each there were: what a run's summary prints.
public struct Tally: Equatable, Sendable {
  public var bars: UInt64 = 0
  public var signals: UInt64 = 0
  public var intents: UInt64 = 0
  /// By rule's number; index 0 is not used.
  public var refused = [UInt64](repeating: 0, count: Rule.allCases.count + 1)
  public var orders: UInt64 = 0
  public var fills: UInt64 = 0
  public var alerts: UInt64 = 0

  public init() {}

  func encode(to out: inout ByteBuffer) {
    for count in [bars, signals, intents, orders, fills, alerts] + refused { out.append(count) }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    bars = try input.read(UInt64.self)
    signals = try input.read(UInt64.self)
    intents = try input.read(UInt64.self)
    orders = try input.read(UInt64.self)
    fills = try input.read(UInt64.self)
    alerts = try input.read(UInt64.self)
    for index in refused.indices { refused[index] = try input.read(UInt64.self) }
  }
}

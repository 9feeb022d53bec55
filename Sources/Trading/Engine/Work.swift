import Events

/// What the engine still has to decide because of the entries applied so far.
///
/// Duties wait in a line whose places are kept and used again. What a strategy wants while nothing else waits, as
/// nearly always, stands apart and is never moved. A recorded intent on its way to the gate goes before all of
/// them; it stands apart too, as plain bytes.
struct Work: Sendable {
  /// One thing to decide, and the sequence of the entry that gave rise to it.
  struct Item: Sendable {
    var duty: Duty
    var cause: UInt64
  }

  enum Duty: Sendable {
    // Indirect: what is seldom and large does not widen the line.
    indirect case alert(Alert)
    indirect case halt(Scope, reason: String, keepsOrders: Bool = false)
    indirect case resume(Scope, reason: String)
    case cancel(OrderID, CancelReason)
    /// A cancel that was asked for before, or was not possible then.
    case cancelAgain(OrderID)
    indirect case kill(Scope, round: UInt32)
    indirect case breaker(BreakerChange)
    /// A rule scales its limits by another factor; without a change it says anew what holds.
    indirect case scale(String, DynamicLimits.Change?)
    /// What an order that was just made uses of the limits.
    indirect case used(LimitsUsed)
    /// A change of a limit, and the sequence of the observation.
    indirect case limit(LimitChange, UInt64)
    /// Never `hold` or `several`.
    case intent(StrategyID, Intent)
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
    /// The next child of a parent under way.
    indirect case child(Child)
    /// A child is to be split over venues.
    indirect case route(OrderID, ChildOrder)
    /// What the core makes of a strategy's intent, by the strategy's configuration.
    case handled(StrategyID, Intent)
    /// A target that waited for the exits of the position before to be gone.
    case retarget(StrategyID, InstrumentID, Quantity)
    /// The next member of a list.
    indirect case member(ListProgress)
    /// The books have to move, for a reason that is no fill.
    indirect case books(Bookkeeping)
    /// A position is closed for want of margin.
    indirect case liquidate(AccountID, Liquidation.Holding)
    /// A day is over for a continuous future.
    case roll(InstrumentID)
    /// A position leaves contracts that are not in front.
    case carry(StrategyID, InstrumentID)
    /// Somebody closes a part of a strategy's position.
    indirect case close(StrategyID, OperatorAct)
    /// A statement's figure is another than ours.
    indirect case openBreak(AccountID, StatementCheck)
    case closeBreak(UInt64, BreakEnd)
    indirect case instruct(Instruction)
    /// In a place of the line that was served.
    case done
  }

  private var items: [Item] = []
  /// Places of the oldest duty and of the next new one.
  private var (head, tail) = (0, 0)
  /// The intent that was recorded last and now meets the gate, if there is one.
  private var proposed: Asked?
  /// Its terms: plain, but for few.
  private var proposedTerms = OrderTerms.plain
  /// Duties, what is wanted and what is proposed together.
  private var count = 0
  /// What a strategy wants, or `hold`. Also after it was taken: its memory is given back with the next entry that
  /// leads to nothing, as the order does not wait for that.
  private(set) var wanted = Intent.hold
  /// Who wants it and why, until it is taken.
  private var wanter: (strategy: StrategyID, cause: UInt64)?

  /// A plain intent, and the sequence of its record.
  struct Asked: BitwiseCopyable {
    var intent: PlainIntent
    var cause: UInt64
  }

  /// There is nothing to decide and nothing to give back.
  @inline(__always)
  var isEmpty: Bool { count == 0 }

  /// There is something to decide.
  @inline(__always)
  var hasDuties: Bool { head < tail || proposed != nil || wanter != nil }

  /// Takes what a strategy wants, if that stands before all duties; `wanted` is what it is.
  @inline(__always)
  mutating func nextWanted() -> (strategy: StrategyID, cause: UInt64)? { wanter.take() }

  /// Gives back what was wanted.
  mutating func letGo() {
    if case .hold = wanted { return }
    wanted = .hold
    count -= 1
  }

  mutating func add(_ duty: Duty, cause: UInt64) {
    if tail < items.count {
      items[tail] = Item(duty: duty, cause: cause)
    } else {
      items.append(Item(duty: duty, cause: cause))
    }
    tail += 1
    count += 1
  }

  /// Adds what a strategy wants, one by one; `hold` adds nothing.
  @inline(__always)
  mutating func add(_ intent: Intent, of strategy: StrategyID, cause: UInt64) {
    if case .hold = intent { return }
    addWanted(intent, of: strategy, cause: cause)
  }

  @inline(never)
  private mutating func addWanted(_ intent: Intent, of strategy: StrategyID, cause: UInt64) {
    switch intent {
    case .hold: break
    case .several(let intents): for one in intents { add(one, of: strategy, cause: cause) }
    case .list(let list, let reason):
      add(
        .member(ListProgress(strategy: strategy, list: list, reason: reason, cause: cause)),
        cause: cause)
    case .target, .order, .cancel, .replace, .execute:
      guard wanter == nil, head == tail else {
        return add(.intent(strategy, intent), cause: cause)
      }
      if case .hold = wanted { count += 1 }
      wanted = intent
      wanter = (strategy, cause)
    }
  }

  /// Puts a duty before all others.
  mutating func addFirst(_ duty: Duty, cause: UInt64) {
    if let (strategy, cause) = nextWanted() { putFirst(.intent(strategy, wanted), cause: cause) }
    putFirst(duty, cause: cause)
  }

  private mutating func putFirst(_ duty: Duty, cause: UInt64) {
    let item = Item(duty: duty, cause: cause)
    if head > 0 {
      head -= 1
      items[head] = item
    } else {
      items.insert(item, at: 0)
      tail += 1
    }
    count += 1
  }

  /// Puts an intent that was recorded before all duties.
  /// - Precondition: the one before was taken.
  mutating func propose(_ intent: PlainIntent, _ terms: OrderTerms = .plain, cause: UInt64) {
    precondition(proposed == nil, "intents meet the gate one by one")
    proposed = Asked(intent: intent, cause: cause)
    if !terms.isPlain { proposedTerms = terms }
    count += 1
  }

  /// Takes the intent that meets the gate now, if there is one.
  @inline(__always)
  mutating func nextProposed() -> Asked? {
    guard proposed != nil else { return nil }
    count -= 1
    return proposed.take()
  }

  /// Whether what was proposed last has no terms.
  @inline(__always)
  var hasPlainTerms: Bool { proposedTerms.isPlain }

  /// Takes the terms of what was proposed last; plain a second time.
  mutating func takeTerms() -> OrderTerms {
    let terms = proposedTerms
    if !terms.isPlain { proposedTerms = .plain }
    return terms
  }

  /// Takes the oldest duty.
  mutating func next() -> Item? {
    guard head < tail else { return nil }
    var item = Item(duty: .done, cause: 0)
    swap(&item, &items[head])
    head += 1
    count -= 1
    if head == tail { (head, tail) = (0, 0) }
    return item
  }
}

/// A child order that a parent's algorithm wants, and why.
struct Child: Sendable {
  var parent: OrderID
  var leg: Execution.Leg
  var request: OrderRequest
  var reason: Reason
}

/// On whose account an intent is recorded. Between a decision and the next; never part of the state.
enum Origin: Sendable {
  /// A strategy's own.
  case strategy
  /// A member of a strategy's list.
  case list
  /// A strategy's target, asked for again by the core.
  case again
  /// Made by the core of a strategy's intent.
  case core
  /// A person's, with that person's name for it.
  case person(String)
  indirect case child(Child)
}

/// What a recorded intent asks the gate for: the record without its reason.
struct Proposal: Sendable {
  var strategy: StrategyID
  var action: IntentRecord.Action
  /// Of a target only the instrument and the signed quantity.
  var request: OrderRequest
  /// The order to cancel or replace.
  var order: OrderID
  /// Sequence of the record.
  var cause: UInt64

  init(_ asked: Work.Asked, _ terms: OrderTerms) {
    cause = asked.cause
    strategy = asked.intent.strategy
    action = asked.intent.action
    request = OrderRequest(asked.intent, terms)
    order = asked.intent.order
  }
}

/// How many of each there were: what a run's summary prints.
public struct Tally: Equatable, Sendable {
  public var bars: UInt64 = 0
  public var signals: UInt64 = 0
  public var intents: UInt64 = 0
  /// Intents that the core made: children, brackets, orders to execute.
  public var derived: UInt64 = 0
  /// By rule's number; index 0 is not used.
  public var refused = [UInt64](repeating: 0, count: Rule.allCases.count + 1)
  /// Orders that the core kept.
  public var held: UInt64 = 0
  /// Of those: that went out, by cause's number, and that ended without.
  public var released = [UInt64](repeating: 0, count: ReleaseCause.allCases.count + 1)
  public var ended = [UInt64](repeating: 0, count: EndCause.allCases.count + 1)
  /// Times that a quantity was split over venues.
  public var routed: UInt64 = 0
  /// Orders that went to a venue.
  public var orders: UInt64 = 0
  /// Of those: children of orders that algorithms worked.
  public var children: UInt64 = 0
  public var fills: UInt64 = 0
  public var alerts: UInt64 = 0

  public init() {}

  func encode(to out: inout ByteBuffer) {
    for count in [bars, signals, intents, derived, held, routed, orders, children, fills, alerts] {
      out.append(count)
    }
    for count in refused + released + ended { out.append(count) }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    bars = try input.read(UInt64.self)
    signals = try input.read(UInt64.self)
    intents = try input.read(UInt64.self)
    derived = try input.read(UInt64.self)
    held = try input.read(UInt64.self)
    routed = try input.read(UInt64.self)
    orders = try input.read(UInt64.self)
    children = try input.read(UInt64.self)
    fills = try input.read(UInt64.self)
    alerts = try input.read(UInt64.self)
    for index in refused.indices { refused[index] = try input.read(UInt64.self) }
    for index in released.indices { released[index] = try input.read(UInt64.self) }
    for index in ended.indices { ended[index] = try input.read(UInt64.self) }
  }
}

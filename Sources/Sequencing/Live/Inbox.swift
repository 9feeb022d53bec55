import Events
import Glibc
import Synchronization
import Venues

/// The one lock between the outside and the core: bounded, in the order in which things came.
///
/// Beyond half of its size quotes conflate; beyond all of it whoever brings ticks waits. Everything else
/// is always taken at once (docs/live.md, Threads).
public final class Inbox: Sendable {
  /// A tick that waits.
  public struct TimedTick: Sendable, BitwiseCopyable {
    public var tick: MarketEvent
    public var event: Instant
    public var receive: Instant
  }

  /// What comes beside ticks.
  public enum Matter: Sendable {
    case observation(Observation)
    /// What a venue says that we have, to be held against what we know when its turn comes; and of which of
    /// our venues it speaks.
    case statement(VenueStatement, of: [VenueID])
  }

  /// Something else that waits.
  public struct TimedMatter: Sendable {
    public var matter: Matter
    public var event: Instant
    public var receive: Instant
    /// How many ticks come before it.
    var position: Int
    /// Whom to tell when it is durable; 0 for nobody.
    public var receipt: UInt64
  }

  /// What the core takes at once.
  public struct Content: Sendable {
    public internal(set) var ticks: [TimedTick] = []
    public internal(set) var others: [TimedMatter] = []
    /// By instrument id: quotes that a later one replaced.
    public internal(set) var conflated: [UInt32] = []
    public internal(set) var conflatedCount = 0

    public init() {}

    public var isEmpty: Bool { ticks.isEmpty && others.isEmpty }

    mutating func removeAll() {
      ticks.removeAll(keepingCapacity: true)
      others.removeAll(keepingCapacity: true)
      if conflatedCount > 0 { for index in conflated.indices { conflated[index] = 0 } }
      conflatedCount = 0
    }
  }

  /// The last quote of an instrument that waits.
  private struct LastQuote {
    var generation: UInt64 = 0
    var position = 0
  }

  private struct State: Sendable {
    var content = Content()
    /// By instrument id; of the generation that waits now.
    var lastQuotes: [LastQuote] = []
    /// How many ticks stand before what no later quote may pass.
    var barrier = 0
    /// How often the content was taken.
    var generation: UInt64 = 1
    var isClosed = false
  }

  /// Most ticks that wait.
  public let capacity: Int
  /// Rung when something came; the core waits for it.
  public let bell = Bell()
  private let state: Mutex<State>
  private let totalConflated = Atomic<UInt64>(0)
  private let deepest = Atomic<Int>(0)

  /// - Parameter capacity: most ticks that wait, at least 2.
  public init(capacity: Int) {
    precondition(capacity >= 2)
    self.capacity = capacity
    var initial = State()
    initial.content.ticks.reserveCapacity(capacity)
    state = Mutex(initial)
  }

  /// Quotes replaced since the start.
  public var conflatedQuotes: UInt64 { totalConflated.load(ordering: .relaxed) }
  /// Most ticks that ever waited.
  public var deepestQueue: Int { deepest.load(ordering: .relaxed) }
  /// Ticks that wait now.
  public var depth: Int { state.withLock { $0.content.ticks.count } }

  /// Brings a tick; waits while there is no room for it.
  /// - Parameter conflates: whether it may take the place of one that waits; a feed that itself waits loses none.
  /// - Returns: false if the inbox is closed.
  @discardableResult
  public func put(
    _ tick: MarketEvent, event: Instant, receive: Instant, conflates: Bool = true
  ) -> Bool {
    let item = TimedTick(tick: tick, event: event, receive: receive)
    while true {
      switch state.withLock({ Self.add(item, to: &$0, capacity, conflates: conflates) }) {
      case .added:
        bell.ring()
        return true
      case .replaced:
        totalConflated.wrappingAdd(1, ordering: .relaxed)
        return true
      case .full: usleep(50)
      case .closed: return false
      }
    }
  }

  /// Brings another observation; never waits.
  /// - Parameters:
  ///   - receipt: whom to tell when it is durable; 0 for nobody.
  ///   - conflates: see above, of a tick.
  /// - Returns: false if the inbox is closed.
  @discardableResult
  public func put(
    _ observation: Observation, event: Instant, receive: Instant, receipt: UInt64 = 0,
    conflates: Bool = true
  ) -> Bool {
    if case .market(let tick) = observation {
      precondition(receipt == 0, "nobody waits for a tick")
      return put(tick, event: event, receive: receive, conflates: conflates)
    }
    return put(.observation(observation), event: event, receive: receive, receipt: receipt)
  }

  /// Brings a venue's statement; never waits.
  /// - Returns: false if the inbox is closed.
  @discardableResult
  public func put(_ statement: VenueStatement, of venues: [VenueID], receive: Instant) -> Bool {
    put(.statement(statement, of: venues), event: receive, receive: receive, receipt: 0)
  }

  private func put(_ matter: Matter, event: Instant, receive: Instant, receipt: UInt64) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isClosed else { return false }
      if !Self.mayBePassed(matter) { state.barrier = state.content.ticks.count }
      state.content.others.append(
        TimedMatter(
          matter: matter, event: event, receive: receive, position: state.content.ticks.count,
          receipt: receipt))
      return true
    }
    if isTaken { bell.ring() }
    return isTaken
  }

  /// Whether a quote that replaces one from before may come before it. Not before what gives prices another meaning,
  /// such as a split, or says who may trade.
  private static func mayBePassed(_ matter: Matter) -> Bool {
    switch matter {
    case .observation(.signal), .observation(.report): true
    case .observation, .statement: false
    }
  }

  /// Takes all that waits; `content` is emptied first and its memory goes on to be used.
  public func take(into content: inout Content) {
    content.removeAll()
    state.withLock { state in
      guard !state.content.isEmpty else { return }
      swap(&state.content, &content)
      state.generation += 1
      state.barrier = 0
    }
    if content.ticks.count > deepest.load(ordering: .relaxed) {
      deepest.store(content.ticks.count, ordering: .relaxed)
    }
  }

  /// Nothing is taken in any more; who waits is told.
  public func close() {
    state.withLock { $0.isClosed = true }
    bell.ring()
  }

  private enum Outcome { case added, replaced, full, closed }

  private static func add(
    _ item: TimedTick, to state: inout State, _ capacity: Int, conflates: Bool
  ) -> Outcome {
    if state.isClosed { return .closed }
    let count = state.content.ticks.count
    let index = item.tick.instrument.index
    guard case .quote = item.tick else {
      guard count < capacity else { return .full }
      if case .trade = item.tick {
        // A quote may pass a trade, but not what changes the market's state.
      } else if index < state.lastQuotes.count {
        state.lastQuotes[index].generation = 0
      }
      state.content.ticks.append(item)
      return .added
    }
    while state.lastQuotes.count <= index { state.lastQuotes.append(LastQuote()) }
    let last = state.lastQuotes[index]
    if conflates, count >= capacity / 2, last.generation == state.generation,
      last.position >= state.barrier
    {
      state.content.ticks[last.position] = item
      while state.content.conflated.count <= index { state.content.conflated.append(0) }
      state.content.conflated[index] &+= 1
      state.content.conflatedCount += 1
      return .replaced
    }
    guard count < capacity else { return .full }
    state.lastQuotes[index] = LastQuote(generation: state.generation, position: count)
    state.content.ticks.append(item)
    return .added
  }
}

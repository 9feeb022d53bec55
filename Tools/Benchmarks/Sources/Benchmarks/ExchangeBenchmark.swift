import Events
import Venues

/// The simulated exchange alone: commands against its book, without engine, journal and latency.
enum ExchangeBenchmark {
  static func run(_ bench: Bench) {
    let flow = CommandFlow(commands: 1_000_000)
    var fills = 0
    let seconds = median(
      (0..<bench.rounds).map { _ in
        var exchange = SimulatedExchange(ExchangeConfiguration())
        exchange.define(RecordedMarket.instrument)
        for change in flow.opening { exchange.apply(.depth(change), at: .epoch) }
        return timed { fills = match(&exchange, flow.steps) }
      })
    precondition(fills > flow.steps.count / 20, "a flow that trades")
    bench.report(
      "commands matched", Double(flow.commands) / seconds.cpu / 1e6, "M commands/s",
      of: (
        "memcpy",
        Double(flow.commands * MemoryLayout<Command>.stride) / seconds.cpu / bench.limits.memcpy
      ))
  }

  /// - Returns: number of fills.
  @inline(never)
  private static func match(_ exchange: inout SimulatedExchange, _ steps: [CommandFlow.Step]) -> Int
  {
    var fills = 0
    var time: Int64 = 0
    for step in steps {
      time += 1_000
      let now = Instant(nanoseconds: time)
      switch step {
      case .market(let event): exchange.apply(event, at: now)
      case .command(let command):
        exchange.receive(command, at: now)
        exchange.advance(to: now)
      }
      while exchange.hasReport(by: now) {
        if case .filled = exchange.takeReport().report.outcome { fills += 1 }
      }
    }
    return fills
  }
}

/// A seeded flow of new, cancelled, replaced and market orders around a book of twenty levels whose price
/// wanders: of 100 commands 45 limits, 32 cancels, 13 replacements and 10 market orders, but that a limit
/// becomes a cancel while a hundred orders are at work, and a cancel a limit while there are none.
struct CommandFlow {
  enum Step {
    case market(MarketEvent)
    case command(Command)
  }

  private(set) var opening: [DepthChange] = []
  private(set) var steps: [Step] = []
  private(set) var commands = 0

  /// Orders that may be at work at a time.
  private static let live = 100

  private var random = SeededRandom(seed: 13)
  private var middle: Int64 = 20_000
  private var working: [(id: OrderID, side: Side)] = []
  private var nextID: UInt64 = 1

  init(commands count: Int) {
    for offset in 1...20 as ClosedRange<Int64> {
      opening.append(Self.level(.buy, middle - offset, 1_000))
      opening.append(Self.level(.sell, middle + offset, 1_000))
    }
    steps.reserveCapacity(count + count / 8)
    while commands < count {
      if random.once(in: 10) { move() }
      steps.append(.command(command()))
      commands += 1
    }
  }

  /// The price goes a tick up or down: a level leaves in front, one joins at the other side's front.
  private mutating func move() {
    let isUp = random.once(in: 2)
    let (leaves, joins): (Side, Side) = isUp ? (.sell, .buy) : (.buy, .sell)
    let step: Int64 = isUp ? 1 : -1
    steps.append(.market(.depth(Self.level(leaves, middle + step, 0))))
    middle += step
    steps.append(.market(.depth(Self.level(joins, middle - step, 1_000))))
    steps.append(.market(.depth(Self.level(leaves, middle + 20 * step, 1_000))))
  }

  private mutating func command() -> Command {
    let dice = random.below(100)
    if dice < 10 { return .submit(ticket(.market, .none)) }
    if dice >= 55 && !working.isEmpty || working.count == Self.live {
      let chosen = random.below(working.count)
      let (id, side) = working[chosen]
      if dice >= 87 {
        return .replace(id, quantity: Quantity(Int64(1 + random.below(20))), price: price(side))
      }
      working.swapAt(chosen, working.count - 1)
      working.removeLast()
      return .cancel(id)
    }
    let order = ticket(.limit, random.once(in: 2) ? .buy : .sell)
    working.append((order.order, order.side))
    return .submit(order)
  }

  private mutating func ticket(_ type: OrderType, _ side: Side) -> OrderTicket {
    let side = side == .none ? random.once(in: 2) ? .buy : .sell : side
    defer { nextID += 1 }
    return OrderTicket(
      order: OrderID(nextID), strategy: StrategyID(0), instrument: InstrumentID(0), side: side,
      type: type, timeInForce: .goodTillCancelled,
      quantity: Quantity(Int64(1 + random.below(20))),
      price: type == .limit ? price(side) : .none)
  }

  /// One limit in ten crosses the market.
  private mutating func price(_ side: Side) -> Price {
    let offset = random.once(in: 10) ? -1 : Int64(1 + random.tries(4))
    return Price(side == .buy ? middle - offset : middle + offset)
  }

  private static func level(_ side: Side, _ price: Int64, _ size: Int64) -> DepthChange {
    DepthChange(
      instrument: InstrumentID(0), action: .set, side: side, price: Price(price),
      size: Quantity(size))
  }
}

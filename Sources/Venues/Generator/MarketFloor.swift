import Events

/// One instrument of the generator over its days: opens and closes it, lets its traders act, tells what
/// happened, gives signals and makes the faults that were asked for.
struct MarketFloor {
  private enum Phase: Equatable {
    case beforeOpen(TradingDay.Session)
    case open(TradingDay.Session)
    case halted(TradingDay.Session)
    case done
  }

  private var flow: OrderFlow
  private var teller: MarketTeller
  private let day: TradingDay
  private let imperfections: Imperfections
  private let signalInterval: Int64
  private var phase: Phase
  /// When the traders act next, or the phase ends.
  private var nextAction: Int64
  private var nextSignal = Int64.max
  private var lastAction: Int64 = 0
  private var activity: Int64 = 256
  /// Events told or lost so far: the feed's message numbers.
  private var messages: UInt64 = 0
  /// Actions still to be lost in the present gap, and its first message.
  private var lostActions = 0
  private var firstLost: UInt64 = 0

  init(_ market: GeneratedMarket, _ configuration: GeneratorConfiguration) {
    flow = OrderFlow(market, seed: configuration.seed)
    teller = MarketTeller(market)
    day = TradingDay(market.session, start: configuration.start, days: configuration.days)
    imperfections = configuration.imperfections
    signalInterval = configuration.signalInterval
    if let first = day.session(from: configuration.start.nanoseconds) {
      phase = .beforeOpen(first)
      nextAction = first.open
    } else {
      phase = .done
      nextAction = .max
    }
  }

  /// When it wants to run; `Int64.max` for never again.
  var due: Int64 { min(nextAction, nextSignal) }

  /// Whether the hidden value walks.
  var isOpen: Bool {
    switch phase {
    case .open, .halted: true
    case .beforeOpen, .done: false
    }
  }

  mutating func step(_ factor: borrowing CommonFactor, at time: Int64) {
    guard case .open(let session) = phase else {
      flow.step(factor, activity: 256)
      return
    }
    activity = day.activity(at: time, in: session)
    flow.step(factor, activity: activity)
  }

  /// Does what is due.
  mutating func run(_ ids: inout UInt64, into events: inout [Observation]) {
    let start = events.count
    if nextSignal < nextAction {
      events.append(.signal(signal()))
      nextSignal += signalInterval
      return
    }
    switch phase {
    case .beforeOpen(let session): beginTrading(session, at: session.open, &ids, into: &events)
    case .halted(let session):
      if nextAction >= session.close {
        close(session, into: &events)
      } else {
        beginTrading(session, at: nextAction, &ids, into: &events)
      }
    case .open(let session):
      if nextAction >= session.close {
        close(session, into: &events)
      } else {
        act(session, &ids, into: &events, from: start)
      }
    case .done: nextAction = .max
    }
  }

  /// Tells the state of the market and its whole book, as if nobody had been told of it.
  mutating func tellAll(into events: inout [Observation]) {
    switch phase {
    case .open:
      teller.tellSnapshot(&flow.book, into: &events)
      events.append(.market(status(.trading)))
    case .halted:
      teller.tellSnapshot(&flow.book, into: &events)
      events.append(.market(status(.halted)))
    case .beforeOpen, .done:
      teller.tellEmpty(into: &events)
      events.append(.market(status(.closed)))
    }
  }

  private mutating func beginTrading(
    _ session: TradingDay.Session, at time: Int64, _ ids: inout UInt64,
    into events: inout [Observation]
  ) {
    if case .beforeOpen = phase { nextSignal = signalInterval > 0 ? time + signalInterval : .max }
    flow.book.removeAll()
    flow.fill(&ids)
    teller.tellSnapshot(&flow.book, into: &events)
    events.append(.market(status(.trading)))
    messages += UInt64(events.count)
    phase = .open(session)
    activity = day.activity(at: time, in: session)
    scheduleAction(session, after: 0, at: time)
  }

  private mutating func close(
    _ session: TradingDay.Session, into events: inout [Observation]
  ) {
    flow.book.removeAll()
    teller.forget(&flow.book)
    events.append(.market(status(.closed)))
    teller.tellEmpty(into: &events)
    nextSignal = .max
    lostActions = 0
    if let next = day.session(from: session.close) {
      phase = .beforeOpen(next)
      nextAction = next.open
      flow.passNight()
    } else {
      phase = .done
      nextAction = .max
    }
  }

  private mutating func act(
    _ session: TradingDay.Session, _ ids: inout UInt64, into events: inout [Observation],
    from start: Int
  ) {
    if imperfections != .none && startHalt(session, into: &events) { return }
    flow.act(&ids)
    teller.tell(&flow.book, into: &events)
    messages += UInt64(events.count - start)
    if lostActions > 0 {
      events.removeSubrange(start...)
      lostActions -= 1
      if lostActions == 0 { endGap(into: &events) }
    } else if imperfections != .none {
      makeFault(into: &events)
    }
    scheduleAction(session, after: nextAction - lastAction, at: nextAction)
  }

  private mutating func scheduleAction(
    _ session: TradingDay.Session, after elapsed: Int64, at time: Int64
  ) {
    lastAction = time
    nextAction = min(time + flow.pause(after: elapsed, activity: activity), session.close)
  }

  private func status(_ status: TradingStatus) -> MarketEvent {
    .status(StatusChange(instrument: flow.market.instrument.id, status: status))
  }

  /// A made-up model's opinion: a weak view of the next minute, mostly noise (correlation about 0.4).
  private mutating func signal() -> Signal {
    let deviation = flow.fair.deviation * FixedPoint.squareRoot(Int64(FairValue.horizon))
    let move = min(max(flow.fair.move, -(1 << 40)), 1 << 40)
    let view = min(max((move << 16) / deviation, -8 << 16), 8 << 16)
    let opinion = view * 15 / 100 + flow.chance.gaussian() * 35 / 100
    let score = min(max(opinion, -FixedPoint.one), FixedPoint.one) * 1_000_000_000
    return Signal(
      instrument: flow.market.instrument.id, score: score / FixedPoint.one, model: "sim-alpha",
      version: "1")
  }
}

// MARK: - Faults

extension MarketFloor {
  private mutating func startHalt(
    _ session: TradingDay.Session, into events: inout [Observation]
  ) -> Bool {
    guard lostActions == 0, flow.chance.below(1_000_000) < imperfections.halts else {
      return false
    }
    events.append(.market(status(.halted)))
    messages += 1
    phase = .halted(session)
    let length = 60_000_000_000 + Int64(flow.chance.below(240)) * 1_000_000_000
    nextAction = min(nextAction + length, session.close)
    return true
  }

  private mutating func makeFault(into events: inout [Observation]) {
    let draw = flow.chance.below(1_000_000)
    if draw < imperfections.gaps {
      lostActions = 5 + flow.chance.below(46)
      firstLost = messages + 1
    } else if flow.chance.below(1_000_000) < imperfections.duplicates {
      events.append(
        .dataQuality(
          DataQuality(
            issue: .duplicate, instrument: flow.market.instrument.id, expected: messages + 1,
            actual: messages, detail: "message repeated; left out")))
    }
  }

  private mutating func endGap(into events: inout [Observation]) {
    let count = messages + 1 - firstLost
    guard count > 0 else { return }
    events.append(
      .dataQuality(
        DataQuality(
          issue: .gap, instrument: flow.market.instrument.id, expected: firstLost,
          actual: messages + 1, detail: "\(count) messages lost; the book follows as a snapshot")))
    let start = events.count
    teller.tellSnapshot(&flow.book, into: &events)
    messages += UInt64(events.count - start)
  }
}

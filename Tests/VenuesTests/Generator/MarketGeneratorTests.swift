import Books
import Events
import Testing
import Venues

@Suite struct MarketGeneratorTests {
  /// Monday, 4 March 2024.
  static let monday = Instant(nanoseconds: 1_709_510_400_000_000_000)

  static func configuration(
    seed: UInt64 = 7, minutes: Int64 = 10, days: Int = 1
  ) -> GeneratorConfiguration {
    var configuration = GeneratorConfiguration.standard(seed: seed, start: monday, days: days)
    for index in configuration.markets.indices {
      configuration.markets[index].session = GeneratedMarket.Session(
        open: 52_200_000_000_000, length: minutes * 60_000_000_000, isClosedAtWeekends: true)
    }
    return configuration
  }

  static func observations(
    _ configuration: GeneratorConfiguration, limit: Int = .max
  ) -> [GeneratedObservation] {
    var generator = MarketGenerator(configuration)
    var all: [GeneratedObservation] = []
    while all.count < limit, let next = generator.next() { all.append(next) }
    return all
  }

  /// A hash of the journal's bytes of the observations.
  static func hash(_ observations: [GeneratedObservation]) -> UInt64 {
    var encoder = BlockEncoder()
    encoder.begin(at: 1)
    for item in observations {
      encoder.append(item.observation, event: item.time, receive: item.time)
    }
    encoder.finish()
    return encoder.withContent { (bytes: RawSpan) -> UInt64 in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for offset in 0..<bytes.byteCount {
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
      return hash
    }
  }

  @Test func `a seed gives the same bytes on every machine, another seed others`() {
    let first = Self.hash(Self.observations(Self.configuration(), limit: 20_000))
    #expect(first == 5_883_870_747_816_068_959)
    #expect(first == Self.hash(Self.observations(Self.configuration(), limit: 20_000)))
    #expect(first != Self.hash(Self.observations(Self.configuration(seed: 8), limit: 20_000)))
  }

  @Test func `every event fits the book it is about, and books are never crossed`() {
    var settings = Self.configuration(minutes: 4)
    settings.imperfections = Imperfections(gaps: 500, duplicates: 500, halts: 50)
    var books = settings.markets.map { MarketBook($0.instrument.id) }
    var events = 0
    var last = Instant.epoch
    for item in Self.observations(settings) {
      #expect(item.time >= last)
      last = item.time
      guard case .market(let event) = item.observation else { continue }
      events += 1
      let outcome = books[event.instrument.index].apply(event)
      if !outcome.subtracting(.topChanged).isEmpty { Issue.record("\(event): \(outcome)") }
      let best = books[event.instrument.index].best
      if best.isTwoSided && best.bid >= best.ask { Issue.record("crossed: \(best)") }
    }
    #expect(events > 20_000)
    #expect(books.allSatisfy { $0.levelCount(of: .buy) == 0 && $0.status == .closed })
  }

  @Test func `all forms of output tell of the same market`() {
    func tops(_ output: GeneratedMarket.Output) -> [Quote] {
      var settings = Self.configuration(minutes: 2)
      for index in settings.markets.indices { settings.markets[index].output = output }
      var book = MarketBook(InstrumentID(0))
      var all: [Quote] = []
      for item in Self.observations(settings) {
        guard case .market(let event) = item.observation, event.instrument.index == 0 else {
          continue
        }
        _ = book.apply(event)
        if book.best.isTwoSided && all.last != book.best { all.append(book.best) }
      }
      return all
    }
    let fromOrders = tops(.orders)
    #expect(fromOrders.count > 500)
    for other in [tops(.depth), tops(.quotes)] {
      let difference = zip(fromOrders, other).first { $0 != $1 }
      #expect(difference == nil)
      #expect(other.count == fromOrders.count)
    }
  }

  @Test func `trades print at the prices and sizes of the executions before them`() {
    var execution: OrderChange?
    var trades = 0
    for item in Self.observations(Self.configuration(minutes: 3)) {
      guard case .market(let event) = item.observation, event.instrument.index == 0 else {
        continue
      }
      if case .order(let change) = event, change.action == .execute { execution = change }
      if case .trade(let trade) = event {
        trades += 1
        #expect(execution?.price == trade.price && execution?.size == trade.size)
        #expect(execution?.side == trade.side.opposite)
        execution = nil
      }
    }
    #expect(trades > 200)
  }

  @Test func `prices are on ticks and sizes in lots`() {
    let settings = Self.configuration(minutes: 1)
    for item in Self.observations(settings) {
      guard case .market(let event) = item.observation else { continue }
      let instrument = settings.markets[event.instrument.index].instrument
      let (price, size): (Price, Quantity)
      switch event {
      case .trade(let trade): (price, size) = (trade.price, trade.size)
      case .depth(let change) where change.action == .set:
        (price, size) = (change.price, change.size)
      case .order(let change) where change.action != .clear:
        (price, size) = (change.price, change.size)
      default: continue
      }
      #expect(price.raw % instrument.tickSize.raw == 0 && price.raw > 0)
      #expect(size.raw % instrument.lotSize.raw == 0 && size.raw >= 0)
    }
  }

  @Test func `a session begins with definitions, snapshot and status, and ends closed`() {
    let all = Self.observations(Self.configuration(minutes: 1, days: 7))
    for index in 0..<4 {
      guard case .instrument(let instrument) = all[index].observation else {
        Issue.record("no definition")
        return
      }
      #expect(instrument.id.index == index && instrument.problem == nil)
    }
    var changes: [[TradingStatus]] = [[], [], [], []]
    for item in all {
      if case .market(.status(let change)) = item.observation {
        changes[change.instrument.index].append(change.status)
      }
    }
    // Five weekdays.
    let week = (0..<5).flatMap { _ in [TradingStatus.trading, .closed] }
    #expect(changes == [week, week, week, week])
  }

  @Test func `imperfections are reported, and a gap is followed by a snapshot`() {
    var settings = Self.configuration(minutes: 5)
    settings.imperfections = Imperfections(gaps: 2_000, duplicates: 2_000, halts: 200)
    var issues: [DataQuality.Issue] = []
    var halts = 0
    let all = Self.observations(settings)
    for (index, item) in all.enumerated() {
      if case .market(.status(let change)) = item.observation, change.status == .halted {
        halts += 1
      }
      guard case .dataQuality(let quality) = item.observation else { continue }
      issues.append(quality.issue)
      guard quality.issue == .gap else { continue }
      #expect(quality.actual > quality.expected)
      guard quality.instrument.index == 0 else { continue }
      guard case .market(.order(let change)) = all[index + 1].observation else {
        Issue.record("no snapshot after the gap")
        continue
      }
      #expect(change.action == .clear && change.marks.contains(.snapshot))
    }
    #expect(issues.contains(.gap) && issues.contains(.duplicate))
    #expect(halts > 0)
  }

  @Test func `a configuration that cannot be says why`() {
    func problem(_ change: (inout GeneratorConfiguration) -> Void) -> String? {
      var settings = Self.configuration()
      change(&settings)
      return settings.problem
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.days = 0 } != nil)
    #expect(problem { $0.markets = [] } != nil)
    #expect(problem { $0.markets.swapAt(0, 1) } != nil)
    #expect(problem { $0.markets[0].price = Price(3) } != nil)
    #expect(problem { $0.markets[2].price = Price(480_001) } != nil)
    #expect(problem { $0.markets[0].volatility = 0 } != nil)
    #expect(problem { $0.markets[0].correlation = 101 } != nil)
    #expect(problem { $0.markets[0].session.length = 1 << 62 } != nil)
    #expect(problem { $0.markets[0].session.open = -1 } != nil)
    #expect(problem { $0.markets[0].activity = 0 } != nil)
    #expect(problem { $0.markets[0].size = 0 } != nil)
    #expect(problem { $0.markets[0].spread = 0 } != nil)
    #expect(problem { $0.imperfections.gaps = -1 } != nil)
    #expect(problem { $0.signalInterval = -1 } != nil)
    #expect(problem { $0.start = Instant(nanoseconds: -1) } != nil)
    #expect(problem { $0.markets[0].instrument.currency = "" } != nil)
  }

  @Test func `extreme but valid configurations run`() {
    for price in [FairPrice.lowest, FairPrice.highest] {
      var settings = Self.configuration(minutes: 1)
      for index in settings.markets.indices {
        let tick = settings.markets[index].instrument.tickSize.raw
        settings.markets[index].price = Price(price * tick)
        settings.markets[index].volatility = 2000
        settings.markets[index].correlation = index == 0 ? -100 : 100
        settings.markets[index].activity = 500
        settings.markets[index].size = 1_000_000
      }
      #expect(settings.problem == nil)
      #expect(Self.observations(settings, limit: 20_000).count == 20_000)
    }
  }

  /// Bounds of prices, in ticks, as documented by the configuration's problem.
  private enum FairPrice {
    static let lowest: Int64 = 500
    static let highest: Int64 = 1 << 32
  }
}

import Books
import Events
import Testing

@testable import Venues

/// A generated market as a recording, and what is heard when it is played.
@Suite struct RecordedMarketTests {
  typealias Entry = RecordedMarket.Entry
  static let now = Instant(nanoseconds: 1_900_000_000_000_000_000)

  /// All kinds of books: an hour and more of four instruments.
  static let recording: [Entry] = {
    let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
    var generator = MarketGenerator(.paper(seed: 5, start: start, days: 1) { _ in nil })
    var entries: [Entry] = []
    while entries.count < 6_000, let made = generator.next() {
      entries.append(
        Entry(
          made.observation, event: made.time.advanced(by: -1_000_000), receive: made.time,
          sequence: UInt64(entries.count + 1)))
    }
    return entries
  }()

  /// Plays a recording by the clock's time of each step, and gathers what is told.
  struct Stage: ~Copyable {
    var market: PaperMarket
    var told: [PaperMarket.Event] = []
    private var rest: ArraySlice<Entry>
    private let loops: Int
    private var rounds = 0
    private let entries: [Entry]

    init(_ pace: PlaybackPace, _ entries: [Entry] = recording, from first: Int = 0, loops: Int = 0)
    {
      self.entries = entries.enumerated().map { index, entry in
        var entry = entry
        entry.isSilent = index < first
        return entry
      }
      rest = self.entries[...]
      self.loops = loops
      market = PaperMarket(playing: RecordedMarket(pace), ExchangeConfiguration(), at: now)
    }

    mutating func advance(to time: Instant) {
      while true {
        while market.recording?.wantsMore == true {
          if !rest.isEmpty {
            market.recording?.add(Array(rest.prefix(100)), at: time)
            rest = rest.dropFirst(100)
          } else if rounds < loops {
            rounds += 1
            rest = entries[...]
            market.recording?.restart(at: time)
            break
          } else {
            market.recording?.finish()
          }
        }
        let count = told.count
        market.advance(to: time) { told.append($0) }
        if told.count == count, market.recording?.wantsMore == false { return }
      }
    }
  }

  /// Books made of what was told.
  static func books(_ observations: some Sequence<Observation>) -> [MarketBook] {
    var books: [MarketBook] = []
    for case .market(let tick) in observations {
      while books.count <= tick.instrument.index {
        books.append(MarketBook(InstrumentID(UInt16(books.count))))
      }
      _ = books[tick.instrument.index].apply(tick)
    }
    return books
  }

  /// Whether both hold the same; failures are told without the bytes.
  static func areEqual(_ one: [MarketBook], _ other: [MarketBook]) -> Bool {
    bytes(one) == bytes(other)
  }

  /// What a book holds: levels, queues, best prices of a quote feed.
  static func bytes(_ books: [MarketBook]) -> [[UInt8]] {
    books.map { book in
      var buffer = ByteBuffer(capacity: 1_024)
      book.depth.encode(to: &buffer)
      book.orders.encode(to: &buffer)
      if book.sources.contains(.quotes) {
        for raw in [book.best.bid.raw, book.best.ask.raw, book.best.bidSize.raw] {
          buffer.append(raw)
        }
      }
      buffer.append(book.status?.rawValue ?? 0)
      return buffer.array
    }
  }

  @Test(arguments: [(PlaybackPace.times(1_000), Int64(1)), (.times(2_000), 2), (.times(250), -4)])
  func `distances and lags are divided by the speed`(_ pace: PlaybackPace, _ divisor: Int64) {
    var stage = Stage(pace)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    #expect(stage.told.count < 1_000, "what comes later waits")
    stage.advance(to: .distantFuture)
    let entries = Self.recording
    let isSame = stage.told.prefix(entries.count).map(\.observation) == entries.map(\.observation)
    #expect(isSame)
    func scaled(_ length: Int64) -> Int64 { divisor > 0 ? length / divisor : length * -divisor }
    let wrong = zip(stage.told, entries).count { told, entry in
      let expected = Self.now.advanced(by: scaled(entry.receive.since(entries[0].receive)))
      return told.time != expected || abs(told.time.since(told.event) - scaled(1_000_000)) > 1
    }
    #expect(wrong == 0)
  }

  @Test func `nothing happens before somebody is there, nor while they are behind`() {
    var stage = Stage(.unpaced)
    stage.advance(to: Self.now)
    #expect(stage.told.isEmpty)
    stage.market.recording?.begin(at: Self.now)
    stage.market.wait(isListening: true, isBehind: true)
    stage.advance(to: Self.now)
    #expect(stage.told.isEmpty)
    stage.market.wait(isListening: true, isBehind: false)
    stage.advance(to: Self.now)
    #expect(stage.told.count > Self.recording.count)
    #expect(stage.told.allSatisfy { $0.time == Self.now })
  }

  @Test func `by hand exactly what was said is played`() {
    var stage = Stage(.stepwise)
    func ticks(_ stage: borrowing Stage) -> Int {
      stage.told.count { if case .market = $0.observation { true } else { false } }
    }
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    #expect(stage.told.isEmpty)
    var sum = 0
    for count in [1, 1, 7, 250] {
      stage.market.recording?.follow(.ticks(count), at: Self.now)
      stage.advance(to: Self.now)
      sum += count
      #expect(ticks(stage) == sum)
      let isAtRest = stage.market.recording?.isAtRest
      #expect(isAtRest == true)
    }
    let reached = stage.market.recording?.position.time ?? .epoch
    stage.market.recording?.follow(.further(2_000_000_000), at: Self.now)
    stage.advance(to: Self.now)
    let expected = Self.recording.count { $0.receive <= reached.advanced(by: 2_000_000_000) }
    #expect(stage.told.count == expected)
    stage.market.recording?.follow(.until(Self.recording[2_000].receive), at: Self.now)
    stage.advance(to: Self.now)
    let end = Self.recording[2_000].receive
    #expect(stage.told.count == Self.recording.count { $0.receive <= end })
    // By itself, from here on as the recording goes, until the next order.
    stage.market.recording?.follow(.run(.times(1_000)), at: Self.now)
    let before = stage.told.count
    stage.advance(to: Self.now.advanced(by: 500_000_000))
    let next = Self.recording[before].receive
    #expect(
      stage.told.count == Self.recording.count { $0.receive <= next.advanced(by: 500_000_000) })
    stage.market.recording?.follow(.ticks(3), at: Self.now.advanced(by: 600_000_000))
    let sofar = ticks(stage)
    stage.advance(to: Self.now.advanced(by: 900_000_000_000))
    #expect(ticks(stage) == sofar + 3)
  }

  @Test(arguments: [1, 40, 700, 1_001, 2_500, 4_444, 5_999])
  func `who joins in the middle gets the whole books, and follows`(_ place: Int) {
    var stage = Stage(.stepwise)
    stage.market.recording?.follow(.ticks(place), at: Self.now)
    stage.advance(to: Self.now)
    var joiner = stage.market.introduction()
    let heard = stage.told.map(\.observation)
    #expect(Self.areEqual(Self.books(joiner), Self.books(heard)))
    let before = stage.told.count
    stage.market.recording?.follow(.run(.unpaced), at: Self.now)
    stage.advance(to: Self.now)
    joiner += stage.told[before...].map(\.observation)
    let all = stage.told.map(\.observation)
    #expect(Self.areEqual(Self.books(joiner), Self.books(all)))
  }

  @Test func `what is from before the beginning gives the books, untold`() {
    var stage = Stage(.unpaced, from: 3_000)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    let whole = Self.recording.map(\.observation)
    let start = stage.told.count - (whole.count - 3_000) - 1 - 4
    let introduced = stage.told[..<start].map(\.observation)
    #expect(Self.areEqual(Self.books(introduced), Self.books(whole[..<3_000])))
    let rest = stage.told[start..<(start + whole.count - 3_000)].map(\.observation)
    let isSame = rest == Array(whole[3_000...])
    #expect(isSame)
    let definitions = stage.told.count {
      if case .instrument = $0.observation { true } else { false }
    }
    #expect(definitions == 4)
  }

  @Test func `at its end the market halts, and says why`() {
    var stage = Stage(.unpaced)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    let last = stage.told.dropFirst(Self.recording.count).map(\.observation)
    guard case .dataQuality(let quality) = last.first else {
      Issue.record("\(last)")
      return
    }
    #expect(quality.issue == .stale && quality.detail.contains("#6000"))
    let statuses = last.dropFirst().map { observation -> TradingStatus? in
      guard case .market(.status(let change)) = observation else { return nil }
      return change.status
    }
    #expect(statuses == Array(repeating: .halted, count: 4))
    let isOver = stage.market.recording?.isOver
    #expect(isOver == true && stage.market.nextTime == nil)
  }

  @Test(arguments: [0, 2_000]) func `with a loop it begins again with the same books`(_ from: Int) {
    var stage = Stage(.unpaced, from: from, loops: 1)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    let told = stage.told.map(\.observation)
    let again = told.firstIndex {
      if case .dataQuality(let quality) = $0 { quality.issue == .gap } else { false }
    }
    guard let again else {
      Issue.record("it did not begin again")
      return
    }
    let first = Self.books(told[..<again]).map(Self.halted)
    #expect(Self.areEqual(Self.books(told), first))
    let ticks = stage.market.recording?.position.ticks
    let once = Self.recording[from...].count {
      if case .market = $0.observation { true } else { false }
    }
    #expect(ticks == UInt64(2 * once))
  }

  static func halted(_ book: MarketBook) -> MarketBook {
    var book = book
    _ = book.apply(StatusChange(instrument: book.instrument, status: .halted))
    return book
  }

  @Test func `an expiry keeps its distance from the beginning`() throws {
    var future = Desk.stock
    let first = Instant(nanoseconds: 1_000_000_000)
    future.expiry = first.advanced(by: 60_000_000_000)
    let entries = [Entry(.instrument(future), event: first, receive: first, sequence: 1)]
    for (pace, length) in [(PlaybackPace.times(2_000), Int64(30)), (.unpaced, 60)] {
      var stage = Stage(pace, entries)
      stage.market.recording?.begin(at: Self.now)
      stage.advance(to: Self.now)
      for observation in [stage.told[0].observation, stage.market.introduction()[0]] {
        guard case .instrument(let told) = observation else {
          Issue.record("\(observation)")
          continue
        }
        #expect(told.expiry == Self.now.advanced(by: length * 1_000_000_000))
      }
    }
  }

  @Test func `orders meet the recorded books, also those of before the beginning`() {
    let stock = Desk.stock
    func ask(_ id: UInt64, _ price: Int64) -> Observation {
      .market(
        .order(
          OrderChange(
            instrument: stock.id, action: .add, side: .sell, order: id, price: Price(price),
            size: Quantity(5))))
    }
    let time = Instant(nanoseconds: 1_000_000_000)
    let observations = [.instrument(stock), ask(1, 101), ask(2, 102)]
    let entries = observations.enumerated().map { index, observation in
      Entry(observation, event: time, receive: time, sequence: UInt64(index + 1))
    }
    var stage = Stage(.times(1_000), entries, from: 2)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now.advanced(by: -1))
    stage.market.receive(
      .submit(
        OrderTicket(
          order: OrderID(1), strategy: StrategyID(0), instrument: stock.id, side: .buy,
          type: .limit, timeInForce: .immediateOrCancel, quantity: Quantity(7), price: Price(101))),
      at: Self.now.advanced(by: -1))
    stage.advance(to: Self.now)
    let fills = stage.told.compactMap { event -> Fill? in
      guard case .report(let report) = event.observation, case .filled(let fill) = report.outcome
      else { return nil }
      return fill
    }
    #expect(fills.map(\.quantity) == [Quantity(5)] && fills.map(\.price) == [Price(101)])
  }

  @Test func `what no instrument is defined for is not told`() {
    let quote = Observation.market(
      .quote(
        Quote(
          instrument: InstrumentID(9), bid: Price(1), ask: Price(2), bidSize: .zero, askSize: .zero)
      ))
    let gap = Observation.dataQuality(DataQuality(issue: .gap, instrument: .none, detail: "x"))
    let entries = [quote, gap, .instrument(Desk.stock)].map {
      Entry($0, event: Self.now, receive: Self.now, sequence: 1)
    }
    var stage = Stage(.unpaced, entries)
    stage.market.recording?.begin(at: Self.now)
    stage.advance(to: Self.now)
    #expect(stage.told.prefix(2).map(\.observation) == [gap, .instrument(Desk.stock)])
  }
}

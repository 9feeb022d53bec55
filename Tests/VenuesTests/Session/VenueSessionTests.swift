import Events
import Testing

@testable import Venues

/// Both sides of the venue protocol, talking to each other without a line between them.
@Suite struct VenueSessionTests {
  static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
  static let client = [UInt8](0..<16)

  static func at(_ milliseconds: Int64) -> Instant { start.advanced(by: milliseconds * 1_000_000) }

  static func ticket(_ order: UInt64, _ instrument: UInt16 = 7) -> OrderTicket {
    OrderTicket(
      order: OrderID(order), strategy: StrategyID(0), instrument: InstrumentID(instrument),
      side: .buy, type: .limit, timeInForce: .day, quantity: Quantity(5), price: Price(100))
  }

  static func instrument(_ id: UInt16, _ symbol: String) -> Instrument {
    Instrument(
      id: InstrumentID(id), venue: VenueID(4), venueName: "SIMX", symbol: symbol, kind: .equity,
      currency: "USD", priceScale: 2, quantityScale: 0)
  }

  /// A block of observations from a sequence on.
  static func block(_ observations: [Observation], from sequence: UInt64) -> [UInt8] {
    var encoder = BlockEncoder()
    encoder.begin(at: sequence)
    for observation in observations { encoder.append(observation, event: start, receive: start) }
    encoder.finish()
    return encoder.withContent { $0.array }
  }

  static func report(_ order: UInt64) -> Observation {
    .report(VenueReport(order: OrderID(order), .accepted(venueOrder: "v")))
  }

  /// Numbers instruments from 7 on, and their venue 2.
  static func numbering(_ instrument: Instrument) -> (InstrumentID, VenueID) {
    (InstrumentID(instrument.id.raw + 7), VenueID(2))
  }

  /// A session that the venue let in, whose next report is 5 and that knows instrument 7.
  static func open() -> GatewaySession {
    var session = GatewaySession(
      client: client, cancelsOnDisconnect: true, statementInterval: 10_000_000_000)
    _ = session.connect(at: start)
    let bytes =
      VenueFrame.accepted(life: 1, next: 5, isPatient: false).bytes
      + VenueFrame.market(block([.instrument(instrument(0, "ALFA"))], from: 1)).bytes
    let actions = session.receive(bytes, at: start, numbering: numbering)
    let (isOpen, venues) = (session.isOpen, session.venues)
    #expect(actions.count == 3 && isOpen && venues == [VenueID(2)])
    return session
  }

  static let statement: VenueStatement = {
    var holding = VenueStatement.Holding(instrument: InstrumentID(3))
    (holding.quantity, holding.paid, holding.fees) = (Quantity(-2), Money(raw: -7), Money(raw: 1))
    let order = VenueStatement.Order(order: OrderID(8), left: Quantity(5))
    return VenueStatement(next: 9, orders: [order], holdings: [holding])
  }()

  static let frames: [VenueFrame] = [
    .login(VenueFrame.Login(client: client, next: 9, cancelsOnDisconnect: true)),
    .commands([1, 2, 3]), .query(OrderID(77)), .heartbeat(nil), .heartbeat(5), .logout,
    .accepted(life: 3, next: 4, isPatient: true), .refused(.inUse, "somebody else"), .reports([9]),
    .market([]),
    .statementRequest, .statement(statement),
  ]

  @Test func `frames come out as they went in, however the bytes are cut`() throws {
    let bytes = Self.frames.flatMap(\.bytes)
    for size in [1, 2, 3, 7, bytes.count] {
      var reader = VenueFrameReader()
      var read: [VenueFrame] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.append(bytes[start..<min(start + size, bytes.count)])
        while let frame = try reader.next() { read.append(frame) }
      }
      #expect(read == Self.frames)
    }
  }

  @Test func `the bytes of a frame are these`() {
    #expect(VenueFrame.query(OrderID(258)).bytes == [9, 0, 0, 0, 3, 2, 1, 0, 0, 0, 0, 0, 0])
    #expect(VenueFrame.heartbeat(nil).bytes == [1, 0, 0, 0, 4])
    #expect(
      VenueFrame.refused(.inUse, "no").bytes == [7, 0, 0, 0, 17, 2, 0, 2, 0, 110, 111])
    let login = VenueFrame.login(
      VenueFrame.Login(client: Self.client, next: 9, cancelsOnDisconnect: true))
    #expect(
      login.bytes == [28, 0, 0, 0, 1, 3, 0] + Self.client + [9, 0, 0, 0, 0, 0, 0, 0, 1])
    let minus = [UInt8](repeating: 255, count: 15)
    let plus = [UInt8](repeating: 0, count: 15)
    #expect(
      VenueFrame.statement(Self.statement).bytes
        == [75, 0, 0, 0, 20, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]
        + [5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 254, 255, 255, 255, 255, 255, 255, 255]
        + [249] + minus + [1] + plus)
  }

  @Test(
    arguments: [
      [0, 0, 0, 0], [1, 0, 0, 0, 99], [2, 0, 0, 0, 5, 0], [3, 0, 0, 0, 3, 1, 2],
      [0, 0, 128, 0], [255, 255, 255, 255], [5, 0, 0, 0, 17, 9, 0, 0, 0],
    ] as [[UInt8]])
  func `bytes that are no frame end a session`(bytes: [UInt8]) {
    var venue = VenueSession(at: Self.start)
    let requests = venue.receive(bytes, at: Self.start)
    guard case .cutOff = requests.last else {
      Issue.record("\(requests)")
      return
    }
    let after = venue.receive(VenueFrame.logout.bytes, at: Self.start)
    #expect(after.isEmpty, "nothing comes after")
    var gateway = Self.open()
    guard case .close = gateway.receive(bytes, at: Self.start, numbering: Self.numbering).last
    else {
      Issue.record("the gateway goes on")
      return
    }
    let isOpen = gateway.isOpen
    #expect(!isOpen)
  }

  @Test func `commands arrive in the venue's numbers`() throws {
    var gateway = Self.open()
    var venue = VenueSession(at: Self.start)
    _ = venue.receive(Self.frames[0].bytes, at: Self.start)
    let commands: [Command] = [
      .submit(Self.ticket(1)), .cancel(OrderID(1)),
      .replace(OrderID(1), quantity: Quantity(3), price: Price(99)),
    ]
    for command in commands {
      let actions = gateway.send([command], at: Self.start)
      guard case .send(let bytes) = try #require(actions).first else { continue }
      var expected = command
      if case .submit = command { expected = .submit(Self.ticket(1, 0)) }
      let requests = venue.receive(bytes, at: Self.start)
      #expect(requests == [.command(expected)])
    }
    // One that comes twice is no second order.
    let again = gateway.send([.cancel(OrderID(2))], at: Self.start)
    guard case .send(let bytes) = try #require(again).first else { return }
    let once = venue.receive(bytes, at: Self.start)
    #expect(once.count == 1)
    guard case .cutOff = venue.receive(bytes, at: Self.start).last else {
      Issue.record("commands were taken twice")
      return
    }
  }

  @Test func `nothing can be sent while the venue has not let us in`() {
    var gateway = GatewaySession(
      client: Self.client, cancelsOnDisconnect: true, statementInterval: 10_000_000_000)
    let (sent, asked) = (gateway.send([.cancel(OrderID(1))], at: Self.start), gateway.ask([]))
    #expect(sent == nil && asked == nil)
    _ = gateway.connect(at: Self.start)
    let early = gateway.send([.cancel(OrderID(1))], at: Self.start)
    #expect(early == nil)
  }

  /// What becomes of blocks that begin at these sequences: numbers told, then `gap` or `duplicate`.
  @Test(arguments: [
    ([5, 7], "5 6 7 8"), ([5, 5], "5 6 duplicate"), ([6], "gap"), ([5, 8], "5 6 gap"),
    ([4, 6], "5 6 7"), ([3, 5], "duplicate 5 6"),
  ])
  func `reports come once and in order, or not at all`(starts: [UInt64], told: String) {
    var gateway = Self.open()
    var words: [String] = []
    for start in starts {
      let block = Self.block([Self.report(start), Self.report(start + 1)], from: start)
      let actions = gateway.receive(
        VenueFrame.reports(block).bytes, at: Self.start, numbering: Self.numbering)
      for action in actions {
        switch action {
        case .tell(.report(let report), _): words.append("\(report.order.raw)")
        case .tell(.dataQuality(let quality), _): words.append(quality.issue.name)
        default: break
        }
      }
    }
    #expect(words.joined(separator: " ") == told)
    let isOpen = gateway.isOpen
    #expect(isOpen == !told.hasSuffix("gap"))
  }

  @Test func `after a gap the missing report is asked for`() throws {
    var gateway = Self.open()
    let beat = VenueFrame.heartbeat(6).bytes
    _ = gateway.receive(beat, at: Self.start, numbering: Self.numbering)
    let isOpen = gateway.isOpen
    #expect(!isOpen, "a report was lost")
    guard case .send(let bytes) = gateway.connect(at: Self.start)[0] else { return }
    var venue = VenueSession(at: Self.start)
    let requests = venue.receive(bytes, at: Self.start)
    let login = VenueFrame.Login(client: Self.client, next: 5, cancelsOnDisconnect: true)
    #expect(requests == [.login(login)])
  }

  @Test func `market data with a hole or of an unknown instrument end the connection`() {
    let quote = Quote(
      instrument: InstrumentID(0), bid: Price(1), ask: Price(2), bidSize: Quantity(1),
      askSize: Quantity(1))
    var unknown = quote
    unknown.instrument = InstrumentID(3)
    for (tick, sequence, isGood) in [(quote, 2, true), (quote, 3, false), (unknown, 2, false)] {
      var gateway = Self.open()
      let block = Self.block([.market(.quote(tick))], from: UInt64(sequence))
      let actions = gateway.receive(
        VenueFrame.market(block).bytes, at: Self.start, numbering: Self.numbering)
      let isOpen = gateway.isOpen
      #expect(isOpen == isGood)
      guard isGood else { continue }
      var ours = quote
      ours.instrument = InstrumentID(7)
      #expect(actions == [.tell(.market(.quote(ours)), event: Self.start)])
    }
  }

  @Test func `who says nothing for three heartbeats is gone, and heartbeats keep it there`() {
    var gateway = Self.open()
    var venue = VenueSession(at: Self.start)
    _ = venue.receive(Self.frames[0].bytes, at: Self.start)
    for second in 1...20 {
      let now = Self.at(Int64(second) * 1_000)
      for case .send(let bytes) in gateway.pass(now) { _ = venue.receive(bytes, at: now) }
      let (bytes, requests) = venue.pass(now, nextReport: 5)
      #expect(requests.isEmpty && !bytes.isEmpty)
      _ = gateway.receive(bytes, at: now, numbering: Self.numbering)
    }
    let areOpen = (gateway.isOpen, venue.isOpen)
    #expect(areOpen == (true, true))
    let later = Self.at(23_001)
    let requests = venue.pass(later, nextReport: 5).requests
    let isOpen = venue.isOpen
    #expect(requests.count == 1 && !isOpen)
    guard case .close = gateway.pass(later).last else {
      Issue.record("the gateway waits for ever")
      return
    }
  }

  @Test func `no bytes do harm to either side`() {
    var state: UInt64 = 11
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let good =
      VenueFrame.market(Self.block([.instrument(Self.instrument(1, "BRVO"))], from: 2)).bytes
      + VenueFrame.reports(Self.block([Self.report(5), Self.report(6)], from: 5)).bytes
      + VenueFrame.heartbeat(7).bytes
    for _ in 0..<5_000 {
      var bytes = good
      for _ in 0...next() % 3 { bytes[Int(next() % UInt64(bytes.count))] = UInt8(next() & 255) }
      var gateway = Self.open()
      _ = gateway.receive(bytes, at: Self.start, numbering: Self.numbering)
      var venue = VenueSession(at: Self.start)
      _ = venue.receive(Self.frames[0].bytes + bytes, at: Self.start)
    }
  }

  /// Of one instrument with cents and whole shares.
  static func terms(_ id: InstrumentID) -> Instrument? {
    id == InstrumentID(1) ? instrument(1, "BRVO") : nil
  }

  static func fill(_ id: UInt64, _ quantity: Int64, at price: Int64) -> Fill {
    Fill(
      id: id, price: Price(price), quantity: Quantity(quantity), fee: Money(raw: 1_000),
      feeCurrency: "USD", liquidity: .taker)
  }

  @Test func `a venue answers for an order by what it has said of it`() {
    var history = OrderHistory()
    let fill = Self.fill(1, 2, at: 10)
    history.note(Self.ticket(1))
    history.note(Self.ticket(2))
    history.note(VenueReport(order: OrderID(1), .filled(fill)), terms: Self.terms)
    #expect(
      history.answer(OrderID(1)) == [
        VenueReport(order: OrderID(1), .filled(fill)),
        VenueReport(order: OrderID(1), .status(.working, filled: Quantity(2))),
      ])
    history.note(
      VenueReport(order: OrderID(2), .cancelled(.requested, text: "")), terms: Self.terms)
    #expect(history.open == [OrderID(1)])
    history.note(
      VenueReport(order: OrderID(3), .requestRejected(.cancel, code: 1, text: "")),
      terms: Self.terms)
    #expect(
      history.answer(OrderID(3)) == [
        VenueReport(order: OrderID(3), .status(.neverReceived, filled: .zero))
      ])
  }

  @Test func `a statement adds up the fills, each once, of the client that trades`() {
    var history = OrderHistory()
    history.begin(Self.client)
    var (buy, sell) = (Self.ticket(1), Self.ticket(2))
    (buy.instrument, buy.side, buy.quantity) = (InstrumentID(1), .buy, Quantity(10))
    (sell.instrument, sell.side, sell.quantity) = (InstrumentID(1), .sell, Quantity(4))
    history.note(buy)
    history.note(sell)
    for report in [
      VenueReport(order: OrderID(1), .filled(Self.fill(1, 6, at: 1000))),
      VenueReport(order: OrderID(1), .filled(Self.fill(1, 6, at: 1000))),
      VenueReport(order: OrderID(2), .filled(Self.fill(2, 4, at: 1100))),
    ] { history.note(report, terms: Self.terms) }
    let statement = history.statement(next: 9)
    #expect(
      statement.orders == [VenueStatement.Order(order: OrderID(1), left: Quantity(4))],
      "the second is filled")
    #expect(statement.holdings.map(\.quantity) == [Quantity(2)])
    let cost =
      Money.cost(Price(1000), Quantity(6), of: Self.instrument(1, "BRVO"))!
      - Money.cost(Price(1100), Quantity(4), of: Self.instrument(1, "BRVO"))!
    #expect(statement.holdings.map(\.paid) == [cost])
    #expect(statement.holdings.map(\.fees) == [Money(raw: 2_000)])
    // Over the line, and in the client's numbers.
    var gateway = Self.open()
    let actions = gateway.receive(
      VenueFrame.statement(VenueStatement(next: 5, orders: statement.orders, holdings: [])).bytes,
      at: Self.start, numbering: Self.numbering)
    #expect(
      actions == [.hold(VenueStatement(next: 5, orders: statement.orders, holdings: []))])
    let early = gateway.receive(
      VenueFrame.statement(statement).bytes, at: Self.start, numbering: Self.numbering)
    guard case .close = early.last else {
      Issue.record("a statement over reports that are missing was taken")
      return
    }
    // Another client has nothing.
    history.begin([UInt8](repeating: 9, count: 16))
    #expect(history.statement(next: 9) == VenueStatement(next: 9, orders: [], holdings: []))
  }
}

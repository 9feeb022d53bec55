import Events
import Testing

@Suite struct RecordGoldenTests {
  @Test func `there is a sample of every kind that is not a market event`() {
    #expect(Set(Sample.all.map(\.kind)) == Set(EntryKind.allCases.filter { !$0.isMarket }))
  }

  @Test(arguments: Sample.all)
  func `the payload of every kind has the bytes of the format`(sample: Sample) throws {
    let receive: Int64 = 1000
    let isDecision = sample.kind.isDecision
    let entry = entry(
      sample.event, sequence: 0x0102, at: receive, lag: isDecision ? 0 : -2, cause: 0x0101)
    let written = content(of: [entry])
    let payload = bytes(sample.payload)
    var length = hex([UInt8(payload.count), 0, 0, 0])
    length.removeAll(where: \.isWhitespace)
    let kind = hex([sample.kind.rawValue])
    let lag = isDecision ? "0000000000000000" : "feffffffffffffff"
    let padding = String(repeating: "00", count: (4 - payload.count % 4) % 4)
    #expect(
      hex(written.dropFirst(72))
        == hex(
          bytes(
            "\(kind) 00 0000 00000000 0101000000000000 \(lag) \(length) 00000000"
              + sample.payload + padding)))
    #expect(try entries(of: written) == [entry])
    #expect(entry.event.kind == sample.kind)
  }

  @Test func `the numbers of the kinds are those of the format`() {
    #expect(
      EntryKind.allCases.map(\.rawValue) == Array(1...12) + Array(32...60) + [62, 63]
        + Array(64...86))
  }

  /// The one block of this test, byte by byte: section 3 and a record of each sort.
  @Test func `a block starts with its header`() throws {
    let trade = Trade(instrument: InstrumentID(1), price: Price(9), size: Quantity(2), side: .buy)
    let written = [
      entry(.market(.trade(trade)), sequence: 258, at: 1_000_000_000),
      entry(.report(3, .expired), sequence: 259, at: 1_000_000_005, cause: 258),
      entry(.market(.trade(trade)), sequence: 260, at: 6_000_000_000),
    ]
    var encoder = BlockEncoder(capacity: 0)
    _ = content(of: written, with: &encoder)
    encoder.setPrevious(Digest((1...32).map { UInt8($0) })!)
    let content = encoder.withContent { content in content.withUnsafeBytes { Array($0) } }
    #expect(
      hex(content)
        == hex(
          bytes(
            """
            4459424b 0100 0000 0201000000000000 03000000 5c000000
            00ca9a3b00000000 00bca06501000000
            0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
            02 0a 0100 00000000 0900000000000000 0200000000000000
            27 00 0000 05000000 0201000000000000 0000000000000000 08000000 00000000
              0300000000000000
            00 00000000000000 00bca06501000000
            02 08 0100 00000000 0000 0200
            """)))
    #expect(try entries(of: content) == written)
    let header = try BlockHeader(content: content.span.bytes)
    #expect(
      header
        == BlockHeader(
          firstSequence: 258, entryCount: 3, recordBytes: 92,
          baseTime: Instant(nanoseconds: 1_000_000_000),
          lastTime: Instant(nanoseconds: 6_000_000_000),
          previous: Digest((1...32).map { UInt8($0) })!))
    #expect(header.lastSequence == 260)
    var buffer = ByteBuffer()
    header.write(to: &buffer)
    #expect(hex(buffer.array) == hex(content.prefix(72)))
  }

  @Test func `payload bytes that a later version appended are ignored`() throws {
    let entry = entry(.report(3, .expired))
    var content = content(of: [entry])
    content += [1, 2, 3, 0]
    overwrite(&content, at: 20, UInt32(content.count - 72))
    overwrite(&content, at: 72 + 24, UInt32(11))
    #expect(try entries(of: content) == [entry])
  }

  /// No lots and three bytes more in the terms, and what may follow where there is no plan.
  @Test func `what a later version appended to terms and after the plan's place is ignored`() throws
  {
    let ticket = Sample.ticket(.trailingStopLimit, .goodTillDate, Sample.terms)
    let whole = bytes(Sample.orders[4].payload)
    var payload = whole + [0, 0, 9, 8, 7]
    payload[33] += 5
    for rest in ["", "00", "00 0102"] {
      let content = payload + bytes(rest)
      #expect(
        try EntryKind.held.event(content.span.bytes, 0..<content.count)
          == .decision(.held(ticket, nil)))
    }
    let content = payload + bytes(Sample.planPayload + "0102")
    #expect(
      try EntryKind.held.event(content.span.bytes, 0..<content.count)
        == .decision(.held(ticket, Sample.plan)))
  }

  @Test func `plain terms that are said are those that are not`() throws {
    let content = bytes(Sample.decisions[2].payload + Sample.plainPayload)
    #expect(
      try EntryKind.submitted.event(content.span.bytes, 0..<content.count)
        == .decision(.submitted(Sample.ticket)))
  }

  @Test func `entries with the order field of section 1 are listed for the index`() {
    let tick = OrderChange(instrument: InstrumentID(0), action: .add, side: .buy, order: 5)
    let act = OperatorAct(act: .cancel, scope: Scope(.order, 9), subject: "", reason: "")
    let events: [Event] = [
      .market(.order(tick)), .report(4, .expired), .report(0, .expired),
      .decision(.submitted(Sample.ticket)), .decision(.cancelRequested(OrderID(4), .strategy)),
      .observation(.operatorAct(act)), .decision(.halted(.all, reason: "")),
      .decision(.alert(Alert(severity: .info, code: .reportIllegal, order: OrderID(6), text: ""))),
      .decision(.alert(Alert(severity: .info, code: .reportIllegal, text: ""))),
      .decision(.replaceRequested(OrderID(1), quantity: .zero, price: .none)),
      .decision(
        .intent(
          IntentRecord(
            strategy: StrategyID(0), action: .cancel, instrument: .none, order: OrderID(2),
            reason: Reason("")))),
    ]
    var encoder = BlockEncoder()
    let written = events.enumerated().map { entry($1, sequence: UInt64($0) + 10) }
    _ = content(of: written, with: &encoder)
    #expect(
      encoder.mentions.map { [$0.order, $0.sequence] }
        == [[4, 11], [1, 13], [4, 14], [6, 17], [1, 19], [2, 20]])
    _ = content(of: [entry(.report(8, .expired))], with: &encoder)
    #expect(encoder.mentions.map { [$0.order, $0.sequence] } == [[8, 1]])
  }

  /// Parent and list of the terms, 258 and 1, do not count.
  @Test func `held orders and what becomes of them are listed for the index`() {
    let ticket = Sample.ticket(.stop, .day, Sample.terms)
    var other = ticket
    other.order = OrderID(9)
    let events: [Event] = [
      .decision(.held(other, Sample.plan)), .decision(.released(Release(other, .opened))),
      .decision(.ended(OrderID(4), .linked)), .decision(.submitted(ticket)),
      .decision(
        .routed(RouteRecord(order: OrderID(5), round: 0, quantity: .zero, candidates: []))),
      .report(6, .triggered(price: .none)), .report(7, .busted(fill: 1, text: "")),
      .observation(.priceBand(PriceBand(instrument: InstrumentID(1), lower: .none, upper: .none))),
      .report(
        8,
        .corrected(
          Fill(
            id: 1, price: .none, quantity: .zero, fee: Money(raw: 0), feeCurrency: "",
            liquidity: .unknown), text: "")),
    ]
    var encoder = BlockEncoder()
    _ = content(
      of: events.enumerated().map { entry($1, sequence: UInt64($0) + 10) }, with: &encoder)
    #expect(
      encoder.mentions.map { [$0.order, $0.sequence] }
        == [[9, 10], [9, 11], [4, 12], [1, 13], [5, 14], [6, 15], [7, 16], [8, 18]])
  }
}

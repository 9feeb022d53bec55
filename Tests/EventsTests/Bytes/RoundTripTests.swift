import Events
import Testing

@Suite struct RoundTripTests {
  @Test func `random entries of every kind come back as they went in`() throws {
    var encoder = BlockEncoder(capacity: 0)
    var decoder = BlockDecoder()
    var seen: Set<EntryKind> = []
    var sequence: UInt64 = 1
    for seed in 0..<400 as Range<UInt64> {
      var random = RandomEntries(seed: seed)
      let count = Int(seed % 97) + 1
      let written = random.block(of: count, from: sequence, at: 1_767_225_600_000_000_000)
      let content = content(of: written, with: &encoder)
      let read = try entries(of: content, with: &decoder)
      #expect(decoder.header == written.last?.header)
      guard read == written else {
        let index = zip(read, written).enumerated().first { $1.0 != $1.1 }?.offset ?? read.count
        Issue.record("seed \(seed): \(written[index]) came back as \(read[index])")
        return
      }
      seen.formUnion(written.map(\.event.kind))
      sequence += UInt64(count)
    }
    #expect(seen == Set(EntryKind.allCases))
  }

  @Test(arguments: 1...60) func `runs of bars come back as they went in`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let seconds: [Int64] = [1, 60, 86_400, 4_294_967_295, 4_294_967_296]
    var (time, written): (Int64, [Entry]) = (1_767_225_600_000_000_000, [])
    for sequence in 1...80 as ClosedRange<UInt64> {
      // Most behind a base of time of their own, some at the same time as the last.
      time += random.oneIn(6) ? 0 : seconds[Int(random.next() % 3)] * 1_000_000_000
      let open = Int64.random(in: 9_000...9_100, using: &random) << (random.oneIn(20) ? 40 : 0)
      let up = Int64.random(in: 0...30, using: &random)
      let volume: Int64 = random.oneIn(9) ? 1 << 40 : 1 << 20
      let bar = Bar(
        instrument: InstrumentID(random.oneIn(5) ? 1 : 0),
        side: [Side.none, .buy, .sell].randomElement(using: &random)!,
        interval: random.oneIn(9) ? 7 : seconds.randomElement(using: &random)! * 1_000_000_000,
        open: Price(open), high: Price(open + up), low: Price(open - up), close: Price(open + up),
        volume: Quantity(Int64.random(in: 0...volume, using: &random)))
      let lag = random.oneIn(10) ? Int64.random(in: 0...(1 << 33), using: &random) : 0
      written.append(
        Entry(
          header: EntryHeader(
            sequence: sequence, eventTime: Instant(nanoseconds: time - lag),
            receiveTime: Instant(nanoseconds: time)), event: .observation(.market(.bar(bar)))))
    }
    #expect(try entries(of: content(of: written)) == written)
  }

  @Test func `a fresh encoder and a used one write the same block`() {
    var used = BlockEncoder()
    var random = RandomEntries(seed: 1000)
    for _ in 0..<50 {
      let written = random.block(of: 40, from: 7, at: -5_000_000_000)
      #expect(content(of: written, with: &used) == content(of: written))
    }
  }

  @Test func `a used decoder needs the references of the new block`() throws {
    let tick = Trade(instrument: InstrumentID(5), price: Price(9), size: Quantity(1), side: .none)
    let compact = bytes("02 00 0500 00000000 0000 0100")
    let whole = content(of: [
      entry(.market(.trade(tick))), entry(.market(.trade(tick)), sequence: 2),
    ])
    #expect(Array(whole.suffix(12)) == compact)
    var without = Array(whole.prefix(72)) + compact
    overwrite(&without, at: 16, UInt32(1))
    overwrite(&without, at: 20, UInt32(compact.count))
    var decoder = BlockDecoder()
    #expect(try entries(of: whole, with: &decoder).count == 2)
    #expect(throws: Damage(at: 72, "compact record of an instrument without a reference")) {
      try entries(of: without, with: &decoder)
    }
  }

  @Test func `a block of any number of entries says how many`() throws {
    var encoder = BlockEncoder()
    encoder.begin(at: 100)
    #expect(encoder.byteCount == 72 && encoder.entryCount == 0 && encoder.nextSequence == 100)
    let status = StatusChange(instrument: InstrumentID(0), status: .trading)
    for index in 0..<70_000 as Range<Int64> {
      let time = Instant(nanoseconds: index * 100_000)
      let sequence = encoder.append(.status(status), event: time, receive: time)
      #expect(sequence == 100 + UInt64(index))
    }
    #expect(encoder.entryCount == 70_000 && encoder.nextSequence == 70_100)
    #expect(encoder.firstSequence == 100)
    #expect(encoder.lastReceiveTime == Instant(nanoseconds: 6_999_900_000))
    // 7 s need one time base record.
    #expect(encoder.byteCount == 72 + 70_000 * 12 + 16)
  }

  @Test func `long texts are cut at a character, long lists at their limit`() throws {
    let text = String(repeating: "é", count: 40_000)
    let value = Reason.Value("v", Decimal(mantissa: 1, scale: 0))
    let intent = IntentRecord(
      strategy: StrategyID(0), action: .order, instrument: InstrumentID(0),
      reason: Reason(text, values: Array(repeating: value, count: 70_000)))
    let read = try entries(of: content(of: [entry(.decision(.intent(intent)))]))
    guard case .decision(.intent(let cut)) = read[0].event else {
      Issue.record("\(read[0].event.kind)")
      return
    }
    #expect(cut.reason.text == String(repeating: "é", count: 32_767))
    #expect(cut.reason.values.count == 65_535)
  }

  @Test func `marks that no venue sets are not written`() throws {
    let change = DepthChange(
      instrument: InstrumentID(0), action: .set, side: .buy, price: Price(1), size: Quantity(1),
      marks: EventMarks(rawValue: 255))
    let read = try entries(of: content(of: [entry(.market(.depth(change)))]))
    var expected = change
    expected.marks = [.last, .snapshot]
    #expect(read.map(\.event) == [.market(.depth(expected))])
  }
}

/// Programmer errors, which would make a block that cannot be read, stop the process.
@Suite struct EncoderPreconditionTests {
  private static let status = MarketEvent.status(
    StatusChange(instrument: InstrumentID(0), status: .trading))

  @Test func `receive times that decrease are refused`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 1)
      let tick = EncoderPreconditionTests.status
      encoder.append(tick, event: .epoch, receive: Instant(nanoseconds: 2))
      print(encoder.append(tick, event: .epoch, receive: Instant(nanoseconds: 1)))
    }
  }

  @Test func `an event time too far from the receive time is refused`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 1)
      print(
        encoder.append(
          EncoderPreconditionTests.status, event: Instant(nanoseconds: .min), receive: .epoch))
    }
  }

  @Test func `a bar without an interval is refused`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 1)
      let bar = Bar(
        instrument: InstrumentID(0), interval: 0, open: Price(1), high: Price(1), low: Price(1),
        close: Price(1), volume: .zero)
      print(encoder.append(.bar(bar), event: .epoch, receive: .epoch))
    }
  }

  @Test func `a cause that is not earlier is refused`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 5)
      print(encoder.append(.halted(.all, reason: ""), at: .epoch, cause: 5))
    }
  }

  @Test func `a definition with a problem is refused`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 5)
      let instrument = Instrument(
        id: InstrumentID(0), venueName: "", symbol: "", kind: .index, currency: "EUR",
        priceScale: 0, quantityScale: 0)
      print(encoder.append(.instrument(instrument), event: .epoch, receive: .epoch))
    }
  }

  @Test func `an empty block is not finished`() async {
    await #expect(processExitsWith: .failure) {
      var encoder = BlockEncoder()
      encoder.begin(at: 1)
      encoder.finish()
      print(encoder.byteCount)
    }
  }

  @Test func `a decimal has at most 18 digits after the point`() async {
    await #expect(processExitsWith: .failure) {
      print(Decimal(mantissa: 1, scale: 19))
    }
  }
}

import Events

/// Makes entries of every kind, with values that are mostly small and sometimes at the very limits.
struct RandomEntries {
  var random: SplitMix64
  private var mid: [Int64] = [10_000, -5, 1 << 40, 0]
  private var order: UInt64 = 1000

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A block's worth of entries from a sequence on, at times that never decrease.
  mutating func block(of count: Int, from first: UInt64, at start: Int64) -> [Entry] {
    var time = start
    return (0..<count).map { index in
      let sequence = first + UInt64(index)
      if index > 0 { time += gap() }
      return entry(sequence: sequence, at: time)
    }
  }

  private mutating func entry(sequence: UInt64, at time: Int64) -> Entry {
    switch random.next(upperBound: 10 as UInt64) {
    case 0...5:
      return EventsTests.entry(.market(tick()), sequence: sequence, at: time, lag: lag())
    case 6, 7:
      return EventsTests.entry(
        .observation(observation()), sequence: sequence, at: time, lag: lag(),
        cause: random.next(upperBound: sequence))
    default:
      return EventsTests.entry(
        .decision(decision()), sequence: sequence, at: time,
        cause: random.next(upperBound: sequence))
    }
  }

  private mutating func gap() -> Int64 {
    switch random.next(upperBound: 16 as UInt64) {
    case 0: Int64(UInt32.max) - 1 + Int64(random.next(upperBound: 4 as UInt64))
    case 1: Int64(random.next(upperBound: 1 << 45 as UInt64))
    case 2...4: 0
    default: Int64(random.next(upperBound: 1_000_000 as UInt64))
    }
  }

  private mutating func lag() -> Int64 {
    switch random.next(upperBound: 8 as UInt64) {
    case 0: Int64(Int32.max) - 1 + Int64(random.next(upperBound: 4 as UInt64))
    case 1: Int64(Int32.min) - 2 + Int64(random.next(upperBound: 4 as UInt64))
    case 2: Int64(truncatingIfNeeded: random.next()) >> 2
    case 3: Int64(random.next(upperBound: 5_000_000 as UInt64))
    default: 0
    }
  }

  mutating func id() -> UInt16 {
    random.oneIn(64)
      ? UInt16(truncatingIfNeeded: random.next()) : UInt16.random(in: 0..<4, using: &random)
  }

  mutating func instrument() -> InstrumentID { InstrumentID(id()) }

  /// A price near the instrument's last one, at the edge of a form, absent, or extreme.
  mutating func price(_ instrument: InstrumentID) -> Price {
    let slot = instrument.index % mid.count
    switch random.next(upperBound: 24 as UInt64) {
    case 0: return .none
    case 1:
      return Price([.max, .min + 1, 0, Price.limit, -Price.limit].randomElement(using: &random)!)
    case 2: return Price(Int64(truncatingIfNeeded: random.next()) | 1)
    case 3: mid[slot] = Int64.random(in: -Price.limit...Price.limit, using: &random)
    case 4: mid[slot] &+= Int64.random(in: 32_766...32_769, using: &random)
    case 5: mid[slot] &-= Int64.random(in: 32_766...32_769, using: &random)
    case 6: mid[slot] &+= Int64.random(in: 2_147_483_646...2_147_483_649, using: &random)
    default: mid[slot] &+= Int64.random(in: -20...20, using: &random)
    }
    if mid[slot] == .min { mid[slot] = 0 }
    return Price(mid[slot])
  }

  mutating func raw() -> Int64 {
    switch random.next(upperBound: 16 as UInt64) {
    case 0: Int64.random(in: 65_534...65_537, using: &random)
    case 1: Int64.random(in: 4_294_967_294...4_294_967_297, using: &random)
    case 2: [.max, .min, -1, Quantity.limit, -Quantity.limit].randomElement(using: &random)!
    case 3: Int64(truncatingIfNeeded: random.next())
    default: Int64.random(in: 0...2000, using: &random)
    }
  }

  mutating func quantity() -> Quantity { Quantity(raw()) }

  mutating func wide() -> Int128 {
    random.oneIn(4)
      ? Int128(truncatingIfNeeded: UInt128(random.next()) << 64 | UInt128(random.next()))
      : Int128(raw())
  }

  private mutating func marks() -> EventMarks {
    [[], .last, .snapshot, [.last, .snapshot]].randomElement(using: &random)!
  }

  mutating func any<T: CaseIterable>(_: T.Type = T.self) -> T {
    T.allCases.randomElement(using: &random)!
  }

  mutating func text() -> String {
    switch random.next(upperBound: 12 as UInt64) {
    case 0: ""
    case 1: "quote \" back\\slash \n\t\r\u{1}\u{1f}\u{7f}"
    case 2: "Überträge – 買う 🂡"
    case 3: String(repeating: "é", count: Int.random(in: 0...300, using: &random))
    default: String(random.next(), radix: 36)
    }
  }

  /// A market event of any kind and form.
  mutating func tick() -> MarketEvent {
    let instrument = instrument()
    switch random.next(upperBound: 12 as UInt64) {
    case 0...2:
      let bid = price(instrument)
      let spread = random.oneIn(8) ? raw() : Int64.random(in: -1...9, using: &random)
      return .quote(
        Quote(
          instrument: instrument, bid: bid, ask: Price(bid.raw &+ spread), bidSize: quantity(),
          askSize: quantity()))
    case 3, 4:
      return .trade(
        Trade(instrument: instrument, price: price(instrument), size: quantity(), side: any()))
    case 5, 6:
      return .depth(
        DepthChange(
          instrument: instrument, action: .set, side: any(), price: price(instrument),
          size: quantity(), marks: marks()))
    case 7:
      return random.oneIn(2)
        ? .depth(
          DepthChange(instrument: instrument, action: .clear, side: any(), marks: marks()))
        : .order(
          OrderChange(instrument: instrument, action: .clear, side: any(), marks: marks()))
    case 8: return .bar(bar(instrument))
    case 9: return .status(StatusChange(instrument: instrument, status: any()))
    default:
      order = random.oneIn(8) ? random.next() : order &+ random.next(upperBound: 9 as UInt64) &- 4
      let actions = OrderChange.Action.allCases.filter { $0 != .clear }
      return .order(
        OrderChange(
          instrument: instrument, action: actions.randomElement(using: &random)!, side: any(),
          order: order, price: price(instrument), size: quantity(), marks: marks()))
    }
  }

  private mutating func bar(_ instrument: InstrumentID) -> Bar {
    let open = price(instrument)
    if random.oneIn(8) {
      return Bar(
        instrument: instrument, side: any(), interval: Int64(random.next() >> 1) | 1, open: open,
        high: price(instrument), low: price(instrument), close: price(instrument),
        volume: quantity())
    }
    let seconds = [1, 60, 86_400, 4_294_967_295, 4_294_967_296 as Int64].randomElement(
      using: &random)!
    let up = Int64.random(in: 0...30, using: &random)
    return Bar(
      instrument: instrument, side: any(), interval: seconds * 1_000_000_000, open: open,
      high: Price(open.raw &+ up), low: Price(open.raw &- up), close: Price(open.raw &+ up / 2),
      volume: quantity())
  }

  /// What people and clocks say.
  private mutating func personal() -> Observation {
    switch random.next(upperBound: 3 as UInt64) {
    case 0:
      return .instruction(
        Instruction(clientOrder: text(), subject: text(), intent: intent()))
    case 1:
      return .clockReading(
        ClockReading(
          offset: raw(), error: random.next(), isSynchronised: random.oneIn(2), source: text()))
    default:
      return .limitChange(
        LimitChange(
          key: text(), value: text(), author: text(), reason: text(),
          effective: random.oneIn(2) ? .epoch : Instant(nanoseconds: raw())))
    }
  }

  /// Any observation that is not a market event.
  mutating func observation() -> Observation {
    switch random.next(upperBound: 22 as UInt64) {
    case 16: return .corporateAction(corporateAction())
    case 17: return .optionNotice(optionNotice())
    case 18: return .exchangeRate(ExchangeRate(base: text(), currency: text(), rate: raw()))
    case 0: return .instrument(definition())
    case 1:
      let digest = Digest(words: (random.next(), random.next(), random.next(), random.next()))
      return .signal(
        Signal(
          instrument: instrument(), score: raw(), model: text(), version: text(), digest: digest))
    case 2:
      return .timer(
        Timer(strategy: StrategyID(id()), timer: UInt32(truncatingIfNeeded: random.next())))
    case 3:
      let lots = (0..<Int.random(in: 0...3, using: &random)).map { _ in random.next() as UInt64 }
      let closing = OperatorAct.Closing(
        instrument: instrument(), quantity: Quantity(raw()), lots: lots)
      return .operatorAct(
        OperatorAct(
          act: any(), scope: scope(), subject: text(), reason: text(),
          closing: random.oneIn(3) ? closing : nil))
    case 4:
      let items = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        ConfigurationItems.Item(key: text(), value: text())
      }
      return .configuration(ConfigurationItems(items))
    case 5:
      return .runStarted(
        RunStart(
          mode: any(), seed: random.next(), engine: text(), strategies: text(), source: text()))
    case 6: return .runStopped(RunStop(why: any(), text: text()))
    case 7:
      return .dataQuality(
        DataQuality(
          issue: any(), instrument: random.oneIn(2) ? .none : instrument(),
          expected: random.next(), actual: random.next() >> 40, detail: text()))
    case 8:
      return .connection(ConnectionChange(venue: VenueID(id()), state: any(), text: text()))
    case 9:
      return .reference(
        ReferenceValue(instrument: instrument(), field: any(), value: raw(), effective: time()))
    case 10:
      return .imbalance(
        AuctionImbalance(
          instrument: instrument(), auction: any(), side: any(), paired: quantity(),
          surplus: quantity(), reference: price(.init(0)), near: price(.init(1)),
          far: price(.init(2))))
    case 11:
      return .priceBand(
        PriceBand(instrument: instrument(), lower: price(.init(0)), upper: price(.init(1))))
    case 12: return .statement(statement())
    case 13:
      return .breakResolution(
        BreakResolution(
          breakID: random.next(), act: any(), subject: text(), owner: text(), reason: text()))
    case 19, 20, 21: return personal()
    default: return .report(VenueReport(order: orderID(), outcome()))
    }
  }

  private mutating func definition() -> Instrument {
    var instrument = Instrument(
      id: InstrumentID(UInt16.random(in: 0..<200, using: &random)), venue: VenueID(id()),
      venueName: text(), symbol: "S" + text(), kind: any(), base: text(), currency: "C" + text(),
      priceScale: UInt8.random(in: 0...9, using: &random),
      quantityScale: UInt8.random(in: 0...9, using: &random),
      tickSize: Price(Int64.random(in: 1...Price.limit, using: &random)),
      lotSize: Quantity(Int64.random(in: 1...Quantity.limit, using: &random)),
      multiplier: Int64.random(in: 1...(.max), using: &random),
      expiry: random.oneIn(2) ? .epoch : Instant(nanoseconds: raw()))
    if instrument.kind == .inverse { instrument.base = "B" + text() }
    if instrument.kind == .option, random.oneIn(2) { instrument.option = optionTerms() }
    return instrument
  }

  mutating func orderID() -> OrderID {
    OrderID(random.oneIn(8) ? random.next() : random.next(upperBound: 9 as UInt64))
  }

  private mutating func outcome() -> VenueReport.Outcome {
    let code = UInt16(truncatingIfNeeded: random.next())
    switch random.next(upperBound: 11 as UInt64) {
    case 0: return .accepted(venueOrder: text())
    case 1: return .rejected(code: code, text: text())
    case 2:
      var fill = fill()
      if random.oneIn(2) { fill.basis = basis() }
      return .filled(fill)
    case 3: return .cancelled(any(), text: text())
    case 4: return .replaced(quantity: quantity(), price: price(.init(1)))
    case 5: return .expired
    case 6: return .requestRejected(any(), code: code, text: text())
    case 7: return .triggered(price: price(.init(2)))
    case 8: return .busted(fill: random.next(), text: text())
    case 9: return .corrected(fill(), text: text())
    default: return .status(any(), filled: quantity())
    }
  }

  private mutating func fill() -> Fill {
    Fill(
      id: random.next(), price: price(.init(0)), quantity: quantity(), fee: Money(raw: wide()),
      feeCurrency: text(), liquidity: any())
  }

  private mutating func basis() -> FillBasis {
    switch random.next(upperBound: 4 as UInt64) {
    case 0: FillBasis(any())
    case 1: FillBasis(any(), .slippage(Int64(truncatingIfNeeded: random.next())))
    case 2: FillBasis(any(), .queue(any(), placed: quantity(), left: quantity()))
    default: FillBasis(any(), .share(of: quantity(), among: quantity()))
    }
  }

  mutating func scope() -> Scope { Scope(any(), random.next()) }

  /// Any decision.
  mutating func decision() -> Decision {
    switch random.next(upperBound: 22 as UInt64) {
    case 14: return .booked(booking())
    case 21: return .rolled(roll())
    case 13: return .liquidation(liquidation())
    case 19:
      return .marginCall(
        MarginCall(
          account: AccountID(id()), any(), currency: text(), equity: Money(raw: wide()),
          required: Money(raw: wide())))
    case 0: return .intent(intent())
    case 1:
      return .refused(
        Refusal(
          strategy: StrategyID(id()), instrument: instrument(), rule: any(), side: any(),
          quantity: quantity(), price: price(.init(2)), value: wide(), limit: wide(),
          scale: UInt8.random(in: 0...30, using: &random), unit: text(),
          context: random.oneIn(2) ? "" : text(),
          values: random.oneIn(2) ? [] : values()))
    case 2: return .submitted(ticket())
    case 3: return .cancelRequested(orderID(), any())
    case 4: return .replaceRequested(orderID(), quantity: quantity(), price: price(.init(3)))
    case 5:
      return .alert(
        Alert(
          severity: any(), code: any(), instrument: random.oneIn(2) ? .none : instrument(),
          order: orderID(), text: text()))
    case 6: return .halted(scope(), reason: text())
    case 7: return .held(ticket(), plan())
    case 8: return .released(Release(ticket(), any(), seen: price(.init(1))))
    case 9: return .ended(orderID(), any())
    case 10: return .routed(route())
    case 11:
      return .breakOpened(
        BreakRecord(id: random.next(), account: AccountID(id()), check: check()))
    case 12: return .breakClosed(random.next(), any())
    case 15...18: return risk()
    default: return .resumed(scope(), reason: text())
    }
  }
}

import Events

/// Turns what happened in an order-flow book into market events of one output form.
struct MarketTeller {
  private let instrument: Instrument
  private let output: GeneratedMarket.Output
  private var lastQuote: Quote
  private var told: [FlowBook.Touch] = []

  init(_ market: GeneratedMarket) {
    instrument = market.instrument
    output = market.output
    lastQuote = Quote(
      instrument: instrument.id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
  }

  /// Tells and empties the book's log.
  mutating func tell(_ book: inout FlowBook, into events: inout [Observation]) {
    switch output {
    case .orders: tellOrders(book.log, into: &events)
    case .depth:
      tellTrades(book.log, into: &events)
      tellLevels(book, into: &events)
    case .quotes:
      tellTrades(book.log, into: &events)
      tellQuote(book, into: &events)
    }
    forget(&book)
  }

  /// Empties the book's log untold.
  func forget(_ book: inout FlowBook) {
    book.log.removeAll(keepingCapacity: true)
    book.touched.removeAll(keepingCapacity: true)
  }

  /// Tells the whole book, whatever was told before.
  mutating func tellSnapshot(_ book: inout FlowBook, into events: inout [Observation]) {
    forget(&book)
    let additions = book.additions(.buy) + book.additions(.sell)
    let start = events.count
    switch output {
    case .orders:
      events.append(
        .market(.order(change(.clear, .none, marks: .snapshot))))
      for item in additions {
        var added = change(.add, item.side, marks: .snapshot)
        added.order = item.order
        added.price = price(item.tick)
        added.size = quantity(item.size)
        events.append(.market(.order(added)))
      }
    case .depth:
      events.append(.market(.depth(level(.clear, .none, marks: .snapshot))))
      var previous: FlowBook.Touch?
      for item in additions {
        let touch = FlowBook.Touch(side: item.side, tick: item.tick)
        if touch == previous { continue }
        previous = touch
        events.append(.market(.depth(setLevel(book, touch, marks: .snapshot))))
      }
    case .quotes:
      lastQuote.bid = .none
      lastQuote.ask = .none
      tellQuote(book, into: &events)
    }
    if events.count > start { markLast(&events[events.count - 1]) }
  }

  /// Tells that the book is empty.
  mutating func tellEmpty(into events: inout [Observation]) {
    switch output {
    case .orders: events.append(.market(.order(change(.clear, .none, marks: .last))))
    case .depth: events.append(.market(.depth(level(.clear, .none, marks: .last))))
    case .quotes:
      lastQuote = Quote(
        instrument: instrument.id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
      events.append(.market(.quote(lastQuote)))
    }
  }

  private func tellOrders(_ log: [FlowBook.Change], into events: inout [Observation]) {
    var last = -1
    for item in log {
      let action: OrderChange.Action
      switch item.kind {
      case .trade:
        tellTrade(item, into: &events)
        continue
      case .add: action = .add
      case .modify: action = .modify
      case .cancel: action = .cancel
      case .delete: action = .delete
      case .execute: action = .execute
      }
      last = events.count
      events.append(
        .market(
          .order(
            OrderChange(
              instrument: instrument.id, action: action, side: item.side, order: item.order,
              price: price(item.tick), size: quantity(item.size), marks: []))))
    }
    if last >= 0 { markLast(&events[last]) }
  }

  private func tellTrades(_ log: [FlowBook.Change], into events: inout [Observation]) {
    for item in log where item.kind == .trade { tellTrade(item, into: &events) }
  }

  private func tellTrade(_ item: FlowBook.Change, into events: inout [Observation]) {
    events.append(
      .market(
        .trade(
          Trade(
            instrument: instrument.id, price: price(item.tick), size: quantity(item.size),
            side: item.side))))
  }

  private mutating func tellLevels(_ book: borrowing FlowBook, into events: inout [Observation]) {
    told.removeAll(keepingCapacity: true)
    for touch in book.touched where !told.contains(touch) { told.append(touch) }
    for (index, touch) in told.enumerated() {
      let marks: EventMarks = index + 1 == told.count ? .last : []
      events.append(.market(.depth(setLevel(book, touch, marks: marks))))
    }
  }

  private mutating func tellQuote(_ book: borrowing FlowBook, into events: inout [Observation]) {
    let (bid, ask) = (book.bestBid, book.bestAsk)
    let quote = Quote(
      instrument: instrument.id,
      bid: bid == FlowBook.noBid ? .none : price(bid),
      ask: ask == FlowBook.noAsk ? .none : price(ask),
      bidSize: bid == FlowBook.noBid ? .zero : quantity(book.size(.buy, at: bid)),
      askSize: ask == FlowBook.noAsk ? .zero : quantity(book.size(.sell, at: ask)))
    guard quote != lastQuote else { return }
    lastQuote = quote
    events.append(.market(.quote(quote)))
  }

  private func markLast(_ event: inout Observation) {
    switch event {
    case .market(.order(var change)):
      change.marks.formUnion(.last)
      event = .market(.order(change))
    case .market(.depth(var change)):
      change.marks.formUnion(.last)
      event = .market(.depth(change))
    default: break
    }
  }

  private func change(
    _ action: OrderChange.Action, _ side: Side, marks: EventMarks
  ) -> OrderChange {
    OrderChange(instrument: instrument.id, action: action, side: side, marks: marks)
  }

  private func level(
    _ action: DepthChange.Action, _ side: Side, marks: EventMarks
  ) -> DepthChange {
    DepthChange(instrument: instrument.id, action: action, side: side, marks: marks)
  }

  private func setLevel(
    _ book: borrowing FlowBook, _ touch: FlowBook.Touch, marks: EventMarks
  ) -> DepthChange {
    DepthChange(
      instrument: instrument.id, action: .set, side: touch.side, price: price(touch.tick),
      size: quantity(book.size(touch.side, at: touch.tick)), marks: marks)
  }

  private func price(_ tick: Int64) -> Price { Price(tick * instrument.tickSize.raw) }
  private func quantity(_ lots: Int64) -> Quantity { Quantity(lots * instrument.lotSize.raw) }
}

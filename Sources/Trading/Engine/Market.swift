import Books
import Events

/// All that strategies and the gate may look at: the time, instruments, books, orders and the
/// portfolio, as of the entry applied last.
public struct Market: ~Copyable {
  /// Receive time of the entry applied last.
  public internal(set) var time: Instant = .epoch
  /// By instrument id; nil where a number has no definition.
  public internal(set) var instruments: [Instrument?] = []
  /// The same, of each only the numbers.
  private var terms: [Instrument.Terms?] = []
  /// Of each the currency of its prices; empty where a number has no definition.
  private var currencies: [String] = []
  /// By instrument id.
  public internal(set) var books = Slots<MarketBook>()
  /// What venues publish beside the books, by instrument id.
  public internal(set) var references: [References] = []
  public internal(set) var orders = Orders()
  public internal(set) var portfolio: Portfolio
  /// What currencies are worth, as far as that was told.
  public internal(set) var rates = Rates()
  /// What must be there for instruments, as configured.
  private(set) var margins: [MarginRow] = []
  /// By instrument id: the place of its row among the margins, or −1.
  private(set) var marginPlaces: [Int] = []
  /// What is charged by the day, as configured.
  var charges = Charges()
  /// The strategy whose hook is being called.
  public internal(set) var caller = StrategyID(0)
  /// Quantity of open orders by instrument and side, over all strategies.
  var working: [WorkingQuantity] = []
  /// Continuous futures, in order of definition.
  public internal(set) var series: [ContinuousSeries] = []
  /// By instrument id: the instruments of its route, itself included; empty without one. May be shorter.
  var peers: [[InstrumentID]] = []

  /// For how many strategies the gate has what follows tracked; 0: for none, and it is empty.
  var trackedStrategies = 0
  /// Open quantities by instrument, then strategy; may be shorter.
  var strategyWorking: [WorkingQuantity] = []
  /// By instrument id: counts the changes of open quantities; as many as instruments.
  private(set) var openMoves: [UInt64] = []
  /// Instruments that were ever held or traded, ascending.
  var touched: [InstrumentID] = []
  /// By instrument id: the strategies that ever held or traded it, one bit each; empty or as many as instruments.
  var traders: [UInt64] = []

  /// Never set. A type that may hold a value of any kind is handed on by its address; without it, each call of
  /// a strategy's hook and of the gate would begin with a copy of all of this (350 bytes).
  private let anchor: (any Sendable)? = nil

  struct WorkingQuantity: Equatable, BitwiseCopyable {
    var buy: Int128 = 0
    var sell: Int128 = 0
  }

  init(strategyCount: Int) { portfolio = Portfolio(strategyCount: strategyCount) }

  /// The definition of an instrument.
  public func instrument(_ id: InstrumentID) -> Instrument? {
    id.index < instruments.count ? instruments[id.index] : nil
  }

  /// The numbers of an instrument's definition, which cost less to look at than all of it.
  public func terms(_ id: InstrumentID) -> Instrument.Terms? {
    id.index < terms.count ? terms[id.index] : nil
  }

  /// Currency of an instrument's prices.
  func currency(_ id: InstrumentID) -> String? {
    guard id.index < currencies.count, !currencies[id.index].isEmpty else { return nil }
    return currencies[id.index]
  }

  /// Best bid and ask of an instrument; both absent if nothing came yet.
  public func best(_ id: InstrumentID) -> Quote {
    guard id.index < books.count else {
      return Quote(instrument: id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
    }
    return books[id.index].best
  }

  /// What the calling strategy holds of an instrument; of a continuous future, of all its contracts.
  public func position(_ id: InstrumentID) -> Position {
    if !series.isEmpty, let series = series(id) { return position(in: series) }
    return portfolio.position(caller, id)
  }

  /// The lots of the calling strategy's position, oldest first; empty where its account keeps none.
  public func lots(_ id: InstrumentID) -> [Booking.Lot] { portfolio.lots(caller, id) }

  /// The calling strategy's open orders in an instrument, oldest first. O(open orders).
  public func openOrders(_ id: InstrumentID) -> [Order] {
    if !series.isEmpty, let series = series(id) {
      return orders.open.filter { $0.ticket.strategy == caller && series.has($0.ticket.instrument) }
        .map { series.seen($0) }
    }
    return orders.open.filter { $0.ticket.strategy == caller && $0.ticket.instrument == id }
  }

  /// The calling strategy's oldest open order on a side of an instrument. O(open orders).
  public func openOrder(_ id: InstrumentID, _ side: Side) -> Order? {
    if !series.isEmpty, series(id) != nil { return openOrders(id).first { $0.ticket.side == side } }
    return orders.open.first {
      $0.ticket.strategy == caller && $0.ticket.instrument == id && $0.ticket.side == side
    }
  }

  /// What the calling strategy holds and has working, if all of it fills.
  public func committed(_ id: InstrumentID) -> Quantity { committed(caller, id) }

  func committed(_ strategy: StrategyID, _ id: InstrumentID) -> Quantity {
    if id.index < peers.count, !peers[id.index].isEmpty {
      return sum(at: id) { committedAlone(strategy, $0) }
    }
    if !series.isEmpty, let series = series(id) {
      // What is about to be closed is as good as gone.
      let isClosing = series.configuration.positions == .close
      let sum = series.contracts.reduce(Int128(0)) { sum, contract in
        isClosing && contract.id != series.front
          ? sum : sum + Int128(committedAlone(strategy, contract.id).raw)
      }
      return Quantity(Int64(clamping: sum))
    }
    return committedAlone(strategy, id)
  }

  /// What there is of all instruments that are one market with an instrument, at that one's quantity scale.
  /// Added up at the finest scale there is and rounded down.
  private func sum(at id: InstrumentID, of amount: (InstrumentID) -> Quantity) -> Quantity {
    let all = market(of: id)
    func scale(_ id: InstrumentID) -> UInt8 { terms(id)?.quantityScale ?? 0 }
    let finest = all.reduce(scale(id)) { max($0, scale($1)) }
    let sum = all.reduce(Int128(0)) {
      $0 + Int128(amount($1).raw) * power(Int(finest - scale($1)))
    }
    let (quotient, rest) = sum.quotientAndRemainder(dividingBy: power(Int(finest - scale(id))))
    return Quantity(Int64(clamping: rest < 0 ? quotient - 1 : quotient))
  }

  private func committedAlone(_ strategy: StrategyID, _ id: InstrumentID) -> Quantity {
    let held = portfolio.position(strategy, id).quantity
    guard working.indices.contains(id.index), working[id.index] != WorkingQuantity() else {
      return held
    }
    var sum = Int128(held.raw)
    for order in orders.open
    where order.ticket.strategy == strategy && order.ticket.instrument == id {
      sum += Int128(order.committed.raw * order.ticket.side.sign)
    }
    return Quantity(Int64(clamping: sum))
  }

  /// What a strategy holds of an instrument and of those that are one market with it.
  func held(_ strategy: StrategyID, _ id: InstrumentID) -> Quantity {
    sum(at: id) { portfolio.position(strategy, $0).quantity }
  }

  /// The instruments that are one market with an instrument, itself first.
  func market(of id: InstrumentID) -> [InstrumentID] {
    let all = id.index < peers.count ? peers[id.index] : []
    return [id] + all.filter { $0 != id }
  }

  /// The instrument that a configuration names, `SYMBOL` or `VENUE:SYMBOL`: the first defined. O(n).
  func instrument(named name: String) -> Instrument? {
    for case let instrument? in instruments where instrument.names.contains(name) {
      return instrument
    }
    return nil
  }

  /// A decimal number as a quantity of an instrument, rounded down to whole lots.
  /// - Returns: nil if the instrument is unknown or the number is out of range.
  public func quantity(_ value: Decimal, of id: InstrumentID) -> Quantity? {
    guard let terms = terms(id) else { return nil }
    // Nearly every value; the same as below, without numbers of 128 bits.
    if value.scale == terms.quantityScale, value.mantissa.magnitude <= Quantity.limit {
      return Quantity(value.mantissa / terms.lotSize.raw * terms.lotSize.raw)
    }
    guard let money = Money.rescaled(Int128(value.mantissa), from: Int(value.scale)) else {
      return nil
    }
    let raw = money.raw / power(Money.scale - Int(terms.quantityScale))
    guard raw.magnitude <= UInt128(Quantity.limit) else { return nil }
    return Quantity(Int64(raw) / terms.lotSize.raw * terms.lotSize.raw)
  }

  /// Takes an instrument's definition.
  mutating func define(_ instrument: Instrument) {
    let index = instrument.id.index
    while instruments.count <= index {
      books.append(MarketBook(InstrumentID(UInt16(instruments.count))))
      instruments.append(nil)
      terms.append(nil)
      currencies.append("")
      working.append(WorkingQuantity())
      openMoves.append(0)
      references.append(References())
      marginPlaces.append(-1)
    }
    var instrument = instrument
    if instrument.formerSymbol.isEmpty {
      instrument.formerSymbol = instruments[index]?.formerSymbol ?? ""
    }
    instruments[index] = instrument
    terms[index] = instrument.terms
    currencies[index] = instrument.currency
    if !traders.isEmpty { while traders.count <= index { traders.append(0) } }
    rates.define(instrument)
    findMargin(of: instrument)
    portfolio.admit(instrument.id)
  }

  /// Takes what must be there for instruments.
  mutating func take(_ margins: [MarginRow]) {
    self.margins = margins
    for case let instrument? in instruments { findMargin(of: instrument) }
  }

  private mutating func findMargin(of instrument: Instrument) {
    let names = instrument.names
    marginPlaces[instrument.id.index] = margins.firstIndex { names.contains($0.name) } ?? -1
  }

  /// Counts a change of an order to the open quantity of its side.
  /// - Parameter before: the order's exposure before.
  mutating func recount(_ order: Order, from before: Quantity) {
    recount(order.ticket, by: Int128(order.exposure.raw) - Int128(before.raw))
  }

  /// The same by what it changed.
  mutating func recount(_ ticket: OrderTicket, by change: Int128) {
    let index = ticket.instrument.index
    guard change != 0, index < working.count else { return }
    if trackedStrategies > 0 {
      openMoves[index] &+= 1
      trackWorking(ticket, change)
    }
    if ticket.side == .buy {
      working[index].buy += change
    } else {
      working[index].sell += change
    }
  }
}

extension Instrument {
  /// The names that configurations may call it by, also those from before it was renamed.
  var names: [String] {
    if formerSymbol.isEmpty { return [symbol, fullName] }
    return [symbol, fullName, formerSymbol, "\(venueName):\(formerSymbol)"]
  }

  /// Gives it another symbol; configurations go on to find it by the one they have.
  mutating func rename(_ name: String) {
    if formerSymbol.isEmpty { formerSymbol = symbol }
    symbol = name
  }
}

import Events

/// What a venue has of its client: the orders as they came and what was reported of them. It answers when the
/// venue is asked about one, and states all of it at once.
public struct OrderHistory: Sendable {
  private struct Record {
    var state = VenueReport.KnownState.working
    var instrument = InstrumentID.none
    var side = Side.none
    var quantity = Quantity.zero
    var filled = Quantity.zero
    var fills: [Fill] = []
  }

  /// Identity of the client's journal, 16 bytes; empty before the first.
  public private(set) var client: [UInt8] = []
  private let keepsEnded: Bool
  private var records: [OrderID: Record] = [:]
  private var working: Set<OrderID> = []
  private var holdings: [InstrumentID: VenueStatement.Holding] = [:]

  public init() { keepsEnded = true }

  /// Of a venue that is never asked about an order: what has ended is forgotten, so that it stays small.
  /// - Parameter holdings: what its client has at the start.
  public init(holding holdings: [VenueStatement.Holding]) {
    keepsEnded = false
    for holding in holdings { self.holdings[holding.instrument] = holding }
  }

  /// Another client trades from now on: what there was of the one before is forgotten.
  public mutating func begin(_ client: [UInt8]) {
    guard client != self.client else { return }
    (records, working, holdings) = ([:], [], [:])
    self.client = client
  }

  /// Notes an order that arrived. One that is there already is left as it is.
  public mutating func note(_ ticket: OrderTicket) {
    guard records[ticket.order] == nil else { return }
    keep(
      Record(instrument: ticket.instrument, side: ticket.side, quantity: ticket.quantity),
      of: ticket.order)
  }

  /// Notes what is reported.
  /// - Parameter terms: of the instrument with a number; nil if there is none.
  public mutating func note(_ report: VenueReport, terms: (InstrumentID) -> Instrument?) {
    if records[report.order] == nil {
      // That a request for an order that is not there was rejected makes no order.
      if case .requestRejected = report.outcome { return }
      guard keepsEnded else { return }
    }
    var record = records[report.order] ?? Record()
    switch report.outcome {
    case .rejected: record.state = .rejected
    case .cancelled: record.state = .cancelled
    case .expired: record.state = .expired
    case .replaced(let quantity, _): record.quantity = quantity
    case .filled(let fill):
      // One that was asked for again is no other.
      guard !record.fills.contains(where: { $0.id == fill.id }) else { return }
      record.filled += fill.quantity
      record.fills.append(fill)
      if record.quantity != .zero, record.filled >= record.quantity { record.state = .filled }
      hold(fill, record, terms(record.instrument))
    // It says what was known.
    case .status(let state, _): record.state = state
    case .accepted, .requestRejected, .triggered, .busted, .corrected: break
    }
    keep(record, of: report.order)
  }

  private mutating func keep(_ record: Record, of order: OrderID) {
    let isWorking = record.state == .working
    records[order] = isWorking || keepsEnded ? record : nil
    if isWorking { working.insert(order) } else { working.remove(order) }
  }

  private mutating func hold(_ fill: Fill, _ record: Record, _ instrument: Instrument?) {
    guard let instrument, record.side != .none else { return }
    let signed = record.side == .buy ? fill.quantity : -fill.quantity
    var holding =
      holdings[record.instrument] ?? VenueStatement.Holding(instrument: record.instrument)
    holding.quantity += signed
    if let cost = Money.cost(fill.price, signed, of: instrument) { holding.paid += cost }
    if fill.feeCurrency == instrument.currency { holding.fees += fill.fee }
    holdings[record.instrument] = holding
  }

  /// The orders that have not ended, ascending.
  public var open: [OrderID] { working.sorted() }

  /// All that the client has, in ascending order.
  /// - Parameter next: the next report's sequence.
  public func statement(next: UInt64) -> VenueStatement {
    VenueStatement(
      next: next,
      orders: open.map { order in
        let record = records[order] ?? Record()
        return VenueStatement.Order(order: order, left: record.quantity - record.filled)
      },
      holdings: holdings.values.sorted { $0.instrument.raw < $1.instrument.raw })
  }

  /// What is answered when it is asked about an order: its fills again, then how it stands.
  public func answer(_ order: OrderID) -> [VenueReport] {
    guard let record = records[order] else {
      return [VenueReport(order: order, .status(.neverReceived, filled: .zero))]
    }
    return record.fills.map { VenueReport(order: order, .filled($0)) }
      + [VenueReport(order: order, .status(record.state, filled: record.filled))]
  }
}

import Events

/// What a venue has reported of its orders: to answer when it is asked about one.
public struct OrderHistory: Sendable {
  private struct Record {
    var state = VenueReport.KnownState.working
    var quantity = Quantity.zero
    var filled = Quantity.zero
    var fills: [Fill] = []
  }

  private var records: [OrderID: Record] = [:]

  public init() {}

  /// Notes an order that arrived.
  public mutating func note(_ ticket: OrderTicket) {
    if records[ticket.order] == nil { records[ticket.order] = Record(quantity: ticket.quantity) }
  }

  /// Notes what is reported.
  public mutating func note(_ report: VenueReport) {
    var record = records[report.order] ?? Record()
    switch report.outcome {
    case .rejected: record.state = .rejected
    case .cancelled: record.state = .cancelled
    case .expired: record.state = .expired
    case .replaced(let quantity, _): record.quantity = quantity
    case .filled(let fill):
      record.filled += fill.quantity
      record.fills.append(fill)
      if record.quantity != .zero, record.filled >= record.quantity { record.state = .filled }
    // It says what was known.
    case .status(let state, _): record.state = state
    case .accepted, .requestRejected, .triggered, .busted, .corrected: break
    }
    records[report.order] = record
  }

  /// The orders that have not ended, ascending.
  public var open: [OrderID] {
    records.filter { $0.value.state == .working }.map(\.key).sorted()
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

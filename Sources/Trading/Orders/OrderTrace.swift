import Events

/// What became of one order, made again from the entries that name it: for orders that the engine has
/// forgotten, since it keeps the open ones and the last that ended.
///
/// Quantities are those that entries state. What came without an entry of the order's own (a connection
/// lost, a linked order's fill) shows in a held or open order's state only.
public struct OrderTrace: Sendable {
  public let id: OrderID
  /// The order after the entries taken; nil before it was submitted or held.
  public private(set) var order: Order?
  /// Sequence and receive time of the entry that submitted or held it first.
  public private(set) var first: EntryHeader?
  /// Of the entry taken last that was about the order.
  public private(set) var last: EntryHeader?
  /// Why it was rejected, cancelled or ended, as the entry says.
  public private(set) var reason: String?
  private var fills: [Fill] = []

  public init(_ id: OrderID) { self.id = id }

  /// Takes the next entry of those that name the order; one about another order changes nothing.
  public mutating func take(_ event: Event, _ header: EntryHeader) {
    let isOurs =
      switch event {
      case .observation(.report(let report)): take(report)
      case .decision(let decision): take(decision, header)
      case .observation: false
      }
    guard isOurs else { return }
    if first == nil { first = header }
    last = header
  }

  private mutating func take(_ decision: Decision, _ header: EntryHeader) -> Bool {
    switch decision {
    case .submitted(let ticket) where ticket.order == id:
      order = Order(ticket, sequence: header.sequence)
    case .held(let ticket, _) where ticket.order == id:
      if order == nil {
        order = Order(ticket, sequence: header.sequence, isHeld: true)
      } else {
        order?.hold(ticket, sequence: header.sequence)
      }
    case .released(let release) where release.ticket.order == id:
      order?.release(release.ticket, sequence: header.sequence)
    case .ended(id, let cause):
      order?.end(cause)
      reason = cause.name
    case .cancelRequested(id, let why):
      order?.requestCancel(sequence: header.sequence, leaving: why == .linked)
      reason = why.name
    case .replaceRequested(id, let quantity, let price):
      order?.requestReplace(quantity, price, sequence: header.sequence)
    default: return false
    }
    return true
  }

  private mutating func take(_ report: VenueReport) -> Bool {
    guard report.order == id, order != nil else { return false }
    switch report.outcome {
    case .filled(let fill):
      if fills.contains(where: { $0.id == fill.id }) { return true }
      fills.append(fill)
    case .busted(let execution, _):
      revise(execution, to: nil)
      return true
    case .corrected(let fill, _):
      revise(fill.id, to: fill)
      return true
    case .rejected(_, let text): reason = text
    case .cancelled(let why, let text): reason = text.isEmpty ? why.name : text
    default: break
    }
    _ = order?.apply(report.outcome)
    return true
  }

  private mutating func revise(_ execution: UInt64, to new: Fill?) {
    guard let index = fills.firstIndex(where: { $0.id == execution }) else { return }
    order?.unfill(fills[index].quantity)
    if let new {
      order?.refill(new.quantity)
      fills[index] = new
    } else {
      fills.remove(at: index)
    }
  }
}

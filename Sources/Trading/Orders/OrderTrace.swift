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

  /// The order that an entry is about; nil if it is about none. Of a report, whether we know the order or not.
  public static func subject(of event: Event) -> OrderID? {
    switch event {
    case .observation(.report(let report)): report.order
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)): ticket.order
    case .decision(.released(let release)): release.ticket.order
    case .decision(.ended(let id, _)), .decision(.cancelRequested(let id, _)),
      .decision(.replaceRequested(let id, _, _)):
      id
    case .observation, .decision: nil
    }
  }

  /// Why an order was rejected, cancelled or ended, or is to be, as an entry says; nil if it says nothing of it.
  public static func reason(in event: Event) -> String? {
    switch event {
    case .observation(.report(let report)):
      switch report.outcome {
      case .rejected(_, let text): text
      case .cancelled(let why, let text): text.isEmpty ? why.name : text
      default: nil
      }
    case .decision(.ended(_, let cause)): cause.name
    case .decision(.cancelRequested(_, let why)): why.name
    case .observation, .decision: nil
    }
  }

  /// Takes the next entry of those that name the order; one about another order changes nothing.
  public mutating func take(_ event: Event, _ header: EntryHeader) {
    guard Self.subject(of: event) == id else { return }
    switch event {
    case .observation(.report(let report)):
      guard order != nil else { return }
      take(report)
    case .decision(let decision): take(decision, header)
    case .observation: return
    }
    if let said = Self.reason(in: event) { reason = said }
    if first == nil { first = header }
    last = header
  }

  private mutating func take(_ decision: Decision, _ header: EntryHeader) {
    switch decision {
    case .submitted(let ticket): order = Order(ticket, sequence: header.sequence)
    case .held(let ticket, _):
      if order == nil {
        order = Order(ticket, sequence: header.sequence, isHeld: true)
      } else {
        order?.hold(ticket, sequence: header.sequence)
      }
    case .released(let release): order?.release(release.ticket, sequence: header.sequence)
    case .ended(_, let cause): order?.end(cause)
    case .cancelRequested(_, let why):
      order?.requestCancel(sequence: header.sequence, leaving: why == .linked)
    case .replaceRequested(_, let quantity, let price):
      order?.requestReplace(quantity, price, sequence: header.sequence)
    default: return
    }
  }

  private mutating func take(_ report: VenueReport) {
    switch report.outcome {
    case .filled(let fill):
      if fills.contains(where: { $0.id == fill.id }) { return }
      fills.append(fill)
    case .busted(let execution, _): return revise(execution, to: nil)
    case .corrected(let fill, _): return revise(fill.id, to: fill)
    default: break
    }
    _ = order?.apply(report.outcome)
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

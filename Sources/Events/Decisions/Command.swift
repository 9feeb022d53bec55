/// What is to be done outside for a committed decision. Only a journal's commit hands commands out.
public enum Command: Equatable, Sendable {
  case submit(OrderTicket)
  case cancel(OrderID)
  case replace(OrderID, quantity: Quantity, price: Price)
}

extension Decision {
  /// What a venue must be told because of the decision, if anything.
  @inline(never)
  public var command: Command? {
    switch self {
    case .submitted(let ticket): .submit(ticket)
    case .released(let release): .submit(release.ticket)
    case .cancelRequested(let order, _): .cancel(order)
    case .replaceRequested(let order, let quantity, let price):
      .replace(order, quantity: quantity, price: price)
    case .intent, .refused, .alert, .halted, .resumed, .held, .ended, .routed, .booked,
      .marginCall, .liquidation, .rolled, .breakerChanged, .killReport, .limitApplied,
      .limitsUsed, .limitsScaled, .breakOpened, .breakClosed:
      nil
    }
  }
}

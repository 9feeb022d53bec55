import Events

/// Where a live run's commands and receipts go. The journal thread calls it, so what it does is quick.
public protocol Outlet: AnyObject, Sendable {
  /// Sends commands to their venues, oldest first: what led to them is durable by the run's policy.
  func send(_ commands: [Command])
  /// Asks a venue what has become of orders: it is connected, and what led to that is durable.
  func ask(_ orders: [OrderID], at venue: VenueID)
  /// Tells whoever brought an observation that it is durable.
  func acknowledge(_ receipt: UInt64, sequence: UInt64)
}

extension Command {
  /// What a gateway reports of a command that it did not send.
  public func unsent(_ text: String) -> VenueReport {
    let code = VenueReport.RejectCode.other
    return switch self {
    case .submit(let ticket): VenueReport(order: ticket.order, .rejected(code: code, text: text))
    case .cancel(let order):
      VenueReport(order: order, .requestRejected(.cancel, code: code, text: text))
    case .replace(let order, _, _):
      VenueReport(order: order, .requestRejected(.replace, code: code, text: text))
    }
  }
}

/// A batch on its way to the journal, with what waits for it. Only one thread has it at a time.
final class Cargo: @unchecked Sendable {
  var batch = Batch(startingAt: 1)
  /// Whom to tell, and of which sequence.
  var receipts: [(receipt: UInt64, sequence: UInt64)] = []
  /// What venues are to be asked about.
  var questions: [(venue: VenueID, orders: [OrderID])] = []
  /// Of entries that led to commands.
  var decided: [Way] = []
  /// The engine's state after the batch's last entry.
  var snapshot: [UInt8]?
  /// By the steady clock, when its first entry was made.
  var begun: Int64 = 0
  /// There is something in it that should not wait for more.
  var isUrgent = false

  var isEmpty: Bool { batch.entryCount == 0 }

  func empty(startingAt sequence: UInt64) {
    batch.begin(at: sequence)
    receipts.removeAll(keepingCapacity: true)
    questions.removeAll()
    decided.removeAll(keepingCapacity: true)
    snapshot = nil
    isUrgent = false
  }
}

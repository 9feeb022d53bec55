import Events
import Journaling
import Trading

/// What came of asking for an order's cancel, from the journal.
public struct AskedCancel: Equatable, Sendable {
  /// Entries after the act that are looked at: its own decisions follow at once.
  private static let most: UInt64 = 64

  public var order: OrderID
  /// Where the order stood, if there was nothing to ask for; nil if its cancel is asked for.
  public var standing: OrderState?

  /// - Parameter sequence: of the act.
  /// - Returns: nil if the entry is no act on one order.
  /// - Throws: `JournalError` if the journal is damaged.
  public init?(of sequence: UInt64, in reader: JournalReader) throws(JournalError) {
    guard case .observation(.operatorAct(let act)) = try reader.entry(sequence)?.event,
      act.scope.kind == .order
    else { return nil }
    order = OrderID(act.scope.id)
    var pages = EntryPages(reader, from: sequence + 1)
    while pages.nextSequence <= sequence + Self.most, let page = try pages.next() {
      for entry in page where entry.header.cause == sequence {
        if case .decision = entry.event { return }
      }
    }
    var trace = OrderTrace(order)
    for named in try reader.sequences(ofOrder: order.raw) where named <= sequence {
      guard let entry = try reader.entry(named) else { break }
      trace.take(entry.event, entry.header)
    }
    standing = trace.order?.state
  }
}

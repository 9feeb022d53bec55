import Events
import Journaling

/// The orders that were asked for on behalf of another: an algorithm's children, the rest of its list.
struct Family: Sendable {
  struct Member: Sendable {
    /// As sent last; nil of one that the gate refused.
    var ticket: OrderTicket?
    var intent: IntentRecord?
    var sequence: UInt64
    var time: Instant
    var refusal: Refusal?
    /// In a word: `working`, `filled`.
    var outcome: String
    var filled = Quantity.zero
    /// Sum of price × quantity of its fills, in the instrument's integers.
    var value = Int128(0)
    var fills: Set<UInt64> = []
    /// Sent by an algorithm: others are held before they go out.
    var isSlice = false
  }

  /// In order of sequence.
  private(set) var members: [Member] = []
  private let parent: OrderID
  private var places: [OrderID: Int] = [:]
  private var intent: IntentRecord?
  /// Whether an algorithm works the parent, and its side.
  private var isWorked = false
  private var side = Side.none
  /// Of a pair: that of its first leg.
  private var leg = InstrumentID.none

  /// Reads a journal from the parent's first entry on. O(entries).
  init(_ reader: JournalReader, of parent: OrderID, from first: UInt64) throws(JournalError) {
    self.parent = parent
    var decoder = BlockDecoder()
    try reader.forEachBlock(from: first) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      while true {
        switch try decoder.next(content) {
        case .end: return true
        case .market: continue
        case .record(let kind, let payload):
          guard decoder.header.sequence >= first, Self.looks(at: kind) else { continue }
          take(try kind.event(content, payload), decoder.header)
        }
      }
    }
  }

  /// What the parent filled through its children, by instrument, as venues may count in other units; nil if no
  /// algorithm works it.
  var filled: [(InstrumentID, Quantity)]? {
    guard isWorked else { return nil }
    return members.compactMap { member in
      guard let ticket = member.ticket, member.isSlice, ticket.side == side,
        leg == .none || leg == ticket.instrument
      else { return nil }
      return (ticket.instrument, member.filled)
    }
  }

  private static func looks(at kind: EntryKind) -> Bool {
    switch kind {
    case .intent, .refused, .submitted, .held, .released, .ended, .cancelRequested: true
    case .accepted, .rejected, .filled, .cancelled, .expired, .busted: true
    default: false
    }
  }

  private mutating func take(_ event: Event, _ header: EntryHeader) {
    switch event {
    case .decision(.intent(let asked)): intent = asked
    case .decision(.refused(let refusal)):
      guard intent?.terms.parent == parent else { return }
      members.append(
        Member(
          intent: intent, sequence: header.sequence, time: header.receiveTime, refusal: refusal,
          outcome: "refused"))
      intent = nil
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
      let outcome = event.kind == .held ? "held" : "pending"
      if case .decision(.held(ticket, let plan?)) = event, ticket.order == parent {
        (isWorked, side) = (true, ticket.side)
        if plan.algorithm == .pairs { leg = ticket.instrument }
      }
      guard ticket.terms.parent == parent, places[ticket.order] == nil else { return }
      places[ticket.order] = members.count
      members.append(
        Member(
          ticket: ticket, intent: intent, sequence: header.sequence, time: header.receiveTime,
          outcome: outcome, isSlice: event.kind == .submitted))
    case .decision(.released(let release)):
      guard let place = places[release.ticket.order] else { return }
      members[place].ticket = release.ticket
      members[place].outcome = "pending"
    case .decision(.ended(let order, let cause)):
      guard let place = places[order] else { return }
      members[place].outcome = "ended, as \(Glossary.text(cause))"
    case .observation(.report(let report)):
      if let place = places[report.order] { take(report.outcome, place) }
    default: break
    }
  }

  private mutating func take(_ outcome: VenueReport.Outcome, _ place: Int) {
    guard case .filled(let fill) = outcome else {
      if let state = Glossary.state(after: outcome) { members[place].outcome = state }
      return
    }
    guard members[place].fills.insert(fill.id).inserted else { return }
    members[place].filled += fill.quantity
    members[place].value += Int128(fill.price.raw) * Int128(fill.quantity.raw)
    let isWhole = members[place].filled >= members[place].ticket?.quantity ?? .zero
    members[place].outcome = isWhole ? "filled" : "partial"
  }
}

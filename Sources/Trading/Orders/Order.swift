import Events

/// Where an order stands (docs/orders.md, States).
///
/// ```
///      held ──────────────────────────────► cancelled, expired, rejected by the core
///        │ released   ┌──────────► rejected
///        ▼            │   ┌──────────────────────┐ filled in part
///     pending ──► working ──► partial ────────────┘
///        │            │           │  filled whole
///        │            ├───────────┼──────────────────► filled
///        │ cancel     ▼           ▼
///        └───────► cancelPending ──► cancelled | filled | (rejected request) working, partial
///     any open state ──► expired, cancelled (by the venue), unknown (connection lost)
///     cancelPending, or a replacement that is asked for ──► unknown (rejected: the venue does not know the order)
///     unknown ──► what the venue then says
/// ```
public enum OrderState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Submitted, not answered.
  case pending = 1
  /// At the venue, nothing filled.
  case working = 2
  /// At the venue, filled in part.
  case partial = 3
  case filled = 4
  /// A cancel was asked for and not answered; the order may still fill.
  case cancelPending = 5
  case cancelled = 6
  case rejected = 7
  case expired = 8
  /// The connection was lost before an answer came, or the venue says that it does not know the order; being
  /// queried.
  case unknown = 9
  /// Kept by the core until its condition is met or its parent has filled; the venue does not know it.
  case held = 10

  /// Nothing more is expected.
  @inlinable public var isFinal: Bool {
    switch self {
    case .filled, .cancelled, .rejected, .expired: true
    case .pending, .working, .partial, .cancelPending, .unknown, .held: false
    }
  }
}

/// An order and what became of it so far.
public struct Order: Equatable, Sendable {
  /// As submitted, with quantity and price as last replaced.
  public internal(set) var ticket: OrderTicket
  public internal(set) var state: OrderState = .pending
  /// Filled so far; more than the ticket's quantity only if the venue filled too much.
  public internal(set) var filled: Quantity = .zero
  /// The venue has answered at least once.
  public internal(set) var isAcknowledged = false
  /// A replacement was asked for and not answered.
  public internal(set) var replacement: Replacement?
  /// Of a child that wakes with its parent's fills: what is still asleep, beyond the ticket's quantity.
  public internal(set) var dormant: Quantity = .zero
  /// An algorithm's child: its parent stands for it in lists, and nobody else changes it.
  public internal(set) var isSlice = false
  /// Of a parent that an algorithm works: what is with its children, or given up. Of others nil. Not part of
  /// the bytes: the execution knows.
  public internal(set) var placed: Quantity?
  /// Sequence of the entry that submitted the order, or last asked for a change of it.
  public internal(set) var requestSequence: UInt64
  /// Sequence of the entry by whose terms the order works: the one that submitted it, or asked for the
  /// replacement that the venue took last.
  public internal(set) var termsSequence: UInt64

  /// What a replacement asks for.
  public struct Replacement: Equatable, Sendable {
    public var quantity: Quantity
    public var price: Price
    /// Of the entry that asks.
    public var sequence: UInt64
  }

  public init(_ ticket: OrderTicket, sequence: UInt64, isHeld: Bool = false) {
    self.ticket = ticket
    requestSequence = sequence
    termsSequence = sequence
    if isHeld { state = .held }
  }

  public var id: OrderID { ticket.order }

  /// What may still be filled.
  public var remaining: Quantity {
    state.isFinal ? .zero : Quantity(max(0, ticket.quantity.raw - filled.raw))
  }

  /// The most that may still be filled, a replacement that is not answered included. Of linked orders only
  /// the first counts, of those that wait for their parent none: the others' time cannot come while theirs
  /// has not passed. Of one that an algorithm works, what is not with children yet.
  public var exposure: Quantity {
    if ticket.terms.isPlain, placed == nil, replacement == nil { return remaining }
    if ticket.terms.linkage != .none, ticket.terms.list != id { return .zero }
    if state == .held, ticket.terms.activation != .immediate { return .zero }
    if let placed { return max(remaining - placed, .zero) }
    guard !state.isFinal, let replacement else { return remaining }
    return max(remaining, Quantity(replacement.quantity.raw - filled.raw))
  }

  /// What a venue's report did to the order.
  // Indirect: most is applied, and the rest is large.
  public indirect enum Effect: Equatable, Sendable {
    case applied
    /// A fill was taken though the order had ended or is filled beyond its quantity.
    case filledWrongly(String)
    /// The same fill was reported before; nothing was changed.
    case duplicateFill
    /// The report does not fit the state; nothing was changed.
    case illegal(String)
    /// The venue no longer has an order that it had taken: the order has ended.
    case forgotten(String)
    /// An execution was taken back.
    case busted(Fill)
    /// An execution is another now.
    case corrected(from: Fill, to: Fill)
  }

  /// Takes a venue's report that was not reported before. A fill is a fact and always counts; any other
  /// report that does not fit the state changes nothing.
  mutating func apply(_ outcome: VenueReport.Outcome) -> Effect {
    if case .filled(let fill) = outcome { return apply(fill) }
    if state == .held { return .illegal("the venue was never told of the order") }
    guard !state.isFinal else {
      switch outcome {
      // An answer to a query may come after what it tells of, and a request be overtaken by the end.
      case .status(let known, let filled) where agrees(with: known, filled): return .applied
      case .requestRejected: return .applied
      default: return .illegal("the order is \(state.name) already")
      }
    }
    switch outcome {
    case .filled, .busted, .corrected: return .applied
    case .triggered(let price): return trigger(at: price)
    case .accepted: return acknowledge()
    case .rejected:
      guard !isAcknowledged else { return .illegal("rejected after it was accepted") }
      finish(.rejected)
    case .cancelled: finish(.cancelled)
    case .expired: finish(.expired)
    case .replaced(let quantity, let price): return replace(quantity, price)
    case .requestRejected(let request, let code, _): return refuse(request, code)
    case .status(let known, let filled): return learn(known, filled)
    }
    return .applied
  }

  private mutating func apply(_ fill: Fill) -> Effect {
    guard fill.quantity.raw > 0 else { return .illegal("a fill of nothing") }
    isAcknowledged = true
    if state == .held {
      let (sum, overflow) = filled.raw.addingReportingOverflow(fill.quantity.raw)
      filled = Quantity(overflow ? .max >> 1 : min(sum, .max >> 1))
      return .filledWrongly("filled though the venue was never told of it")
    }
    let wasFinal = state.isFinal
    let (sum, overflow) = filled.raw.addingReportingOverflow(fill.quantity.raw)
    filled = Quantity(overflow ? .max : sum)
    if filled > ticket.quantity {
      if !wasFinal { finish(.filled) }
      return .filledWrongly("filled beyond the order's quantity")
    }
    if wasFinal { return .filledWrongly("filled after it was \(state.name)") }
    if filled == ticket.quantity {
      finish(.filled)
    } else if state != .cancelPending {
      state = .partial
    }
    return .applied
  }

  private mutating func acknowledge() -> Effect {
    guard !isAcknowledged || state == .unknown else { return .illegal("accepted twice") }
    isAcknowledged = true
    if state != .cancelPending { state = openState }
    return .applied
  }

  private mutating func replace(_ quantity: Quantity, _ price: Price) -> Effect {
    guard quantity.raw > 0, quantity.raw <= Quantity.limit,
      (-Price.limit...Price.limit).contains(price.raw)
    else { return .illegal("replaced by a quantity or price that no order can have") }
    guard replacement != nil || state == .unknown else {
      return .illegal("replaced without a request")
    }
    ticket.replace(quantity, price)
    termsSequence = replacement?.sequence ?? requestSequence
    replacement = nil
    isAcknowledged = true
    if filled >= quantity {
      finish(.filled)
    } else if state != .cancelPending {
      state = openState
    }
    return .applied
  }

  private mutating func refuse(_ request: VenueReport.Request, _ code: UInt16) -> Effect {
    switch request {
    case .cancel:
      switch state {
      case .cancelPending: state = isAcknowledged ? openState : .pending
      case .unknown: if isAcknowledged { state = openState }
      default: return .illegal("no cancel was asked for")
      }
    case .replace:
      guard replacement != nil else { return .illegal("no replacement was asked for") }
      replacement = nil
      if state == .unknown && isAcknowledged { state = openState }
    }
    // Whether it works there, nobody knows before the venue was asked.
    if code == VenueReport.RejectCode.unknownOrder { (state, replacement) = (.unknown, nil) }
    return .applied
  }

  private mutating func learn(_ known: VenueReport.KnownState, _ filled: Quantity) -> Effect {
    switch known {
    case .rejected where isAcknowledged:
      return .illegal("\(known.name) after the venue had taken it")
    case .neverReceived where isAcknowledged:
      finish(.cancelled)
      return .forgotten(
        "the venue had taken the order and does not have it: it counts as cancelled")
    case .filled where filled == self.filled:
      // With all fills reported the order would have ended.
      return .illegal("filled whole, but only \(filled.raw) of \(ticket.quantity.raw) came")
    case .neverReceived: break
    default:
      guard filled == self.filled else {
        return .illegal("the venue has filled \(filled.raw), we know of \(self.filled.raw)")
      }
    }
    guard let final = Self.finalState(of: known) else {
      isAcknowledged = true
      // The venue answers in order: a request it had got would have been answered before.
      replacement = nil
      state = openState
      return .applied
    }
    finish(final)
    return .applied
  }

  private static func finalState(of known: VenueReport.KnownState) -> OrderState? {
    switch known {
    case .working: nil
    case .filled: .filled
    case .cancelled: .cancelled
    case .rejected, .neverReceived: .rejected
    case .expired: .expired
    }
  }

  /// Whether the answer to a query says what is known of an order that ended.
  private func agrees(with known: VenueReport.KnownState, _ filled: Quantity) -> Bool {
    Self.finalState(of: known) == state && (filled == self.filled || known == .neverReceived)
  }

  /// The state of an order that the venue has.
  var openState: OrderState { filled.raw > 0 ? .partial : .working }

  mutating func finish(_ state: OrderState) {
    self.state = state
    replacement = nil
  }

  /// Notes that a cancel was asked for. One that leaves its list no longer acts on it.
  mutating func requestCancel(sequence: UInt64, leaving: Bool = false) {
    guard !state.isFinal else { return }
    if leaving { ticket.terms.linkage = .none }
    state = .cancelPending
    requestSequence = sequence
  }

  /// Notes that a replacement was asked for.
  mutating func requestReplace(_ quantity: Quantity, _ price: Price, sequence: UInt64) {
    guard !state.isFinal else { return }
    replacement = Replacement(quantity: quantity, price: price, sequence: sequence)
    requestSequence = sequence
  }

  /// Notes that the connection was lost.
  /// - Returns: whether the order's state is unknown now: an answer was outstanding.
  mutating func loseConnection() -> Bool {
    guard awaitsAnswer else { return false }
    state = .unknown
    return true
  }

  /// Whether the venue still has to answer: to the order, a cancel, a replacement or a query.
  public var awaitsAnswer: Bool {
    !state.isFinal && state != .held
      && (!isAcknowledged || state == .cancelPending || state == .unknown || replacement != nil)
  }

  /// Whether a cancel may be asked for.
  var isCancellable: Bool {
    switch state {
    case .pending, .working, .partial, .unknown, .held: true
    case .filled, .cancelPending, .cancelled, .rejected, .expired: false
    }
  }

  /// Whether a replacement may be asked for.
  var isReplaceable: Bool {
    replacement == nil && (state == .working || state == .partial) && ticket.type != .market
  }
}

extension OrderState: Named {
  public var name: String {
    switch self {
    case .pending: "pending"
    case .working: "working"
    case .partial: "partial"
    case .filled: "filled"
    case .cancelPending: "cancel_pending"
    case .cancelled: "cancelled"
    case .rejected: "rejected"
    case .expired: "expired"
    case .unknown: "unknown"
    case .held: "held"
    }
  }
}

extension Order {
  func encode(to out: inout ByteBuffer) {
    out.append(ticket.order.raw)
    out.append(ticket.strategy.raw)
    out.append(ticket.account.raw)
    out.append(ticket.instrument.raw)
    out.append(ticket.side.rawValue)
    out.append(ticket.type.rawValue)
    out.append(ticket.timeInForce.rawValue)
    out.append(ticket.quantity.raw)
    out.append(ticket.price.raw)
    out.append(state.rawValue)
    out.append(filled.raw)
    out.append(UInt8(isAcknowledged ? 1 : 0) | UInt8(isSlice ? 2 : 0))
    out.append(UInt8(replacement == nil ? 0 : 1))
    out.append(replacement?.quantity.raw ?? 0)
    out.append(replacement?.price.raw ?? 0)
    out.append(replacement?.sequence ?? 0)
    out.append(requestSequence)
    out.append(termsSequence)
    out.append(dormant.raw)
    ticket.terms.encode(to: &out)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let order = OrderID(try input.read(UInt64.self))
    let strategy = StrategyID(try input.read(UInt16.self))
    let account = AccountID(try input.read(UInt16.self))
    let instrument = InstrumentID(try input.read(UInt16.self))
    let offset = input.offset
    guard let side = Side(rawValue: try input.read(UInt8.self)),
      let type = OrderType(rawValue: try input.read(UInt8.self)),
      let timeInForce = TimeInForce(rawValue: try input.read(UInt8.self))
    else { throw Damage(at: offset, "an order's side, type or time in force") }
    let quantity = Quantity(try input.read(Int64.self))
    let price = Price(try input.read(Int64.self))
    ticket = OrderTicket(
      order: order, strategy: strategy, account: account, instrument: instrument, side: side,
      type: type, timeInForce: timeInForce, quantity: quantity, price: price)
    guard let state = OrderState(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: input.offset, "an order's state")
    }
    self.state = state
    filled = Quantity(try input.read(Int64.self))
    let marks = try input.read(UInt8.self)
    (isAcknowledged, isSlice) = (marks & 1 != 0, marks & 2 != 0)
    let isReplacing = try input.read(UInt8.self) != 0
    let newQuantity = Quantity(try input.read(Int64.self))
    let newPrice = Price(try input.read(Int64.self))
    let asking = try input.read(UInt64.self)
    replacement =
      isReplacing ? Replacement(quantity: newQuantity, price: newPrice, sequence: asking) : nil
    requestSequence = try input.read(UInt64.self)
    termsSequence = try input.read(UInt64.self)
    dormant = Quantity(try input.read(Int64.self))
    ticket.terms = try OrderTerms(&input)
    let quantities = isReplacing ? [quantity.raw, newQuantity.raw] : [quantity.raw]
    guard filled.raw >= 0, quantities.allSatisfy({ (1...Quantity.limit).contains($0) }) else {
      throw Damage(at: offset, "an order's quantities")
    }
  }
}

import Events

/// A parent order under way: one that the core holds while an algorithm works it through children.
///
/// ```
///   (held) ─► waiting ─ start ─► working ─ filled, or end, or cancel ─► ending ─► ended
///                                 ▲    │ send                             │ cancels children,
///                                 └────┘ filled, ended, traded, time      │ hedges late fills
/// ```
///
/// A value without the engine: each input is a mutating function that says whether to call `wake`, and
/// `wake` alone says what to do. A child is asked for only when none of its leg is outstanding, so that no
/// quantity is ever out twice, and never for more than remains. Time enters as an argument; equal inputs
/// give equal actions.
public struct Execution: Equatable, Sendable {
  /// The parent's ticket and its instrument, as far as they matter here.
  public struct Parent: Equatable, Sendable, BitwiseCopyable {
    public var order: OrderID
    public var instrument: InstrumentID
    public var side: Side
    public var quantity: Quantity
    /// The limit that bounds every child; `none` without one.
    public var price: Price
    public var timeInForce: TimeInForce
    public var lot: Quantity
    public var quantityScale: UInt8
  }

  /// A child at a venue, or on the way there.
  public struct Child: Equatable, Sendable, BitwiseCopyable {
    public var order: OrderID
    public var instrument: InstrumentID
    public var leg: Leg
    /// It rests rather than takes.
    public var isResting: Bool
    public var isCancelling = false
    public var quantity: Quantity
    public var filled: Quantity = .zero
  }

  public let parent: Parent
  public let plan: ExecutionPlan
  public let schedule: ExecutionSchedule
  public let second: SecondLeg?
  let settings: ExecutionSettings
  /// How often a quantity is routed; 0: it is not.
  let rounds: UInt16

  /// Children that have not ended, in order of sending.
  public internal(set) var children: [Child] = []
  /// What the first leg has filled.
  public internal(set) var filled = Quantity.zero
  public internal(set) var secondFilled = Quantity.zero
  /// What the market has traded since the start, and had when a child was last asked for.
  public internal(set) var volume: Int64 = 0
  var volumeAtLastChild: Int64 = 0
  /// `wake` is wanted when the volume reaches this.
  var wakeVolume = Int64.max
  /// When `wake` is wanted next, unless an input asks for it before; `distantFuture`: not by time.
  public internal(set) var nextWake: Instant
  /// Asked for and not yet answered by the gate.
  var asked = Quantity.zero
  var secondAsked = Quantity.zero
  var asksForResting = false
  /// When resting children are taken back.
  var restUntil = Instant.distantFuture
  /// No child is sent, and no cancel asked for again, before this.
  var notBefore: Instant
  var secondNotBefore: Instant
  /// Hedges in a row that filled nothing.
  var secondFailures: UInt16 = 0
  var round: UInt16 = 0
  var excluded: [InstrumentID] = []
  /// A child of what was sent last ended with something unfilled.
  var hasFailed = false
  var ending: EndCause?
  public internal(set) var hasEnded = false

  /// Hedges that may fail in a row once the parent is ending.
  static let mostFailures: UInt16 = 10

  /// Takes up a held order.
  /// - Parameters:
  ///   - instrument: the ticket's.
  ///   - second: the instrument that `plan["instrument"]` names, if there is one.
  ///   - rounds: how often a quantity is routed over venues at most; 0 if its instrument has no route.
  /// - Throws: `PlanProblem` if the plan cannot be worked: the gate refuses the order. O(slices).
  public init(
    _ ticket: OrderTicket, _ plan: ExecutionPlan, _ instrument: Instrument,
    second: Instrument? = nil, rounds: UInt16 = 0
  ) throws(PlanProblem) {
    guard ticket.quantity.raw > 0, ticket.quantity.raw <= Quantity.limit, ticket.side != .none
    else { throw PlanProblem("the quantity or side cannot be worked") }
    let parent = Parent(
      order: ticket.order, instrument: ticket.instrument, side: ticket.side,
      quantity: ticket.quantity, price: ticket.price, timeInForce: ticket.timeInForce,
      lot: instrument.lotSize, quantityScale: instrument.quantityScale)
    let settings = try ExecutionSettings(
      plan, quantityScale: parent.quantityScale, lot: parent.lot)
    var leg: SecondLeg?
    if plan.algorithm == .pairs {
      guard let second, second.id == settings.second, second.id != parent.instrument else {
        throw PlanProblem("`instrument` is unknown, or the parent's own")
      }
      leg = SecondLeg(settings, of: parent, second)
    }
    self.init(parent, plan, settings, leg, rounds: rounds)
  }

  init(
    _ parent: Parent, _ plan: ExecutionPlan, _ settings: ExecutionSettings, _ second: SecondLeg?,
    rounds: UInt16
  ) {
    self.parent = parent
    self.plan = plan
    self.settings = settings
    self.second = second
    self.rounds = rounds
    schedule = ExecutionSchedule(plan, settings, total: parent.quantity, lot: parent.lot)
    nextWake = plan.start
    notBefore = plan.start
    secondNotBefore = plan.start
  }

  /// What the first leg has still to fill.
  public var remaining: Quantity { Quantity(max(0, parent.quantity.raw - filled.raw)) }

  /// What is with children of the first leg or on the way to them.
  public var working: Quantity {
    let sum = children.reduce(Int128(asked.raw)) { sum, child in
      child.leg == .first ? sum + Int128(child.quantity.raw - child.filled.raw) : sum
    }
    return Quantity(Int64(clamping: sum))
  }

  /// What of the parent is not yet with children: its own exposure.
  public var exposure: Quantity {
    ending == nil ? Quantity(max(0, remaining.raw - working.raw)) : .zero
  }

  /// What the second leg lacks, in whole lots of it.
  public var unhedged: Quantity {
    guard let second else { return .zero }
    let behind = max(0, second.due(for: filled).raw - secondFilled.raw)
    return Quantity(behind / second.lot.raw * second.lot.raw)
  }

  func hasLive(_ leg: Leg) -> Bool {
    children.contains { $0.leg == leg } || (leg == .first ? asked : secondAsked).raw > 0
  }
}

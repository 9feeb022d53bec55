/// How an algorithm works a parent order through child orders.
public struct ExecutionPlan: Equatable, Sendable {
  public enum Algorithm: UInt8, Sendable, CaseIterable {
    /// Equal parts in equal times.
    case twap = 1
    /// Parts after a curve of the day's volume.
    case vwap = 2
    /// A share of what the market trades.
    case pov = 3
    /// The schedule of Almgren and Chriss (2000): impact against the risk of waiting.
    case shortfall = 4
    /// One part at a time, the next when it is filled.
    case iceberg = 5
    /// Two instruments in a ratio, the second as the first fills.
    case pairs = 6
    /// At once, split over venues.
    case route = 7
  }

  public var algorithm: Algorithm
  /// From when on it may send.
  public var start: Instant
  /// When it has to be done; what is left then is cancelled.
  public var end: Instant
  /// The algorithm's own numbers, by name.
  public var values: [Reason.Value]

  public init(_ algorithm: Algorithm, start: Instant, end: Instant, values: [Reason.Value] = []) {
    self.algorithm = algorithm
    self.start = start
    self.end = end
    self.values = values
  }

  /// The number with a name, or nil. O(n).
  public subscript(name: String) -> Decimal? { values.first { $0.name == name }?.value }
}

/// Where the parts of an order go, and what was known of each venue: one instrument a venue.
public struct RouteRecord: Equatable, Sendable {
  /// One venue that was looked at.
  public struct Candidate: Equatable, Sendable, BitwiseCopyable {
    public var instrument: InstrumentID
    /// The best opposite price shown, and its size.
    public var price: Price
    public var size: Quantity
    /// Expected fee of a unit of quantity, × 10^12, negative for a rebate.
    public var fee: Int64
    /// From sending to taking effect, in nanoseconds.
    public var latency: Int64
    /// Share of what was sent there that was filled, × 10^9.
    public var fillRate: Int64
    /// What a unit is expected to cost there, all told, × 10^12: the lower the better for buys, the higher for sells.
    public var score: Int64
    /// What is sent there; 0 if it was passed over.
    public var quantity: Quantity

    public init(
      instrument: InstrumentID, price: Price, size: Quantity, fee: Int64 = 0, latency: Int64 = 0,
      fillRate: Int64 = 1_000_000_000, score: Int64 = 0, quantity: Quantity = .zero
    ) {
      self.instrument = instrument
      self.price = price
      self.size = size
      self.fee = fee
      self.latency = latency
      self.fillRate = fillRate
      self.score = score
      self.quantity = quantity
    }
  }

  /// The order that is routed.
  public var order: OrderID
  /// How often it was routed before: 0 at first.
  public var round: UInt16
  /// What is to be sent in this round.
  public var quantity: Quantity
  /// All that were looked at, best first.
  public var candidates: [Candidate]

  public init(order: OrderID, round: UInt16, quantity: Quantity, candidates: [Candidate]) {
    self.order = order
    self.round = round
    self.quantity = quantity
    self.candidates = candidates
  }
}

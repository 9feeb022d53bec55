/// Why a simulated fill came at its price: the rule of the exchange that made it and, of an order that
/// rested, how it came to the front of its queue. Real venues do not tell.
///
/// Kept in 18 bytes, as every report has room for one and is copied on its way.
public struct FillBasis: Equatable, Sendable, BitwiseCopyable {
  /// What priced the fill (docs/simulation.md, Why a fill).
  public enum Rule: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Took what was shown at the price.
    case level = 1
    /// Took more than was shown, at the best price.
    case top = 2
    /// A trade at the order's price went through the queue ahead.
    case queue = 3
    /// A trade went through the order's price.
    case through = 4
    /// The other side came to the order's price.
    case crossed = 5
    /// The market touched the order's price, in the model `touch`.
    case touch = 6
    /// A share of a trade at the order's price.
    case proRata = 7
    /// First in a pro-rata market, as it had bettered the price.
    case topOrder = 8
    /// The price printed in an auction.
    case auction = 9
    /// The reference price of an auction without a print.
    case auctionReference = 10
    /// The last trade before an auction without a print.
    case lastTrade = 11
    /// The first price of the session.
    case sessionOpen = 12
    /// The close of the session's bar.
    case sessionClose = 13
    /// The open of a bar.
    case barOpen = 14
    /// The close of the last bar.
    case barClose = 15
    /// Where the path through a bar reached the order.
    case barPath = 16
    /// A bar went beyond the order's limit.
    case barLimit = 17
    /// LEAN's rules for market, limit, stop, stop-limit and if-touched orders.
    case leanMarket = 18
    case leanLimit = 19
    case leanStop = 20
    case leanStopLimit = 21
    case leanIfTouched = 22
  }

  /// How the size ahead of an order was followed.
  public enum Queue: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Order by order.
    case exact = 1
    case riskAverse = 2
    case power1 = 3
    case power2 = 4
    case power3 = 5
    case logarithmic = 6
  }

  /// What else there is to know, in the instrument's units.
  public enum Detail: Equatable, Sendable, BitwiseCopyable {
    case none
    /// By how much slippage made the price worse than the rule's; above 0, a difference of prices.
    case slippage(Int64)
    /// Size ahead when the order joined the queue and just before this fill; `unknown` where nobody could
    /// say.
    case queue(Queue, placed: Quantity, left: Quantity)
    /// Size of the trade that was shared, and the sum of all that it was shared among.
    case share(of: Quantity, among: Quantity)
  }

  /// The numbers of the detail; 0 where it has none.
  private var first: Int64
  private var second: Int64
  public var rule: Rule
  private var kind: Kind

  private enum Kind: BitwiseCopyable {
    case none, slippage, share, exact, riskAverse, power1, power2, power3, logarithmic
  }

  /// Stands for a size ahead that nobody could say.
  public static let unknown = Quantity(-1)

  public init(_ rule: Rule, _ detail: Detail = .none) {
    (self.rule, kind, first, second) = (rule, .none, 0, 0)
    self.detail = detail
  }

  public var detail: Detail {
    get {
      let queue: Queue
      switch kind {
      case .none: return .none
      case .slippage: return .slippage(first)
      case .share: return .share(of: Quantity(first), among: Quantity(second))
      case .exact: queue = .exact
      case .riskAverse: queue = .riskAverse
      case .power1: queue = .power1
      case .power2: queue = .power2
      case .power3: queue = .power3
      case .logarithmic: queue = .logarithmic
      }
      return .queue(queue, placed: Quantity(first), left: Quantity(second))
    }
    set {
      switch newValue {
      case .none: (kind, first, second) = (.none, 0, 0)
      case .slippage(let difference): (kind, first, second) = (.slippage, difference, 0)
      case .share(let trade, let all): (kind, first, second) = (.share, trade.raw, all.raw)
      case .queue(let queue, let placed, let left):
        (first, second) = (placed.raw, left.raw)
        switch queue {
        case .exact: kind = .exact
        case .riskAverse: kind = .riskAverse
        case .power1: kind = .power1
        case .power2: kind = .power2
        case .power3: kind = .power3
        case .logarithmic: kind = .logarithmic
        }
      }
    }
  }
}

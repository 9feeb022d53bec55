/// Why a simulated fill came at its price: the rule of the exchange that made it and, of an order that
/// rested, how it came to the front of its queue. Real venues do not tell.
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
    /// Size ahead when the order joined the queue and just before this fill, and size of the trade or
    /// level that filled it. Ahead is `unknown` where nobody could say.
    case queue(Queue, placed: Quantity, left: Quantity, met: Quantity)
    /// Size of the trade that was shared, and the sum of all that it was shared among.
    case share(of: Quantity, among: Quantity)
  }

  public var rule: Rule
  public var detail: Detail

  /// Stands for a size ahead that nobody could say.
  public static let unknown = Quantity(-1)

  public init(_ rule: Rule, _ detail: Detail = .none) {
    self.rule = rule
    self.detail = detail
  }
}

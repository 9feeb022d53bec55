import Books
import Events

// What is kept of each instrument and scope.
extension MarkToMarket {
  /// When an instrument was valued last.
  struct Line: BitwiseCopyable {
    var mark = Price.none
    /// What one unit of quantity was worth, × 10^12, if another mark changes nothing but that; else nil.
    var unit: Int64?
    /// Of margins.
    var published = Price.none
    /// `Market.moves` of then.
    var moves: UInt64 = 0
    var hasWorth = false
    var hasSums = false
    var isBeyond = false
    /// Whether its margin goes by the price of something else.
    var isByOthers = false
  }

  /// What a strategy's position adds to its gains and to its account.
  struct Gain: BitwiseCopyable {
    var strategy: Int128 = 0
    var account: Int128 = 0
  }

  /// What an instrument adds to the sums of a scope.
  struct Part: BitwiseCopyable {
    /// What is held if all open buys fill, and if all sells do, as long as 64 bits hold it.
    var long: Int64 = 0
    var short: Int64 = 0
    var exposure = Exposure()
    var margin: Int128 = 0
    var isMarginUnknown = false
    var failure: Rule?
  }

  /// How an instrument is valued.
  enum Kind {
    case straight
    /// Whoever is long gains when the contract is worth fewer coins.
    case inverse
    /// A currency pair: of accounts that exchange cash it is in the cash.
    case pair
  }

  struct Walked {
    var kind: ScopeLimits.Kind
    var members: UInt64
    var account: AccountID
    var needsExposure: Bool
    /// The model by which it needs margin, if that is limited.
    var margin: MarginModel?
  }

  struct Exposure: BitwiseCopyable {
    /// Sum of the sizes, each instrument's worse side.
    var gross: Int128 = 0
    /// Sum of the signed values if all buys fill, and if all sells do.
    var upper: Int128 = 0
    var lower: Int128 = 0
  }
}

/// Where in the queue at its price a resting order of ours is believed to stand when the displayed size
/// changes without saying whose size it was. Trades at the price always come off what is ahead first.
///
/// Sources: Rigtorp, "Estimating order queue position" (2013), and the queue models of hftbacktest, which
/// have the functions below as `PowerProbQueueFunc` and `LogProbQueueFunc`. Two differences: what traded is
/// taken off the size behind us too before it is looked at, and numbers are whole.
public enum QueueModel: Equatable, Sendable {
  /// With order-by-order data the recorded orders ahead of us are followed one by one; with levels or
  /// quotes, where nobody can, as `riskAverse`.
  case exact
  /// What is cancelled was behind us: the queue shrinks by trades, and to the displayed size if that is
  /// smaller.
  case riskAverse
  /// A decrease that trades do not explain is shared: f(back) / (f(back) + f(front)) of it was behind us,
  /// the rest ahead, with f(x) = x^n; `exponent` 1, 2 or 3. The larger n, the more of it is where more
  /// stands.
  case power(exponent: Int)
  /// As `power` with f(x) = ln(1 + x), x in lots.
  case logarithmic

  /// What is wrong with it, or nil.
  var problem: String? {
    guard case .power(let exponent) = self, !(1...3).contains(exponent) else { return nil }
    return "the exponent \(exponent) is not 1, 2 or 3"
  }

  /// What is ahead after the displayed size went from `shown` (less what traded meanwhile) to `now`.
  ///
  /// - Parameters:
  ///   - ahead: what was ahead, after trades.
  ///   - shown: what was displayed, less what traded since.
  ///   - lot: of the instrument, the unit in which the logarithmic form counts.
  func ahead(_ ahead: Int64, from shown: Int64, to now: Int64, lot: Int64) -> Int64 {
    let left = shown - now
    let back = max(shown - ahead, 0)
    guard left > 0, ahead > 0 else { return min(ahead, now) }
    let front: Int64
    switch self {
    case .exact, .riskAverse: return min(ahead, now)
    case .power(let exponent):
      // Both to as many digits as leave their powers below 2^60: a relative error below n × 2^-19.
      let shift = max(0, max(ahead, back).bitWidthUsed - 60 / exponent)
      front = Self.share(
        left, Self.power(ahead >> shift, exponent), Self.power(back >> shift, exponent))
    case .logarithmic:
      front = Self.share(
        left, Self.logarithm(1 + ahead / lot), Self.logarithm(1 + back / lot))
    }
    // What is said to have left behind us cannot be more than was there.
    let excess = max(left - front - back, 0)
    return max(min(ahead - front - excess, now), 0)
  }

  /// `whole` × `part` / (`part` + `rest`), rounded down; nothing of nothing.
  private static func share(_ whole: Int64, _ part: Int64, _ rest: Int64) -> Int64 {
    let sum = Int128(part) + Int128(rest)
    return sum == 0 ? 0 : Int64(Int128(whole) * Int128(part) / sum)
  }

  private static func power(_ base: Int64, _ exponent: Int) -> Int64 {
    var result = base
    for _ in 1..<max(exponent, 1) { result *= base }
    return result
  }

  /// log2(x) × 2^24 for x of at least 1, too small by less than 2. The base does not matter, as only
  /// ratios of logarithms are used.
  ///
  /// The digits come one by one: the number is brought to [1, 2) and squared; if that is 2 or more the digit
  /// is 1 and the square is halved. Whole numbers only, so that every machine has the same.
  static func logarithm(_ x: Int64) -> Int64 {
    let whole = x.bitWidthUsed - 1
    // 62 binary digits after the point: each squaring doubles the error of the one before, so that 24 of
    // them leave it below 2^-37.
    var mantissa = UInt64(x) << UInt64(62 - whole)
    var digits = Int64(whole)
    for _ in 0..<24 {
      let square = mantissa.multipliedFullWidth(by: mantissa)
      // The product has 124 digits after the point; 62 of them are kept.
      mantissa = square.high << 2 | square.low >> 62
      let isTwo = mantissa >> 63 == 1
      if isTwo { mantissa >>= 1 }
      digits = digits << 1 | (isTwo ? 1 : 0)
    }
    return digits
  }
}

extension Int64 {
  /// Digits of a positive number in binary; 0 of 0.
  fileprivate var bitWidthUsed: Int { Self.bitWidth - leadingZeroBitCount }
}

/// Pseudo-random numbers from a seed: xoshiro256** (Blackman and Vigna 2018), its state filled by
/// SplitMix64. Integer arithmetic only, so the same seed gives the same numbers on every machine.
public struct SeededRandom: Equatable, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// - Parameter stream: numbers of one seed's streams are independent of each other.
  public init(seed: UInt64, stream: UInt64 = 0) {
    var mixer = SplitMix(state: seed)
    mixer.state = mixer.next() ^ (stream &* 0xD134_2543_DE82_EF95)
    s0 = mixer.next()
    s1 = mixer.next()
    s2 = mixer.next()
    s3 = mixer.next()
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    let result = Self.rotated(s1 &* 5, by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = Self.rotated(s3, by: 45)
    return result
  }

  /// A number from 0 up to, not including, `bound`. The product of a 64-bit number and the bound is cut
  /// to its high half, so a value's probability is off by less than bound / 2^64.
  /// - Precondition: bound > 0.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// True once in `odds` times on average.
  public mutating func oneIn(_ odds: Int) -> Bool { below(odds) == 0 }

  /// A number of mean 0 and standard deviation 1, × 2^16: the sum of four uniform 16-bit numbers
  /// (Irwin–Hall), within ± 3.46; its excess kurtosis is −0.3.
  public mutating func gaussian() -> Int64 {
    let bits = next()
    let sum =
      Int64(bits & 0xFFFF) + Int64(bits >> 16 & 0xFFFF) + Int64(bits >> 32 & 0xFFFF)
      + Int64(bits >> 48)
    // The sum has mean 2 × 65,535 and deviation 65,536 / √3; 113,512 is √3 × 2^16.
    return ((sum - 131_070) * 113_512) >> 16
  }

  /// A number of the exponential distribution of mean 1, × 2^16, from 0 to about 44.
  public mutating func exponential() -> Int64 { FixedPoint.negativeLogarithm(next()) }

  private static func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 {
    value << bits | value >> (64 - bits)
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): turns any seed into well-mixed words.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

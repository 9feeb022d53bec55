/// Functions on numbers × 2^16, in integers: the C library's differ in their last bits between machines.
enum FixedPoint {
  /// 1.
  static let one: Int64 = 65_536

  /// log2(1 + i / 32), × 2^16.
  private static let logarithms: [Int64] = [
    0, 2_909, 5_732, 8_473, 11_136, 13_727, 16_248, 18_704, 21_098, 23_433, 25_711, 27_936,
    30_109, 32_234, 34_312, 36_346, 38_336, 40_286, 42_196, 44_068, 45_904, 47_705, 49_472,
    51_207, 52_911, 54_584, 56_229, 57_845, 59_434, 60_997, 62_534, 64_047, 65_536,
  ]

  /// 2^(i / 32), × 2^16.
  private static let exponentials: [Int64] = [
    65_536, 66_971, 68_438, 69_936, 71_468, 73_032, 74_632, 76_266, 77_936, 79_642, 81_386,
    83_169, 84_990, 86_851, 88_752, 90_696, 92_682, 94_711, 96_785, 98_905, 101_070, 103_283,
    105_545, 107_856, 110_218, 112_631, 115_098, 117_618, 120_194, 122_825, 125_515, 128_263,
    131_072,
  ]

  /// −ln(u / 2^64), × 2^16, for u ≥ 1 (0 counts as 1). Linear between 33 points: off by less than 0.0002.
  static func negativeLogarithm(_ u: UInt64) -> Int64 {
    let zeros = max(u, 1).leadingZeroBitCount
    let mantissa = (max(u, 1) << UInt64(zeros)) << 1
    let binary = Int64(zeros + 1) * one - interpolated(logarithms, at: mantissa >> 43)
    return (binary * 45_426) >> 16
  }

  /// 2^x for x × 2^16 within ± 14, × 2^16; beyond that the value at the end.
  static func exponential2(_ x: Int64) -> Int64 {
    let x = min(max(x, -14 * one), 14 * one)
    let fraction = interpolated(exponentials, at: UInt64(x & 0xFFFF) << 5)
    let whole = x >> 16
    return whole >= 0 ? fraction << whole : fraction >> -whole
  }

  /// The largest integer whose square is at most `value`; 0 for negative values.
  static func squareRoot(_ value: Int64) -> Int64 {
    guard value > 0 else { return 0 }
    var root = Int64(1) << Int64((64 - value.leadingZeroBitCount + 1) / 2)
    while true {
      let next = (root + value / root) >> 1
      if next >= root { return root }
      root = next
    }
  }

  /// The table's value at `position`, whose upper bits (from bit 16) are the index.
  private static func interpolated(_ table: [Int64], at position: UInt64) -> Int64 {
    let index = Int(position >> 16)
    let fraction = Int64(position & 0xFFFF)
    return table[index] + (((table[index + 1] - table[index]) * fraction) >> 16)
  }
}

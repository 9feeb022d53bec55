import Events
import Testing

@Suite struct DecimalTests {
  @Test(
    arguments: [
      ("0", 0, 0), ("7", 0, 7), ("-7", 0, -7), ("+7", 0, 7), ("007", 0, 7),
      ("7", 2, 700), ("7.", 2, 700), (".5", 1, 5), ("-.5", 1, -5), ("-0.05", 2, -5),
      ("12.50", 1, 125), ("12.500000000000000000000000", 1, 125), ("1.5", 9, 1_500_000_000),
      ("-0", 0, 0), ("0.000", 0, 0), ("0", 18, 0), ("0", 60, 0),
      ("9223372036854775807", 0, .max), ("-9223372036854775807", 0, -.max),
      ("9.223372036854775807", 18, .max), ("922337203685477580.7", 1, .max),
    ] as [(String, Int, Int64)])
  func `a decimal text is read at a scale`(text: String, scale: Int, raw: Int64) {
    #expect(parseDecimal(text.utf8, scale: scale) == .success(raw))
  }

  @Test(
    arguments: [
      ("", 0, .notANumber), (" ", 0, .notANumber), ("-", 0, .notANumber), ("+", 0, .notANumber),
      (".", 2, .notANumber), ("-.", 2, .notANumber), (" 1", 0, .notANumber), ("1 ", 0, .notANumber),
      ("1,5", 1, .notANumber), ("1.2.3", 2, .notANumber), ("--1", 0, .notANumber),
      ("+-1", 0, .notANumber), ("1-", 0, .notANumber), ("1e5", 0, .notANumber),
      ("0x10", 0, .notANumber), ("nan", 0, .notANumber), ("inf", 0, .notANumber),
      ("١", 0, .notANumber), ("1.5", 0, .tooPrecise(digits: 0)),
      ("1.234", 2, .tooPrecise(digits: 2)), ("0.0001", 3, .tooPrecise(digits: 3)),
      ("9223372036854775808", 0, .tooLarge), ("-9223372036854775808", 0, .tooLarge),
      ("18446744073709551616", 0, .tooLarge), ("99999999999999999999", 0, .tooLarge),
      ("9223372036854775807", 1, .tooLarge), ("1", 19, .tooLarge), ("1", 60, .tooLarge),
    ] as [(String, Int, DecimalProblem)])
  func `a text that is no decimal of the scale is refused`(
    text: String, scale: Int, problem: DecimalProblem
  ) {
    #expect(parseDecimal(text.utf8, scale: scale) == .failure(problem))
  }

  @Test func `problems are said in words`() {
    #expect(DecimalProblem.notANumber.description == "not a decimal number")
    #expect(
      DecimalProblem.tooPrecise(digits: 2).description == "more than 2 digits after the point")
    #expect(DecimalProblem.tooLarge.description == "too large")
  }

  @Test(
    arguments: [
      (0, 0, "0"), (7, 0, "7"), (-7, 0, "-7"), (0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"),
      (50, 1, "5.0"), (-12_345, 2, "-123.45"), (12_345, 5, "0.12345"), (12_345, 4, "1.2345"),
      (1, 20, "0.00000000000000000001"),
    ] as [(Int, Int, String)])
  func `an integer is written with exactly its scale's digits`(raw: Int, scale: Int, text: String) {
    #expect(decimalText(Int128(raw), scale: scale) == text)
  }

  @Test func `the widest integers are written`() {
    #expect(decimalText(.min, scale: 0) == "-170141183460469231731687303715884105728")
    #expect(decimalText(.min, scale: 38) == "-1.70141183460469231731687303715884105728")
    #expect(decimalText(.max, scale: 40) == "0.0170141183460469231731687303715884105727")
  }

  @Test func `what is written is read back`() {
    var random = SplitMix64(seed: 2)
    for _ in 0..<20_000 {
      let raw = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0...62, using: &random)
      guard raw != .min else { continue }
      let scale = Int.random(in: 0...18, using: &random)
      let text = decimalText(Int128(raw), scale: scale)
      #expect(parseDecimal(text.utf8, scale: scale) == .success(raw))
      let decimal = Decimal(text)
      #expect(decimal == Decimal(mantissa: raw, scale: UInt8(scale)))
      #expect(decimal?.description == text)
    }
  }

  @Test(arguments: [
    "1.2345678901234567890", "1e3", "", ".", "1.2.3", "12345678901234567890", "1 2",
  ])
  func `a text with more than 18 decimals, or none, is no Decimal`(text: String) {
    #expect(Decimal(text) == nil)
  }

  @Test(
    arguments: [
      (0, 0, 9), (-0.0, 0, 9), (1, 1_000_000_000, 9), (0.1, 100_000_000, 9),
      (-2.5, -2_500_000_000, 9),
      (0.25e-9, 0, 9), (0.5e-9, 1, 9), (-0.5e-9, -1, 9), (1e-300, 0, 9),
      (.leastNonzeroMagnitude, 0, 9),
      (8_999_999_998, 8_999_999_998_000_000_000, 9), (9_000_000_000, 900_000_000_000_000_000, 8),
      (1e15, 1_000_000_000_000_000_000, 3), (-1e15, -1_000_000_000_000_000_000, 3),
      (1e18, 1_000_000_000_000_000_000, 0), (8.9e18, 8_900_000_000_000_000_000, 0),
      (-8.9e18, -8_900_000_000_000_000_000, 0),
    ] as [(Double, Int64, UInt8)])
  func `a binary number becomes the nearest decimal`(value: Double, mantissa: Int64, scale: UInt8) {
    #expect(Decimal(rounding: value) == Decimal(mantissa: mantissa, scale: scale))
  }

  @Test(
    arguments: [
      .nan, .signalingNaN, .infinity, -.infinity, 9e18, -9e18, 1e300, -.greatestFiniteMagnitude,
    ] as [Double])
  func `what has no decimal becomes one that no rounding yields`(value: Double) {
    #expect(Decimal(rounding: value) == .notANumber)
    #expect(Decimal.notANumber.description == "0.000000000000000000")
  }

  @Test func `rounding is off by at most half a unit of the last digit`() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<20_000 {
      let value = Double.random(in: -1e6...1e6, using: &random)
      let decimal = Decimal(rounding: value)
      #expect(decimal.scale == 9)
      #expect((decimal.double - value).magnitude <= 0.6e-9)
    }
  }
}

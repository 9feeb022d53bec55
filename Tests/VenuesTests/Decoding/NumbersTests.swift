import Events
import Testing

@testable import Venues

struct NumbersTests {
  private func parsed(_ text: String, scale: Int) -> Result<Int64, DecimalProblem> {
    let bytes = [UInt8](text.utf8)
    return parseDecimal(bytes.span, 0..<bytes.count, scale: scale)
  }

  @Test(
    arguments: [
      ("0", 2, 0), ("1.5", 2, 150), ("-1.5", 2, -150), (".5", 1, 5), ("5.", 1, 50), ("+7", 0, 7),
      ("61737.63000000", 2, 6_173_763), ("9223372036854775807", 0, .max), ("0.000000001", 9, 1),
    ] as [(String, Int, Int64)])
  func `decimal numbers`(text: String, scale: Int, value: Int64) {
    #expect(parsed(text, scale: scale) == .success(value))
    #expect(parseDecimal(text.utf8, scale: scale) == .success(value))
  }

  @Test(
    arguments: [
      ("", 2, .notANumber), (".", 2, .notANumber), ("-", 2, .notANumber), ("1e5", 2, .notANumber),
      ("1.2.3", 2, .notANumber), (" 1", 2, .notANumber), ("1,5", 2, .notANumber),
      ("1.234", 2, .tooPrecise(digits: 2)), ("9223372036854775808", 0, .tooLarge),
      ("99999999999", 9, .tooLarge), ("340282366920938463463374607431768211456", 0, .tooLarge),
    ] as [(String, Int, DecimalProblem)])
  func `what is no number of the scale is refused`(
    text: String, scale: Int, problem: DecimalProblem
  ) {
    #expect(parsed(text, scale: scale) == .failure(problem))
  }

  @Test(
    arguments: [
      ("1.25", 1, 12), ("1.35", 1, 14), ("1.2500001", 1, 13), ("1.24999", 1, 12), ("-1.35", 1, -14),
      ("0.5", 0, 0), ("1.5", 0, 2), ("2.50", 0, 2), ("0.1000000000000001", 8, 10_000_000),
    ] as [(String, Int, Int64)])
  func `digits beyond the scale are rounded half to even`(text: String, scale: Int, value: Int64) {
    let bytes = [UInt8](text.utf8)
    let result = scaledDecimal(bytes.span, 0..<bytes.count, scale: scale)
    #expect((try? result.get())?.value == value)
    #expect((try? result.get())?.isExact == false)
  }
}

import Events
import Testing

@testable import daybook

struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (18_442_905, "18,442,905"), (-1234, "-1,234"),
  ])
  func `thousands are parted`(_ value: Int, _ text: String) { #expect(grouped(value) == text) }

  @Test(arguments: [
    ("1234.5", "1,234.5"), ("-100000.00", "-100,000.00"), ("7", "7"), ("–", "–"),
  ])
  func `thousands of decimals are parted`(_ text: String, _ result: String) {
    #expect(grouped(decimal: text) == result)
  }

  @Test(arguments: [
    (Int128(1_000_000_000_000), "1.00"), (-1_500_000_000_000, "-1.50"), (1, "0.000000000001"),
    (0, "0.00"), (123_450_000_000, "0.12345"),
  ])
  func `money has the digits it needs`(_ raw: Int128, _ text: String) {
    #expect(moneyText(Money(raw: raw)) == text)
  }

  @Test(arguments: [
    (0.04, "0.0 s"), (9.99, "10.0 s"), (12.4, "12 s"), (185, "3:05"), (7201, "2:00:01"),
    (60, "1:00"), (Double.infinity, "–"),
  ])
  func `durations are short`(_ seconds: Double, _ text: String) {
    #expect(durationText(seconds) == text)
  }

  @Test(arguments: [(5, "5.00"), (1234, "1.23 K"), (12_345_678, "12.3 M"), (2.5e9, "2.50 G")])
  func `large counts are short`(_ value: Double, _ text: String) {
    #expect(shortCount(value) == text)
  }

  @Test func `decimal bytes are decimal text`() {
    for value in [0, 1, -1, 9, 10, 12_345, -99_999, Int64.max, .min] {
      for scale in [0, 1, 2, 9] {
        var bytes = ByteBuffer()
        bytes.append(decimal: value, scale: scale)
        #expect(
          String(decoding: bytes.array, as: UTF8.self)
            == decimalText(Int128(value), scale: scale))
      }
    }
  }

  @Test func `a table lines its columns up`() {
    var table = Table([("name", .left), ("count", .right)])
    table.row("a", "1,000")
    table.row("longer", "2")
    #expect(
      table.lines(Style(for: -1)) == ["name    count", "a       1,000", "longer      2"])
  }

  @Test func `JSON is escaped and keeps its order`() {
    let value = JSON.object([
      ("b", .string("a\"\\\n\u{1}é")), ("a", .array([.null, .bool(true), .number(3)])),
    ])
    #expect(value.text == #"{"b":"a\"\\\n\u0001é","a":[null,true,3]}"#)
  }
}

import Events
import Testing

@Suite struct NumberedNameTests {
  @Test(arguments: [
    0, 1, 9, 10, 99, 100, 101, 999_999_999_999, 1_000_000_000_000, UInt64.max - 1, UInt64.max,
  ])
  func `a name is its prefix and its number`(_ number: UInt64) {
    #expect(String(prefix: "SIM", number: number) == "SIM\(number)")
    #expect(String(prefix: "", number: number) == "\(number)")
    let longest = "ABCDEFGHIJKLMNOPQRST\(number)"
    #expect(String(prefix: "ABCDEFGHIJKLMNOPQRST", number: number) == longest)
  }
}

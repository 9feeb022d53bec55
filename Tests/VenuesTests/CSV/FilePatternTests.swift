import Testing
import Venues

@Suite struct FilePatternTests {
  @Test(
    arguments: [
      ("a.csv", "a.csv", true), ("a.csv", "b.csv", false), ("a.csv", "a.csv.gz", false),
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true),
      ("*.csv", "a.csv", true), ("*.csv", ".csv", true), ("*.csv", "a.csvx", false),
      ("a*", "a", true), ("a*", "ba", false), ("a*a", "a", false), ("a*a", "aa", true),
      ("*-trades*", "x-trades-2024.csv", true), ("*-trades*", "x-trade.csv", false),
      ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false), ("a*bc*c", "abc", false),
      ("**", "x", true), ("*ab*ab", "ab", false), ("*ab*ab", "aabab", true),
      ("*é*", "café.csv", true),
    ] as [(String, String, Bool)])
  func `a star stands for any characters`(pattern: String, name: String, isMatch: Bool) {
    #expect(FilePattern(pattern).matches(name) == isMatch)
  }
}

import Events
import Testing

@testable import Venues

@Suite struct LeanFactorTests {
  private func decoded(_ rows: String) throws -> Decoded {
    let file = try #require(LeanFile(path: "equity/usa/factor_files/spy.csv"))
    return Decoded(LeanDecoder(file: file, entry: "spy.csv"), rows)
  }

  private func actions(_ decoded: Decoded) -> [String] {
    decoded.batch.references.compactMap { reference in
      guard case .action(let action) = reference else { return nil }
      return action.action == .split
        ? "split \(action.new) for \(action.old)" : "dividend \(action.amount.raw / 10_000_000_000)"
    }
  }

  /// Rows, and what they tell; dividends in cents.
  @Test(
    arguments: [
      ("19980319,0.6566606,1,109.34\n19980618,0.6585481,1,111.16\n", ["dividend 31"]),
      (
        "20140606,0.9,0.0357143,645.57\n20200828,0.9,0.25,499.23\n20501231,0.9,1,0\n",
        ["split 7 for 1", "split 4 for 1"]
      ),
      ("20200101,0.99,0.5,100\n20210101,1,1,0\n", ["dividend 100", "split 2 for 1"]),
      ("20200101,1,10,3\n20210101,1,1,0\n", ["split 1 for 10"]),
      ("20151211,1,166666.99417200,0.09\n20160330,1,83333.49708600,0.16\n", ["split 1 for 2"]),
      ("20200101,1,0.6666667,3\n20210101,1,1,0\n", ["split 3 for 2"]),
      ("20200101,1,1,1\n20210101,1,1,0", []), ("20200101,1,1,1", []),
      ("20200101,0.99999,1,1\n20210101,1,1,0", []),
    ] as [(String, [String])])
  func `factors tell dividends and splits`(rows: String, told: [String]) throws {
    let result = try decoded(rows)
    #expect(result.error == nil)
    #expect(actions(result) == told)
  }

  @Test func `a dividend below 0 is left out and counted, a split beside it kept`() throws {
    let result = try decoded("20200101,1,0.5,100\n20210101,0.99,1,0\n")
    #expect(result.error == nil)
    #expect(actions(result) == ["split 2 for 1"])
    #expect(result.issues == [.impossibleValue])
  }

  @Test func `they happened on the day after the row, New York time`() throws {
    let result = try decoded("20200101,0.99,1,100\n20210101,1,1,0\n")
    #expect(result.batch.ticks.map(\.eventTime) == [Instant("2020-01-02T05:00:00")!])
  }

  @Test(arguments: [
    "20200101,1,1", "x,1,1,1", "20200101,-1,1,1", "20200101,x,1,1",
    "20200101,1,1,99999999999999999999",
    "20200101,0,1,1", "20200101,1,0,1", "20200101,0.0000000001,1,1",
    "20200102,1,1,1\n20200101,1,1,1", "20200101,1,1,1\n20200101,1,1,1",
  ])
  func `a row that is none stops the import`(rows: String) throws {
    #expect(try decoded(rows).error != nil)
  }
}

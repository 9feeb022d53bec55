import Events
import Foundation
import Importing
import Testing

/// Zip archives of LOBSTER's files.
struct LobsterArchiveTests {
  private static let first = "AAPL_2012-06-21_34200000_57600000"
  private static let second = "AAPL_2012-06-22_34200000_57600000"
  private static let messages = "34200,1,1,5,99,1\n34201,1,2,2,100,-1\n34202,3,1,5,99,1\n"
  private static let rows = "101,5,99,5\n100,2,99,5\n100,2,98,7\n"

  private func scratch(_ files: [(name: String, entries: [(name: String, text: String)])]) throws
    -> Scratch
  {
    let scratch = try Scratch()
    for (name, entries) in files {
      let bytes =
        name.hasSuffix(".zip")
        ? CSVFilesTests().storedZip(entries) : entries.flatMap { [UInt8]($0.text.utf8) }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(scratch.path)/\(name)"))
    }
    return scratch
  }

  private func events(_ scratch: Scratch, _ names: [String]) throws -> (
    market: [MarketEvent], counts: ImportCounts
  ) {
    let paths = names.isEmpty ? [scratch.path] : names.map { "\(scratch.path)/\($0)" }
    let (sink, counts) = try collect(ImportRequest(format: .lobster, paths: paths))
    #expect(sink.isInOrder)
    return (sink.market, counts)
  }

  private func message(_ stem: String, _ text: String = messages) -> (name: String, text: String) {
    ("\(stem)_message_1.csv", text)
  }

  private func book(_ stem: String, _ text: String = rows) -> (name: String, text: String) {
    ("\(stem)_orderbook_1.csv", text)
  }

  @Test func `an archive gives what its files do`() throws {
    let both = [message(Self.first), book(Self.first)]
    let plain = try scratch(both.map { ($0.name, [$0]) })
    let expected = try events(plain, [both[0].name]).market
    #expect(!expected.isEmpty)
    let folders = both.map { (name: "sample/\($0.name)", text: $0.text) }
    let more = both + [(name: "LOBSTER_ReadMe.txt", text: "x")]
    for entries in [both, Array(both.reversed()), folders, more] {
      for name in ["LOBSTER_SampleFile_AAPL_2012-06-21_1.zip", "a.zip", "A.ZIP"] {
        let scratch = try scratch([(name.lowercased(), entries)])
        let found = try events(scratch, [name.lowercased()])
        #expect(found.market == expected)
        #expect(found.counts.files == 1)
      }
    }
    // The book in an archive of its own, and in one of `--book`.
    let apart = try scratch([("m.zip", [both[0]]), ("b.zip", [both[1]])])
    #expect(try events(apart, ["m.zip", "b.zip"]).market == expected)
    var request = ImportRequest(format: .lobster, paths: [apart.path + "/m.zip"])
    request.bookPath = apart.path + "/b.zip"
    #expect(try collect(request).sink.market == expected)
  }

  @Test func `several days in an archive follow each other`() throws {
    let files = [
      message(Self.second), book(Self.second), message(Self.first), book(Self.first),
    ]
    let plain = try scratch(files.map { ($0.name, [$0]) })
    let expected = try events(plain, []).market
    let zip = try scratch([("days.zip", files)])
    #expect(try events(zip, ["days.zip"]).market == expected)
    #expect(try events(zip, []).market == expected)
    let days = try scratch([("1.zip", [files[2], files[3]]), ("2.zip", [files[0], files[1]])])
    #expect(try events(days, ["2.zip", "1.zip"]).market == expected)
  }

  @Test func `a file that an archive has too is taken once`() throws {
    let both = [message(Self.first), book(Self.first)]
    let scratch = try scratch(both.map { ($0.name, [$0]) } + [("a.zip", both), ("b.zip", both)])
    let (market, counts) = try events(scratch, [])
    #expect(market == (try events(scratch, ["a.zip"]).market))
    #expect(counts.skipped.items.map(\.reason) == ["file named twice"])
    #expect(counts.skipped.items.map(\.count) == [4])
  }

  @Test func `what is wrong names archive and entry`() throws {
    let bad = try scratch([("a.zip", [message(Self.first, "34200,9,1,5,99,1\n")])])
    let error = failure(ImportRequest(format: .lobster, paths: [bad.path + "/a.zip"]))
    #expect(
      error?.description
        == "\(bad.path)/a.zip (\(Self.first)_message_1.csv): line 1: type “9” is not 1 to 7")
    let other = try scratch([("a.zip", [("data.csv", "1")])])
    let reason = failure(ImportRequest(format: .lobster, paths: [other.path + "/a.zip"]))
    #expect(reason?.description.contains("neither its name nor an entry's tells") == true)
    let alone = try scratch([("a.zip", [message(Self.second), book(Self.first)])])
    let idle = failure(ImportRequest(format: .lobster, paths: [alone.path + "/a.zip"]))
    #expect(idle?.description.contains("of no message file given") == true)
  }
}

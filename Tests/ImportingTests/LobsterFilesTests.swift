import Events
import Foundation
import Testing

@testable import Importing

/// Which order book file is whose, and how its rows are read.
struct LobsterFilesTests {
  static let messages = "34200,1,1,5,99,1\n34201,1,2,2,100,-1\n34202,3,1,5,99,1\n"
  static let rows = "101,5,99,5\n100,2,99,5\n100,2,98,7\n"

  private func anonymous(_ request: ImportRequest) throws -> [Int64] {
    let (sink, _) = try collect(request)
    return sink.market.compactMap { event in
      if case .order(let change) = event, change.action == .add, change.order == 0 {
        change.price.raw
      } else {
        nil
      }
    }
  }

  @Test(arguments: [
    // Beside it, among the arguments, of other levels or another end: its first row alone.
    ("AAPL_2012-06-21_34200000_57600000_orderbook_1.csv", false, [101, 98]),
    ("AAPL_2012-06-21_34200000_57600000_orderbook_1.csv", true, [101, 98]),
    ("AAPL_2012-06-21_34200000_57600000_orderbook_5.csv", true, [101]),
    ("AAPL_2012-06-21_34200000_37800000_orderbook_1.csv", true, [101]),
    ("AAPL_2012-06-21_34200000_57600000_orderbook_5.csv", false, []),
  ])
  func `an order book file is found by its name`(
    name: String, isNamed: Bool, added: [Int64]
  ) throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "AAPL_2012-06-21_34200000_57600000_message_1.csv", Self.messages)
    let book = try scratch.write(name, Self.rows)
    let request = ImportRequest(format: .lobster, paths: isNamed ? [path, book] : [path])
    #expect(try anonymous(request) == added)
  }

  @Test func `one that is named and of no message file is an error`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "AAPL_2012-06-21_34200000_57600000_message_1.csv", Self.messages)
    let book = try scratch.write(
      "AAPL_2012-06-22_34200000_57600000_orderbook_1.csv", Self.rows)
    let error = failure(ImportRequest(format: .lobster, paths: [path, book]))
    #expect(error?.isDataError == true)
    #expect(error?.description.contains("of no message file") == true)
    var request = ImportRequest(format: .lobster, paths: [path, book])
    request.bookPath = book
    #expect(try anonymous(request) == [101])
  }

  @Test(arguments: [
    ("101,5,99,5\r\n100,2,99,5\r\n100,2,98,7", nil),
    ("101,5,99,5\n100,2,99,5\n100,2,98,7\n\n", nil),
    ("101,5,99,5\n\n100,2,98,7\n", "line 2: the order book file has no row"),
    ("101,5,99,5\n100,2,99\n", "line 2: column 3: not a price and a size"),
    (
      "101,5,99,5\n100,2,99,5\n" + String(repeating: "9", count: 1_200_000),
      "line 3: longer than 1 MB"
    ),
  ])
  func `rows are told with their line`(rows: String, problem: String?) throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "AAPL_2012-06-21_34200000_57600000_message_1.csv", Self.messages)
    _ = try scratch.write("AAPL_2012-06-21_34200000_57600000_orderbook_1.csv", rows)
    let request = ImportRequest(format: .lobster, paths: [path])
    if let problem {
      let text = failure(request)?.description ?? "no error"
      #expect(text.contains(problem) && text.contains("orderbook_1.csv"), "\(text)")
    } else {
      #expect(try anonymous(request) == [101, 98])
    }
  }

  @Test func `parts of a day with their own order book files each begin with theirs`() throws {
    let scratch = try Scratch()
    var paths: [String] = []
    for hours in ["34200000_37800000", "37800000_57600000"] {
      let time = hours.hasPrefix("342") ? 34_200 : 37_800
      let lines = Self.messages.split(separator: "\n").enumerated().map { index, line in
        "\(time + index)" + line.dropFirst(5)
      }
      paths.append(
        try scratch.write(
          "AAPL_2012-06-21_\(hours)_message_1.csv", lines.joined(separator: "\n")))
      _ = try scratch.write("AAPL_2012-06-21_\(hours)_orderbook_1.csv", Self.rows)
    }
    #expect(
      try anonymous(ImportRequest(format: .lobster, paths: paths)) == [101, 98, 101, 98])
  }

  typealias Parts = (
    first: String, levels: Int, start: Int, second: String, others: Int, then: Int, told: String?
  )

  /// Hours and levels of two files, the times at which they begin, and what is told: nothing, a hole, or an error
  /// that ends so.
  static let parts: [Parts] = [
    ("34200000_37800000", 1, 34_200, "37800000_57600000", 1, 37_800, nil),
    ("34200000_37800000", 10, 34_200, "37800000_57600000", 1, 37_800, nil),
    ("34200000_37800000", 1, 34_200, "41400000_57600000", 1, 41_400, "37800000 to 41400000 ms"),
    ("34200000_37800000", 50, 34_200, "34200000_57600000", 10, 34_200, "Give one of them"),
    ("34200000_37800000", 1, 34_200, "36000000_57600000", 1, 36_000, "Give one of them"),
    ("34200000_57600000", 1, 34_200, "36000000_37800000", 1, 36_000, "Give one of them"),
    ("34200000_57600000", 1, 34_200, "34200000_57600000", 10, 34_300, "Give one of them"),
    // Copies, and parts that were cut out of one file: after each other, or not.
    ("34200000_57600000", 1, 34_200, "34200000_57600000", 1, 34_200, "Give one of them"),
    ("34200000_57600000", 1, 34_200, "34200000_57600000", 1, 34_202, nil),
    (
      "34200000_57600000", 1, 34_200, "34200000_57600000", 1, 34_201,
      "line 3: time behind the start"
    ),
  ]

  @Test(arguments: parts)
  func `files of a day follow each other`(parts: Parts) throws {
    let (first, second, told) = (parts.first, parts.second, parts.told)
    let scratch = try Scratch()
    var paths: [String] = []
    let both = [(first, parts.levels, parts.start), (second, parts.others, parts.then)]
    for (index, (hours, levels, start)) in both.enumerated() {
      let folder = "\(scratch.path)/\(index)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let lines = Self.messages.split(separator: "\n").enumerated().map { index, line in
        "\(start + index)" + line.dropFirst(5)
      }
      paths.append(
        try scratch.write(
          "\(index)/AAPL_2012-06-21_\(hours)_message_\(levels).csv",
          lines.joined(separator: "\n")))
    }
    for paths in [paths, paths.reversed()] {
      let request = ImportRequest(format: .lobster, paths: paths)
      if let told, !told.hasSuffix(" ms") {
        let text = failure(request)?.description ?? "no error"
        #expect(text.contains(told), "\(text)")
        for hours in [first, second] { #expect(text.contains(hours), "\(text)") }
        continue
      }
      let (sink, counts) = try collect(request)
      #expect(counts[.orderAdd] == 4)
      #expect(counts[.gap] == (told == nil ? 0 : 1))
      #expect(counts[.orderClear] == (told == nil ? 0 : 1))
      let gap = sink.qualities.first { $0.issue == .gap }?.detail ?? ""
      #expect(told.map { gap.contains($0) } ?? gap.isEmpty, "\(gap)")
    }
  }

  @Test func `other days and other symbols are no parts`() throws {
    let scratch = try Scratch()
    let paths = try ["AAPL_2012-06-21", "AAPL_2012-06-22", "MSFT_2012-06-21"].map { stem in
      try scratch.write("\(stem)_34200000_57600000_message_1.csv", Self.messages)
    }
    let (_, counts) = try collect(ImportRequest(format: .lobster, paths: paths))
    #expect(counts[.orderAdd] == 6)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
  }
}

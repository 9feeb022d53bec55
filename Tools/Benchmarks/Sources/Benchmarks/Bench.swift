import Foundation

/// What all benchmarks share: the folder they work in, the data, the limits and the results.
final class Bench {
  let folder: String
  /// Whether results are printed as they come.
  let isTable: Bool
  /// How often what takes the middle of several runs is run.
  let rounds: Int
  private(set) var figures: [Figure] = []
  private var current = ""
  private var folders = 0

  lazy var limits = Limits.measure(in: self)
  lazy var quotes = QuoteFeed.load(1_000_000, in: self)
  /// A journal of the quotes.
  lazy var quoteJournal = RecordedMarket.record(quotes.events, in: self)

  /// - Parameter parent: where the folder is made; on the disk that is to be measured.
  init(parent: String, isTable: Bool, rounds: Int) throws {
    self.isTable = isTable
    self.rounds = rounds
    folder = parent + "/daybook-bench-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  /// A name for a new file or folder, which is not made yet.
  func path(_ name: String) -> String {
    folders += 1
    return "\(folder)/\(name)-\(folders)"
  }

  func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  func clean() { remove(folder) }

  func run(_ name: String, _ body: (Bench) throws -> Void) rethrows {
    current = name
    if isTable { print("\n\(name)") }
    try body(self)
  }

  /// Says something that is no figure.
  func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  /// Notes a result.
  /// - Parameter limit: what bounds it, and how much of that was reached.
  func report(
    _ name: String, _ value: Double, _ unit: String, of limit: (String, ratio: Double)? = nil,
    goal: Goal? = nil
  ) {
    var figure = Figure(benchmark: current, name: name, value: value, unit: unit)
    figure.limit = limit?.0
    figure.ratio = limit?.ratio
    switch goal {
    case .atLeast(let least): (figure.goal, figure.isMet) = ("≥ \(least.text)", value >= least)
    case .atMost(let most): (figure.goal, figure.isMet) = ("≤ \(most.text)", value <= most)
    case .ratio(let least):
      (figure.goal, figure.isMet) = ("≥ \(least.text) ×", (limit?.ratio ?? 0) >= least)
    case nil: break
    }
    figures.append(figure)
    guard isTable else { return }
    let widths = [34, 16, 38, 10, 6]
    let padded = zip(figure.columns, widths).map {
      $0 + String(repeating: " ", count: max($1 - $0.count, 0))
    }
    print("  " + padded.joined(separator: " "))
  }
}

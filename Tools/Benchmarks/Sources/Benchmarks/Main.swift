import Foundation

/// Why a benchmark cannot run.
struct BenchError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The benchmarks, in the order they run in.
struct Benchmark {
  var name: String
  var what: String
  var run: (Bench) throws -> Void

  static var all: [Benchmark] {
    [
      Benchmark(name: "limits", what: "what the machine can do at most", run: Limits.run),
      Benchmark(name: "append", what: "recording, by durability", run: AppendBenchmark.run),
      Benchmark(name: "scan", what: "reading and decoding", run: ReplayBenchmark.scan),
      Benchmark(name: "engine", what: "the engine alone", run: ReplayBenchmark.engine),
      Benchmark(name: "replay", what: "backtest, audit: quotes", run: ReplayBenchmark.backtest),
      Benchmark(name: "books", what: "order-by-order books", run: BookBenchmark.run),
      Benchmark(name: "options", what: "prices, greeks, volatilities", run: OptionBenchmark.run),
      Benchmark(name: "depth", what: "backtest, audit: price levels", run: ReplayBenchmark.depth),
      Benchmark(name: "bars", what: "backtest, audit: bars", run: ReplayBenchmark.bars),
      Benchmark(
        name: "exchange", what: "matching in the simulated exchange", run: ExchangeBenchmark.run),
      Benchmark(name: "grid", what: "market making on price levels", run: GridBenchmark.run),
      Benchmark(name: "latency", what: "tick to order at 1 M ticks/s", run: LatencyBenchmark.run),
      Benchmark(name: "live", what: "inbox, core and journal threads", run: LiveBenchmark.run),
      Benchmark(name: "wire", what: "tick to order over TCP on loopback", run: WireBenchmark.run),
      Benchmark(
        name: "risk", what: "the gate with all rules, value at risk", run: RiskBenchmark.run),
      Benchmark(
        name: "postings", what: "fills booked in double entry, settled", run: PostingBenchmark.run),
      Benchmark(name: "restart", what: "start from a snapshot", run: MemoryBenchmark.restart),
      Benchmark(name: "memory", what: "audit of 4.8 GB; if asked for", run: MemoryBenchmark.replay),
    ]
  }
}

struct Options {
  var names: [String] = []
  var isJSON = false
  var folder = NSTemporaryDirectory()
  /// How often what takes the middle of several runs is run.
  var rounds = 5

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--json": isJSON = true
      case "--memory": names.append("memory")
      case "--folder":
        guard let value = rest.popFirst() else { throw BenchError("--folder needs a folder") }
        folder = value
      case "--rounds":
        guard let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
          throw BenchError("--rounds needs a number above 0")
        }
        rounds = value
      case "--help", "-h": throw BenchError(Self.usage)
      case _ where Benchmark.all.contains { $0.name == argument }: names.append(argument)
      default: throw BenchError("no benchmark or option `\(argument)`\n\(Self.usage)")
      }
    }
    if names.isEmpty || names == ["memory"] {
      names = Benchmark.all.map(\.name).filter { $0 != "memory" } + names
    }
  }

  static var usage: String {
    let list = Benchmark.all.map { "  \($0.name)\t\($0.what)\n" }.joined()
    return "Benchmarks [name …] [--memory] [--json] [--rounds N] [--folder DIR]\n\(list)"
      + "The folder must be on the disk that is to be measured."
  }
}

@main
struct Main {
  static func main() {
    do {
      try run(Options(Array(CommandLine.arguments.dropFirst())))
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(64)
    }
  }

  private static func run(_ options: Options) throws {
    let bench = try Bench(
      parent: options.folder, isTable: !options.isJSON, rounds: options.rounds)
    defer { bench.clean() }
    bench.note("load average \(loadAverage())")
    for benchmark in Benchmark.all where options.names.contains(benchmark.name) {
      try bench.run(benchmark.name, benchmark.run)
    }
    if options.isJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(bench.figures), as: UTF8.self))
    }
    let missed = bench.figures.count { $0.isMet == false }
    bench.note("load average \(loadAverage()); \(missed) of the goals missed")
  }

  /// Of the last 1, 5 and 15 minutes: what else the machine does.
  private static func loadAverage() -> String {
    (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))
      .map { $0.split(separator: " ").prefix(3).joined(separator: " ") } ?? "unknown"
  }
}

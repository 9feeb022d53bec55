import Events
import Foundation
import Journaling
import Sequencing
import Strategies
import Testing
import Trading
import Venues

/// The peers' generator and the order counts that other engines agree on for it
/// (numpy, NautilusTrader in Rust and in Python): performance.md, section 5.
@Suite(.serialized) struct EmaCrossOracleTests {
  static let quotes: [UInt8]? = {
    guard let shared = SharedData.folder else { return nil }
    do {
      let folder = try SharedData.scratch()
      defer { try? FileManager.default.removeItem(at: folder) }
      let source = shared.appendingPathComponent("data/synthetic/gen.c").path
      let program = folder.appendingPathComponent("gen").path
      guard try SharedData.run("cc", ["-O2", source, "-o", program, "-lm"]) == 0,
        try SharedData.run(program, ["1000000", folder.path]) == 0
      else { return nil }
      return [UInt8](try Data(contentsOf: folder.appendingPathComponent("quotes_1000000.bin")))
    } catch {
      Issue.record("the generator: \(error)")
      return nil
    }
  }()

  /// Fast, slow, quotes, orders. The million takes minutes in a debug build, so only release runs it.
  static let cases: [(Int, Int, Int, UInt64)] = {
    var cases: [(Int, Int, Int, UInt64)] = [(100, 500, 200_000, 388)]
    #if !DEBUG
      cases += [(100, 500, 1_000_000, 1934), (10, 50, 1_000_000, 9124)]
    #endif
    return cases
  }()

  @Test(
    .enabled(if: SharedData.folder != nil, "no folder of outside data"),
    arguments: Self.cases)
  func `orders are as many as other engines send`(
    fast: Int, slow: Int, count: Int, orders: UInt64
  ) throws {
    let bytes = try #require(Self.quotes)
    let folder = try SharedData.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let sourcePath = folder.appendingPathComponent("source").path
    try record(bytes, count: count, at: sourcePath)
    let source = try JournalReader.open(at: sourcePath)

    let setup = Backtest.Setup(
      configuration: ConfigurationItems([
        .init(key: "account.cash", value: "1000000 USD"),
        .init(key: "strategy.ema.kind", value: "ema-cross"),
        .init(key: "strategy.ema.instruments", value: "DAYB"),
        .init(key: "strategy.ema.clock", value: "quote"),
        .init(key: "strategy.ema.fast", value: "\(fast)"),
        .init(key: "strategy.ema.slow", value: "\(slow)"),
        .init(key: "strategy.ema.size", value: "100"),
        .init(key: "strategy.ema.mode", value: "flip"),
      ]),
      exchange: ExchangeConfiguration(), seed: 1, source: "synthetic", catalog: Catalog.shipped)
    try Engine.check(setup.configuration, catalog: setup.catalog)
    let path = folder.appendingPathComponent("run").path
    var journal = try Journal.create(
      at: path, meta: JournalMeta(created: .epoch, engine: Engine.version, strategies: "", seed: 1),
      durability: .none)
    var backtest = Backtest(setup)
    try backtest.run(over: source, into: &journal)
    let tally = backtest.sequencer.engine.tally
    #expect(tally.orders == orders)
    #expect(tally.fills == orders)
    #expect(tally.intents == orders)

    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    let reader = try JournalReader.open(at: path)
    try replay.run(reader)
    #expect(replay.divergence == nil)
    #expect(replay.decisions == 2 * orders)
    #expect(replay.sequence == journal.sequence)
    #expect(replay.engine.stateHash() == backtest.sequencer.engine.stateHash())
  }

  private func record(_ bytes: [UInt8], count: Int, at path: String) throws {
    var journal = try Journal.create(
      at: path, meta: JournalMeta(created: .epoch, engine: "-", strategies: "", seed: 0),
      durability: .none)
    var recorder = Recorder(after: journal.head)
    let instrument = Instrument(
      id: InstrumentID(0), venueName: "SYNTH", symbol: "DAYB", kind: .equity, currency: "USD",
      priceScale: 2, quantityScale: 0)
    func value(_ offset: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
    for index in 0..<count {
      let at = index * 32
      let time = Instant(nanoseconds: Int64(value(at, 8)))
      if index == 0 {
        try recorder.append(.instrument(instrument), event: time, receive: time, to: &journal)
      }
      let quote = Quote(
        instrument: instrument.id, bid: Price(Int64(value(at + 8, 4))),
        ask: Price(Int64(value(at + 12, 4))), bidSize: Quantity(Int64(value(at + 16, 4))),
        askSize: Quantity(Int64(value(at + 20, 4))))
      try recorder.append(.quote(quote), event: time, receive: time, to: &journal)
    }
    try recorder.flush(to: &journal)
  }
}

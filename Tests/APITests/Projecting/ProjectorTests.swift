import Events
import Foundation
import Journaling
import Projections
import Scenarios
import Sequencing
import Testing
import Trading

@testable import API

/// The read model against the journal it is made of.
struct ProjectorTests {
  /// All rows of all tables, in order of their keys.
  static func dump(_ model: ReadModel) throws -> [String: [String]] { try model.allRows() }

  private static func open(_ reader: JournalReader, _ path: String) throws -> ReadModel {
    try ReadModel.open(at: path, of: reader, engine: Engine.version, isOurs: true).model
  }

  /// Projects a journal to its end.
  private static func project(
    _ reader: JournalReader, into path: String,
    stretch: ProjectionRun.Stretch = ProjectionRun.Stretch()
  ) throws -> ReadModel {
    let model = try open(reader, path)
    guard
      var run = try ProjectionRun.begin(
        model, of: reader, catalog: Rehearsal.catalog, stretch: stretch)
    else { throw Client.Failure(what: "stopped") }
    while try run.advance() {}
    #expect(try model.position().sequence == reader.lastSequence())
    return model
  }

  /// The same entries in blocks of random lengths.
  private static func write(
    _ entries: [Entry], in folder: JournalFolder, _ name: String,
    _ random: inout SystemRandomNumberGenerator
  ) throws -> JournalReader {
    try folder.write(entries, to: name, block: Int.random(in: 1...400, using: &random))
  }

  @Test(arguments: ["told", "forgotten", "3", "7", "11"])
  func `cut anywhere and crashed between stretches, it has the rows of one go`(_ scene: String)
    throws
  {
    let entries =
      switch scene {
      case "told": Scene.told()
      case "forgotten": Scene.forgotten()
      default: try Scene.rehearsal(seed: UInt64(scene) ?? 0)
      }
    let folder = try JournalFolder()
    let whole = try folder.write(entries, to: "whole", block: 1 << 20)
    let expected = try Self.dump(Self.project(whole, into: folder.path("whole.sqlite")))
    #expect(expected["orders"]?.isEmpty == false && expected["pnl"]?.isEmpty == false)
    var random = SystemRandomNumberGenerator()
    let least = UInt64(max(1, entries.count / 400))
    for round in 0..<3 {
      let cut = try Self.write(entries, in: folder, "cut\(round)", &random)
      let path = folder.path("cut\(round).sqlite")
      var done = false
      var crashes = 0
      while !done {
        // Whatever an earlier run had in memory is lost.
        let model = try Self.open(cut, path)
        let stretch = ProjectionRun.Stretch(
          entries: UInt64.random(in: least...3000, using: &random),
          rows: Int.random(in: 50...2000, using: &random))
        guard
          var run = try ProjectionRun.begin(
            model, of: cut, catalog: Rehearsal.catalog, stretch: stretch)
        else { throw Client.Failure(what: "stopped") }
        for _ in 0..<Int.random(in: 1...20, using: &random) where !done {
          done = try !run.advance()
        }
        crashes += 1
      }
      let found = try Self.dump(Self.open(cut, path))
      for (table, rows) in expected {
        #expect(found[table] == rows, "\(table), block \(round), \(crashes) crashes")
      }
    }
  }

  @Test func `positions, orders and executions are the engine's`() throws {
    let folder = try JournalFolder()
    for entries in [Scene.told(), try Scene.rehearsal(seed: 5)] {
      let name = UUID().uuidString
      let reader = try folder.write(entries, to: name)
      let model = try Self.project(reader, into: folder.path(name + ".sqlite"))
      let end = try reader.lastSequence()
      let replay = try Replay.state(of: reader, at: end, catalog: Rehearsal.catalog)
      guard let state = replay else { throw Client.Failure(what: "no state") }
      let rows = try Self.dump(model)
      let positions = PositionRow.all(state.engine)
      #expect(!positions.isEmpty && rows["positions"]?.count == positions.count)
      for position in positions {
        let wanted = "|\(position.quantity)|\(position.mark ?? "null")|\(position.cost)|"
        #expect(rows["positions"]?.contains { $0.contains(wanted) } == true, "\(wanted)")
      }
      for id in 1...state.engine.market.orders.lastID.raw {
        guard let order = state.engine.market.orders[OrderID(id)] else { continue }
        let row = try #require(try model.order(OrderID(id)).rows.first)
        #expect(row.state == order.state.name)
        let definition = state.engine.market.instrument(order.ticket.instrument)
        let instrument = try #require(definition)
        #expect(row.filled == instrument.text(order.filled))
        #expect(row.remaining == instrument.text(order.remaining))
      }
      // What is live of the executions makes the positions.
      let fills = try reader.entries().count { $0.event.kind == .filled }
      #expect(try model.executions(after: 0, limit: 10_000).rows.count >= fills)
    }
  }

  @Test func `busts, corrections, repetitions and late news are applied as the books took them`()
    throws
  {
    let folder = try JournalFolder()
    let reader = try folder.write(Scene.told(), to: "told")
    let model = try Self.project(reader, into: folder.path("told.sqlite"))
    let trades = try #require(try Self.dump(model)["trades"])
    #expect(trades.count { $0.hasPrefix("2|77|") } == 1)
    #expect(trades.contains { $0.hasPrefix("2|77|") && $0.contains("|busted|") })
    #expect(trades.first { $0.hasPrefix("2|77|") }?.contains("|99.90|3|") == true)
    let alerts = try model.alerts(after: 0, limit: 1000).rows
    let halt = try #require(alerts.first { $0.kind == "halted" })
    #expect(halt.acknowledged?.subject == "ann" && halt.acknowledged?.reason == "seen")
    #expect(alerts.count { $0.acknowledged != nil } == 1)
    let audits = try model.auditLog(after: 0, limit: 1000).rows
    #expect(
      audits.map(\.kind).filter { $0 != "limit_applied" }.prefix(4)
        == ["run_started", "configuration", "operator", "halted"])
    #expect(audits.contains { $0.subject == "bob" && $0.kind == "limit_change" })
    let late = try folder.write(Scene.forgotten(), to: "late")
    let other = try Self.project(late, into: folder.path("late.sqlite"))
    let first = try #require(try Self.dump(other)["trades"]?.first { $0.hasPrefix("1|7|") })
    #expect(first.contains("|live|"))
    #expect(try other.order(OrderID(1)).rows.first?.state == "filled")
  }

  @Test func `lists are the same with and without it`() async throws {
    let folder = try JournalFolder()
    _ = try folder.write(Scene.told(), to: "run")
    var answers: [[String]] = []
    for readModel in [nil, folder.path("nowhere/read.sqlite")] {
      let server = try await TestServer.start(folder.path("run"), readModel: readModel)
      let health = try await server.get("/health/ready", as: nil)
      let state = health.json["read_model"] as? [String: Any]
      #expect(state?["status"] as? String == (readModel == nil ? "ready" : "unavailable"))
      var texts: [String] = []
      for path in ["orders", "trades"] {
        texts.append(try await server.get("/api/v1/\(path)?limit=1000").body)
      }
      answers.append(texts)
      let profit = try await server.get("/api/internal/v1/portfolio/pnl")
      #expect(profit.status == (readModel == nil ? 200 : 503))
      try await server.stop()
    }
    #expect(answers[0] == answers[1])
  }

  @Test func `the profit series goes page by page, of one or of all`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let head = try SharedRun.own.reader.lastSequence()
      let all = try await server.get("/api/internal/v1/portfolio/pnl?limit=1000")
      #expect(all.data.contains { $0["scope"] as? String == "account" && $0["equity"] is String })
      var found = 0
      var after = 0
      while after < Int(head) {
        let page = try await server.get(
          "/api/internal/v1/portfolio/pnl?strategy=cross&limit=5&after_seq=\(after)")
        #expect(page.data.allSatisfy { $0["name"] as? String == "cross" })
        found += page.data.count
        let next = try #require(page.json["next_after_seq"] as? Int)
        #expect(next > after)
        after = next
      }
      #expect(found > 5)
      if all.data.count < 1000 {
        #expect(found == all.data.count { $0["name"] as? String == "cross" })
      }
      let both = try await server.get("/api/internal/v1/portfolio/pnl?strategy=a&account=b")
      #expect(both.status == 400 && both.code == "bad_parameter")
      let audits = try await server.get("/api/internal/v1/audit-log?limit=2")
      #expect(audits.data.first?["kind"] as? String == "run_started")
    }
  }

  /// Appends many small blocks; a projector that is told to goes along, far behind.
  private static func size(_ name: String, projecting: Bool) throws -> Int {
    let folder = try JournalFolder()
    var journal = try folder.create(name)
    var recorder = Recorder(after: journal.head)
    let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
    try recorder.append(.instrument(.share(0, "ALFA")), event: start, receive: start, to: &journal)
    try recorder.flush(to: &journal)
    let reader = try JournalReader.open(at: folder.path(name))
    let model = try open(reader, folder.path("read.sqlite"))
    var run: ProjectionRun? = try ProjectionRun.begin(
      model, of: reader, catalog: [], stretch: ProjectionRun.Stretch(entries: 8))
    for number in 0..<2_000 {
      let time = start.advanced(by: Int64(number) * 1_000_000)
      let quote = Quote(
        instrument: InstrumentID(0), bid: Price(100), ask: Price(101), bidSize: Quantity(1),
        askSize: Quantity(1))
      try recorder.append(.market(.quote(quote)), event: time, receive: time, to: &journal)
      try recorder.flush(to: &journal)
      if projecting, number % 16 == 0 { _ = try run?.advance() }
    }
    run = nil
    let file = folder.path(name) + "/data.mdb"
    return try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
  }

  @Test func `one that is behind does not make the journal's file grow`() throws {
    let (alone, followed) = (
      try Self.size("alone", projecting: false), try Self.size("followed", projecting: true)
    )
    #expect(alone > 0 && followed <= alone + (1 << 20))
  }

  @Test func `a full disk is gone on from when there is room again`() throws {
    let folder = try JournalFolder()
    let reader = try folder.write(Scene.told(), to: "told", block: 20)
    let expected = try Self.dump(Self.project(reader, into: folder.path("plain.sqlite")))
    let model = try Self.open(reader, folder.path("full.sqlite"))
    // Not one page more than it has.
    try model.limitSize(pages: 1)
    guard
      var run = try ProjectionRun.begin(
        model, of: reader, catalog: Rehearsal.catalog,
        stretch: ProjectionRun.Stretch(entries: 20))
    else { throw Client.Failure(what: "stopped") }
    var failure: String?
    while failure == nil {
      do { if try !run.advance() { break } } catch { failure = error.description }
    }
    #expect(failure?.contains("Make room on the disk") == true)
    try model.limitSize(pages: 1 << 20)
    let found = try Self.dump(Self.project(reader, into: folder.path("again.sqlite")))
    #expect(found == expected)
    guard
      var next = try ProjectionRun.begin(model, of: reader, catalog: Rehearsal.catalog)
    else { throw Client.Failure(what: "stopped") }
    while try next.advance() {}
    #expect(try Self.dump(model) == expected)
  }
}

import Events
import Journaling
import Scenarios
import Testing
import Trading

@testable import Sequencing

@Suite struct ReplayTests {
  /// A run over a small market, once for all tests.
  struct Recorded {
    let folder: JournalFolder
    let reader: JournalReader
    let entries: [Entry]
    let hash: Digest
    let decisions: UInt64

    init(seed: UInt64) throws {
      folder = try JournalFolder()
      let source = try Rehearsal.record(Rehearsal.market(seed: seed, activity: 4), in: folder)
      let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
      hash = backtest.sequencer.engine.stateHash()
      entries = try JournalReader.open(at: folder.path("run")).entries()
      decisions = UInt64(entries.count { $0.event.kind.isDecision })
      // Small blocks, so that replay crosses many.
      reader = try folder.write(entries, to: "blocks", block: 37)
    }
  }

  static let recorded = Result { try Recorded(seed: 11) }

  static func replayed(_ reader: JournalReader, catalog: [StrategyKind] = Rehearsal.catalog) throws
    -> Divergence?
  {
    var replay = Replay(engine: Engine(catalog: catalog))
    try replay.run(reader)
    return replay.divergence
  }

  @Test func `a journal is made again to the byte`() throws {
    let recorded = try Self.recorded.get()
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    var reached: [UInt64] = []
    try replay.run(recorded.reader) { reached.append($0) }
    #expect(replay.divergence == nil)
    #expect(replay.decisions == recorded.decisions && recorded.decisions > 50)
    #expect(replay.sequence == UInt64(recorded.entries.count))
    #expect(replay.time == recorded.entries.last?.header.receiveTime)
    #expect(replay.engine.stateHash() == recorded.hash)
    #expect(reached.last == replay.sequence && reached == reached.sorted())
    let kinds = Set(recorded.entries.map { $0.event.kind.name })
    #expect(
      kinds.isSuperset(of: ["intent", "submitted", "refused", "filled", "replace_requested"]))
  }

  @Test func `a replay in parts is the replay in one`() throws {
    let recorded = try Self.recorded.get()
    let count = UInt64(recorded.entries.count)
    // Around every decision, and here and there: also between an entry and its decisions.
    var stops: [UInt64] = []
    for entry in recorded.entries where entry.event.kind.isDecision {
      stops += [entry.header.sequence - 1, entry.header.sequence]
    }
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    for stop in stops {
      try replay.run(recorded.reader, through: stop)
      #expect(replay.divergence == nil)
      #expect(replay.sequence >= stop)
    }
    try replay.run(recorded.reader, through: count / 2)
    try replay.run(recorded.reader)
    #expect(replay.divergence == nil)
    #expect(replay.decisions == recorded.decisions)
    #expect(replay.engine.stateHash() == recorded.hash)
    try replay.run(recorded.reader)
    #expect(replay.sequence == count && replay.decisions == recorded.decisions)
  }

  @Test func `a replay from a snapshot is the replay from the start`() throws {
    let recorded = try Self.recorded.get()
    let count = recorded.entries.count
    for stop in stride(from: 1, to: count, by: count / 25) {
      // A snapshot is taken between steps: after the last decision of one.
      var last = stop
      while last < count, recorded.entries[last].event.kind.isDecision { last += 1 }
      var before = Replay(engine: Engine(catalog: Rehearsal.catalog))
      try before.run(recorded.reader, through: UInt64(last))
      var state = ByteBuffer()
      before.engine.encodeState(to: &state)
      var engine = Engine(catalog: Rehearsal.catalog)
      try engine.restoreState(state.array)
      var after = Replay(engine: engine, after: UInt64(last))
      try after.run(recorded.reader)
      #expect(after.divergence == nil, "from \(last)")
      #expect(before.decisions + after.decisions == recorded.decisions)
      #expect(after.engine.stateHash() == recorded.hash)
    }
  }

  /// The entries with one change, renumbered with their causes, as a journal whose chain is whole.
  func tampered(_ change: (inout [Entry]) -> Void) throws -> Divergence? {
    let recorded = try Self.recorded.get()
    var entries = recorded.entries
    change(&entries)
    var places: [UInt64: UInt64] = [0: 0]
    for index in entries.indices {
      let old = entries[index].header.sequence
      places[old] = places[old] ?? UInt64(index + 1)
      entries[index].header.sequence = UInt64(index + 1)
      entries[index].header.cause =
        places[entries[index].header.cause] ?? entries[index].header.cause
      entries[index].header.cause = min(entries[index].header.cause, UInt64(index))
    }
    let folder = try JournalFolder()
    return try Self.replayed(try folder.write(entries, to: "tampered", block: 50))
  }

  /// Index of the n-th entry of a kind.
  func index(_ kind: EntryKind, _ n: Int = 2) throws -> Int {
    let entries = try Self.recorded.get().entries
    return try #require(
      entries.indices.filter { entries[$0].event.kind == kind }.dropFirst(n).first)
  }

  @Test func `a changed field of a decision is named`() throws {
    typealias Change = (inout Entry) -> Void
    func ticket(_ body: @escaping (inout OrderTicket) -> Void) -> Change {
      { entry in
        guard case .decision(.submitted(var ticket)) = entry.event else { return }
        body(&ticket)
        entry.event = .decision(.submitted(ticket))
      }
    }
    func intent(_ body: @escaping (inout IntentRecord) -> Void) -> Change {
      { entry in
        guard case .decision(.intent(var intent)) = entry.event else { return }
        body(&intent)
        entry.event = .decision(.intent(intent))
      }
    }
    func refusal(_ body: @escaping (inout Refusal) -> Void) -> Change {
      { entry in
        guard case .decision(.refused(var refusal)) = entry.event else { return }
        body(&refusal)
        entry.event = .decision(.refused(refusal))
      }
    }
    let changes: [(EntryKind, String, Change)] = [
      (.submitted, "order", ticket { $0.order = OrderID($0.order.raw + 1) }),
      (.submitted, "strategy", ticket { $0.strategy = StrategyID(9) }),
      (.submitted, "account", ticket { $0.account = AccountID(1) }),
      (.submitted, "instrument", ticket { $0.instrument = InstrumentID(9) }),
      (.submitted, "side", ticket { $0.side = $0.side.opposite }),
      (.submitted, "type", ticket { $0.type = $0.type == .limit ? .market : .limit }),
      (.submitted, "time_in_force", ticket { $0.timeInForce = .fillOrKill }),
      (.submitted, "quantity", ticket { $0.quantity = Quantity($0.quantity.raw + 1) }),
      (.submitted, "price", ticket { $0.price = Price(1) }),
      (.intent, "reason", intent { $0.reason.text += "!" }),
      (
        .intent, "values",
        intent { $0.reason.values.append(.init("x", Decimal(mantissa: 1, scale: 0))) }
      ),
      (.intent, "action", intent { $0.action = .cancel }),
      (.refused, "rule", refusal { $0.rule = .orderUnknown }),
      (.refused, "value", refusal { $0.value += 1 }),
      (.refused, "limit", refusal { $0.limit -= 1 }),
      (.refused, "unit", refusal { $0.unit = "bananas" }),
      (.submitted, "cause", { $0.header.cause -= 1 }),
      (.submitted, "kind", { $0.event = .decision(.resumed(.all, reason: "")) }),
    ]
    for (kind, field, change) in changes {
      let index = try index(kind)
      let divergence = try tampered { change(&$0[index]) }
      #expect(divergence?.sequence == UInt64(index + 1), "\(field)")
      #expect(divergence?.field == field)
      #expect(divergence?.recorded != divergence?.remade)
    }
  }

  @Test func `a changed time of a decision is named`() throws {
    let index = try index(.submitted)
    let divergence = try tampered { entries in
      let time = entries[index].header.receiveTime.advanced(by: 1)
      for at in index..<entries.count {
        entries[at].header.receiveTime = max(entries[at].header.receiveTime, time)
      }
    }
    #expect(divergence?.sequence == UInt64(index + 1) && divergence?.field == "time")
  }

  @Test func `a dropped, inserted or moved decision is found where it was`() throws {
    let index = try index(.submitted, 3)
    let dropped = try tampered { $0.remove(at: index) }
    #expect(dropped?.sequence == UInt64(index + 1))
    #expect(dropped?.field == "kind" && dropped?.remade == "\"submitted\"")
    let inserted = try tampered { $0.insert($0[index], at: index + 1) }
    #expect(inserted?.sequence == UInt64(index + 2))
    let moved = try tampered { entries in
      let (first, second) = (entries[index - 1].header, entries[index].header)
      entries.swapAt(index, index - 1)
      (entries[index - 1].header, entries[index].header) = (first, second)
    }
    #expect(moved?.sequence == UInt64(index) && moved?.field == "kind")
    let quote = try self.index(.quote, 5)
    let alone = try tampered { entries in
      var entry = entries[quote]
      entry.header.cause = UInt64(quote + 1)
      entry.header.eventTime = entry.header.receiveTime
      entry.event = .decision(.halted(.all, reason: "no"))
      entries.insert(entry, at: quote + 1)
    }
    #expect(alone?.sequence == UInt64(quote + 2) && alone?.field == "entry" && alone?.remade == "–")
  }

  @Test func `a journal that ends before a decision is found`() throws {
    let index = try index(.submitted, 3)
    let divergence = try tampered { $0.removeSubrange(index...) }
    #expect(divergence?.sequence == UInt64(index + 1) && divergence?.field == "entry")
    #expect(divergence?.recorded == "–" && divergence?.remade.contains("\"submitted\"") == true)
  }

  @Test func `a changed observation shows in the first decision that depends on it`() throws {
    let entries = try Self.recorded.get().entries
    let signal = try #require(
      entries.indices.first {
        guard case .observation(.signal) = entries[$0].event, $0 + 1 < entries.count else {
          return false
        }
        return entries[$0 + 1].event.kind == .intent
      })
    let divergence = try tampered { entries in
      guard case .observation(.signal(var signalled)) = entries[signal].event else { return }
      signalled.score = 0
      entries[signal].event = .observation(.signal(signalled))
    }
    #expect(divergence?.sequence == UInt64(signal + 2))
    let fill = try index(.filled)
    let filled = try tampered { entries in
      guard case .observation(.report(var report)) = entries[fill].event,
        case .filled(var one) = report.outcome
      else { return }
      one.quantity = Quantity(one.quantity.raw + 1_000_000)
      report.outcome = .filled(one)
      entries[fill].event = .observation(.report(report))
    }
    #expect(filled?.sequence == UInt64(fill + 2))
    #expect(filled?.remade == "\"alert\"")
    let caused = try tampered { $0[fill].header.cause -= 1 }
    #expect(caused?.sequence == UInt64(fill + 1) && caused?.field == "cause")
  }

  @Test func `entries that differ in bytes without a name differ in the payload`() {
    let header = EntryHeader(sequence: 3, eventTime: .epoch, receiveTime: .epoch, cause: 1)
    let entry = Entry(header: header, event: .decision(.halted(.all, reason: "r")))
    let divergence = Divergence.between(entry, entry, at: 3, EntryText())
    #expect(divergence.field == "payload" && divergence.recorded != divergence.remade)
  }

  @Test func `another configuration shows where it first decides otherwise`() throws {
    let recorded = try Self.recorded.get()
    func against(_ key: String, _ value: String) throws -> Divergence? {
      var items = Rehearsal.configuration.items
      items.append(ConfigurationItems.Item(key: key, value: value))
      var replay = Replay(
        engine: Engine(catalog: Rehearsal.catalog), substituting: ConfigurationItems(items))
      try replay.run(recorded.reader)
      try replay.run(recorded.reader)
      return replay.divergence
    }
    #expect(try against("risk.order.max_quantity", "1000") == nil)
    let size = try #require(try against("strategy.maker.size", "101"))
    #expect(size.field == "quantity")
    #expect(size.recorded == "\"100\"" && size.remade == "\"101\"")
    #expect(try against("risk.order.max_quantity", "0")?.remade == "\"refused\"")
    #expect(try against("strategy.maker.spred", "0")?.remade == "\"alert\"")
  }
}

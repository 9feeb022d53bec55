import Books
import Events
import Foundation
import Glibc
import Journaling
import Scenarios
import Sequencing
import Strategies
import Synchronization
import Testing
import Trading
import Venues

@testable import Serving

/// A venue that plays a recording, and who listens to it over a socket.
@Suite(.serialized) struct PlaybackTests {
  /// A venue on a thread of its own.
  final class Venue: @unchecked Sendable {
    let port: UInt16
    let control: PlaybackControl
    private let isStopping = Atomic<Bool>(false)
    private let outcome = Mutex<ServingError?>(nil)
    private var server: VenueServer
    private var thread = pthread_t()

    init(_ reader: JournalReader, in folder: JournalFolder, _ pace: PlaybackPace) throws {
      let lines = Lines()
      control = PlaybackControl { lines.add($0) }
      let playback = Playback(try Recording.open(reader), named: "test", pace, control)
      server = try VenueServer.open(
        at: SocketAddress("127.0.0.1:0")!, journal: folder.path("venue"), playing: playback,
        ExchangeConfiguration())
      port = server.port
      self.lines = lines
      guard let thread = startThread({ [self] in run() }) else { throw ServingError.threads }
      self.thread = thread
    }

    final class Lines: Sendable {
      private let all = Mutex<[String]>([])
      func add(_ line: String) { all.withLock { $0.append(line) } }
      var text: [String] { all.withLock { $0 } }
    }
    let lines: Lines

    private func run() {
      do throws(ServingError) {
        try server.run { isStopping.load(ordering: .relaxed) }
      } catch { outcome.withLock { $0 = error } }
    }

    /// Ends it, or waits until it has ended by itself.
    /// - Returns: why it failed.
    func stop(byItself: Bool = false) -> ServingError? {
      if !byItself { isStopping.store(true, ordering: .relaxed) }
      pthread_join(thread, nil)
      return outcome.withLock { $0 }
    }

    /// Waits until it has said so many lines.
    func wait(forLines count: Int) {
      for _ in 0..<1_000 where lines.text.count < count { usleep(10_000) }
    }
  }

  /// A client that only listens: the state machine of the gateway on a socket.
  final class Listener {
    private var session = GatewaySession(
      client: Array(0..<16), cancelsOnDisconnect: false, statementInterval: 3_600_000_000_000)
    private let socket: StreamSocket
    private(set) var heard: [Observation] = []
    private(set) var reason: String?

    /// Tries until it is let in: the venue may not have seen yet that the one before is gone.
    static func join(_ venue: Venue) throws -> Listener {
      for _ in 0..<100 {
        let listener = try Listener(venue)
        listener.listen { $0.session.isOpen || $0.reason != nil }
        if listener.session.isOpen { return listener }
      }
      throw ServingError.notRunning("the venue lets nobody in")
    }

    private init(_ venue: Venue) throws {
      let address = SocketAddress("127.0.0.1:\(venue.port)")!
      socket = StreamSocket(try #require(StreamSocket.connect(to: address)))
      handle(session.connect(at: LiveClock.system.now()))
    }

    private func handle(_ actions: [GatewaySession.Action]) {
      for action in actions {
        switch action {
        case .send(let bytes): #expect(socket.send(bytes))
        case .tell(let observation, _): heard.append(observation)
        case .close(let why): reason = why
        case .open, .hold: break
        }
      }
    }

    /// Listens until the condition holds, for ten seconds at most.
    func listen(until condition: (Listener) -> Bool) {
      for _ in 0..<1_000 where !condition(self) {
        guard let bytes = socket.read() else {
          reason = reason ?? "closed"
          return
        }
        let now = LiveClock.system.now()
        handle(session.receive(bytes, at: now) { ($0.id, $0.venue) })
        handle(session.pass(now))
        if bytes.isEmpty { usleep(10_000) }
      }
    }

    var isPatient: Bool { session.isPatient }
    var ticks: [MarketEvent] {
      heard.compactMap { if case .market(let tick) = $0 { tick } else { nil } }
    }
  }

  /// A recording of so many entries, in blocks of 500.
  static func record(_ count: Int, in folder: JournalFolder) throws -> JournalReader {
    let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
    var generator = MarketGenerator(.paper(seed: 9, start: start, days: 1) { _ in nil })
    var entries: [Entry] = []
    while entries.count < count, let made = generator.next() {
      let header = EntryHeader(
        sequence: UInt64(entries.count + 1), eventTime: made.time, receiveTime: made.time)
      entries.append(Entry(header: header, event: .observation(made.observation)))
    }
    return try folder.write(entries, to: "recording", block: 500)
  }

  static func ticks(_ reader: JournalReader) throws -> [MarketEvent] {
    try reader.entries().compactMap {
      if case .observation(.market(let tick)) = $0.event { tick } else { nil }
    }
  }

  static func books(_ ticks: [MarketEvent]) -> [[UInt8]] {
    var books = (0..<4).map { MarketBook(InstrumentID($0)) }
    for tick in ticks { _ = books[tick.instrument.index].apply(tick) }
    return books.map { book in
      var buffer = ByteBuffer(capacity: 1_024)
      book.depth.encode(to: &buffer)
      book.orders.encode(to: &buffer)
      return buffer.array
    }
  }

  static func daemon(on venue: Venue, in folder: JournalFolder) throws -> Daemon {
    var setup = Daemon.Setup(
      journal: folder.path("daemon"),
      configuration: ConfigurationItems(
        [
          ("account.cash", "100000 USD"), ("strategy.desk.kind", "manual"),
          ("strategy.desk.instruments", "ALFA"),
        ].map { ConfigurationItems.Item(key: $0.0, value: $0.1) }),
      exchange: ExchangeConfiguration(), seed: 1, catalog: Catalog.shipped)
    setup.venues = [SocketAddress("127.0.0.1:\(venue.port)")!]
    // So small that at any pace but the core's quotes would be replaced.
    setup.settings.inboxCapacity = 256
    return try Daemon.start(setup, key: SigningKey.create())
  }

  @Test func `what is played at the highest speed is in a daemon's journal, all of it, in order`()
    throws
  {
    let folder = try JournalFolder()
    let reader = try Self.record(20_000, in: folder)
    let venue = try Venue(reader, in: folder, .unpaced)
    let daemon = try Self.daemon(on: venue, in: folder)
    let expected = try Self.ticks(reader)
    venue.wait(forLines: 1)
    #expect(venue.lines.text == ["the recording has ended at #20,000: the market is halted"])
    func heard() throws -> [Entry] { try folder.reader("daemon").entries() }
    for _ in 0..<1_000 {
      if daemon.status.sequence >= 20_000, try heard().contains(where: Self.isEnd) { break }
      usleep(10_000)
    }
    #expect(daemon.stop(subject: "test", reason: "done") == 0)
    #expect(venue.stop() == nil)
    let entries = try heard()
    let end = try #require(entries.firstIndex(where: Self.isEnd))
    let ticks = entries[..<end].compactMap { entry -> MarketEvent? in
      if case .observation(.market(let tick)) = entry.event { tick } else { nil }
    }
    let isSame = ticks == expected
    #expect(ticks.count == expected.count && isSame)
    let conflated = entries.contains {
      if case .observation(.dataQuality(let quality)) = $0.event {
        quality.issue == .conflated
      } else {
        false
      }
    }
    #expect(!conflated)
    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    try replay.run(folder.reader("daemon"))
    #expect(replay.divergence == nil)
  }

  static func isEnd(_ entry: Entry) -> Bool {
    guard case .observation(.dataQuality(let quality)) = entry.event else { return false }
    return quality.issue == .stale && quality.detail.contains("has ended")
  }

  @Test func `by hand a client gets what was said, and the books again when it comes back`() throws
  {
    let folder = try JournalFolder()
    let reader = try Self.record(3_000, in: folder)
    let expected = try Self.ticks(reader)
    let venue = try Venue(reader, in: folder, .stepwise)
    do {
      let listener = try Listener.join(venue)
      #expect(listener.isPatient)
      for count in [3, 5] { venue.control.put(.ticks(count)) }
      listener.listen { _ in venue.lines.text.count == 2 }
      listener.listen { $0.ticks.count >= 8 }
      #expect(listener.ticks == Array(expected.prefix(8)))
      #expect(venue.lines.text.first?.hasPrefix("3 market events, through #") == true)
    }
    // Nobody is there, and the person goes on.
    venue.control.put(.ticks(1_500))
    venue.wait(forLines: 3)
    do {
      let listener = try Listener.join(venue)
      listener.listen { !$0.ticks.isEmpty }
      venue.control.put(.ticks(1))
      let all = Array(expected.prefix(1_509))
      listener.listen { $0.ticks.last == all.last && venue.lines.text.count == 4 }
      let isSame = Self.books(listener.ticks) == Self.books(all)
      #expect(isSame, "the books are others")
      #expect(listener.ticks.last == all.last)
    }
    let last = try Listener.join(venue)
    venue.control.put(.run(.unpaced))
    last.listen { $0.heard.last.map(Self.isHalt) ?? false }
    let isSameAtEnd = Self.books(last.ticks) == Self.books(expected)
    #expect(isSameAtEnd, "the books are others at the end")
    #expect(venue.stop() == nil)
  }

  static func isHalt(_ observation: Observation) -> Bool {
    guard case .market(.status(let change)) = observation else { return false }
    return change.status == .halted
  }

  @Test func `damage is told to the client and ends the venue`() throws {
    let folder = try JournalFolder()
    let reader = try Self.record(3_000, in: folder)
    let venue = try Venue(reader, in: folder, .stepwise)
    let listener = try Listener.join(venue)
    venue.control.put(.ticks(10))
    listener.listen { $0.ticks.count == 10 }
    // Spoil what has not been read: a quote's kind in the second half of the file.
    try Self.spoil(folder.path("recording") + "/data.mdb", block: 2_501)
    venue.control.put(.ticks(10_000))
    listener.listen { $0.reason != nil }
    guard case .journal(.damagedBlock(let first, _, _))? = venue.stop(byItself: true) else {
      Issue.record("it goes on")
      return
    }
    #expect(first == 2_501)
    let told = listener.heard.compactMap { observation -> String? in
      if case .dataQuality(let quality) = observation, quality.issue == .gap {
        quality.detail
      } else {
        nil
      }
    }
    #expect(told.count == 1 && told.first?.contains("2501") == true, "\(told)")
    guard case .market(.status(let change))? = listener.heard.last else {
      Issue.record("\(listener.heard.suffix(3))")
      return
    }
    #expect(change.status == .halted)
    #expect(throws: ServingError.self) { _ = try Recording.open(reader) }
  }

  /// Overwrites a record in the block that begins at a sequence.
  static func spoil(_ file: String, block: UInt64) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    let magic = Array(try #require(bytes.firstMagic(of: block)))
    let start = magic[0]
    for offset in 400..<420 { bytes[start + offset] = 0xEE }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try handle.write(contentsOf: bytes)
    try handle.close()
  }

  @Test func `a journal without a market, or without ticks in the part, cannot be played`() throws {
    let folder = try JournalFolder()
    let reader = try Self.record(1_000, in: folder)
    for (first, last) in [(UInt64(1), UInt64(2)), (1_001, .max)] {
      #expect {
        _ = try Recording.open(reader, from: first, through: last)
      } throws: { error in
        guard case ServingError.unplayable = error else { return false }
        return "\(error)".contains("daybook inspect")
      }
    }
  }
}

extension [UInt8] {
  /// Where the block that begins at a sequence lies.
  fileprivate func firstMagic(of sequence: UInt64) -> [Int]? {
    let wanted = (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (8 * $0)) }
    for start in 0..<(count - 500) where self[start] == UInt8(ascii: "D") {
      guard self[start + 1] == UInt8(ascii: "Y"), Array(self[start + 8..<start + 16]) == wanted
      else { continue }
      return [start]
    }
    return nil
  }
}

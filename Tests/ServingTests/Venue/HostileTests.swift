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

/// What comes over sockets and is none of the protocol: whoever sends it is cut off, it is recorded, and all
/// else goes on.
@Suite(.serialized) struct HostileTests {
  /// Seeded changes of a stream of bytes.
  struct Spoiler {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }

    mutating func spoil(_ bytes: [UInt8]) -> [UInt8] {
      var spoilt = bytes
      switch next(4) {
      case 0: spoilt.removeSubrange(next(spoilt.count)...)
      case 1: spoilt.insert(UInt8(next(256)), at: next(spoilt.count))
      default: break
      }
      for _ in 0...next(4) where !spoilt.isEmpty {
        spoilt[next(spoilt.count)] = UInt8(next(256))
      }
      return spoilt
    }
  }

  static func qualities(_ entries: [Entry]) -> [DataQuality] {
    entries.compactMap {
      if case .observation(.dataQuality(let quality)) = $0.event { quality } else { nil }
    }
  }

  @Test func `a venue cuts off clients that speak something else, records it, and goes on`() throws
  {
    let folder = try JournalFolder()
    let venue = try PlaybackTests.Venue(
      PlaybackTests.record(1_000, in: folder), in: folder, .stepwise)
    let login = VenueFrame.Login(
      client: Array(0..<16), next: 0, cancelsOnDisconnect: true)
    let good =
      VenueFrame.login(login).bytes + VenueFrame.heartbeat(nil).bytes
      + VenueFrame.statementRequest.bytes + VenueFrame.query(OrderID(1)).bytes
    var spoiler = Spoiler(3)
    for _ in 0..<60 {
      guard let descriptor = StreamSocket.connect(to: SocketAddress("127.0.0.1:\(venue.port)")!)
      else {
        Issue.record("the venue takes no connections")
        break
      }
      let socket = StreamSocket(descriptor)
      _ = socket.send(spoiler.spoil(good))
      for _ in 0..<10 where socket.read() != nil { usleep(1_000) }
    }
    // An endless frame, and one of no known type.
    for bytes in [[255, 255, 255, 255], [1, 0, 0, 0, 99]] as [[UInt8]] {
      for _ in 0..<50 {
        guard let descriptor = StreamSocket.connect(to: SocketAddress("127.0.0.1:\(venue.port)")!)
        else { continue }
        let socket = StreamSocket(descriptor)
        _ = socket.send(bytes)
        usleep(20_000)
        if socket.read() == nil { break }
      }
    }
    let listener = try PlaybackTests.Listener.join(venue)
    venue.control.put(.ticks(5))
    listener.listen { $0.ticks.count == 5 }
    #expect(listener.ticks.count == 5 && listener.reason == nil)
    #expect(venue.stop() == nil)
    let told = try Self.qualities(folder.reader("venue").entries())
    #expect(told.contains { $0.issue == .malformed && $0.detail.contains("cut off") })
  }

  /// A venue that lets in whoever comes, defines an instrument, and then sends what it is given.
  final class Liar: Sendable {
    let port: UInt16
    private let listener: Int32
    private let isStopping = Atomic<Bool>(false)
    let connections = Atomic<Int>(0)
    private let thread = Mutex<pthread_t?>(nil)

    init(_ speech: @escaping @Sendable (Int) -> [UInt8]) throws {
      guard let (descriptor, port) = StreamSocket.listen(at: SocketAddress("127.0.0.1:0")!) else {
        throw ServingError.threads
      }
      (listener, self.port) = (descriptor, port)
      let thread = startThread { [self] in run(speech) }
      self.thread.withLock { $0 = thread }
    }

    private func run(_ speech: (Int) -> [UInt8]) {
      while !isStopping.load(ordering: .relaxed) {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else {
          usleep(2_000)
          continue
        }
        let socket = StreamSocket(descriptor)
        let number = connections.wrappingAdd(1, ordering: .relaxed).oldValue
        _ = socket.send(speech(number))
        for _ in 0..<100 where socket.read() != nil { usleep(5_000) }
      }
    }

    func stop() {
      isStopping.store(true, ordering: .relaxed)
      if let thread = thread.withLock({ $0 }) { pthread_join(thread, nil) }
      close(listener)
    }
  }

  @Test func `a daemon cuts off a venue that speaks something else, and says so in its journal`()
    throws
  {
    let instrument = Instrument(
      id: InstrumentID(0), venue: VenueID(0), venueName: "SIMX", symbol: "ALFA", kind: .equity,
      currency: "USD", priceScale: 2, quantityScale: 0)
    let block = Self.block([.instrument(instrument)], from: 1)
    let hello = VenueFrame.accepted(life: 1, next: 1, isPatient: false).bytes
    let market = VenueFrame.market(block).bytes
    let liar = try Liar { number in
      // First everything is well until the nonsense, then any of it is spoilt.
      if number == 0 { return hello + market + [3, 0, 0, 0, 200, 1, 2] }
      var spoiler = Spoiler(UInt64(number))
      return spoiler.spoil(hello + market + VenueFrame.heartbeat(1).bytes)
    }
    let folder = try JournalFolder()
    var setup = Daemon.Setup(
      journal: folder.path("daemon"),
      configuration: ConfigurationItems(
        [("strategy.desk.kind", "manual"), ("strategy.desk.instruments", "ALFA")].map {
          ConfigurationItems.Item(key: $0.0, value: $0.1)
        }), exchange: ExchangeConfiguration(), seed: 1, catalog: Catalog.shipped)
    setup.venues = [SocketAddress("127.0.0.1:\(liar.port)")!]
    let daemon = try Daemon.start(setup, key: SigningKey.create())
    for _ in 0..<1_500 where liar.connections.load(ordering: .relaxed) < 5 { usleep(10_000) }
    #expect(liar.connections.load(ordering: .relaxed) >= 5, "it tries again")
    #expect(daemon.stop(subject: "test", reason: "done") == 0)
    liar.stop()
    let entries = try folder.reader("daemon").entries()
    let malformed = Self.qualities(entries).filter { $0.issue == .malformed }
    #expect(malformed.contains { $0.detail.contains("unknown type of frame, 200") })
    let lost = entries.contains {
      guard case .observation(.connection(let change)) = $0.event else { return false }
      return change.state == .disconnected && change.text.contains("unknown type of frame")
    }
    #expect(lost, "the connection is told to be lost")
    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    try replay.run(folder.reader("daemon"))
    #expect(replay.divergence == nil)
  }

  static func block(_ observations: [Observation], from sequence: UInt64) -> [UInt8] {
    var encoder = BlockEncoder()
    encoder.begin(at: sequence)
    let time = Instant(nanoseconds: 1_700_000_000_000_000_000)
    for observation in observations { encoder.append(observation, event: time, receive: time) }
    encoder.finish()
    return encoder.withContent { $0.array }
  }
}

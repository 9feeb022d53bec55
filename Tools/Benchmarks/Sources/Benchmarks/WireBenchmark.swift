import Events
import Foundation
import Journaling
import Sequencing
import Serving
import Trading
import Venues

/// A daemon that trades over TCP on this machine: from the moment in which a venue hands a tick to its socket to
/// the one in which it has read the order that this led to.
///
/// A thousand frames a second, each of a hundred quotes of another instrument and one that makes the strategy
/// cross; the next one waits until the order is there and filled. The venue polls its socket without sleeping,
/// so it has one of the cores; gateway, core, journal and hash thread share the others.
enum WireBenchmark {
  private static let rounds = 2000
  private static let idle = Instrument(
    id: InstrumentID(1), venueName: "SYNTH", symbol: "IDLE", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)

  static func run(_ bench: Bench) throws {
    for durability in [Durability.none, .group, .each] { try run(bench, durability) }
  }

  private static func run(_ bench: Bench, _ durability: Durability) throws {
    var listener = try Listener()
    let path = bench.path("wire")
    var setup = Daemon.Setup(
      journal: path, configuration: RecordedMarket.setup(fast: 1, slow: 2).configuration,
      exchange: ExchangeConfiguration(), seed: 1,
      catalog: RecordedMarket.setup(fast: 1, slow: 2).catalog)
    setup.settings.durability = durability
    guard let address = SocketAddress("127.0.0.1:\(listener.port)") else {
      throw BenchError("no address")
    }
    setup.venues = [address]
    let daemon = try Daemon.start(setup, key: SigningKey.create())
    try listener.accept()
    var venue = Venue(listener.connection)
    try venue.open(with: [RecordedMarket.instrument, idle])
    // The averages must have seen something before they can cross.
    for round in 0..<4 { try venue.trade(isUp: round & 1 == 0, patience: 50_000_000) }
    var times: [Int64] = []
    for round in 0..<rounds + 200 {
      let start = LiveClock.system.steady()
      guard let took = try venue.trade(isUp: round & 1 == 0, patience: 5_000_000_000) else {
        throw BenchError("no order within 5 s")
      }
      // The first rounds are the caches'.
      if round >= 200 { times.append(took) }
      while LiveClock.system.steady() - start < 1_000_000 {}
    }
    // The figures of the stages are shown five times a second.
    usleep(300_000)
    try venue.trade(isUp: true, patience: 50_000_000)
    let status = daemon.status
    _ = daemon.stop(subject: "benchmark", reason: "done", patience: 0)
    report(bench, durability, times.sorted(), status)
    bench.remove(path)
  }

  private static func report(
    _ bench: Bench, _ durability: Durability, _ times: [Int64], _ status: LiveStatus
  ) {
    func at(_ share: Double) -> Double {
      Double(times[min(times.count - 1, Int(share * Double(times.count)))])
    }
    let name = durability.rawValue
    bench.report("\(name): wire to wire, p50", at(0.5) / 1000, "us")
    bench.report("\(name): p99", at(0.99) / 1000, "us")
    bench.report("\(name): p99.9", at(0.999) / 1000, "us")
    for stage in [Stage.queue, .step, .commit, .send] {
      bench.report(
        "\(name): of it \(stage.rawValue), p50", Double(status[stage].p50) / 1000, "us")
    }
  }

  /// A listening socket and the connection that it took.
  private struct Listener {
    let port: UInt16
    private let descriptor: Int32
    private(set) var connection: Int32 = -1

    init() throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = descriptor
      let isListening = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
            && getsockname(descriptor, $0, &length) == 0
        }
      }
      guard isListening else { throw BenchError("no socket to listen at") }
      port = UInt16(bigEndian: address.sin_port)
    }

    mutating func accept() throws {
      connection = Glibc.accept(descriptor, nil, nil)
      guard connection >= 0 else { throw BenchError("the daemon did not connect") }
      var on: Int32 = 1
      setsockopt(
        connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    }
  }

  /// The venue's side of the connection, which fills each order at once.
  private struct Venue: ~Copyable {
    private let descriptor: Int32
    private var session = VenueSession(at: LiveClock.system.now())
    private var encoder = BlockEncoder(capacity: 1 << 16)
    private var nextReport: UInt64 = 1
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Answers the login and tells what is traded.
    mutating func open(with instruments: [Instrument]) throws {
      while true {
        if try read().contains(where: { if case .login = $0 { true } else { false } }) { break }
      }
      try send(.accepted(life: 1, next: 1, isPatient: false))
      let now = LiveClock.system.now()
      encoder.begin(at: session.nextMarket)
      for instrument in instruments {
        encoder.append(.instrument(instrument), event: now, receive: now)
      }
      try sendMarket()
      usleep(100_000)
    }

    /// Sends a frame of quotes whose last one makes the strategy order, waits for that, and fills it.
    /// - Parameter patience: nanoseconds that the order is waited for.
    /// - Returns: nanoseconds from before the frame was sent until the order was read; nil if none came.
    @discardableResult
    mutating func trade(isUp: Bool, patience: Int64) throws -> Int64? {
      let now = LiveClock.system.now()
      let level: Int64 = isUp ? 10_100 : 10_000
      encoder.begin(at: session.nextMarket)
      for step in 0..<100 {
        encoder.append(
          .market(.quote(Self.quote(idle, 5_000 + Int64(step)))), event: now, receive: now)
      }
      encoder.append(
        .market(.quote(Self.quote(RecordedMarket.instrument, level))), event: now, receive: now)
      let start = LiveClock.system.steady()
      try sendMarket()
      var orders: [OrderTicket] = []
      while orders.isEmpty {
        for case .command(.submit(let ticket)) in try read() { orders.append(ticket) }
        if LiveClock.system.steady() - start > patience { return nil }
      }
      let took = LiveClock.system.steady() - start
      try fill(orders, at: level)
      return took
    }

    private static func quote(_ instrument: Instrument, _ level: Int64) -> Quote {
      Quote(
        instrument: instrument.id, bid: Price(level), ask: Price(level + 2),
        bidSize: Quantity(500), askSize: Quantity(500))
    }

    private mutating func fill(_ orders: [OrderTicket], at level: Int64) throws {
      let now = LiveClock.system.now()
      encoder.begin(at: nextReport)
      for ticket in orders {
        let fill = Fill(
          id: ticket.order.raw, price: Price(ticket.side == .buy ? level + 2 : level),
          quantity: ticket.quantity, fee: .zero, feeCurrency: "USD", liquidity: .taker)
        for outcome in [VenueReport.Outcome.accepted(venueOrder: ""), .filled(fill)] {
          encoder.append(
            .report(VenueReport(order: ticket.order, outcome)), event: now, receive: now)
        }
      }
      nextReport += UInt64(encoder.entryCount)
      encoder.finish()
      try send(.reports(encoder.withContent { $0.array }))
    }

    private mutating func sendMarket() throws {
      session.countMarket(encoder.entryCount)
      encoder.finish()
      try send(.market(encoder.withContent { $0.array }))
    }

    private func send(_ frame: VenueFrame) throws {
      var bytes = frame.bytes[...]
      while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 || errno == EAGAIN else { throw BenchError("the daemon is gone") }
        bytes = bytes.dropFirst(max(count, 0))
      }
    }

    /// What has come, perhaps nothing.
    private mutating func read() throws -> [VenueSession.Request] {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 || (count < 0 && errno == EAGAIN) else {
        throw BenchError("the daemon is gone")
      }
      let now = LiveClock.system.now()
      let requests = session.receive(buffer[..<max(count, 0)], at: now)
      let (heartbeat, more) = session.pass(now, nextReport: nextReport)
      if !heartbeat.isEmpty {
        _ = heartbeat.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
      }
      return requests + more
    }
  }
}

import Events
import Sequencing
import Synchronization

/// Where commands leave to, and who learns that something is durable.
final class Exits: Outlet {
  let receipts = ReceiptBook()
  private let links: [any VenueLink]
  private let routes: Mutex<Routes>

  /// Which way is whose; used only where there are several.
  private struct Routes: Sendable {
    var instruments: [OrderID: InstrumentID]
    var links: [InstrumentID: Int] = [:]

    func link(of order: OrderID) -> Int { instruments[order].flatMap { links[$0] } ?? 0 }
  }

  /// - Parameters:
  ///   - links: at least one; what is of no instrument that a venue has told of goes to the first.
  ///   - orders: that were open before.
  init(_ links: [any VenueLink], orders: [(order: OrderID, instrument: InstrumentID)]) {
    self.links = links
    let instruments = Dictionary(uniqueKeysWithValues: orders.map { ($0.order, $0.instrument) })
    routes = Mutex(Routes(instruments: instruments))
  }

  /// The ways to venues, and what is wrong with each.
  var ways: [(name: String, trouble: String?)] { links.map { ($0.name, $0.trouble) } }

  /// How long commands take to be out once they are handed over; of several links the slowest's.
  var sendLatency: LatencyFigures {
    links.map(\.latency.figures).max { $0.p99 < $1.p99 } ?? LatencyFigures()
  }

  /// Says through which link an instrument is traded.
  func route(_ instrument: InstrumentID, through link: Int) {
    routes.withLock { $0.links[instrument] = link }
  }

  func send(_ commands: [Command]) {
    guard links.count > 1 else { return links[0].send(commands) }
    for command in commands { links[way(of: command)].send([command]) }
  }

  private func way(of command: Command) -> Int {
    routes.withLock { routes in
      switch command {
      case .submit(let ticket):
        routes.instruments[ticket.order] = ticket.instrument
        return routes.link(of: ticket.order)
      case .cancel(let order), .replace(let order, _, _): return routes.link(of: order)
      }
    }
  }

  func ask(_ orders: [OrderID], at venue: VenueID) {
    guard links.count > 1 else { return links[0].ask(orders) }
    for order in orders { links[routes.withLock { $0.link(of: order) }].ask([order]) }
  }

  func acknowledge(_ receipt: UInt64, sequence: UInt64) {
    receipts.acknowledge(receipt, sequence: sequence)
  }
}

import Books
import Events

/// A route as configured, with those of its instruments that are defined.
struct Route: Sendable {
  let configuration: RouteConfiguration
  /// In order of definition; empty while fewer than two are known, or if they cannot be one market.
  var instruments: [InstrumentID] = []
  /// Why they cannot, once two are known.
  var problem: String?

  init(_ configuration: RouteConfiguration) { self.configuration = configuration }

  var rounds: UInt16 { configuration.rounds }

  /// Finds its instruments among all that are defined.
  mutating func find(_ all: [Instrument?]) {
    let own = all.compactMap { $0 }.filter(configuration.names)
    problem = configuration.problem(of: own)
    instruments = problem == nil && own.count > 1 ? own.map(\.id) : []
  }

  /// What is known of a venue.
  func venue(
    _ instrument: Instrument, best: Quote, fillRate: Int64
  ) -> Router.Venue {
    let known = configuration.venues.first { $0.name == instrument.venueName }
    return Router.Venue(
      instrument, best: best, fee: known?.fee ?? .perUnit(0), latency: known?.latency ?? 0,
      fillRate: fillRate)
  }
}

// Splitting over venues (docs/orders.md, Routing).
extension Engine {
  /// The route that an instrument is part of: the first of those configured.
  func route(of instrument: InstrumentID) -> Route? {
    routes.first { $0.instruments.contains(instrument) }
  }

  /// Finds the routes' instruments again after one was defined.
  mutating func findRoutes() {
    guard !routes.isEmpty else { return }
    for index in routes.indices { routes[index].find(market.instruments) }
    market.peers = market.instruments.map { instrument in
      instrument.flatMap { route(of: $0.id)?.instruments } ?? []
    }
  }

  /// Says so if an instrument just defined cannot be part of its route; its orders are not routed then.
  mutating func checkRoute(of id: InstrumentID, _ header: EntryHeader) {
    guard !routes.isEmpty, let instrument = market.instrument(id) else { return }
    for route in routes
    where route.configuration.names(instrument) {
      guard let problem = route.problem else { continue }
      let text = "route.\(route.configuration.name) is not used: \(problem)"
      work.add(
        .alert(
          Alert(severity: .critical, code: .strategyFailed, instrument: id, text: text)),
        cause: header.sequence)
    }
  }

  /// How a child is split over the venues of its parent's route.
  mutating func route(_ parent: OrderID, _ child: ChildOrder) -> Decision? {
    guard let execution = executions[parent], execution.ending == nil,
      let route = route(of: execution.parent.instrument)
    else {
      let time = market.time
      let attention = executions.change(parent) {
        $0.childRefused(child.instrument, child.quantity, at: time)
      }
      settle(parent)
      if attention == .wake { drain(parent, cause: deciding) }
      return nil
    }
    // The limit is at the scale of the first.
    let venues = market.market(of: child.instrument).compactMap { id -> Router.Venue? in
      market.instrument(id).map {
        route.venue($0, best: market.best(id), fillRate: fillHistory.rate(of: id))
      }
    }
    routing = child
    return .routed(
      route.configuration.router.route(
        parent, child.side, child.quantity, limit: child.price, over: venues,
        excluded: child.excluded, round: child.round))
  }

  /// A quantity of a child's instrument at the quantity scale of its parent's, if the two are one market;
  /// rounded down where that is coarser.
  func units(_ quantity: Quantity, of instrument: InstrumentID, for parent: OrderID) -> Quantity {
    guard let own = market.orders[parent]?.ticket.instrument, own != instrument,
      market.market(of: own).contains(instrument), let from = market.terms(instrument),
      let to = market.terms(own)
    else { return quantity }
    return quantity.rescaled(from: from.quantityScale, to: to.quantityScale)
  }

  /// Asks for the parts of a child.
  mutating func split(_ record: RouteRecord, _ header: EntryHeader) {
    tally.routed += 1
    let time = market.time
    var inUnits = record
    for index in record.candidates.indices {
      let part = record.candidates[index]
      inUnits.candidates[index].quantity = units(
        part.quantity, of: part.instrument, for: record.order)
    }
    let attention = executions.change(record.order) { $0.routed(inUnits, at: time) }
    if let whole = routing {
      for part in record.candidates where part.quantity > .zero {
        work.add(
          .child(child(of: record.order, whole, part.instrument, part.quantity, part.price)),
          cause: header.sequence)
      }
    }
    routing = nil
    settle(record.order)
    if attention == .wake { drain(record.order, cause: header.sequence) }
  }
}

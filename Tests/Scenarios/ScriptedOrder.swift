import Events
import Trading

/// Orders as scripts write them: `sell 5 stop 9900 reduce-only`, `buy 5 @ 10000 gtd until 17000`,
/// `buy 3 trail 50 watch mid`, and lists, whose members stand between bars: `oco buy 5 @ 10 | buy 5 stop 20`,
/// `bracket buy 5 @ 10 | sell 5 @ 12 | sell 5 stop 9`, `oto …`, `otofill …` (with each fill).
enum ScriptedOrder {
  static func list(_ words: [String], _ instrument: InstrumentID) -> OrderList {
    let requests = words.dropFirst().split(separator: "|").map { request($0, instrument) }
    return switch words[0] {
    case "oco": .oneCancelsOther(requests)
    case "ouo": .oneUpdatesOther(requests)
    case "oto": .oneTriggersOther(requests[0], Array(requests.dropFirst()))
    case "otofill": .oneTriggersOther(requests[0], Array(requests.dropFirst()), .parentFilling)
    default: .bracket(requests[0], takeProfit: requests[1], stopLoss: requests[2])
    }
  }

  /// An order, an algorithm, how long it may take, and its values: `buy 10 twap 10m slices 5`.
  static func execution(
    _ words: ArraySlice<String>, _ instrument: InstrumentID, _ start: Instant
  ) -> (OrderRequest, ExecutionPlan) {
    func algorithm(_ word: String) -> ExecutionPlan.Algorithm? {
      ExecutionPlan.Algorithm.allCases.first { $0.name == word }
    }
    let place = words.firstIndex { algorithm($0) != nil }!
    let length = Parameters.nanoseconds(words[place + 1])!
    var plan = ExecutionPlan(
      algorithm(words[place])!, start: start, end: start.advanced(by: length))
    var rest = words[(place + 2)...]
    while let name = rest.popFirst(), let value = rest.popFirst() {
      plan.values.append(Reason.Value(name, Decimal(value)!))
    }
    return (request(words[..<place], instrument), plan)
  }

  /// - Precondition: the words are an order.
  static func request(_ words: ArraySlice<String>, _ instrument: InstrumentID) -> OrderRequest {
    var words = words
    func next() -> String { words.removeFirst() }
    func number() -> Int64 { Int64(next())! }
    let side: Side = next() == "buy" ? .buy : .sell
    var request = OrderRequest.market(instrument, side, Quantity(number()))
    var force: TimeInForce?
    var isLimited = false
    while !words.isEmpty {
      switch next() {
      case "@": (request.price, isLimited) = (Price(number()), true)
      case "stop": (request.type, request.terms.stop) = (.stop, Price(number()))
      case "touch": (request.type, request.terms.stop) = (.marketIfTouched, Price(number()))
      case "trail": (request.type, request.terms.trail) = (.trailingStop, Trail(.price, number()))
      case "trail-ppm":
        (request.type, request.terms.trail) = (.trailingStop, Trail(.ppm, number()))
      case "offset": (request.type, request.terms.limitOffset) = (.trailingStopLimit, number())
      case "peg":
        let name = next()
        request.type = .pegged
        request.terms.peg = PegReference.allCases.first { $0.name == name }!
      case "by": request.terms.pegOffset = number()
      case "to-limit": request.type = .marketToLimit
      case "show": request.terms.display = Quantity(number())
      case "post-only": request.terms.isPostOnly = true
      case "reduce-only": request.terms.isReduceOnly = true
      case "watch":
        let name = next()
        request.terms.trigger = TriggerSource.allCases.first { $0.name == name }!
      case "lots": request.terms.lots = next().split(separator: ",").map { UInt64($0)! }
      case "until": request.terms.expiry = Instant(nanoseconds: number())
      case let word: force = TimeInForce.allCases.first { $0.name == word }!
      }
    }
    if isLimited {
      request.type =
        switch request.type {
        case .stop: .stopLimit
        case .marketIfTouched: .limitIfTouched
        case .market: .limit
        default: request.type
        }
    }
    request.timeInForce =
      force ?? (request.type == .market ? .immediateOrCancel : .goodTillCancelled)
    return request
  }
}

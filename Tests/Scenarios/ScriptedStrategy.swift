import Books
import Events
import Trading

/// A strategy that does what signals tell it, so that a test is a list of observations.
///
/// A signal's `model` is a script: commands separated by `;`, in the instrument's own integers:
/// `buy 100`, `sell 5 @ 10050 ioc`, `target -20`, `cancel 3`, `replace 3 50 @ 10025`,
/// `execute buy 1000 @ 10000 twap 10m slices 5`, or one of `ScriptedOrder`. Its `version` says
/// which strategy is meant, by the parameter `name`; an empty one means all. The parameters `on_fill`,
/// `on_end`, `on_quote`, `on_trade`, `on_bar` and `on_timer` are scripts for the other hooks.
public struct ScriptedStrategy: Strategy {
  public static let kind = StrategyKind(name: "scripted", version: "1", type: ScriptedStrategy.self)

  private let name: String
  private let scripts: [String: String]
  /// The hooks that were called, oldest first, if the parameter `log` is true.
  public private(set) var calls: [String] = []
  private let isLogging: Bool

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    name = parameters.text("name") ?? ""
    isLogging = try parameters.flag("log", default: true)
    var scripts: [String: String] = [:]
    for hook in ["fill", "end", "quote", "trade", "bar", "timer"] {
      scripts[hook] = parameters.text("on_\(hook)")
    }
    self.scripts = scripts
  }

  public mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent {
    answer("quote", "\(quote.bid.raw)/\(quote.ask.raw)", quote.instrument, market.time)
  }

  public mutating func onTrade(_ trade: Trade, in market: borrowing Market) -> Intent {
    answer("trade", "\(trade.price.raw)", trade.instrument, market.time)
  }

  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    let prices = [bar.open, bar.high, bar.low, bar.close].map { String($0.raw) }
    return answer(
      "bar", "\(prices.joined(separator: "/")) \(bar.volume.raw)", bar.instrument, market.time)
  }

  public mutating func onSignal(_ signal: Signal, in market: borrowing Market) -> Intent {
    guard signal.version.isEmpty || signal.version == name else { return .hold }
    return Self.intent(signal.model, signal.instrument, at: market.time)
  }

  public mutating func onFill(_ fill: Fill, of order: Order, in market: borrowing Market) -> Intent
  {
    answer("fill", "\(order.id.raw) \(fill.quantity.raw)", order.ticket.instrument, market.time)
  }

  public mutating func onEnd(of order: Order, in market: borrowing Market) -> Intent {
    answer("end", "\(order.id.raw) \(order.state.name)", order.ticket.instrument, market.time)
  }

  public mutating func onTimer(_ timer: UInt32, in market: borrowing Market) -> Intent {
    answer("timer", "\(timer)", InstrumentID(0), market.time)
  }

  private mutating func answer(
    _ hook: String, _ what: String, _ instrument: InstrumentID, _ time: Instant
  ) -> Intent {
    if isLogging { calls.append("\(hook) \(what)") }
    return scripts[hook].map { Self.intent($0, instrument, at: time) } ?? .hold
  }

  /// What a script wants.
  /// - Precondition: it is one.
  public static func intent(
    _ script: String, _ instrument: InstrumentID, at time: Instant = .epoch
  ) -> Intent {
    let intents = script.split(separator: ";").map { one($0, instrument, time) }
    return intents.count == 1 ? intents[0] : .several(intents)
  }

  private static func one(
    _ command: Substring, _ instrument: InstrumentID, _ time: Instant
  ) -> Intent {
    let words = command.split(separator: " ").map(String.init)
    let reason = Reason(words.joined(separator: " "), ["words": Double(words.count)])
    func number(_ index: Int) -> Int64 { Int64(words[index])! }
    switch words.first {
    case "buy", "sell":
      return .order(ScriptedOrder.request(words[...], instrument), because: reason)
    case "oco", "ouo", "oto", "otofill", "bracket":
      return .list(ScriptedOrder.list(words, instrument), because: reason)
    case "execute":
      let (request, plan) = ScriptedOrder.execution(words.dropFirst(), instrument, time)
      return .execute(request, plan, because: reason)
    case "target": return .target(instrument, Quantity(number(1)), because: reason)
    case "cancel": return .cancel(OrderID(UInt64(words[1])!), because: reason)
    case "replace":
      return .replace(
        OrderID(UInt64(words[1])!), quantity: Quantity(number(2)), price: Price(number(4)),
        because: reason)
    default: return .hold
    }
  }
}

import Events
import Scenarios
import Strategies
import Trading

/// A stage with one shipped strategy on a share of cents and lots of one.
func stage(_ parameters: String) -> Stage {
  var stage = Stage(catalog: Catalog.shipped)
  stage.step(.instrument(.share(0, "SHR")))
  let lines = parameters.split(separator: ",").map { part in
    "strategy.s." + part.split(separator: " ").joined()
  }
  let decisions = stage.step(
    .configuration(
      ConfigurationItems(
        lines: "strategy.s.instruments=SHR\n" + lines.joined(separator: "\n"))))
  precondition(decisions.isEmpty, "\(decisions)")
  return stage
}

/// Decisions other than intents as short lines: `buy 5`, `sell 5 @ 101`, `cancel 1`, `replace 1 …`.
func lines(_ decisions: [Decision]) -> [String] {
  decisions.compactMap { decision in
    switch decision {
    case .intent: nil
    case .submitted(let ticket):
      "\(ticket.side.name) \(ticket.quantity.raw)"
        + (ticket.price.isNone ? "" : " @ \(ticket.price.raw)")
    case .cancelRequested(let order, _): "cancel \(order.raw)"
    case .replaceRequested(let order, let quantity, let price):
      "replace \(order.raw) \(quantity.raw) @ \(price.raw)"
    case .refused(let refusal): "refused \(refusal.rule)"
    default: "\(decision.kind.name)"
    }
  }
}

func trade(_ price: Int64) -> Observation {
  .market(
    .trade(Trade(instrument: InstrumentID(0), price: Price(price), size: Quantity(1), side: .buy)))
}

import Events

extension Glossary {
  /// `ES.c.0  ESZ13 → ESH14 after 2013-12-19: expires 20131220, next 20140321; 1808.00 → 1803.25,
  /// from now on prices + 4.75; positions are carried`
  func text(_ roll: ContractRoll) -> String {
    let instrument = names.instrument(roll.instrument)
    let name = names.symbol(roll.instrument) ?? "#\(roll.instrument.raw)"
    let to = names.symbol(roll.to) ?? "nothing"
    guard roll.from != .none else { return "\(name)  stands for \(to)" }
    let from = names.symbol(roll.from) ?? "nothing"
    func figure(_ figure: Int64) -> String { roll.figureText(figure, instrument) }
    let why =
      switch roll.rule {
      case .calendar:
        "it expires \(figure(roll.fromFigure))"
          + (roll.to == .none ? "" : ", the next \(figure(roll.toFigure))")
      case .volume where roll.toFigure <= roll.fromFigure,
        .openInterest where roll.toFigure <= roll.fromFigure:
        "it is about to expire"
      case .volume: "\(figure(roll.fromFigure)) traded, of the next \(figure(roll.toFigure))"
      case .openInterest: "\(figure(roll.fromFigure)) open, of the next \(figure(roll.toFigure))"
      }
    func text(_ price: Price) -> String { instrument?.text(price) ?? "–" }
    let price = "\(text(roll.fromPrice)) → \(text(roll.toPrice))"
    let adjusted = roll.adjustmentText(instrument).map { text in
      roll.adjust == .ratio ? ", from now on prices × \(text)" : ", from now on prices + \(text)"
    }
    let positions =
      switch roll.positions {
      case .carry: "carried"
      case .close: "closed"
      case .hold: "held"
      }
    return "\(name)  \(from) → \(to) after \(roll.day.text): \(why); at \(price)\(adjusted ?? "");"
      + " positions are \(positions)"
  }
}

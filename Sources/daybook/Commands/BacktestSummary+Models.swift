extension BacktestSummary {
  /// The longest text of a model that is shown whole; the report has all of each.
  private static let longest = 60

  /// The venue's models in few and short lines: one for each general model, one for each venue or instrument
  /// that has its own.
  static func lines(of models: [(name: String, text: String)]) -> [String] {
    var lines: [String] = []
    var owner = ""
    for model in models {
      let text = shortened(model.text)
      guard let point = model.name.lastIndex(of: ".") else {
        lines.append("\(model.name)  \(text)")
        continue
      }
      let (name, of) = (model.name[model.name.index(after: point)...], model.name[..<point])
      if owner == of, !lines.isEmpty {
        lines[lines.count - 1] += "; \(name) \(text)"
      } else {
        owner = String(of)
        lines.append("\(of)  \(name) \(text)")
      }
    }
    return lines
  }

  /// `kraken-spot: makers 0.25 %; …` as `kraken-spot (12 charges)`.
  private static func shortened(_ text: String) -> String {
    guard text.count > longest, let colon = text.firstIndex(of: ":") else { return text }
    let charges = text[colon...].split(separator: ";").count
    return "\(text[..<colon]) (\(charges) charges)"
  }
}

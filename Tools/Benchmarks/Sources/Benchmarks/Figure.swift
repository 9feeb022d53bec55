/// One result.
struct Figure: Encodable {
  /// Name of the benchmark it belongs to.
  var benchmark: String
  var name: String
  var value: Double
  var unit: String
  /// What the value is measured against in the same run, and the share of it that was reached.
  var limit: String?
  var ratio: Double?
  /// In words; nil if nothing is promised.
  var goal: String?
  var isMet: Bool?
}

/// What a figure must reach.
enum Goal {
  case atLeast(Double)
  case atMost(Double)
  /// Share of the limit.
  case ratio(Double)
}

extension Figure {
  /// A table's columns.
  var columns: [String] {
    let share = ratio.map { "\($0.text) × \(limit ?? "")" } ?? limit ?? ""
    let verdict = isMet.map { $0 ? "ok" : "MISSED" } ?? ""
    return [name, "\(value.text) \(unit)", share, goal ?? "", verdict]
  }
}

extension Double {
  /// Three significant digits, without an exponent.
  var text: String {
    guard self != 0, isFinite else { return "0" }
    var digits = 2
    var size = magnitude
    while size >= 10, digits > 0 { (size, digits) = (size / 10, digits - 1) }
    while size < 1, digits < 6 { (size, digits) = (size * 10, digits + 1) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (self * scale).rounded() / scale
    return digits == 0 ? String(Int(rounded)) : String(rounded)
  }
}

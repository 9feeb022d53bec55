import Events

/// Figures in Prometheus' text format 0.0.4: families with their samples, in the order written.
struct MetricsText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  private(set) var text = ""
  private var family = ""

  /// Begins a family.
  /// - Parameter name: with its unit; of a counter with `_total`.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    family = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Writes one figure of the family.
  mutating func sample(
    _ value: some FixedWidthInteger, _ labels: KeyValuePairs<String, String> = [:]
  ) {
    write(family, labels, String(value))
  }

  /// Writes a decimal as it is, without going through binary fractions.
  mutating func sample(decimal value: String, _ labels: KeyValuePairs<String, String> = [:]) {
    write(family, labels, value)
  }

  /// A family of one figure.
  mutating func single(
    _ name: String, _ kind: Kind, _ help: String, _ value: some FixedWidthInteger
  ) {
    begin(name, kind, help)
    sample(value)
  }

  /// Writes a latency in seconds.
  mutating func histogram(_ latency: DaemonStatus.Latency) {
    for (bound, count) in latency.buckets {
      write(family + "_bucket", ["le": Self.seconds(bound)], String(count))
    }
    write(family + "_bucket", ["le": "+Inf"], String(latency.count))
    write(family + "_sum", [:], Self.seconds(latency.sum))
    write(family + "_count", [:], String(latency.count))
  }

  /// Nanoseconds as seconds.
  static func seconds(_ nanoseconds: UInt64) -> String {
    var text = decimalText(Int128(nanoseconds), scale: 9)[...]
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  private mutating func write(
    _ name: String, _ labels: KeyValuePairs<String, String>, _ value: String
  ) {
    text += name
    if !labels.isEmpty {
      text += "{"
      for (index, label) in labels.enumerated() {
        text += (index > 0 ? "," : "") + label.key + "=\"" + Self.escaped(label.value) + "\""
      }
      text += "}"
    }
    text += " " + value + "\n"
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

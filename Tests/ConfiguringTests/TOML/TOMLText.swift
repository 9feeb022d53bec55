import Testing

@testable import Configuring

extension TOMLDocument {
  /// The document on one line of ASCII, values in the order of first mention: `{a=1,b=["x",~1.5]}`.
  /// Decimals begin with `~`, times with `@`.
  func line(time: (String) -> String = { $0 }) -> String {
    var line = ""
    write(0, to: &line, time)
    return line
  }

  private func write(_ node: Int, to line: inout String, _ time: (String) -> String) {
    switch nodes[node].value {
    case .string(let text): line += Self.quoted(text)
    case .integer(let number): line += String(number)
    case .boolean(let isTrue): line += isTrue ? "true" : "false"
    case .decimal: line += "~" + source(of: node)
    case .offsetDateTime, .localDateTime, .localDate, .localTime:
      line += "@" + time(source(of: node))
    case .array, .tables: writeChildren(of: node, in: ("[", "]"), to: &line, time)
    case .table: writeChildren(of: node, in: ("{", "}"), to: &line, time)
    }
  }

  private func writeChildren(
    of node: Int, in brackets: (String, String), to line: inout String,
    _ time: (String) -> String
  ) {
    line += brackets.0
    for (place, child) in nodes[node].children.enumerated() {
      if place > 0 { line += "," }
      if case .table = nodes[node].value {
        let key = nodes[child].key
        let isBare = !key.isEmpty && key.utf8.allSatisfy(TOMLReader.isBare)
        line += (isBare ? key : Self.quoted(key)) + "="
      }
      write(child, to: &line, time)
    }
    line += brackets.1
  }

  /// What is not printable ASCII as `\hex;`.
  private static func quoted(_ text: String) -> String {
    var line = "\""
    for scalar in text.unicodeScalars {
      if (32..<127).contains(scalar.value), scalar != "\\", scalar != "\"" {
        line.unicodeScalars.append(scalar)
      } else {
        line += "\\" + String(scalar.value, radix: 16) + ";"
      }
    }
    return line + "\""
  }
}

/// A text and what is to come of it.
struct TOMLCase: CustomTestStringConvertible, Sendable {
  var text: String
  var outcome: String

  init(_ text: String, _ outcome: String) {
    self.text = text
    self.outcome = outcome
  }

  var testDescription: String { text.debugDescription }
}

/// Columns of text under their headings; numbers stand on the right.
struct Table {
  enum Alignment {
    case left
    case right
  }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map(\.heading)
    alignments = columns.map(\.alignment)
  }

  mutating func row(_ cells: String...) { rows.append(cells) }
  mutating func row(_ cells: [String]) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  /// The lines, without spaces at their ends. Without headings if they are all empty.
  func lines(_ style: Style) -> [String] {
    let widths = headings.indices.map { column in
      ([headings] + rows).map { $0[column].count }.max() ?? 0
    }
    let head = headings.allSatisfy(\.isEmpty) ? [] : [style(line(headings, widths), .quiet)]
    return head + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      text += alignments[column] == .right ? padding + cell : cell + padding
      text += column < cells.count - 1 ? "  " : ""
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// Names on the left and what they are on the right: what most commands print.
struct Facts {
  private var facts: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: String) { facts.append((name, value)) }

  func lines(_ style: Style) -> [String] {
    let width = facts.map(\.name.count).max() ?? 0
    return facts.map { fact in
      let padding = String(repeating: " ", count: width - fact.name.count)
      return style(fact.name, .quiet) + padding + "  " + fact.value
    }
  }
}

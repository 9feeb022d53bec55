/// The table of rooms in ARCHITECTURE.md: the one place that says who may import whom.
struct RoomTable: Sendable {
  static let path = "ARCHITECTURE.md"

  /// Modules that come with the toolchain: a row may name them, Package.swift need not.
  static let platform: Set<String> = [
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
  ]

  struct Row: Sendable {
    /// 0 for a C library, then 1 (words) to 6 (the door).
    var ring: Int
    var target: String
    var purpose: String
    var mayImport: [String]
    /// Line in ARCHITECTURE.md.
    var line: Int

    /// Rings 1 and 2 never ask the world anything.
    var isPure: Bool { ring == 1 || ring == 2 }
    /// What Package.swift must list for the target.
    var dependencies: Set<String> { Set(mayImport).subtracting(RoomTable.platform) }
  }

  private(set) var rows: [Row] = []
  /// Rows that could not be read, or no table at all.
  private(set) var findings: [Finding] = []

  init(markdown: String) {
    var isInside = false
    for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      let cells = Self.cells(line)
      if cells == ["ring", "target", "purpose", "may import"] {
        isInside = true
      } else if isInside, cells.isEmpty {
        isInside = false
      } else if isInside, !cells.allSatisfy({ $0.allSatisfy { "-:".contains($0) } }) {
        add(cells, line: index + 1)
      }
    }
    if rows.isEmpty {
      findings.append(
        Finding(path: Self.path, line: 1, what: "no table | ring | target | purpose | may import |")
      )
    }
  }

  subscript(_ target: String) -> Row? { rows.first { $0.target == target } }

  private mutating func add(_ cells: [String], line: Int) {
    guard cells.count == 4, let ring = Self.ring(cells[0]), !cells[1].isEmpty, !cells[2].isEmpty
    else {
      let what = "a row is: ring (C or 1 to 6) | target | purpose | may import"
      return findings.append(Finding(path: Self.path, line: line, what: what))
    }
    if self[cells[1]] != nil {
      findings.append(Finding(path: Self.path, line: line, what: "\(cells[1]) has two rows"))
    }
    let names = cells[3] == "–" ? [] : cells[3].split(separator: ",").map(Self.bare)
    rows.append(
      Row(ring: ring, target: cells[1], purpose: cells[2], mayImport: names, line: line))
  }

  private static func ring(_ cell: String) -> Int? {
    guard let first = cell.first else { return nil }
    if first == "C" { return 0 }
    return first.wholeNumberValue.flatMap { (1...6).contains($0) ? $0 : nil }
  }

  private static func cells(_ line: Substring) -> [String] {
    guard line.hasPrefix("|") else { return [] }
    return line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      .map(bare)
  }

  private static func bare(_ cell: Substring) -> String {
    cell.filter { $0 != "`" }.split(separator: " ").joined(separator: " ")
  }
}

import Alerting
import Events
import Foundation
import Testing

/// The page that people read at three in the morning has what they look for.
@Suite struct OperatingTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(arguments: AlertKind.all)
  func `every alert has a runbook`(_ kind: AlertKind) throws {
    let page = try Self.text("docs/operating.md")
    let heading = "\n### \(kind.name)\n"
    let start = try #require(page.range(of: heading)?.upperBound, "\(kind.name) has none")
    let body = page[start...].components(separatedBy: "\n### ")[0]
    #expect(body.count > 80, "\(kind.name): it says what to do")
  }

  @Test func `every runbook is of an alert, and every alert on the page of alerts`() throws {
    let runbooks = try Self.text("docs/operating.md").components(separatedBy: "\n## Runbooks\n")[1]
    let headings = runbooks.split(separator: "\n").filter { $0.hasPrefix("### ") }.map {
      String($0.dropFirst(4))
    }
    #expect(Set(headings) == Set(AlertKind.all.map(\.name)))
    #expect(headings.count == Set(headings).count)
    let page = try Self.text("docs/alerts.md")
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    for kind in AlertKind.own {
      let row = try #require(rows.first { $0.hasPrefix("| `\(kind.name)` |") }, "\(kind.name)")
      #expect(row.contains("event") == !kind.isLasting, "\(kind.name)")
      #expect(row.contains(kind.severity.name), "\(kind.name)")
    }
  }

  @Test func `what Prometheus watches leads to a place in the docs`() throws {
    let rules = try Self.text("Tools/packaging/prometheus.rules.yaml")
    let places = rules.split(separator: "\n").compactMap { line in
      line.range(of: "runbook: ").map { String(line[$0.upperBound...]) }
    }
    #expect(places.count == rules.components(separatedBy: "- alert: ").count - 1)
    for place in places {
      let parts = place.split(separator: "#").map(String.init)
      let page = try Self.text(parts[0])
      let anchors = page.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" || $0 == " " }.filter { $0.isLetter || $0 == "_" }
      }
      if parts.count > 1 { #expect(anchors.contains { $0 == parts[1] }, "\(place)") }
    }
  }

  @Test func `the service does not start again what a person must see to`() throws {
    let unit = try Self.text("Tools/packaging/daybook.service")
    let line = unit.split(separator: "\n").first { $0.hasPrefix("RestartPreventExitStatus=") }
    let codes = try #require(line).dropFirst("RestartPreventExitStatus=".count).split(
      separator: " ")
    #expect(codes.map(String.init) == ["2", "64", "65", "66", "75", "77", "78"])
    let start = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
    let words = start.split(separator: " ").dropFirst().map(String.init)
    let help = try Program.run(["run", "--help"]).output
    for word in words where word.hasPrefix("--") { #expect(help.contains(word)) }
  }

  @Test(arguments: ["Tools/packaging/Containerfile", "Tools/packaging/kubernetes.yaml"])
  func `packages use options that there are`(_ path: String) throws {
    let text = try Self.text(path)
    // The server's own are on its page, which is held against its help elsewhere.
    let help =
      try ["run", "status"].map { try Program.run([$0, "--help"]).output }.joined()
      + Self.text("docs/api.md")
    let options = text.split { !($0.isLetter || $0 == "-") }.filter { $0.hasPrefix("--") }
    let foreign = [
      "--no-install-recommends", "--product", "--show-bin-path",
      "--system", "--uid", "--home-dir", "--create-home", "--from", "--rm", "--interval",
      "--timeout",
      "--start-period", "--cert", "--key", "---", "--",
    ]
    for option in options where !foreign.contains(String(option)) {
      #expect(help.contains(option), "\(option) of \(path)")
    }
  }
}

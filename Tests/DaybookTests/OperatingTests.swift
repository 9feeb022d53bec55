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

  @Test(arguments: Alert.Code.allCases)
  func `every alert has a runbook`(_ code: Alert.Code) throws {
    let page = try Self.text("docs/operating.md")
    let heading = "\n### \(code.name)\n"
    let start = try #require(page.range(of: heading)?.upperBound, "\(code.name) has none")
    let body = page[start...].prefix { $0 != "#" }
    #expect(body.count > 80, "\(code.name): it says what to do")
  }

  @Test func `the service does not start again what a person must see to`() throws {
    let unit = try Self.text("Tools/packaging/daybook.service")
    let line = unit.split(separator: "\n").first { $0.hasPrefix("RestartPreventExitStatus=") }
    let codes = try #require(line).dropFirst("RestartPreventExitStatus=".count).split(
      separator: " ")
    #expect(codes.map(String.init) == ["2", "64", "75", "77", "78"])
    let start = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
    let words = start.split(separator: " ").dropFirst().map(String.init)
    let help = try Program.run(["run", "--help"]).output
    for word in words where word.hasPrefix("--") { #expect(help.contains(word)) }
  }

  @Test(arguments: ["Tools/packaging/Containerfile", "Tools/packaging/kubernetes.yaml"])
  func `packages use options that there are`(_ path: String) throws {
    let text = try Self.text(path)
    let help = try ["run", "status"].map { try Program.run([$0, "--help"]).output }.joined()
    let options = text.split { !($0.isLetter || $0 == "-") }.filter { $0.hasPrefix("--") }
    let foreign = [
      "--no-install-recommends", "--product", "--static-swift-stdlib", "--show-bin-path",
      "--system", "--uid", "--home-dir", "--create-home", "--from", "--rm", "--interval",
      "--timeout",
      "--start-period", "---", "--",
    ]
    for option in options where !foreign.contains(String(option)) {
      #expect(help.contains(option), "\(option) of \(path)")
    }
  }
}

import ArgumentParser
import Foundation
import Testing

@testable import daybook
@testable import daybook_api

/// Every command line that is in the packages is one that the programs take, by their own parsers.
struct PackagingTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Tools/packaging").standardized

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// Words of `[a, "b"]`, from the bracket on.
  private static func list(_ text: Substring) -> [String] {
    text.dropFirst().prefix { $0 != "]" }.split(separator: ",").map {
      $0.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
    }
  }

  /// What follows a word on a line, from the first bracket on.
  private static func lists(_ text: String, after word: String) -> [[String]] {
    text.split(separator: "\n").compactMap { line in
      guard let place = line.range(of: word) else { return nil }
      let rest = line[place.upperBound...].drop { $0 == " " }
      return rest.first == "[" ? list(rest) : nil
    }
  }

  private static func unit() throws -> [[String]] {
    try text("daybook.service").split(separator: "\n").filter { $0.hasPrefix("ExecStart=") }.map {
      $0.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
    }
  }

  /// What the image runs, and how it is looked after.
  private static func container() throws -> [[String]] {
    let text = try text("Containerfile")
    let entry = lists(text, after: "ENTRYPOINT")
    #expect(entry == [["daybook"]])
    return lists(text, after: "CMD").map { $0.first == "daybook" ? $0 : entry[0] + $0 }
  }

  /// Of the manifests: probes, what containers run, and what the comments say.
  private static func manifests() throws -> [[String]] {
    let text = try text("kubernetes.yaml")
    var found = lists(text, after: "exec: {command:")
    var program = ["daybook"]
    var arguments: [String]?
    for line in text.split(separator: "\n") {
      let words = line.drop { $0 == " " }
      if words.hasPrefix("command: [") { program = list(words.dropFirst("command: ".count)) }
      if words == "args:" {
        arguments = []
      } else if let known = arguments {
        if words.hasPrefix("- --") || (words.hasPrefix("- ") && known.isEmpty) {
          arguments?.append(String(words.dropFirst(2)))
        } else {
          found.append(program + known)
          (program, arguments) = (["daybook"], nil)
        }
      }
      if let place = line.range(of: " -- daybook") {
        found.append(
          line[place.lowerBound...].dropFirst(4).split(separator: " ").map(String.init))
      }
    }
    return found
  }

  private static func check(_ command: [String]) throws {
    let program = try #require(command.first).split(separator: "/").last
    let arguments = Array(command.dropFirst())
    do {
      switch program {
      case "daybook": _ = try Daybook.parseAsRoot(arguments)
      case "daybook-api": _ = try DaybookAPI.parseAsRoot(arguments)
      default: Issue.record("\(command): no program of ours")
      }
    } catch { Issue.record("\(command): \(DaybookAPI.message(for: error))") }
  }

  @Test func `every command line is one that its program takes`() throws {
    let unit = try Self.unit()
    let container = try Self.container()
    let manifests = try Self.manifests()
    #expect(unit.count == 1 && container.count == 2 && manifests.count == 6, "\(manifests)")
    for command in unit + container + manifests { try Self.check(command) }
  }

  @Test func `a command line that is wrong is found`() {
    #expect(throws: (any Error).self) { try Daybook.parseAsRoot(["run", "--journel", "x"]) }
    #expect(throws: (any Error).self) {
      try DaybookAPI.parseAsRoot(["--journal", "x", "--prob=y"])
    }
  }

  @Test func `paths, ports and the user agree`() throws {
    let (container, manifests) = (try Self.text("Containerfile"), try Self.text("kubernetes.yaml"))
    for command in try Self.unit() + Self.container() + Self.manifests() {
      let line = command.joined(separator: " ").replacing("=", with: " ")
      #expect(line.contains("--journal /var/lib/daybook/journal"), "\(line)")
      if let probes = line.range(of: "--probes ") {
        #expect(line[probes.upperBound...].hasPrefix("0.0.0.0:7421"), "\(line)")
      }
    }
    #expect(container.contains("EXPOSE 7421") && container.contains("VOLUME /var/lib/daybook"))
    #expect(container.contains("--uid 10001") && container.contains("USER 10001"))
    #expect(
      manifests.contains("runAsUser: 10001") && manifests.contains("mountPath: /var/lib/daybook}"))
    for path in ["/health/live", "/health/ready"] { #expect(manifests.contains("path: \(path)")) }
  }
}

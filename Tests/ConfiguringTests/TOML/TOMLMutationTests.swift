import Foundation
import Testing

@testable import Configuring

struct TOMLMutationTests {
  private static func texts(_ count: Int, _ seed: UInt64) -> [String] {
    var mutations = TOMLMutations(seed: seed)
    return (0..<count).map { $0 % 2 == 0 ? mutations.mutation() : mutations.structure() }
  }

  /// Python's own reader of TOML 1.0, which shares nothing with ours.
  @Test(.enabled(if: Tomllib.python != nil, "no python3 with a tomllib of TOML 1.0 (3.11 to 3.14)"))
  func `Python's tomllib accepts and reads the same`() throws {
    let texts = TOMLMutations.documents + Self.texts(4000, 0x9E37_79B9_7F4A_7C15)
    let theirs = try Tomllib.lines(texts)
    try #require(theirs.count == texts.count)
    var accepted = 0
    for (text, their) in zip(texts, theirs) {
      do throws(TOMLError) {
        let ours = try TOMLReader.read(text)
        accepted += 1
        let line = ours.line(time: Tomllib.time)
        #expect(
          line == their || their == "!" && hasTimeBeyondPython(ours), "\(text.debugDescription)")
      } catch {
        switch error.fault {
        // Python's whole numbers have no bound.
        case .beyond64Bits: #expect(their == "!" || their.contains("BIG"))
        // Nor has its nesting, but for the stack.
        case .tooDeep: continue
        default: #expect(their == "!", "\(error): \(text.debugDescription)")
        }
      }
    }
    #expect((800...3200).contains(accepted), "\(accepted) of \(texts.count) are valid")
  }

  /// The standard's dates and times (RFC 3339) have the year 0000 and leap seconds, Python's do not.
  private func hasTimeBeyondPython(_ document: TOMLDocument) -> Bool {
    document.nodes.indices.contains { node in
      switch document.nodes[node].value {
      case .offsetDateTime, .localDateTime, .localDate, .localTime:
        let text = document.source(of: node)
        return text.hasPrefix("0000-") || text.contains(":60")
      default: return false
      }
    }
  }

  @Test func `what is written is read again`() throws {
    var read = 0
    for text in Self.texts(1000, 42) {
      guard let document = try? TOMLReader.read(text) else { continue }
      for leaf in document.leaves where document.nodes[leaf].value != .tables {
        let again = try TOMLReader.read("x = \(document.source(of: leaf))")
        #expect(again.nodes[1].value == document.nodes[leaf].value)
        read += 1
      }
    }
    #expect(read > 500)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "", "[", "a", "a =", "\"", "a = [", "a = {", "a = \"\"\"", "]\n=\n", "[[[\n#", "a = [}",
      "a = [1 }, ]", "a = {]", "a = {]}", "a = [{]}", "a = [[}]",
    ])
  func `what is cut short neither traps nor loops`(_ text: String) {
    #expect((try? TOMLReader.read(text)) == nil || text.isEmpty)
  }

  /// Each would take hours if a byte were looked at once per line, key or value.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("a = [" + String(repeating: "1,", count: 100_000) + "]", 100_002),
      ("\"é\" = [" + String(repeating: "'é',", count: 50_000) + "]", 50_002),
      ("a = {" + (0..<20_000).map { "k\($0) = 1" }.joined(separator: ", ") + "}", 20_002),
      (String(repeating: "[[a]]\n", count: 30_000), 30_002),
      ((0..<20_000).map { "[a.b.t\($0)]\n" }.joined(), 20_003),
      ("a = \"" + String(repeating: "\\n", count: 100_000) + "\"", 2),
      ("a = '''" + String(repeating: "''x", count: 60_000) + "'''", 2),
      (String(repeating: "# comment\n", count: 20_000), 1),
      (String(repeating: " \n", count: 100_000), 1),
    ])
  func `time grows with the text alone`(_ text: String, _ nodes: Int) throws {
    #expect(try TOMLReader.read(text).nodes.count == nodes)
  }
}

/// Python's reader in a process of its own.
private enum Tomllib {
  /// The interpreter that `make test` prepares, or the machine's; nil if it has no such reader.
  static let python: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let own = root.appending(path: "Tools/python/.venv/bin/python")
    let search = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let all = [own] + search.map { URL(filePath: String($0)).appending(path: "python3") }
    // A tomllib of TOML 1.1 allows line ends in braces.
    let probe =
      "import sys, tomllib\ntry: tomllib.loads('a = {\\n}')\nexcept ValueError: sys.exit(0)\nsys.exit(1)"
    return all.first { url in
      FileManager.default.isExecutableFile(atPath: url.path)
        && (try? run(url, ["-c", probe]).status) == 0
    }
  }()

  /// One line for each text: what is in it as `TOMLDocument.line` writes it, or `!` if it is refused.
  static func lines(_ texts: [String]) throws -> [Substring] {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "daybook-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONEncoder().encode(texts).write(to: file)
    let result = try run(try #require(python), ["-c", program, file.path])
    try #require(result.status == 0)
    return result.output.split(separator: "\n")
  }

  private static func run(_ python: URL, _ arguments: [String]) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = python
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// A date or time as Python writes it: `T`, six decimals, an offset in digits.
  static func time(_ text: String) -> String {
    guard text.contains(":") else { return text }
    let plain = text.uppercased().replacing(" ", with: "T")
    let start = plain.index(after: plain.firstIndex(of: "T") ?? plain.startIndex)
    let offset = plain[start...].firstIndex { "Z+-".contains($0) } ?? plain.endIndex
    let parts = plain[..<offset].split(separator: ".")
    let decimals = parts.count > 1 ? String(parts[1].prefix(6)) : ""
    let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
    let zone = ["Z", "-00:00"].contains(plain[offset...]) ? "+00:00" : plain[offset...]
    return parts[0] + "." + padded + zone
  }

  private static let program = #"""
    import datetime, json, re, sys, tomllib

    class Decimal(str):
        pass

    def quoted(text):
        plain = lambda c: ' ' <= c <= '~' and c not in '"\\'
        return '"' + ''.join(c if plain(c) else '\\%x;' % ord(c) for c in text) + '"'

    def key(text):
        return text if re.fullmatch('[A-Za-z0-9_-]+', text) else quoted(text)

    def line(value):
        if isinstance(value, dict):
            return '{' + ','.join(key(k) + '=' + line(v) for k, v in value.items()) + '}'
        if isinstance(value, list):
            return '[' + ','.join(map(line, value)) + ']'
        if isinstance(value, bool):
            return 'true' if value else 'false'
        if isinstance(value, int):
            return str(value) if -2**63 <= value < 2**63 else 'BIG'
        if isinstance(value, Decimal):
            return '~' + value
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, (datetime.datetime, datetime.time)):
            return '@' + value.isoformat(timespec='microseconds')
        return '@' + value.isoformat()

    def read(text):
        try:
            return line(tomllib.loads(text, parse_float=Decimal))
        except (ValueError, RecursionError):
            return '!'

    for text in json.load(open(sys.argv[1], encoding='utf-8')):
        print(read(text))
    """#
}

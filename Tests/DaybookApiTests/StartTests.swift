import Events
import Foundation
import Journaling
import Scenarios
import Testing

/// The program, as a user runs it.
struct StartTests {
  /// Runs the program to its end.
  static func run(_ arguments: [String]) throws -> (code: Int32, output: String, complaint: String)
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let (output, complaint) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, complaint)
    try process.run()
    let texts = [output, complaint].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  /// The address that a server says, among what it logs.
  private static func address(_ complaint: Pipe, _ said: String) throws -> String? {
    var text = said
    let start = "daybook-api: listening at http://"
    while true {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { $0.hasPrefix(start) }) {
        return String(line.dropFirst(start.count))
      }
      let more = complaint.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      text += String(decoding: more, as: UTF8.self)
    }
  }

  /// Beside the tests, wherever those were built.
  static let path: String = {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appendingPathComponent("daybook-api").path
  }()

  @Test(arguments: [
    (["--journal", "nowhere"], 66, "nowhere"),
    (["--journal", "nowhere", "--port", "70000"], 64, "--port must be 0 to 65535"),
    (["--journal", "nowhere", "--tls-cert", "a"], 64, "go together"),
    (["--port", "1"], 64, "--journal"),
    (["token", "--journal", "nowhere", "--subject", "ann", "--role", "viewer"], 66, "no journal"),
    (["token", "--journal", "x", "--subject", "ann!", "--role", "viewer"], 64, "--subject"),
    (["token", "--journal", "x", "--subject", "ann", "--role", "king"], 64, "king"),
    (
      ["token", "--journal", "x", "--subject", "ann", "--role", "risk", "--minutes", "16"], 64,
      "--minutes"
    ),
  ])
  func `a wrong start says what is wrong and ends with its code`(
    _ arguments: [String], _ code: Int, _ text: String
  ) throws {
    let result = try Self.run(arguments)
    #expect(result.code == Int32(code))
    #expect(result.complaint.contains(text))
    #expect(result.output.isEmpty)
  }

  @Test func `every option is on the page of the API, and none that is not`() throws {
    let page = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/api.md"), encoding: .utf8)
    let start = try #require(page.range(of: "\n## Start\n\n```\n")?.upperBound)
    let usage = page[start...].prefix(upTo: page[start...].range(of: "```")!.lowerBound)
    func options(_ text: String) -> Set<String> {
      Set(text.split { !($0.isLetter || $0 == "-") }.map(String.init).filter { $0.hasPrefix("--") })
    }
    var known: Set<String> = []
    for command in [["serve"], ["token"], ["keys", "show"], ["keys", "drop"], ["rebuild"]] {
      known.formUnion(options(try Self.run(command + ["--help"]).output))
    }
    known.subtract(["--help", "--version", "--"])
    #expect(options(String(usage)).subtracting(known) == [])
    #expect(known.subtracting(options(String(usage))) == [])
  }

  @Test func `keys are shown, rotated and dropped`() throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let place = ["--journal", folder.path("run")]
    #expect(try Self.run(["keys"] + place).code == 66)
    let token = ["token", "--subject", "ann", "--role", "viewer"] + place
    #expect(try Self.run(token).code == 0)
    #expect(try Self.run(["keys", "show"] + place).output == "1  HS256  signs new tokens\n")
    #expect(try Self.run(["keys", "rotate"] + place).output == "2\n")
    let shown = try Self.run(["keys"] + place)
    #expect(shown.output == "2  HS256  signs new tokens\n1  HS256  verifies\n")
    #expect(try Self.run(["keys", "drop", "1"] + place).code == 0)
    let last = try Self.run(["keys", "drop", "2"] + place)
    #expect(last.code == 78 && last.complaint.contains("no other key signs"))
    let none = try Self.run(["keys", "drop", "1"])
    #expect(none.code == 64 && none.complaint.contains("--journal"))
  }

  @Test func `addresses, certificates and keys that cannot be used have codes of their own`() throws
  {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let journal = folder.path("run")
    let open = try Self.run(["--journal", journal, "--host", "0.0.0.0"])
    #expect(open.code == 64 && open.complaint.contains("without TLS"))
    let foreign = try Self.run([
      "--journal", journal, "--host", "127.0.0.1", "--port", "1", "--keys", "nothing",
    ])
    #expect(foreign.code == 66 && foreign.complaint.contains("nothing"))
    let keys = folder.path("keys")
    try #"{"keys":[{"kty":"oct","kid":"a","k":"c2hvcnQ"}]}"#.write(
      toFile: keys, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys)
    let short = try Self.run(["--journal", journal, "--keys", keys])
    #expect(short.code == 78 && short.complaint.contains("keys[0]: k: an HS256 key has 32 bytes"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keys)
    let shown = try Self.run(["--journal", journal, "--keys", keys])
    #expect(shown.code == 77 && shown.complaint.contains("chmod 600"))
    let plain = try Self.run(
      ["--journal", journal, "--tls-cert", keys, "--tls-key", keys, "--host", "0.0.0.0"])
    #expect(plain.code == 78 && plain.complaint.contains("--tls-cert"))
  }

  @Test(arguments: [
    ("[alerts]\nrefusal = 3\n", "alerts.toml:2:1: alerts.refusal: is not a known key"),
    (
      "[alerts.chat.a]\nurl = \"https://x/hunter2\"\n",
      "alerts.toml:2:1: alerts.chat.a.url: is a secret"
    ),
    ("[alerts.chat.a]\nurl = \"file:nothing\"\n", "alerts.toml:2:1: alerts.chat.a.url: "),
    ("[traces]\nendpoint = \"x\"\n", "alerts.toml:2:1: traces.endpoint: is not an address"),
    ("[alerts\n", "alerts.toml:1:"),
  ])
  func `what is wrong with the alerts' configuration is told with its place`(
    _ text: String, _ says: String
  ) throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let config = folder.path("alerts.toml")
    try text.write(toFile: config, atomically: true, encoding: .utf8)
    let result = try Self.run(["--journal", folder.path("run"), "--config", config])
    #expect(result.code == 78)
    #expect(result.complaint.contains(says), "\(result.complaint)")
    #expect(!result.complaint.contains("hunter2"))
  }

  /// A journal whose run goes on and is halted, and a configuration whose receivers nobody answers for.
  private static func haltedRun(_ folder: JournalFolder) throws -> (journal: String, config: String)
  {
    let start = Instant(nanoseconds: 1_767_623_400_000_000_000)
    let live = RunStart(mode: .live, seed: 1, engine: "t", strategies: "", source: "t")
    let events = [Event.observation(.runStarted(live)), .decision(.halted(.all, reason: "drill"))]
    _ = try folder.write(
      events.enumerated().map { index, event in
        Entry(
          header: EntryHeader(
            sequence: UInt64(index + 1), eventTime: start, receiveTime: start), event: event)
      }, to: "run")
    let config = folder.path("alerts.toml")
    try """
    [alerts.webhook.a]
    url = "http://127.0.0.1:1/hook"
    secret = "file:secret"
    [alerts.chat.b]
    url = "file:chat"
    [alerts.mail.c]
    server = "127.0.0.1:1"
    security = "none"
    user = "ann"
    password = "file:secret"
    from = "d@example.com"
    to = "a@example.com"
    """.write(toFile: config, atomically: true, encoding: .utf8)
    try "hunter2".write(toFile: folder.path("secret"), atomically: true, encoding: .utf8)
    try "http://127.0.0.1:1/hunter3".write(
      toFile: folder.path("chat"), atomically: true, encoding: .utf8)
    return (folder.path("run"), config)
  }

  /// Asks for a halt, with a trace's name and something in the body and the query that nobody should see.
  private static func halt(_ address: String, token: String) throws {
    let curl = Process()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    curl.arguments = [
      "curl", "-s", "-X", "POST", "-H", "Authorization: Bearer \(token)", "-H",
      "Idempotency-Key: k", "-H", "Content-Type: application/json", "-H",
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "-d",
      #"{"scope":"all","reason":"hunter4"}"#, "http://\(address)/api/v1/halts?x=hunter5",
    ]
    curl.standardOutput = FileHandle.nullDevice
    try curl.run()
    curl.waitUntilExit()
  }

  @Test func `logs are lines of JSON, and no secret is in them`() throws {
    let folder = try JournalFolder()
    let (journal, config) = try Self.haltedRun(folder)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = ["--journal", journal, "--port", "0", "--config", config]
    let complaint = Pipe()
    process.standardError = complaint
    try process.run()
    defer { process.terminate() }
    var text = ""
    let sinks = ["webhook.a", "chat.b", "mail.c"]
    while !sinks.allSatisfy({ text.contains("\"sink\":\"\($0)\"") })
      || !text.contains("listening")
    {
      let more = complaint.fileHandleForReading.availableData
      try #require(!more.isEmpty, "\(text)")
      text += String(decoding: more, as: UTF8.self)
    }
    let address = try #require(try Self.address(complaint, text))
    let token = try Self.run([
      "token", "--journal", journal, "--subject", "ann", "--role", "trader",
    ]).output.split(separator: "\n")[0]
    try Self.halt(address, token: String(token))
    process.terminate()
    text += String(
      decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("daybook-api: listening") }
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["time"] is String && object?["level"] is String, "\(line)")
    }
    #expect(lines.contains { $0.contains("\"message\":\"alert\",\"seq\":2") }, "\(text)")
    #expect(
      lines.contains {
        $0.contains("\"path\":\"/api/v1/halts\"") && $0.contains("\"subject\":\"ann\"")
          && $0.contains("\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"")
      }, "\(text)")
    let keys = try String(contentsOfFile: journal + "/api.keys", encoding: .utf8)
    let key = try #require(keys.split(separator: "\"").first { $0.count > 30 })
    for secret in ["hunter", String(token), String(key)] { #expect(!text.contains(secret)) }
  }

  @Test func `it listens, answers, and ends when told to`() throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = ["--journal", folder.path("run"), "--port", "0"]
    let complaint = Pipe()
    process.standardError = complaint
    try process.run()
    defer { process.terminate() }
    let address = try #require(try Self.address(complaint, ""))
    let taken = try Self.run([
      "--journal", folder.path("run"), "--port", String(address.split(separator: ":").last!),
    ])
    #expect(taken.code == 69 && taken.complaint.contains("cannot be taken"))
    let token = try Self.run(
      ["token", "--journal", folder.path("run"), "--subject", "ann", "--role", "viewer"])
    #expect(token.code == 0 && token.output.split(separator: ".").count == 3)
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `exit codes are the door's`() throws {
    let folder = try JournalFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("empty"), withIntermediateDirectories: true)
    try "no journal".write(
      toFile: folder.path("empty/data.mdb"), atomically: true, encoding: .utf8)
    let foreign = try Self.run(["--journal", folder.path("empty")])
    #expect(foreign.code == 65 && foreign.complaint.contains("not a journal"))
    _ = try folder.write([], to: "run")
    let letter = folder.path("letter.txt")
    try "dear mother".write(toFile: letter, atomically: true, encoding: .utf8)
    for command in [["rebuild"], ["serve", "--port", "0"]] {
      let result = try Self.run(
        command + ["--journal", folder.path("run"), "--read-model", letter])
      #expect(result.code == 65 && result.complaint.contains("not a read model"))
    }
    #expect(try String(contentsOfFile: letter, encoding: .utf8) == "dear mother")
    let missing = try Self.run(["rebuild", "--journal", folder.path("nowhere")])
    #expect(missing.code == 66)
    let made = try Self.run(["rebuild", "--journal", folder.path("run")])
    #expect(made.code == 0 && made.complaint.contains("read.sqlite is at #0"))
  }

  @Test func `a read model in use is not rebuilt`() throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let server = Process()
    server.executableURL = URL(fileURLWithPath: Self.path)
    server.arguments = ["--journal", folder.path("run"), "--port", "0"]
    let complaint = Pipe()
    server.standardError = complaint
    try server.run()
    defer {
      server.terminate()
      server.waitUntilExit()
    }
    _ = complaint.fileHandleForReading.availableData
    let result = try Self.run(["rebuild", "--journal", folder.path("run")])
    #expect(result.code == 75 && result.complaint.contains("another process keeps this file"))
  }

  @Test func `it ends with whoever started it`() throws {
    let folder = try JournalFolder()
    _ = try folder.write([], to: "run")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = ["--journal", folder.path("run"), "--port", "0", "--lifeline"]
    let (input, complaint) = (Pipe(), Pipe())
    (process.standardInput, process.standardError) = (input, complaint)
    try process.run()
    #expect(!complaint.fileHandleForReading.availableData.isEmpty)
    #expect(process.isRunning)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}

extension Rule {
  /// What the rooms of rings 1 and 2 must not do, so that state is a function of the journal's prefix.
  static let pure: [Rule] = [
    Rule(
      "no platform in a pure room",
      because: "a module that can ask the world makes replay a matter of luck",
      in: .pureRooms,
      find: { file in
        file.imports.filter { RoomTable.platform.contains($0.module) }
          .map { ($0.line, "`import \($0.module)`") }
      },
      bites: [
        "import Foundation", "import Dispatch", "import Glibc", "import Synchronization",
        "import struct Foundation.Date", "@preconcurrency import Dispatch",
      ],
      spares: ["import Events", "// import Foundation", "let mode = Mode.import"]),
    Rule(
      "no clock in a pure room",
      because: "time is an argument: take an Instant",
      in: .pureRooms,
      find: either(
        words([
          "ContinuousClock", "SuspendingClock", "Date", "DispatchTime", "timespec", "timeval",
        ]),
        calls(["clock_gettime", "gettimeofday", "time", "clock", "sleep", "usleep", "nanosleep"])
      ),
      bites: [
        "let t = ContinuousClock.now", "let t = SuspendingClock().now", "let d = Date()",
        "clock_gettime(CLOCK_REALTIME, &t)", "let now = time(nil)", "let s = \"at \\(time(nil))\"",
        "usleep(1)",
      ],
      spares: [
        "// ContinuousClock", "let s = \"Date()\"", "func time(_ at: Instant) {}",
        "let t = entry.time(at: 3)", "/* time(nil) */", "case time(Instant)",
      ]),
    Rule(
      "no randomness in a pure room",
      because: "randomness is an argument: draw from the journaled seed",
      in: .pureRooms,
      find: either(
        members(["random", "randomElement", "shuffle", "shuffled"]),
        words(["SystemRandomNumberGenerator", "UUID"]),
        calls(["arc4random", "arc4random_uniform", "rand", "random", "drand48", "getrandom"])),
      bites: [
        "let x = Int.random(in: 0..<3)", "let g = SystemRandomNumberGenerator()",
        "let o = orders.shuffled()", "let e = orders.randomElement()", "let r = arc4random()",
        "let id = UUID()",
      ],
      spares: ["var random = Random(seed: seed)", "// Int.random(in:)"]),
    Rule(
      "no per-process hash in a pure room",
      because: "Swift seeds its hashes per process: the value must never reach state or output",
      in: .pureRooms,
      find: either(members(["hashValue"]), calls(["Hasher"])),
      bites: ["let h = symbol.hashValue", "var h = Hasher()"],
      spares: ["func hash(into hasher: inout Hasher) {}"]),
    Rule(
      "no output in a pure room",
      because: "what happened is an event, told by an edge",
      in: .pureRooms,
      find: calls(["print", "debugPrint", "dump", "puts", "printf", "fputs", "readLine"]),
      bites: ["print(order)", "debugPrint(1)", "dump(book)", "let l = readLine()"],
      spares: ["// print(order)", "trade.print(at: 3)", "let s = \"print(1)\""]),
    Rule(
      "no file in a pure room",
      because: "bytes come in as arguments",
      in: .pureRooms,
      find: either(
        words(["FileManager", "FileHandle", "InputStream", "OutputStream", "URL"]),
        calls(["fopen", "open", "mmap", "stat", "socket", "getenv"])),
      bites: [
        "let f = fopen(p, q)", "let d = open(path, 0)", "FileManager.default", "getenv(name)",
      ],
      spares: [
        "static func open(_ p: Int) {}", "reader.read(UInt8.self)", "header.write(to: &b)",
        "case open(Price)",
      ]),
    Rule(
      "no concurrency in a pure room",
      because: "one thread steps the engine; waiting and locking belong to the edge",
      in: .pureRooms,
      find: either(
        words([
          "async", "await", "Task", "TaskGroup", "AsyncStream", "AsyncSequence", "Thread",
          "DispatchQueue", "Mutex", "Atomic", "NSLock", "MainActor", "nonisolated",
        ]),
        sequence("@ unchecked Sendable"), actorDeclarations),
      bites: [
        "func f() async {}", "await g()", "Task { }", "actor Engine {}", "let m = Mutex(0)",
        "nonisolated(unsafe) var x = 0", "final class A: @unchecked Sendable {}",
      ],
      spares: ["var actor: OperatorID", "let s = \"await\"", "// a Task waits"]),
    Rule(
      "no libm in a pure room",
      because: "libm's bits change with the processor; sqrt and the four operations are exact",
      in: .pureRooms,
      find: calls([
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf",
        "erfc", "exp", "exp2", "expm1", "hypot", "lgamma", "log", "log10", "log1p", "log2", "pow",
        "sin", "sinh", "tan", "tanh", "tgamma",
      ]),
      bites: ["let y = exp(x)", "let y = pow(x, 2)", "let r = log(b / a)"],
      spares: ["let y = x.squareRoot()", "journal.log(entry)", "let log = 3"]),
    Rule(
      "no unsafe code in a pure room",
      because: "only Events/Bytes touches memory by pointer, behind a safe interface",
      in: .pureRooms, exempt: "Sources/Events/Bytes/",
      find: either(
        words(["unsafe", "UnsafeMutablePointer", "UnsafePointer", "UnsafeRawPointer"]),
        words(["UnsafeMutableRawPointer", "UnsafeBufferPointer", "UnsafeMutableBufferPointer"])),
      bites: ["let v = unsafe p.pointee", "var p: UnsafeMutablePointer<Int>"],
      spares: ["// unsafe", "let s = \"unsafe\""]),
  ]
}

/// `actor` followed by a name, as against a value called actor.
private let actorDeclarations: @Sendable (SourceFile) -> [Rule.Match] = { file in
  file.tokens.indices.dropLast().compactMap { index in
    guard file.tokens[index].isWord("actor"), file.tokens[index + 1].kind == .word,
      index == 0 || !file.tokens[index - 1].isSymbol(".")
    else { return nil }
    return (file.tokens[index].line, "`actor \(file.tokens[index + 1].text)`")
  }
}

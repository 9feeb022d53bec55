import Foundation
import Glibc
import Scenarios
import Testing

/// The API beside a daemon that is killed.
struct OrphanTests {
  /// The daemon's program, beside the server's.
  private static let daybook = URL(fileURLWithPath: StartTests.path).deletingLastPathComponent()
    .appendingPathComponent("daybook")

  private static func start(_ folder: JournalFolder, port: Int) throws -> Process {
    let process = Process()
    process.executableURL = daybook
    process.arguments = [
      "run", "--journal", folder.path("j"), "--api", "\(port)", "--set", "live.stale_after=60s",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "XDG_DATA_HOME": folder.path("data")
    ]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Whether somebody listens at a port of this machine.
  private static func isTaken(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return address(port) { connect(descriptor, $0, $1) } == 0
  }

  private static func address(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  @Test func `a port that is taken is told before anything is begun`() throws {
    let folder = try JournalFolder()
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    let port = Self.freePort()
    try #require(Self.address(port) { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
    let process = Process()
    process.executableURL = Self.daybook
    process.arguments = ["run", "--journal", folder.path("j"), "--api", "\(port)"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "XDG_DATA_HOME": folder.path("data")
    ]) { $1 }
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 69, "\(text)")
    #expect(text.contains("127.0.0.1:\(port)") && !text.contains("token"), "\(text)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("j")))
  }

  private static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    _ = address(0) { bind(descriptor, $0, $1) }
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor, $0, &length)
      }
    }
    return Int(UInt16(bigEndian: name.sin_port))
  }

  /// Waits until a port is taken or free, at most half a minute.
  private static func wait(_ port: Int, isTaken wanted: Bool) -> Bool {
    for _ in 0..<1_500 {
      if isTaken(port) == wanted { return true }
      usleep(20_000)
    }
    return false
  }

  @Test func `a daemon that is killed takes its API with it, so that the next has the port`() throws
  {
    let folder = try JournalFolder()
    let port = Self.freePort()
    for round in 1...2 {
      let daemon = try Self.start(folder, port: port)
      #expect(Self.wait(port, isTaken: true), "round \(round)")
      kill(daemon.processIdentifier, SIGKILL)
      daemon.waitUntilExit()
      #expect(Self.wait(port, isTaken: false), "round \(round)")
    }
  }
}

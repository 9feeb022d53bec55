import Foundation
import Glibc

/// The built program, as a user runs it.
enum Program {
  struct Result {
    var code: Int32
    var output: String
    var complaint: String

    /// Standard output as JSON.
    var json: [String: Any] {
      let value = try? JSONSerialization.jsonObject(with: Data(output.utf8))
      return value as? [String: Any] ?? [:]
    }

    var lines: [Substring] { output.split(separator: "\n") }
  }

  /// Beside the tests, wherever those were built.
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own[..<own.lastIndex(of: "/")!]) + "/daybook"
  }()

  /// Runs the program to its end. Its signing key, if it needs one, is in a folder of the tests.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    let process = try start(arguments, in: folder, environment: environment)
    return process.finish()
  }

  static func start(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DAYBOOK_") }
    all["XDG_DATA_HOME"] = Workshop.shared.folder.appendingPathComponent("data").path
    all.merge(environment) { _, new in new }
    process.environment = all
    return try Running(process)
  }

  /// A program under way, whose output is gathered in files so that no pipe can fill.
  final class Running {
    let process: Process
    private let folder: URL

    init(_ process: Process) throws {
      self.process = process
      folder = try Workshop.scratch()
      for name in ["out", "err"] { try Data().write(to: folder.appendingPathComponent(name)) }
      process.standardOutput = try FileHandle(
        forWritingTo: folder.appendingPathComponent("out"))
      process.standardError = try FileHandle(
        forWritingTo: folder.appendingPathComponent("err"))
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }

    /// What it has said so far on standard error.
    var complaint: String { text("err") }
    var output: String { text("out") }

    private func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    func finish() -> Result {
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: folder) }
      return Result(code: process.terminationStatus, output: output, complaint: complaint)
    }
  }
}

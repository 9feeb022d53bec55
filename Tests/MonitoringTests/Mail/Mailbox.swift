import Foundation
import NIOSSL

/// A mail server in a process of its own: aiosmtpd of Tools/python/tests/mailbox.py, with a certificate of its own.
final class Mailbox: @unchecked Sendable {
  struct Mail: Decodable {
    var from: String
    var to: [String]
    /// In base64.
    var data: String
    var tls: Bool
    var user: String?

    var text: String {
      Data(base64Encoded: data).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The interpreter that has aiosmtpd; nil if it was not installed.
  static let python: URL? = {
    let url = root.appendingPathComponent("Tools/python/.venv/bin/python")
    guard FileManager.default.isExecutableFile(atPath: url.path) else { return nil }
    let process = Process()
    process.executableURL = url
    process.arguments = ["-c", "import aiosmtpd"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? url : nil
  }()

  let port: Int
  let certificates: [NIOSSLCertificate]
  private let process: Process
  private let output: FileHandle
  private let input: Pipe
  private let folder: URL
  private var rest = Data()

  /// - Parameters:
  ///   - mode: `none`, `starttls` or `tls`.
  ///   - login: user and password that it takes.
  init(_ mode: String, login: (user: String, password: String)? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "daybook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (chain, key) = (
      folder.appendingPathComponent("chain.pem").path, folder.appendingPathComponent("key.pem").path
    )
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    openssl.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain,
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    certificates = try NIOSSLCertificate.fromPEMFile(chain)
    process = Process()
    process.executableURL = Self.python
    process.arguments =
      [Self.root.appendingPathComponent("Tools/python/tests/mailbox.py").path, mode, chain, key]
      + (login.map { [$0.user, $0.password] } ?? [])
    let pipe = Pipe()
    input = Pipe()
    process.standardInput = input
    process.standardOutput = pipe
    try process.run()
    output = pipe.fileHandleForReading
    var line = Data()
    while line.last != 10 {
      let byte = output.readData(ofLength: 1)
      if byte.isEmpty { break }
      line += byte
    }
    port = Int(String(decoding: line.dropLast(), as: UTF8.self)) ?? 0
  }

  /// The next mail. Waits for it.
  func next() throws -> Mail {
    while !rest.contains(10) {
      let more = output.availableData
      if more.isEmpty { break }
      rest += more
    }
    let end = rest.firstIndex(of: 10) ?? rest.endIndex
    let line = rest[rest.startIndex..<end]
    rest = Data(rest[end...].dropFirst())
    return try JSONDecoder().decode(Mail.self, from: line)
  }

  func stop() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    try FileManager.default.removeItem(at: folder)
  }
}

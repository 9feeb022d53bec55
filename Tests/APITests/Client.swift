import Foundation
import Glibc

/// A client of HTTP/1.1 on a plain socket, so that tests can say anything, also what no library would.
enum Client {
  struct Failure: Error { var what: String }

  struct Answer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String

    /// The body as a JSON object.
    var json: [String: Any] {
      let value = try? JSONSerialization.jsonObject(with: Data(body.utf8))
      return value as? [String: Any] ?? [:]
    }
    var data: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
    var code: String? { json["code"] as? String }
    var sequence: UInt64? { (json["seq"] as? NSNumber)?.uint64Value }
  }

  /// A connection to a port of this machine.
  final class Socket: @unchecked Sendable {
    private let descriptor: Int32

    /// - Parameter buffer: bytes that the kernel may keep for us; nil for its own choice.
    init(_ port: Int, buffer: Int32? = nil) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      if var buffer {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<Int32>.size))
      }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(port).bigEndian)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var patience = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Says that nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ bytes: [UInt8]) throws {
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(what: "send: \(errno)") }
        done += count
      }
    }

    /// What comes next; empty at the end.
    func receive() throws -> [UInt8] {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == ECONNRESET { return [] }
      guard count >= 0 else { throw Failure(what: "nothing came: \(errno)") }
      return Array(buffer[..<count])
    }

    private var rest: [UInt8] = []

    /// The next answer; nil if the server closed instead.
    func answer() throws -> Answer? {
      while true {
        if let (answer, length) = try Self.parse(rest) {
          rest.removeFirst(length)
          return answer
        }
        let more = try receive()
        guard !more.isEmpty else { return nil }
        rest += more
      }
    }

    /// Bytes that came after the last answer.
    func takeRest() -> [UInt8] {
      defer { rest = [] }
      return rest
    }

    private static func parse(_ bytes: [UInt8]) throws -> (Answer, Int)? {
      guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) })
      else { return nil }
      let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
      guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
      else { throw Failure(what: "no status line") }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
      }
      let length = status == 101 ? 0 : Int(headers["content-length"] ?? "0") ?? 0
      guard bytes.count >= end + 4 + length else { return nil }
      let body = String(decoding: bytes[(end + 4)..<(end + 4 + length)], as: UTF8.self)
      return (Answer(status: status, headers: headers, body: body), end + 4 + length)
    }
  }

  /// Does what blocks away from the threads that the server's tasks need.
  static func away<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { continuation.resume(with: Result { try body() }) }
      thread.start()
    }
  }

  /// Sends a request on a connection of its own.
  static func request(
    _ method: String, _ target: String, port: Int, headers: [(String, String)] = [],
    body: String? = nil
  ) async throws -> Answer {
    var text = "\(method) \(target) HTTP/1.1\r\nhost: localhost\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if let body {
      if !headers.contains(where: { $0.0 == "content-type" }) {
        text += "content-type: application/json\r\n"
      }
      text += "content-length: \(body.utf8.count)\r\n"
    }
    text += "\r\n" + (body ?? "")
    let bytes = Array(text.utf8)
    return try await away {
      let socket = try Socket(port)
      try socket.send(bytes)
      guard let answer = try socket.answer() else { throw Failure(what: "closed") }
      return answer
    }
  }
}

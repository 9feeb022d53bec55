import Foundation

/// A client of WebSockets on a plain socket (RFC 6455).
final class WebSocketClient: @unchecked Sendable {
  struct Frame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]) ?? [:]
    }
    /// Of a closing frame.
    var code: Int { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 0 }
    var reason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
  }

  let socket: Client.Socket
  private var bytes: [UInt8] = []

  /// Upgrades a connection.
  init(_ port: Int, _ path: String, buffer: Int32? = nil) throws {
    socket = try Client.Socket(port, buffer: buffer)
    try socket.send(Array(Self.handshake(path).utf8))
    guard let answer = try socket.answer(), answer.status == 101 else {
      throw Client.Failure(what: "no upgrade")
    }
    // The key and its answer of RFC 6455, section 1.3.
    guard answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
      throw Client.Failure(what: "a wrong answer to the key")
    }
    bytes = socket.takeRest()
  }

  static func handshake(_ path: String, version: String = "13") -> String {
    "GET \(path) HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
      + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: \(version)\r\n\r\n"
  }

  static func frame(_ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true) -> [UInt8] {
    var frame: [UInt8] = [opcode | (isFinal ? 0x80 : 0)]
    if payload.count < 126 {
      frame.append(0x80 | UInt8(payload.count))
    } else {
      frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    }
    let mask: [UInt8] = [1, 2, 3, 4]
    return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }

  func say(_ text: String) throws { try socket.send(Self.frame(Array(text.utf8))) }

  /// The next frame; nil if the server closed the socket.
  func next() throws -> Frame? {
    while true {
      if let frame = take() { return frame }
      let more = try socket.receive()
      guard !more.isEmpty else { return nil }
      bytes += more
    }
  }

  /// The next frame that `isWanted`, passing over others; nil if the server closed the socket.
  func next(where isWanted: (Frame) -> Bool) throws -> Frame? {
    while let frame = try next() {
      if isWanted(frame) { return frame }
    }
    return nil
  }

  /// The next messages of channels, without heartbeats and answers.
  func messages(_ count: Int) throws -> [[String: Any]] {
    var found: [[String: Any]] = []
    while found.count < count {
      guard let frame = try next() else { break }
      if frame.json["ch"] != nil { found.append(frame.json) }
    }
    return found
  }

  private func take() -> Frame? {
    guard bytes.count >= 2 else { return nil }
    var (length, start) = (Int(bytes[1] & 0x7F), 2)
    if length == 126 {
      guard bytes.count >= 4 else { return nil }
      (length, start) = (Int(bytes[2]) << 8 | Int(bytes[3]), 4)
    } else if length == 127 {
      guard bytes.count >= 10 else { return nil }
      length = bytes[2..<10].reduce(0) { $0 << 8 | Int($1) }
      start = 10
    }
    guard bytes.count >= start + length else { return nil }
    let frame = Frame(opcode: bytes[0] & 0x0F, payload: Array(bytes[start..<(start + length)]))
    bytes.removeFirst(start + length)
    return frame
  }
}

import Foundation
import Scenarios
import Testing

@testable import API

/// Frames that break the protocol, against a real server (RFC 6455).
@Suite struct FrameTests {
  private static func frame(
    _ payload: [UInt8], opcode: UInt8 = 1, isFinal: Bool = true
  ) -> [UInt8] { WebSocketClient.frame(payload, opcode: opcode, isFinal: isFinal) }

  private static let ping = Array(#"{"op":"ping"}"#.utf8)

  /// A frame that says it is so long.
  private static func claiming(_ length: UInt64) -> [UInt8] {
    [0x81, 0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) } + [
      1, 2, 3, 4,
    ]
  }

  private static let wrong: [(what: String, bytes: [UInt8], code: Int)] = [
    ("not masked", [0x81, 2, 0x7B, 0x7D], 1002),
    ("a reserved opcode", frame(ping, opcode: 3), 1002),
    ("a reserved control opcode", frame([], opcode: 11), 1002),
    ("a reserved bit", [0xC1] + frame(ping).dropFirst(), 1002),
    ("a part of nothing", frame(ping, opcode: 0), 1002),
    ("a message within another", frame(ping, isFinal: false) + frame(ping), 1002),
    ("a ping in parts", frame([1], opcode: 9, isFinal: false), 1002),
    ("a ping that is too long", frame([UInt8](repeating: 1, count: 126), opcode: 9), 1002),
    ("no UTF-8", frame([0x22, 0xFF, 0x22]), 1007),
    ("no UTF-8 in two parts", frame([0xC3], isFinal: false) + frame([0x28], opcode: 0), 1007),
    ("a surrogate", frame([0xED, 0xA0, 0x80]), 1007),
    ("longer than 64 KiB", claiming(1 << 16 + 1), 1009),
    ("longer than anything", claiming(1 << 62), 1009),
    ("a negative length", claiming(1 << 63), 1009),
    (
      "too many parts",
      frame([0x20], isFinal: false)
        + (0..<70).flatMap { _ in frame([0x20], opcode: 0, isFinal: false) },
      1009
    ),
    ("half a code", frame([3], opcode: 8), 1002),
    ("a code that is never sent", frame([0x03, 0xED], opcode: 8), 1002),
    ("a reason that is no UTF-8", frame([0x03, 0xE8, 0xFF], opcode: 8), 1007),
    ("a farewell", frame([0x03, 0xE8], opcode: 8), 1000),
    ("a silent farewell", frame([], opcode: 8), 1000),
  ]

  private static func open(_ server: TestServer) async throws -> WebSocketClient {
    let token = try await server.token("ann", .viewer)
    let port = server.port
    return try await Client.away {
      let client = try WebSocketClient(port, "/ws/v1")
      try client.say("{\"op\":\"auth\",\"token\":\"\(token)\"}")
      guard try client.next()?.json["op"] as? String == "authenticated" else {
        throw Client.Failure(what: "not authenticated")
      }
      return client
    }
  }

  @Test func `each is closed with its code, once, and others go on`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let witness = try await Self.open(server)
      for (what, bytes, code) in Self.wrong {
        let client = try await Self.open(server)
        let codes = try await Client.away { () -> [Int] in
          try client.socket.send(bytes)
          var codes: [Int] = []
          while let frame = try client.next() {
            if frame.opcode == 8 { codes.append(frame.code) }
          }
          return codes
        }
        #expect(codes == [code], "\(what)")
      }
      let pong = try await Client.away {
        try witness.say(#"{"op":"ping","id":1}"#)
        return try witness.next { $0.json["op"] as? String == "pong" }
      }
      #expect(pong != nil)
    }
  }

  @Test func `a message may come in parts, cut within a character, with a ping between`()
    async throws
  {
    try await TestServer.with(SharedRun.own.path) { server in
      let client = try await Self.open(server)
      let bytes = Array(#"{"op":"é"}"#.utf8)
      let cut = bytes.firstIndex(of: 0xC3)! + 1
      let answers = try await Client.away {
        try client.socket.send(
          Self.frame(Array(bytes[..<cut]), isFinal: false) + Self.frame([7], opcode: 9)
            + Self.frame(Array(bytes[cut...]), opcode: 0))
        let pong = try client.next { $0.opcode == 10 }
        let error = try client.next { $0.json["op"] as? String == "error" }
        return (pong?.payload, error?.json["code"] as? String)
      }
      #expect(answers.0 == [7] && answers.1 == "unknown_op")
    }
  }

  /// Codes that the server may close with.
  private static let codes: Set<Int> = [1000, 1002, 1003, 1007, 1008, 1009, 4401]

  @Test func `whatever bytes come, the socket is closed in order or goes on`() async throws {
    var random = Seeded(seed: 23)
    let seeds = [
      Self.frame(Self.ping), Self.frame([1, 2], opcode: 9), Self.frame([0x03, 0xE8], opcode: 8),
      Self.frame(Array(#"{"op":"subscribe","channel":"trades"}"#.utf8)),
      Self.frame(Array(Self.ping[..<5]), isFinal: false)
        + Self.frame(Array(Self.ping[5...]), opcode: 0),
      Self.frame([UInt8](repeating: 0x20, count: 300)),
    ]
    try await TestServer.with(SharedRun.own.path) { server in
      let witness = try await Self.open(server)
      var seen: [Int: Int] = [:]
      for _ in 0..<400 {
        let bytes = random.mutate(seeds.randomElement(using: &random)!)
        let client = try await Self.open(server)
        let codes = try await Client.away { () -> [Int] in
          // A socket that the server closed meanwhile takes nothing.
          try? client.socket.send(bytes)
          client.socket.finish()
          var codes: [Int] = []
          while let frame = try client.next() {
            if frame.opcode == 8 { codes.append(frame.code) }
          }
          return codes
        }
        #expect(codes.count <= 1 && Self.codes.isSuperset(of: codes), "\(bytes): \(codes)")
        seen[codes.first ?? 0, default: 0] += 1
      }
      #expect(seen.count >= 4, "\(seen)")
      let pong = try await Client.away {
        try witness.say(#"{"op":"ping","id":1}"#)
        return try witness.next { $0.json["op"] as? String == "pong" }
      }
      #expect(pong != nil)
    }
  }
}

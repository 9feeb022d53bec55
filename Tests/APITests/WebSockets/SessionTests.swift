import Events
import Foundation
import Journaling
import Scenarios
import Sequencing
import Testing

@testable import API

/// WebSockets against a real server.
struct SessionTests {
  private static func open(
    _ server: TestServer, _ path: String = "/ws/v1", as role: Role = .viewer, buffer: Int32? = nil
  ) async throws -> WebSocketClient {
    let token = try await server.token("ann", role)
    let port = server.port
    return try await Client.away {
      let client = try WebSocketClient(port, path, buffer: buffer)
      try client.say("{\"op\":\"auth\",\"token\":\"\(token)\"}")
      guard let hello = try client.next(), hello.json["op"] as? String == "authenticated" else {
        throw Client.Failure(what: "not authenticated")
      }
      return client
    }
  }

  /// The entries of a run that a channel has, as sequences.
  private static func wanted(_ channel: Channels) throws -> [Int] {
    try SharedRun.own.reader.entries().filter {
      Channels(of: $0.event.kind).contains(channel)
    }.map { Int($0.header.sequence) }
  }

  @Test(arguments: [("orders", Channels.orders), ("trades", .trades)])
  func `from a sequence on every message comes, in order and linked`(
    _ name: String, _ channel: Channels
  ) async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let client = try await Self.open(server)
      let wanted = try Self.wanted(channel)
      let from = wanted[1]
      let texts = try await Client.away {
        try client.say(
          "{\"op\":\"subscribe\",\"id\":7,\"channel\":\"\(name)\",\"from_seq\":\(from)}")
        let answer = try client.next { $0.json["op"] as? String == "subscribed" }
        guard answer?.json["id"] as? Int == 7, answer?.json["from_seq"] as? Int == from else {
          throw Client.Failure(what: "not subscribed")
        }
        return try client.messages(wanted.count - 2).map {
          [$0["seq"] as? Int ?? -1, $0["prev"] as? Int ?? -1]
        }
      }
      #expect(texts.map(\.[0]) == Array(wanted.dropFirst(2)))
      #expect(texts.map(\.[1]) == Array(wanted.dropFirst().dropLast()))
    }
  }

  @Test func `new entries come as they are committed, by instrument`() async throws {
    let folder = try JournalFolder()
    var journal = try folder.create("live")
    var recorder = Recorder(after: journal.head)
    let start = Instant(nanoseconds: 1_700_000_000_000_000_000)
    func take(_ observation: Observation, _ after: Int64) throws {
      let time = start.advanced(by: after)
      try recorder.append(observation, event: time, receive: time, to: &journal)
    }
    try take(.instrument(.share(0, "AAA")), 1)
    try take(.instrument(.share(1, "BBB")), 2)
    try recorder.flush(to: &journal)
    try await TestServer.with(folder.path("live")) { server in
      let client = try await Self.open(server)
      try await Client.away {
        try client.say(
          #"{"op":"subscribe","channel":"market-data","instruments":["BBB"],"from_seq":2}"#)
        _ = try client.next { $0.json["op"] as? String == "subscribed" }
      }
      for index in 0..<3 {
        for id in [InstrumentID(0), InstrumentID(1)] {
          try take(
            .market(
              .trade(
                Trade(
                  instrument: id, price: Price(Int64(10_000 + index)), size: Quantity(5),
                  side: .buy))), Int64(10 + index))
        }
        try recorder.flush(to: &journal)
      }
      let prices = try await Client.away {
        try client.messages(3).map { message -> String in
          let data = message["data"] as? [String: Any]
          return "\(data?["instrument"] ?? "") \(data?["price"] ?? "")"
        }
      }
      #expect(prices == ["BBB 100.00", "BBB 100.01", "BBB 100.02"])
    }
  }

  @Test func `of quotes the newest are enough`() throws {
    let quotes = (1...10).map { number -> Entry in
      let quote = Quote(
        instrument: InstrumentID(UInt16(number % 2)), bid: Price(Int64(number)), ask: Price(100),
        bidSize: Quantity(1), askSize: Quantity(1))
      return Entry(
        header: EntryHeader(sequence: UInt64(number), eventTime: .epoch, receiveTime: .epoch),
        event: .observation(.market(.quote(quote))))
    }
    var names = EntryText()
    let bulletin = Bulletin(quotes, &names, known: 0)
    #expect(bulletin.messages.map(\.sequence) == [9, 10])
    #expect(bulletin.range == 1...10)
  }

  @Test func `a heartbeat says where the client is`() async throws {
    let limits = Session.Limits(heartbeat: .milliseconds(20))
    try await TestServer.with(SharedRun.own.path, sessions: limits) { server in
      let client = try await Self.open(server, "/ws/trades")
      let head = Int(try SharedRun.own.reader.lastSequence())
      let beat = try await Client.away {
        try client.next { $0.json["op"] as? String == "heartbeat" }?.json["seq"] as? Int
      }
      #expect(beat == head)
    }
  }

  @Test func `who brings no token, a wrong one, or speaks first is closed`() async throws {
    let limits = Session.Limits(
      authentication: .milliseconds(50), heartbeat: .milliseconds(20))
    try await TestServer.with(SharedRun.own.path, sessions: limits) { server in
      let port = server.port
      for said in ["", #"{"op":"auth","token":"a.b.c"}"#, #"{"op":"ping"}"#] {
        let code = try await Client.away {
          let client = try WebSocketClient(port, "/ws/v1")
          if !said.isEmpty { try client.say(said) }
          return try client.next { $0.opcode == 8 }?.code
        }
        #expect(code == 4401, "after \(said)")
      }
    }
  }

  @Test func `what cannot be taken is told, and the conversation goes on`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let client = try await Self.open(server)
      let codes = try await Client.away {
        for text in [
          "gibberish", #"{"op":"dance","id":1}"#, #"{"op":"subscribe","channel":"gossip"}"#,
          #"{"op":"subscribe","channel":"orders","instruments":["IDX","IDY"]}"#,
          #"{"op":"ping","id":9}"#,
        ] { try client.say(text) }
        return try (0..<5).map { _ in
          let json = try client.next { $0.json["op"] as? String != "heartbeat" }?.json ?? [:]
          return "\(json["op"] ?? "") \(json["code"] ?? "")"
        }
      }
      #expect(
        codes == [
          "error malformed", "error unknown_op", "error unknown_channel",
          "error unknown_instrument", "pong ",
        ])
    }
  }

  @Test func `a flood, binary and oversized messages end the conversation`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      for (bytes, code) in [
        ((0..<60).flatMap { _ in WebSocketClient.frame(Array(#"{"op":"ping"}"#.utf8)) }, 1008),
        (WebSocketClient.frame([1, 2, 3], opcode: 2), 1003),
      ] {
        let client = try await Self.open(server)
        let seen = try await Client.away {
          try client.socket.send(bytes)
          return try client.next { $0.opcode == 8 }?.code
        }
        #expect(seen == code)
      }
      let client = try await Self.open(server)
      let isOver = try await Client.away {
        try client.socket.send([0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4])
        let end = try client.next { $0.opcode == 8 }
        return end == nil || end?.code == 1009 || end?.code == 1002
      }
      #expect(isOver)
    }
  }

  @Test func `more clients than may wait for old entries at once all get them`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let wanted = try Self.wanted(.orders)
      var clients: [WebSocketClient] = []
      for _ in 0..<80 { clients.append(try await Self.open(server, as: .auditor)) }
      for client in clients {
        try client.say(#"{"op":"subscribe","channel":"orders","from_seq":0}"#)
      }
      for client in clients {
        let got = try await Client.away {
          try client.messages(wanted.count).compactMap { $0["seq"] as? Int }
        }
        #expect(got == wanted)
      }
    }
  }

  @Test func `a client that was at the head and stays behind is closed`() async throws {
    let limits = Session.Limits(
      heartbeat: .milliseconds(20), patience: .seconds(60), lag: .milliseconds(150))
    let folder = try JournalFolder()
    var journal = try folder.create("live")
    var recorder = Recorder(after: journal.head)
    let time = Instant(nanoseconds: 1_700_000_000_000_000_000)
    try recorder.append(.instrument(.share(0, "AAA")), event: time, receive: time, to: &journal)
    try recorder.flush(to: &journal)
    try await TestServer.with(folder.path("live"), sessions: limits) { server in
      let client = try await Self.open(server, as: .auditor, buffer: 4096)
      try await Client.away {
        try client.say(#"{"op":"subscribe","channel":"market-data"}"#)
        _ = try client.next { $0.json["op"] as? String == "heartbeat" }
      }
      // More than socket and kernel hold, which nobody takes.
      let trade = Trade(instrument: InstrumentID(0), price: Price(1), size: Quantity(5), side: .buy)
      for _ in 0..<20_000 {
        try recorder.append(
          .market(.trade(trade)), event: time, receive: time, to: &journal)
      }
      try recorder.flush(to: &journal)
      for _ in 0..<1_500 where server.server.isHeard {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(!server.server.isHeard, "the server has ended it")
      let code = try await Client.away { try client.next { $0.opcode == 8 }?.code }
      // Behind all that it did not take the reason may not have come.
      #expect(code == nil || code == 1008)
    }
  }

  @Test func `a client that takes nothing is closed, and others go on`() async throws {
    let limits = Session.Limits(heartbeat: .milliseconds(20), patience: .milliseconds(100))
    try await TestServer.with(SharedRun.own.path, sessions: limits) { server in
      let slow = try await Self.open(server, as: .auditor, buffer: 4096)
      let quick = try await Self.open(server, as: .auditor)
      let wanted = try Self.wanted(.orders)
      // Asks for everything again and again and reads nothing, until the server has had enough.
      try await Client.away {
        for _ in 0..<1000 {
          for channel in ["market-data", "orders", "trades"] {
            do {
              try slow.say("{\"op\":\"subscribe\",\"channel\":\"\(channel)\",\"from_seq\":0}")
            } catch { return }
          }
          usleep(20_000)
        }
        throw Client.Failure(what: "it was never closed")
      }
      let got = try await Client.away {
        try quick.say(#"{"op":"subscribe","channel":"orders","from_seq":0}"#)
        return try quick.messages(wanted.count).compactMap { $0["seq"] as? Int }
      }
      #expect(got == wanted)
    }
  }

  @Test(arguments: [
    (WebSocketClient.handshake("/ws/v1", version: "8"), 426),
    (WebSocketClient.handshake("/ws/v2"), 404),
    (WebSocketClient.handshake("/ws/v1?token=x"), 400),
    ("GET /ws/alerts HTTP/1.1\r\nhost: x\r\n\r\n", 426),
    (
      "GET /ws/v1 HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        + "sec-websocket-version: 13\r\n\r\n", 426
    ),
  ])
  func `an upgrade that cannot be is answered`(_ text: String, _ status: Int) async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let port = server.port
      let answer = try await Client.away {
        let socket = try Client.Socket(port)
        try socket.send(Array(text.utf8))
        return try socket.answer()
      }
      #expect(answer?.status == status)
      #expect(answer?.headers["content-type"] == "application/problem+json")
    }
  }

  @Test func `the server's end is said with where to go on`() async throws {
    let server = try await TestServer.start(SharedRun.own.path)
    let client = try await Self.open(server, "/ws/trades")
    async let end = Client.away { try client.next { $0.opcode == 8 } }
    try await server.stop()
    let frame = try await end
    #expect(frame?.code == 1001)
    #expect(frame?.reason.contains("resume from") == true)
  }
}

struct ClientMessageTests {
  private static func read(_ bytes: [UInt8]) -> ClientMessage? {
    do throws(ClientMessage.Failure) { return try ClientMessage(bytes) } catch { return nil }
  }

  @Test func `messages are read`() {
    #expect(Self.read(Array(#"{"op":"auth","token":"t"}"#.utf8)) == .authenticate(token: "t"))
    #expect(
      Self.read(
        Array(
          #"{"op":"subscribe","id":1,"channel":"orders","from_seq":0,"instruments":["A"]}"#.utf8))
        == .subscribe(id: 1, .orders, instruments: ["A"], from: 0))
    #expect(
      Self.read(Array(#"{"op":"unsubscribe","channel":"alerts"}"#.utf8))
        == .unsubscribe(id: nil, .alerts))
    for text in [
      #"{"op":"auth"}"#, #"{"op":"subscribe"}"#, #"{"op":1}"#, "[]", "",
      #"{"op":"subscribe","channel":"orders","from_seq":-1}"#,
      String(repeating: "[", count: 60_000),
    ] { #expect(Self.read(Array(text.utf8)) == nil) }
  }

  @Test func `whatever comes is read or refused`() {
    var random = Seeded(seed: 5)
    let seeds = [
      #"{"op":"subscribe","id":1,"channel":"orders","from_seq":12,"instruments":["A","B"]}"#,
      #"{"op":"auth","token":"abc"}"#, #"{"scope":"all","reason":"x\u00e9\"y"}"#,
    ].map { Array($0.utf8) }
    var taken = 0
    for _ in 0..<5000 {
      let bytes = random.mutate(seeds.randomElement(using: &random)!)
      if Self.read(bytes) != nil { taken += 1 }
      // The same bytes as the body of an act.
      do throws(Problem) { _ = try Fields(bytes, [Acts.scope, Acts.reason]) } catch {
        #expect(error.status == 400 || error.status == 422)
      }
    }
    #expect(taken > 100 && taken < 5000)
  }
}

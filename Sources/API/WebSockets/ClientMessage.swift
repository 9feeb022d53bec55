import Foundation

/// What a client of WebSockets may send: one JSON object a message.
enum ClientMessage: Sendable, Equatable {
  case authenticate(token: String)
  /// - `id`: the client's own, which comes back.
  case subscribe(id: Int?, Channels, instruments: [String], from: UInt64?)
  case unsubscribe(id: Int?, Channels)
  case ping(id: Int?)

  /// Why a message cannot be taken.
  struct Failure: Error, Equatable {
    var code: String
    var what: String
    var id: Int?
  }

  private static let mostInstruments = 256

  private struct Line: Decodable {
    var op: String
    var id: Int?
    var token: String?
    var channel: String?
    var instruments: [String]?
    var from_seq: UInt64?
  }

  /// Reads a message.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard Fields.depth(bytes) <= 4,
      let line = try? JSONDecoder().decode(Line.self, from: Data(bytes))
    else {
      throw Failure(code: "malformed", what: "a message is {\"op\":…} with the fields of its op")
    }
    switch line.op {
    case "auth":
      guard let token = line.token else {
        throw Failure(code: "missing", what: "auth needs a token", id: line.id)
      }
      self = .authenticate(token: token)
    case "ping": self = .ping(id: line.id)
    case "subscribe", "unsubscribe":
      guard let found = Channels.all.first(where: { $0.name == line.channel }) else {
        throw Failure(
          code: "unknown_channel",
          what: "channels are \(Channels.all.map(\.name).joined(separator: ", "))", id: line.id)
      }
      if line.op == "unsubscribe" {
        self = .unsubscribe(id: line.id, found.channel)
        return
      }
      let instruments = line.instruments ?? []
      guard instruments.count <= Self.mostInstruments else {
        throw Failure(
          code: "too_many", what: "at most \(Self.mostInstruments) instruments", id: line.id)
      }
      self = .subscribe(
        id: line.id, found.channel, instruments: instruments, from: line.from_seq)
    default:
      throw Failure(
        code: "unknown_op", what: "ops are auth, subscribe, unsubscribe, ping", id: line.id)
    }
  }
}

import Foundation
import NIOCore
import NIOPosix
import Reporting
import Serving

/// The daemon's control socket, through which all acts go (docs/live.md, "The control socket"): one JSON object a
/// line, one line of answer. Each act has a connection of its own, so that one that waits for the disk keeps no
/// other from being asked.
struct ControlSocket: Sendable {
  /// Longest line in bytes.
  private static let longest = 1 << 16

  /// The journal's folder, in which the socket is.
  let folder: String
  let group: any EventLoopGroup
  let pools: Pools
  /// How long an answer may take.
  let patience: TimeAmount

  /// What the daemon answered.
  enum Reply: Sendable, Equatable {
    /// The act is on the disk as this entry.
    case done(UInt64)
    /// The same of an act that lets trading go on: which halts it ended, and what is left.
    case resumed(UInt64, HaltsLeft)
    case refused(code: String, what: String)
  }

  /// Asks the daemon for an act.
  /// - Throws: 503 if it cannot be reached, so that nothing was done; 504 if it did not answer, so that it may
  ///   or may not be done; 502 if its answer cannot be read.
  func ask(_ request: JSON) async throws(Problem) -> Reply {
    let line = request.text
    guard line.utf8.count < Self.longest else {
      throw Problem(
        status: 413, code: "body_too_long", detail: "An act has at most \(Self.longest) bytes.")
    }
    let channel = try await connect()
    let answer: String?
    do {
      answer = try await exchange(line, over: channel)
    } catch {
      answer = nil
    }
    guard let answer else {
      throw Problem(
        status: 504, code: "in_doubt",
        detail: "The daemon took the act and did not answer: it may or may not be recorded. "
          + "/api/internal/v1/journal/entries?kind=operator,limit_change,signal tells.")
    }
    return try Self.reply(answer)
  }

  private func connect() async throws(Problem)
    -> NIOAsyncChannel<ByteBuffer, ByteBuffer>
  {
    let folder = folder
    do {
      let descriptor = try await pools.quickly { () throws(Problem) in
        do { return try ControlClient.connection(to: folder) } catch {
          throw Self.unreachable(folder)
        }
      }
      return try await ClientBootstrap(group: group).withConnectedSocket(descriptor) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    } catch {
      throw Self.unreachable(folder)
    }
  }

  private static func unreachable(_ folder: String) -> Problem {
    .unavailable(
      "daemon_unreachable",
      "No daemon answers at \(folder)/control.sock, so nothing was done. `daybook run` starts one; "
        + "`daybook halt` asks it without this server.")
  }

  /// Sends a line and reads the first that comes back.
  /// - Returns: nil if none came in time.
  private func exchange(
    _ line: String, over channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
  ) async throws -> String? {
    let deadline = channel.channel.eventLoop.scheduleTask(in: patience) {
      channel.channel.close(promise: nil)
    }
    defer { deadline.cancel() }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: line + "\n"))
      var answer: [UInt8] = []
      for try await part in inbound {
        answer += Array(buffer: part)
        if let end = answer.firstIndex(of: UInt8(ascii: "\n")) {
          return String(decoding: answer[..<end], as: UTF8.self)
        }
        guard answer.count <= Self.longest else { return nil }
      }
      return nil
    }
  }

  private struct Line: Decodable {
    struct Failure: Decodable {
      var code: String
      var what: String
    }
    var ok: Bool
    var seq: UInt64?
    var error: Failure?
  }

  static func reply(_ answer: String) throws(Problem) -> Reply {
    let (decoder, data) = (JSONDecoder(), Data(answer.utf8))
    guard let line = try? decoder.decode(Line.self, from: data) else { throw garbled }
    if line.ok, let sequence = line.seq {
      let left = try? decoder.decode(HaltsLeft.self, from: data)
      return left.map { .resumed(sequence, $0) } ?? .done(sequence)
    }
    guard !line.ok, let error = line.error else { throw garbled }
    return .refused(code: error.code, what: error.what)
  }

  private static var garbled: Problem {
    Problem(
      status: 502, code: "daemon_garbled",
      detail: "The daemon's answer cannot be read; is it of another version?")
  }
}

extension ControlSocket.Reply {
  /// Sequence of the entry that records the act.
  /// - Throws: what the daemon has against it.
  func sequence() throws(Problem) -> UInt64 {
    switch self {
    case .done(let sequence), .resumed(let sequence, _): return sequence
    case .refused("stopping", let what):
      throw .unavailable("stopping", what, after: 10)
    case .refused("stalled", let what):
      throw .unavailable("stalled", what, after: 1)
    case .refused("not_permitted", let what):
      throw Problem(status: 403, code: "not_permitted", detail: what)
    case .refused("unknown_order", let what): throw .missing("unknown_order", what)
    case .refused("refused_order", let what):
      throw Problem(status: 409, code: "refused_order", detail: what)
    case .refused(let code, let what):
      throw Problem(status: 422, code: code, detail: what)
    }
  }
}

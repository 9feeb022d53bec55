import Events
import Foundation
import Glibc

/// What a daemon answers.
public struct ControlAnswer {
  /// The JSON object as it came.
  public var text: String
  public var fields: [String: Any]

  /// Sequence of the entry that records an act.
  /// - Throws: `refused` if there is none.
  public func sequence() throws(ServingError) -> UInt64 {
    guard let sequence = fields["seq"] as? UInt64 else {
      throw .refused(code: "malformed", what: "the daemon's answer has no sequence")
    }
    return sequence
  }
}

/// Asks the daemon that writes a journal, over its control socket.
public final class ControlClient {
  private let descriptor: Int32
  private var channel: LineChannel
  private let folder: String

  /// Connects.
  /// - Parameter patience: seconds that an answer may take; 0 for ever.
  /// - Throws: `ServingError.notRunning` if no daemon runs on the journal.
  public static func connect(to folder: String, patience: Int = 10) throws(ServingError)
    -> ControlClient
  {
    ControlClient(try ControlSocket.connect(in: folder), folder, patience)
  }

  /// Connects, for who speaks to the daemon in a way of their own; the path may be of any length.
  /// - Returns: the socket, which the caller closes.
  /// - Throws: `ServingError.notRunning` if no daemon runs on the journal.
  public static func connection(to folder: String) throws(ServingError) -> Int32 {
    try ControlSocket.connect(in: folder)
  }

  /// Whether a daemon answers in a journal's folder.
  public static func isAnswered(in folder: String) -> Bool {
    guard let descriptor = try? ControlSocket.connect(in: folder) else { return false }
    close(descriptor)
    return true
  }

  private init(_ descriptor: Int32, _ folder: String, _ patience: Int) {
    self.descriptor = descriptor
    self.folder = folder
    channel = LineChannel(descriptor, patience: patience)
  }

  deinit { close(descriptor) }

  /// Asks and waits for the answer.
  /// - Throws: `refused` with the daemon's code; `notRunning` if it went away.
  public func ask(_ fields: [(String, String)]) throws(ServingError) -> ControlAnswer {
    var line = JSONLine()
    for (name, value) in fields { line.field(name, value) }
    guard channel.write(line.closed), case .line(let bytes) = channel.read() else {
      throw .notRunning(folder)
    }
    guard
      let answer = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    else { throw .refused(code: "malformed", what: "the daemon's answer cannot be read") }
    guard answer["ok"] as? Bool == true else {
      let error = answer["error"] as? [String: String] ?? [:]
      throw .refused(code: error["code"] ?? "", what: error["what"] ?? "the daemon refused")
    }
    return ControlAnswer(text: String(decoding: bytes, as: UTF8.self), fields: answer)
  }

  /// Asks for an act and waits until it is durable.
  /// - Returns: its sequence.
  public func act(_ fields: [(String, String)]) throws(ServingError) -> UInt64 {
    try ask(fields).sequence()
  }
}

import Foundation
import Glibc
import Synchronization

/// A listener that speaks the control socket's protocol (docs/live.md), to see what a server asks of a daemon.
final class Daemon: Sendable {
  private let listener: Int32
  private let seen = Mutex<[[String: String]]>([])
  private let last = Mutex<UInt64>(1000)
  private let answer: @Sendable ([String: String]) -> String?
  private let isOver = Atomic(false)

  /// The requests so far.
  var requests: [[String: String]] { seen.withLock { $0 } }

  /// - Parameter answer: what to say instead of the next sequence; an empty text: nothing.
  init(_ journal: String, answer: @escaping @Sendable ([String: String]) -> String? = { _ in nil })
    throws
  {
    self.answer = answer
    let path = journal + "/control.sock"
    unlink(path)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Client.Failure(what: "the path is too long for a socket: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, listen(listener, 64) == 0 else {
      throw Client.Failure(what: "bind: \(errno)")
    }
    let thread = Thread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        let thread = Thread { [self] in serve(client) }
        thread.start()
      }
    }
    thread.start()
  }

  func stop() {
    guard !isOver.exchange(true, ordering: .relaxed) else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ client: Int32) {
    defer { close(client) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(client, &byte, 1) == 1 {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: String]
      line = []
      let request = object ?? ["op": "malformed"]
      // The monitor asks once a second, which is nothing that tests look at.
      if request["op"] == "status" {
        guard send("{\"ok\":false,\"error\":{\"code\":\"none\",\"what\":\"none\"}}", client) else {
          return
        }
        continue
      }
      seen.withLock { $0.append(request) }
      let sequence = last.withLock { last in
        last += 1
        return last
      }
      let text = answer(request) ?? "{\"ok\":true,\"seq\":\(sequence)}"
      guard text.isEmpty || send(text, client) else { return }
    }
  }

  /// - Returns: false if the client is gone.
  private func send(_ text: String, _ client: Int32) -> Bool {
    let bytes = Array((text + "\n").utf8)
    return bytes.withUnsafeBytes {
      Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    } == bytes.count
  }
}

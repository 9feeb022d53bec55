import Foundation
import Glibc
import Synchronization

/// The file that keys come from; it is read again when it has changed.
public final class KeyFile: Sendable {
  /// Seconds between two looks at the file.
  private static let pause = 1.0

  private struct State {
    var keys: KeySet
    var stamp: Stamp
    var looked: Double
  }

  private struct Stamp: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  public let path: String
  private let state: Mutex<State>

  private init(_ path: String, _ state: consuming State) {
    self.path = path
    self.state = Mutex(state)
  }

  /// Opens a file of keys.
  /// - Throws: `KeyError` if it is missing, may be read by others, or holds no usable keys.
  public static func open(_ path: String) async throws(KeyError) -> KeyFile {
    let (keys, stamp) = try await read(path)
    return KeyFile(path, State(keys: keys, stamp: stamp, looked: 0))
  }

  /// Makes a file with one random HS256 key, which its owner alone may read; whole or not at all. One that
  /// somebody else has made meanwhile stays.
  public static func create(_ path: String) throws(KeyError) {
    try write([fresh("1")], for: path, "made") { draft in
      unsafe link(draft, path) == 0 || errno == EEXIST
    }
  }

  /// A random key of 32 bytes, as an item of a key set.
  static func fresh(_ name: String) -> [String: Any] {
    var random = SystemRandomNumberGenerator()
    let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    return ["kty": "oct", "kid": name, "alg": "HS256", "k": KeySet.base64URL(secret)]
  }

  /// Writes keys into a draft beside the file, which its owner alone may read, and lets `place` give it its name once it is
  /// on the disk: the file is whole or as it was.
  static func write(
    _ items: [[String: Any]], for path: String, _ done: String,
    _ place: (_ draft: String) -> Bool
  ) throws(KeyError) {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard
      let data = try? JSONSerialization.data(withJSONObject: ["keys": items], options: options)
    else { preconditionFailure("keys are JSON, as they were read or made") }
    var random = SystemRandomNumberGenerator()
    let draft = path + "." + String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
    let file = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw KeyError(
        kind: errno == EACCES || errno == EROFS ? .denied : .missing,
        description: "\(path): the keys cannot be \(done): \(reason(errno)).")
    }
    defer {
      close(file)
      _ = unsafe unlink(draft)
    }
    let bytes = Array(data) + [0x0A]
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    guard count == bytes.count, fsync(file) == 0, place(draft) else {
      throw KeyError(
        kind: .missing, description: "\(path): the keys cannot be \(done): \(reason(errno)).")
    }
  }

  static func reason(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }

  private static func stamp(_ path: String) throws(KeyError) -> Stamp {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      throw KeyError(
        kind: errno == EACCES ? .denied : .missing,
        description: "\(path): the keys cannot be read: \(reason(errno)).")
    }
    guard info.st_mode & 0o077 == 0 else {
      throw KeyError(
        kind: .denied,
        description: "\(path): others may read the keys. Take that from them: chmod 600 \(path)")
    }
    return Stamp(
      inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: info.st_mtim.tv_sec,
      nanoseconds: info.st_mtim.tv_nsec)
  }

  private static func read(_ path: String) async throws(KeyError) -> (KeySet, Stamp) {
    let stamp = try stamp(path)
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw KeyError(kind: .denied, description: "\(path): the keys cannot be read.")
    }
    return (try await KeySet(data, from: path), stamp)
  }

  /// The keys as they are in the file now; those of before if the file cannot be used any more.
  /// - Parameter now: in seconds since 1970.
  func keys(at now: Double) async -> KeySet {
    let (keys, stamp, isDue) = state.withLock { state in
      let isDue = abs(now - state.looked) >= Self.pause
      if isDue { state.looked = now }
      return (state.keys, state.stamp, isDue)
    }
    guard isDue, let fresh = try? Self.stamp(path), fresh != stamp,
      let (new, newStamp) = try? await Self.read(path)
    else { return keys }
    state.withLock {
      $0.keys = new
      $0.stamp = newStamp
    }
    return new
  }
}

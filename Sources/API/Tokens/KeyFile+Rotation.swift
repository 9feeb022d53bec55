import Foundation
import Glibc

/// Changes of a file of keys while servers use it: they look at it every second. What the file says of keys that are
/// not touched stays as it is.
extension KeyFile {
  /// A key as it may be shown: never its secret.
  public struct Summary: Sendable, Equatable {
    public var name: String
    /// `HS256`, `EdDSA` or `ES256`.
    public var algorithm: String
    /// It has a private half.
    public var canSign: Bool
    /// New tokens are signed with it.
    public var isSigning: Bool
  }

  /// The keys of the file, in its order.
  public static func summaries(_ path: String) async throws(KeyError) -> [Summary] {
    let set = try await open(path).keys(at: 0)
    return try items(path).compactMap { item in
      guard let name = item["kid"] as? String, let key = set.keys[name] else { return nil }
      return Summary(
        name: name, algorithm: key.algorithm, canSign: key.canSign, isSigning: name == set.signing)
    }
  }

  /// Puts a new random HS256 key first, so that new tokens are signed with it; those signed with others hold on.
  /// - Returns: its name: a number above all that are there.
  /// - Throws: `KeyError` if the file cannot be used or written.
  public static func rotate(_ path: String) async throws(KeyError) -> String {
    try await locked(path) { () async throws(KeyError) in
      _ = try await open(path)
      var items = try items(path)
      let numbers = items.compactMap { ($0["kid"] as? String).flatMap(UInt64.init) }
      let name = String((numbers.max() ?? 0) + 1)
      items.insert(fresh(name), at: 0)
      try replace(path, with: items)
      return name
    }
  }

  /// Takes a key out; tokens signed with it are refused within a second.
  /// - Throws: `KeyError` if there is no such key, or none would be left to sign with.
  public static func drop(_ name: String, from path: String) async throws(KeyError) {
    try await locked(path) { () async throws(KeyError) in
      // Under the lock, or of two that go at once each would be the other's last that signs.
      let set = try await open(path).keys(at: 0)
      guard set.keys[name] != nil else {
        let names = set.keys.keys.sorted().joined(separator: ", ")
        throw KeyError(
          kind: .wrong, description: "\(path): there is no key `\(name)`, only \(names).")
      }
      guard set.keys.contains(where: { $0.key != name && $0.value.canSign }) else {
        throw KeyError(
          kind: .wrong,
          description:
            "\(path): no other key signs: make one before `\(name)` goes (daybook-api keys rotate)."
        )
      }
      try replace(path, with: items(path).filter { $0["kid"] as? String != name })
    }
  }

  private static func items(_ path: String) throws(KeyError) -> [[String: Any]] {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
      let file = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let items = file["keys"] as? [[String: Any]]
    else { throw KeyError(kind: .denied, description: "\(path): the keys cannot be read.") }
    return items
  }

  private static func replace(_ path: String, with items: [[String: Any]]) throws(KeyError) {
    try write(items, for: path, "written") { draft in unsafe rename(draft, path) == 0 }
  }

  /// Lets one process at a time change the file.
  private static func locked<R>(
    _ path: String, _ body: () async throws(KeyError) -> R
  ) async throws(KeyError) -> R {
    // The file itself is replaced, so its folder is what is locked.
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw KeyError(
        kind: .denied, description: "\(path): the keys cannot be locked: \(reason(errno)).")
    }
    defer { close(descriptor) }
    return try await body()
  }
}

import Foundation
import Scenarios
import Testing

@testable import API

/// Keys of tokens that change while a server uses them.
struct RotationTests {
  private static func holds(_ token: String, _ file: KeyFile, at now: Double) async -> Bool {
    let keys = await file.keys(at: now)
    return (try? await Token.subject(token, keys, at: 1_700_000_000)) != nil
  }

  @Test func `a new key signs, the old one holds until it is dropped`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    try KeyFile.create(path)
    let file = try await KeyFile.open(path)
    let old = try await file.token(for: "ann", [.viewer], seconds: 900, at: 1_700_000_000)
    #expect(try await KeyFile.rotate(path) == "2")
    #expect(await Self.holds(old, file, at: 10))
    let new = try await KeyFile.open(path).token(
      for: "ann", [.viewer], seconds: 900, at: 1_700_000_000)
    #expect(await Self.holds(new, file, at: 20))
    #expect(
      try await KeyFile.summaries(path) == [
        KeyFile.Summary(name: "2", algorithm: "HS256", canSign: true, isSigning: true),
        KeyFile.Summary(name: "1", algorithm: "HS256", canSign: true, isSigning: false),
      ])
    try await KeyFile.drop("1", from: path)
    #expect(await !Self.holds(old, file, at: 30))
    #expect(await Self.holds(new, file, at: 40))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // No draft is left.
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
    #expect(names.filter { $0.hasPrefix("keys") } == ["keys"])
  }

  @Test func `the last key that signs stays, and an unknown one is said`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    try KeyFile.create(path)
    let before = try String(contentsOfFile: path, encoding: .utf8)
    for name in ["1", "7", ""] {
      await #expect(throws: KeyError.self) { try await KeyFile.drop(name, from: path) }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    await #expect(throws: KeyError.self) { _ = try await KeyFile.rotate(folder.path("none")) }
    #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
  }

  @Test func `many who rotate at once lose no key`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    try KeyFile.create(path)
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 { group.addTask { try await KeyFile.rotate(path) } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(names == Set((2...17).map(String.init)))
    #expect(try await KeyFile.summaries(path).count == 17)
  }

  @Test func `what the file says of other keys stays`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    let secret = KeySet.base64URL(Array(repeating: 7, count: 32))
    let text = #"{"keys":[{"kty":"oct","kid":"desk","alg":"HS256","use":"sig","k":"\#(secret)"}]}"#
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(try await KeyFile.rotate(path) == "1")
    let after = try String(contentsOfFile: path, encoding: .utf8)
    #expect(after.contains(#""use":"sig""#) && after.contains(secret))
  }
}

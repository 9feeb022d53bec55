import Foundation
import Testing

/// `daybook keys`
@Suite struct KeysTests {
  @Test func `a key is made once, shown, and its public half verifies the journal`() throws {
    let folder = try Workshop.scratch()
    let made = try Program.run(["keys", "create", "--signing-key", "own.pem"], in: folder)
    #expect(made.code == 0 && made.output.hasPrefix("own.pem: a new key, "))
    let mode =
      try FileManager.default.attributesOfItem(
        atPath: folder.appendingPathComponent("own.pem").path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let again = try Program.run(["keys", "create", "--signing-key", "own.pem"], in: folder)
    #expect(again.code == 77 && again.complaint.contains("there is a key already"))

    let run = try Program.run(
      [
        "run", "--journal", "j", "--api", "none", "--for", "1s", "--quiet", "--signing-key",
        "own.pem",
      ], in: folder)
    #expect(run.code == 0, "\(run.complaint)")
    let shown = try Program.run(
      ["keys", "--journal", "j", "--signing-key", "own.pem"], in: folder)
    #expect(shown.code == 0 && shown.output.contains("signed with the key above"))

    let half = try Program.run(["keys", "public", "--signing-key", "own.pem"], in: folder)
    #expect(half.output.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
    #expect(!half.output.contains("PRIVATE"))
    try half.output.write(
      to: folder.appendingPathComponent("auditor.pem"), atomically: true, encoding: .utf8)
    let verified = try Program.run(["verify", "j", "--public-key", "auditor.pem"], in: folder)
    #expect(verified.code == 0, "\(verified.complaint)")

    // Another key is not the journal's.
    #expect(try Program.run(["keys", "create", "--signing-key", "b.pem"], in: folder).code == 0)
    let other = try Program.run(
      ["keys", "show", "--journal", "j", "--signing-key", "b.pem", "--json"], in: folder)
    #expect(other.code == 2)
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(other.output.utf8)) as? [[String: Any]])
    #expect(rows.map { $0["what"] as? String } == ["signing key", "journal", "API tokens"])
    #expect(rows.map { $0["good"] as? Bool } == [true, false, true])
  }

  @Test(arguments: [
    (["keys", "public", "--signing-key", "none.pem"], 66, "no signing key"),
    (["keys", "show", "--signing-key", "none.pem"], 2, ""),
    (["keys", "create", "--signing-key", "no/such/folder.pem"], 66, "no/such/folder.pem"),
    (["keys", "show", "--signing-key", "open.pem"], 2, ""),
    (["keys", "public", "--signing-key", "garbage.pem"], 65, "garbage.pem"),
  ])
  func `what cannot be done says why`(_ arguments: [String], _ code: Int, _ text: String) throws {
    let folder = try Workshop.scratch()
    for (name, mode) in [("open.pem", 0o644), ("garbage.pem", 0o600)] {
      let path = folder.appendingPathComponent(name).path
      try "no key".write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    let result = try Program.run(arguments, in: folder)
    #expect(Int(result.code) == code, "\(result.code) \(result.complaint)")
    #expect(text.isEmpty || result.complaint.contains(text))
    // What was not there has not come into being.
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("none.pem").path))
  }
}

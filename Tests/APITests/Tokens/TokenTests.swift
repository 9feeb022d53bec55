import Foundation
import JWTKit
import Scenarios
import Testing

@testable import API

struct TokenTests {
  private static let now = 1_700_000_000.0
  private static let secret = KeySet.base64URL(Array(repeating: 7, count: 32))

  private static func keys(_ json: String) async throws(KeyError) -> KeySet {
    try await KeySet(Data(json.utf8), from: "keys")
  }

  private static func own() async throws -> KeySet {
    try await keys(#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"\#(secret)"}]}"#)
  }

  /// What each case changes of a token that is fine.
  private static func claims(_ change: (inout Claims) -> Void = { _ in }) -> Claims {
    var claims = Claims(
      sub: "ann", roles: ["trader"], aud: Audience(["daybook"]), iat: now,
      exp: now + 900)
    change(&claims)
    return claims
  }

  private static func code(_ claims: Claims, at time: Double = now) async throws -> String? {
    let keys = try await own()
    let token = try #require(try await Token.make(claims, keys))
    do throws(Problem) {
      _ = try await Token.subject(token, keys, at: time)
      return nil
    } catch {
      #expect(error.status == 401)
      return error.code
    }
  }

  @Test func `a token stands for its subject and roles`() async throws {
    let keys = try await Self.own()
    let token = try #require(
      try await Token.make(Self.claims { $0.roles = ["risk", "viewer"] }, keys))
    let subject = try await Token.subject(token, keys, at: Self.now)
    #expect(subject.name == "ann" && subject.roles == [.risk, .viewer])
  }

  @Test func `time, audience, subject and roles are held against what is allowed`() async throws {
    #expect(try await Self.code(Self.claims()) == nil)
    #expect(try await Self.code(Self.claims(), at: Self.now + 929) == nil)
    #expect(try await Self.code(Self.claims(), at: Self.now + 931) == "token_expired")
    #expect(try await Self.code(Self.claims(), at: Self.now - 29) == nil)
    #expect(try await Self.code(Self.claims(), at: Self.now - 31) == "bad_token")
    let wrong: [(inout Claims) -> Void] = [
      { $0.exp = Self.now + 901 }, { $0.exp = Self.now }, { $0.nbf = Self.now + 31 },
      { $0.aud = Audience(["other"]) }, { $0.aud = Audience([]) },
      { $0.sub = "" }, { $0.sub = "ann, approved by bob" },
      { $0.sub = String(repeating: "a", count: 65) }, { $0.roles = [] },
      { $0.roles = ["trader", "king"] }, { $0.iat = .infinity }, { $0.exp = .nan },
    ]
    for (index, change) in wrong.enumerated() {
      // JSON has no infinity: such claims cannot even be written.
      guard let code = try? await Self.code(Self.claims(change)) else {
        #expect(index >= 10)
        continue
      }
      #expect(code == "bad_token")
    }
  }

  @Test func `only the algorithm of the named key is taken`() async throws {
    let keys = try await Self.own()
    let token = try #require(try await Token.make(Self.claims(), keys))
    let parts = token.split(separator: ".").map(String.init)
    func head(_ json: String) -> String { KeySet.base64URL(Array(json.utf8)) }
    let forged = [
      head(#"{"alg":"none","kid":"a"}"#) + "." + parts[1] + ".",
      head(#"{"alg":"none","kid":"a"}"#) + "." + parts[1] + "." + parts[2],
      head(#"{"alg":"EdDSA","kid":"a"}"#) + "." + parts[1] + "." + parts[2],
      head(#"{"alg":"HS256"}"#) + "." + parts[1] + "." + parts[2],
      head(#"{"alg":"HS256","kid":"b"}"#) + "." + parts[1] + "." + parts[2],
      head(#"{"alg":"HS256","kid":"a","crit":["x"]}"#) + "." + parts[1] + "." + parts[2],
      parts[0] + "." + head(#"{"sub":"ann","roles":["risk"]}"#) + "." + parts[2],
      parts[0] + "." + parts[1], parts[0] + "." + parts[1] + "." + parts[2] + ".x", "", "...",
      String(repeating: "a", count: 5000),
    ]
    for token in forged {
      await #expect(throws: Problem.self) { try await Token.subject(token, keys, at: Self.now) }
    }
  }

  @Test func `EdDSA and ES256 keys verify what their private halves sign`() async throws {
    let edwards = EdDSA.PrivateKey.self
    let signing = try edwards.init(curve: .ed25519)
    let elliptic = ES256PrivateKey()
    let point = try #require(elliptic.parameters)
    let keys = try await Self.keys(
      """
      {"keys":[{"kty":"OKP","kid":"e","crv":"Ed25519","x":"\(
        KeySet.base64URL(Array(signing.publicKey.rawRepresentation)))"},
      {"kty":"EC","kid":"p","alg":"ES256","crv":"P-256","x":"\(point.x)","y":"\(point.y)"}]}
      """)
    #expect(keys.signing == nil)
    let own = JWTKeyCollection()
    await own.add(eddsa: signing, kid: "e")
    await own.add(ecdsa: elliptic, kid: "p")
    for kid in ["e", "p"] as [JWKIdentifier] {
      let token = try await own.sign(Self.claims(), kid: kid)
      #expect(try await Token.subject(token, keys, at: Self.now).name == "ann")
      var spoilt = Array(token.utf8)
      spoilt[spoilt.count - 5] ^= 1
      let text = String(decoding: spoilt, as: UTF8.self)
      await #expect(throws: Problem.self) { try await Token.subject(text, keys, at: Self.now) }
    }
  }

  @Test(arguments: [
    ("", "no JSON Web Key Set"), ("[]", "no JSON Web Key Set"), (#"{"keys":[]}"#, "there is none"),
    (#"{"keys":[{"kid":"a"}]}"#, "`kty` is missing in keys[0]"),
    (#"{"keys":[{"kty":"oct","k":"x"}]}"#, "keys[0]: kid"),
    (#"{"keys":[{"kty":"oct","kid":"a","k":"c2hvcnQ"}]}"#, "keys[0]: k: an HS256 key has 32 bytes"),
    (#"{"keys":[{"kty":"oct","kid":"a","alg":"RS256","k":"c2hvcnQ"}]}"#, "keys[0]: alg"),
    (#"{"keys":[{"kty":"RSA","kid":"a","n":"x","e":"y"}]}"#, "keys[0]: kty"),
    (#"{"keys":[{"kty":"OKP","kid":"a","crv":"Ed25519","x":"AAAA"}]}"#, "keys[0]: the key cannot"),
    (#"{"keys":[{"kty":"EC","kid":"a","crv":"P-256","x":"AA"}]}"#, "keys[0]: the key cannot"),
  ])
  func `keys that cannot be used are named`(_ json: String, _ what: String) async throws {
    do throws(KeyError) {
      _ = try await Self.keys(json)
      Issue.record("\(json) was taken")
    } catch {
      #expect(error.kind == .wrong)
      #expect(error.description.contains(what))
    }
  }

  @Test func `a key that is taken out of the file is refused within a second`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    try KeyFile.create(path)
    let file = try await KeyFile.open(path)
    let token = try await file.token(for: "ann", [.viewer], seconds: 900, at: Self.now)
    _ = try await Token.subject(token, await file.keys(at: Self.now), at: Self.now)
    try FileManager.default.removeItem(atPath: path)
    // As long as there is no file the old keys hold.
    _ = try await Token.subject(token, await file.keys(at: Self.now + 2), at: Self.now)
    try KeyFile.create(path)
    let fresh = await file.keys(at: Self.now + 4)
    await #expect(throws: Problem.self) { try await Token.subject(token, fresh, at: Self.now) }
    let new = try await file.token(for: "ann", [.viewer], seconds: 900, at: Self.now + 6)
    _ = try await Token.subject(new, fresh, at: Self.now)
  }

  @Test func `a file that others may read is refused`() async throws {
    let folder = try JournalFolder()
    let path = folder.path("keys")
    try KeyFile.create(path)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    do throws(KeyError) {
      _ = try await KeyFile.open(path)
      Issue.record("it was taken")
    } catch {
      #expect(error.kind == .denied)
    }
  }
}

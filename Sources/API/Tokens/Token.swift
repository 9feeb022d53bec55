import Foundation
import JWTKit

/// Whom a token is for: one name or several (RFC 7519, section 4.1.3). The library's own type traps on none.
struct Audience: Codable, Sendable {
  var names: [String]

  init(_ names: [String]) { self.names = names }

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let name = try? value.decode(String.self) {
      names = [name]
    } else {
      names = try value.decode([String].self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(names)
  }
}

/// What a token says (RFC 7519). Times are seconds since 1970.
struct Claims: JWTPayload {
  /// Longest life in seconds.
  static let longest = 15 * 60.0
  /// By how many seconds clocks may differ.
  static let skew = 30.0
  static let audience = "daybook"

  var sub: String
  var roles: [String]
  var aud: Audience
  var iat: Double
  var exp: Double
  var nbf: Double?

  /// Times are checked by whoever knows what time it is.
  func verify(using algorithm: some JWTAlgorithm) throws {}

  /// Whom the token stands for at a moment.
  func subject(at now: Double) throws(Problem) -> Subject {
    guard aud.names.contains(Self.audience) else { throw Token.refused("aud is not daybook") }
    guard exp > iat, exp - iat <= Self.longest else {
      throw Token.refused("exp is not within 15 minutes of iat")
    }
    guard now < exp + Self.skew else {
      throw Token.refused("the token has ended", code: "token_expired")
    }
    guard now >= iat - Self.skew, now >= (nbf ?? iat) - Self.skew else {
      throw Token.refused("the token does not hold yet")
    }
    guard Subject.isName(sub) else {
      throw Token.refused("sub is not 1 to 64 of A-Z a-z 0-9 . _ @ -")
    }
    let known = roles.compactMap(Role.init)
    guard !known.isEmpty, known.count == roles.count else {
      throw Token.refused("roles are none, or unknown")
    }
    return Subject(name: sub, roles: Set(known), expiry: exp)
  }
}

/// A JSON Web Token, read and made.
enum Token {
  /// Longest token in bytes.
  private static let longest = 4096

  private struct Head: Decodable {
    var alg: String
    var kid: String?
    var crit: [String]?
  }

  static func refused(_ why: String, code: String = "bad_token") -> Problem {
    Problem(
      status: 401, code: code, detail: "The token is refused: \(why).",
      headers: [Header("www-authenticate", "Bearer error=\"invalid_token\"")])
  }

  static var missing: Problem {
    Problem(
      status: 401, code: "no_token",
      detail: "A token is due, in the header `Authorization: Bearer …` and nowhere else. "
        + "`daybook-api token` makes one.",
      headers: [Header("www-authenticate", "Bearer")])
  }

  /// The token of an `Authorization` header.
  static func bearer(_ header: String?) throws(Problem) -> String {
    guard let header else { throw missing }
    let words = header.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else { throw missing }
    return String(words[1])
  }

  /// Whom a token stands for.
  /// - Parameter now: in seconds since 1970.
  /// - Throws: 401 with what is wrong, but not with what the token says.
  static func subject(_ token: String, _ keys: KeySet, at now: Double) async throws(Problem)
    -> Subject
  {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= longest, parts.count == 3,
      let head = KeySet.bytes(base64URL: String(parts[0])).flatMap({
        try? JSONDecoder().decode(Head.self, from: Data($0))
      })
    else { throw refused("it is no JSON Web Token") }
    guard head.crit == nil else { throw refused("its header asks for what is not known") }
    guard let kid = head.kid, let key = keys.keys[kid] else {
      throw refused("no key has its kid")
    }
    // The key says the algorithm; a token that says another is a trick.
    guard head.alg == key.algorithm else { throw refused("its alg is not its key's") }
    let claims: Claims
    do {
      claims = try await key.signer.verify(token, as: Claims.self)
    } catch {
      throw refused("its signature is wrong, or its claims cannot be read")
    }
    return try claims.subject(at: now)
  }

  /// Makes a token.
  /// - Returns: nil if no key can sign.
  static func make(_ claims: Claims, _ keys: KeySet) async throws -> String? {
    guard let kid = keys.signing, let key = keys.keys[kid] else { return nil }
    return try await key.signer.sign(claims, header: ["kid": .string(kid)])
  }
}

extension KeyFile {
  /// Makes a token for somebody.
  /// - Parameters:
  ///   - seconds: its life, at most 15 minutes.
  ///   - now: in seconds since 1970.
  /// - Throws: `KeyError` if no key of the file can sign.
  public func token(
    for name: String, _ roles: [Role], seconds: Double, at now: Double
  ) async throws -> String {
    let claims = Claims(
      sub: name, roles: roles.map(\.rawValue), aud: Audience([Claims.audience]),
      iat: now.rounded(.down), exp: now.rounded(.down) + seconds)
    guard let token = try await Token.make(claims, keys(at: now)) else {
      throw KeyError(
        kind: .wrong,
        description: "\(path): no key can sign: those with `k` or `d` can. "
          + "Sign where the private key is.")
    }
    return token
  }

  /// Whether a name can stand in a token.
  public static func isName(_ text: String) -> Bool { Subject.isName(text) }
}

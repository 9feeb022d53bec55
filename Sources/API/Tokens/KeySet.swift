import Foundation
import JWTKit

/// Why the keys cannot be used.
public struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable { case missing, denied, wrong }
  public var kind: Kind
  public var description: String
}

/// The keys that tokens are signed with: a JSON Web Key Set (RFC 7517; `oct` RFC 7518, `OKP` RFC 8037).
struct KeySet: Sendable {
  /// A key, ready to verify and, if it is whole, to sign.
  struct Key: Sendable {
    /// `HS256`, `EdDSA` or `ES256`: the only algorithm that tokens with this key may say.
    var algorithm: String
    var signer: JWTKeyCollection
    var canSign: Bool
  }

  /// By their `kid`.
  private(set) var keys: [String: Key] = [:]
  /// The first that can sign.
  private(set) var signing: String?

  private struct File: Decodable {
    var keys: [Item]
  }

  private struct Item: Decodable {
    var kty: String
    var kid: String?
    var alg: String?
    var crv: String?
    var k: String?
    var x: String?
    var y: String?
    var d: String?
  }

  /// Reads a key set.
  /// - Parameter path: for errors.
  init(_ data: Data, from path: String) async throws(KeyError) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data)
    } catch {
      throw KeyError(
        kind: .wrong,
        description: "\(path): this is no JSON Web Key Set: \(Self.text(error)). "
          + "It looks like {\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"alg\":\"HS256\",\"k\":\"…\"}]}."
      )
    }
    guard !file.keys.isEmpty else {
      throw KeyError(kind: .wrong, description: "\(path): keys: there is none.")
    }
    for (index, item) in file.keys.enumerated() {
      let place = "\(path): keys[\(index)]"
      guard let kid = item.kid, !kid.isEmpty else {
        throw KeyError(kind: .wrong, description: "\(place): kid: every key needs a name.")
      }
      guard keys[kid] == nil else {
        throw KeyError(kind: .wrong, description: "\(place): kid: `\(kid)` is there twice.")
      }
      let key = try await Self.key(item, place)
      keys[kid] = key
      if key.canSign, signing == nil { signing = kid }
    }
  }

  private static func text(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .keyNotFound(let key, let context):
      return "`\(key.stringValue)` is missing"
        + (context.codingPath.isEmpty ? "" : " in \(path(context))")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)) has another type"
    case .dataCorrupted: return "it is not JSON"
    @unknown default: return "it cannot be read"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      .joined(separator: ".").replacing(".[", with: "[")
  }

  private static func key(_ item: Item, _ place: String) async throws(KeyError) -> Key {
    func wrong(_ what: String) -> KeyError {
      KeyError(kind: .wrong, description: "\(place): \(what)")
    }
    func check(_ name: String) throws(KeyError) {
      guard item.alg == nil || item.alg == name else {
        throw wrong("alg: a key of type \(item.kty) is for \(name), not \(item.alg ?? "").")
      }
    }
    let signer = JWTKeyCollection()
    do {
      switch (item.kty, item.crv) {
      case ("oct", _):
        try check("HS256")
        guard let secret = item.k.flatMap(bytes(base64URL:)), secret.count >= 32 else {
          throw wrong("k: an HS256 key has 32 bytes or more, in base64url.")
        }
        await signer.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return Key(algorithm: "HS256", signer: signer, canSign: true)
      case ("OKP", "Ed25519"):
        try check("EdDSA")
        if let secret = item.d {
          await signer.add(eddsa: try EdDSA.PrivateKey(d: secret, curve: .ed25519))
        } else {
          await signer.add(eddsa: try EdDSA.PublicKey(x: item.x ?? "", curve: .ed25519))
        }
        return Key(algorithm: "EdDSA", signer: signer, canSign: item.d != nil)
      case ("EC", "P-256"):
        try check("ES256")
        if let secret = item.d {
          await signer.add(ecdsa: try ES256PrivateKey(key: secret))
        } else {
          await signer.add(
            ecdsa: try ES256PublicKey(parameters: (item.x ?? "", item.y ?? "")))
        }
        return Key(algorithm: "ES256", signer: signer, canSign: item.d != nil)
      default:
        throw wrong("kty: known are oct (HS256), OKP with Ed25519 (EdDSA), EC with P-256 (ES256).")
      }
    } catch let error as KeyError {
      throw error
    } catch {
      throw wrong("the key cannot be used: its numbers are missing or damaged.")
    }
  }

  /// Decodes base64url without padding (RFC 7515, section 2).
  static func bytes(base64URL text: String) -> [UInt8]? {
    var plain = text.replacing("-", with: "+").replacing("_", with: "/")
    guard !text.contains(where: { "+/=".contains($0) }) else { return nil }
    plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    return Data(base64Encoded: plain).map { [UInt8]($0) }
  }

  static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}

import AsyncHTTPClient
import Crypto
import Events
import Foundation
import NIOCore

/// Why a message did not arrive. Its text holds no secret: neither address nor header.
struct DeliveryFailure: Error, Equatable {
  var text: String
  /// Whether it would fail again however often it is tried.
  var isFinal = false
}

/// A way to somebody.
protocol Carrier: Sendable {
  /// Delivers a message within a bounded time.
  func carry(_ message: AlertMessage) async throws(DeliveryFailure)
}

/// JSON to an address, signed.
struct WebhookCarrier: Carrier {
  /// How long an attempt may take.
  static let patience = TimeAmount.seconds(10)

  let url: String
  /// Signs what is sent; nil where the address itself is the secret.
  let key: [UInt8]?
  let client: HTTPClient
  /// What is sent of a message.
  let body: @Sendable (AlertMessage) -> String

  func carry(_ message: AlertMessage) async throws(DeliveryFailure) {
    let body = body(message)
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "user-agent", value: "daybook")
    request.headers.add(name: "daybook-delivery", value: message.delivery)
    if let key {
      let seconds = message.time.nanoseconds / 1_000_000_000
      request.headers.add(
        name: "daybook-signature", value: Self.signature(body, seconds: seconds, key: key))
    }
    request.body = .bytes(ByteBuffer(string: body))
    let status: UInt
    do {
      let response = try await client.execute(request, timeout: Self.patience)
      status = response.status.code
      // Read, so that the connection can be used again; too much of it ends the connection instead.
      _ = try? await response.body.collect(upTo: 1 << 16)
    } catch let error as HTTPClientError {
      throw DeliveryFailure(text: error.shortDescription)
    } catch {
      throw DeliveryFailure(text: "\(type(of: error))")
    }
    guard (200..<300).contains(status) else {
      // Too early, too many, and what the other side has wrong may be right another time.
      let isFinal = (300..<500).contains(status) && ![408, 425, 429].contains(status)
      throw DeliveryFailure(text: "answered \(status)", isFinal: isFinal)
    }
  }

  /// `t=1767623400,v1=HEX`: HMAC-SHA256 (RFC 2104) over the time, a point and the body. The time is that of the
  /// alert, so that a receiver can refuse old ones.
  static func signature(_ body: String, seconds: Int64, key: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Data("\(seconds).\(body)".utf8), using: SymmetricKey(data: key))
    return "t=\(seconds),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

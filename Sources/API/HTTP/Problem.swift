import Events
import Reporting

/// Why a request is not answered with what it asked for (RFC 9457).
struct Problem: Error, Sendable, Equatable {
  /// What is wrong with one part of a request.
  struct Fault: Sendable, Equatable {
    /// The field of the body, the parameter or the header.
    var name: String
    var what: String
  }

  var status: Int
  /// A word that programs can go by: `unknown_instrument`.
  var code: String
  /// What happened, why, and what to do.
  var detail: String
  /// Whether the same request may succeed later as it is.
  var isRetryable = false
  var faults: [Fault] = []
  /// Sequence the problem is about, or the journal's last when it came up.
  var sequence: UInt64?
  var headers: [Header] = []

  /// Code of what would succeed if less were under way.
  static let busy = "busy"

  static func malformed(_ code: String, _ detail: String, _ faults: [Fault] = []) -> Problem {
    Problem(status: 400, code: code, detail: detail, faults: faults)
  }

  static func missing(_ code: String, _ detail: String) -> Problem {
    Problem(status: 404, code: code, detail: detail)
  }

  static func unavailable(_ code: String, _ detail: String, after seconds: Int = 1) -> Problem {
    Problem(
      status: 503, code: code, detail: detail, isRetryable: true,
      headers: [Header("retry-after", "\(seconds)")])
  }

  /// Registered names of the statuses used (RFC 9110, RFC 6585).
  static func title(of status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "Error"
    }
  }

  var answer: Answer {
    let body = JSON.object([
      ("type", .string("about:blank")), ("title", .string(Self.title(of: status))),
      ("status", .number(status)), ("code", .string(code)), ("detail", .string(detail)),
      ("seq", sequence.map { .number($0) } ?? .null),
      (
        "errors",
        .array(
          faults.map { .object([("name", .string($0.name)), ("what", .string($0.what))]) })
      ),
      ("retryable", .bool(isRetryable)),
    ])
    return Answer(
      status: status, contentType: "application/problem+json", text: body.text, headers: headers)
  }
}

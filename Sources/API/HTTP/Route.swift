/// A parameter of the query.
struct Parameter: Sendable, Equatable {
  var name: String
  /// `integer` or `string`, as in JSON Schema.
  var type: String
  /// Of a whole number.
  var bounds: ClosedRange<UInt64>?
  var summary: String
}

/// A field of a JSON body.
struct Field: Sendable, Equatable {
  var name: String
  var type = "string"
  var isRequired = true
  var mayBeEmpty = false
  var summary: String
}

/// One operation of the API: where it is, who may ask for it, what it takes and what answers it. The table of
/// routes is what requests are led by, what the OpenAPI document is made of and what tests go through.
struct Route: Sendable {
  enum Method: String, Sendable, CaseIterable { case get, post, delete }

  var method: Method
  /// `/api/v1/orders/{orderId}`
  var path: String
  /// Unique, for programs made from the OpenAPI document.
  var name: String
  var summary: String
  /// What the token must allow; nil: no token is needed.
  var permission: Permission?
  /// The same for peers that are not this machine, where no token is needed here.
  var remotePermission: Permission?
  /// Whether it is for what looks after the process, and so answered at the address for probes.
  var isProbe = false
  var budget = Budget.Kind.reads
  var parameters: [Parameter] = []
  /// Fields of the body; nil: there is none.
  var body: [Field]?
  /// Whether an `Idempotency-Key` is due.
  var isAct = false
  /// Status of success.
  var success = 200
  /// What success says.
  var answers: String
  var contentType = "application/json"
  var handler: @Sendable (Call) async throws(Problem) -> Answer

  /// The path between its slashes.
  var segments: [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  /// Names of the path's variables.
  var variables: [String] {
    segments.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
  }

  /// The variables' values if a path leads here.
  func match(_ path: [String]) -> [String: String]? {
    let own = segments
    guard own.count == path.count else { return nil }
    var values: [String: String] = [:]
    for (segment, text) in zip(own, path) {
      if segment.first == "{" {
        guard !text.isEmpty else { return nil }
        values[String(segment.dropFirst().dropLast())] = text
      } else if segment != text {
        return nil
      }
    }
    return values
  }
}

import Foundation
import Logging

/// Leads requests to their handlers: route, token, budget, permission, body, handler.
struct Router: Sendable {
  /// Longest body in bytes.
  static let longestBody = 1 << 16

  let routes: [Route]
  let keys: KeyFile
  let budgets: Budgets
  let clock: TimeSource
  /// Sequence of the journal's last entry, for problems.
  let head: @Sendable () -> UInt64
  /// Gets acts and failures; never a token, a body or a query.
  let log: Logger

  /// What is answered to anybody at the address for probes: health, and figures for Prometheus.
  var probes: Router {
    let open = routes.filter { $0.permission == nil && $0.isProbe }.map { route in
      var route = route
      route.remotePermission = nil
      return route
    }
    return Router(
      routes: open, keys: keys, budgets: budgets, clock: clock, head: head, log: log)
  }

  /// A request whose body has not been read.
  struct Request: Sendable {
    var method: String
    var target: String
    var headers: [Header]
    var peer: String
  }

  /// Answers a request.
  /// - Parameter body: reads the body, at most so many bytes.
  func answer(
    _ request: Request, body: @Sendable (Int) async throws(Problem) -> [UInt8]
  ) async -> Answer {
    var headers: [Header] = []
    var who: String?
    do throws(Problem) {
      var answer = try await answer(request, &headers, &who, body)
      answer.headers += headers
      log(request, who, answer)
      return answer
    } catch {
      var problem = error
      if problem.sequence == nil { problem.sequence = head() }
      // What a problem says of the budget goes before what was said on the way.
      problem.headers += headers.filter { header in
        !problem.headers.contains { $0.name == header.name }
      }
      log(request, who, problem.answer)
      return problem.answer
    }
  }

  /// Logs an act whatever came of it, and what failed by our own fault. Reads are too many.
  private func log(_ request: Request, _ subject: String?, _ answer: Answer) {
    guard request.method != "GET" || answer.status >= 500 else { return }
    let path = request.target.prefix { $0 != "?" && $0 != "#" }
    let sequence = answer.contentType.hasPrefix("application/") ? Self.sequence(answer.text) : nil
    log.log(
      level: answer.status >= 500 ? .warning : .info, "request",
      metadata: [
        "method": "\(request.method)", "path": "\(path)", "status": "\(answer.status)",
        "subject": "\(subject ?? "")", "seq": "\(sequence ?? "")",
        "trace_id": "\(TraceContext(request.headers)?.trace ?? "")",
      ])
  }

  /// The sequence that an answer names.
  private static func sequence(_ text: String) -> String? {
    guard let start = text.range(of: "\"seq\":")?.upperBound else { return nil }
    return String(text[start...].prefix { $0.isNumber })
  }

  private func answer(
    _ request: Request, _ headers: inout [Header], _ who: inout String?,
    _ body: @Sendable (Int) async throws(Problem) -> [UInt8]
  ) async throws(Problem) -> Answer {
    var call = Call(
      method: request.method, target: try Target(request.target), headers: request.headers,
      body: [], peer: request.peer)
    let (route, variables) = try find(call)
    call.variables = variables
    if let permission = route.permission ?? (call.isLocal ? nil : route.remotePermission) {
      let subject = try await subject(of: call)
      who = subject.name
      headers = try budgets.take(route.budget, subject.name, at: clock.monotonic())
      try subject.check(permission)
      call.subject = subject
    } else {
      headers = try budgets.take(.guests, call.peer, at: clock.monotonic())
    }
    try call.checkQuery(route.parameters)
    if route.body != nil {
      try checkType(call)
      call.body = try await body(Self.longestBody)
    }
    return try await route.handler(call)
  }

  private func find(_ call: Call) throws(Problem) -> (Route, [String: String]) {
    var allowed: [String] = []
    for route in routes {
      guard let variables = route.match(call.target.path) else { continue }
      let method = route.method.rawValue.uppercased()
      if method == call.method { return (route, variables) }
      allowed.append(method)
    }
    guard allowed.isEmpty else {
      var problem = Problem(
        status: 405, code: "method_not_allowed",
        detail: "Here are \(allowed.joined(separator: ", ")).")
      problem.headers = [Header("allow", allowed.joined(separator: ", "))]
      throw problem
    }
    throw .missing(
      "unknown_path", "There is nothing at this path. /api/v1/openapi.json says what there is.")
  }

  /// Whose token a request has. One that is refused counts against the peer's budget; who has a good one is
  /// never kept waiting by others at the same address.
  func subject(of call: Call) async throws(Problem) -> Subject {
    try await subject(peer: call.peer) { () throws(Problem) in
      try Token.bearer(try call.header("authorization"))
    }
  }

  /// The same of a token that came another way.
  func subject(
    peer: String, token: () throws(Problem) -> String
  ) async throws(Problem) -> Subject {
    do throws(Problem) {
      let now = clock.now()
      return try await Token.subject(try token(), await keys.keys(at: now), at: now)
    } catch {
      _ = try budgets.take(.guests, peer, at: clock.monotonic())
      throw error
    }
  }

  private func checkType(_ call: Call) throws(Problem) {
    let type = try call.header("content-type") ?? "application/json"
    let name = type.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
    guard name == "application/json" else {
      throw Problem(
        status: 415, code: "not_json", detail: "Bodies are of the type application/json.")
    }
  }
}

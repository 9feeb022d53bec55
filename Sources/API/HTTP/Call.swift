/// A request, as handlers see it.
struct Call: Sendable {
  var method: String
  var target: Target
  /// In the order sent; names in lower case.
  var headers: [Header]
  var body: [UInt8]
  /// Address of the peer, without its port.
  var peer: String
  /// Values of the path's variables, by name.
  var variables: [String: String] = [:]
  /// Who asks; nil where no token is needed.
  var subject: Subject?

  /// Whether this machine asks.
  var isLocal: Bool { peer == "local" || peer == "::1" || peer.hasPrefix("127.") }

  /// The value of a header; nil if it is missing.
  /// - Throws: a problem if it is there twice.
  func header(_ name: String) throws(Problem) -> String? {
    let all = headers.filter { $0.name == name }
    guard all.count < 2 else {
      throw .malformed(
        "header_twice", "A header is there twice.", [.init(name: name, what: "there twice")])
    }
    return all.first?.value
  }

  /// The value of a variable of the path.
  /// - Precondition: the route has it.
  func variable(_ name: String) -> String {
    guard let value = variables[name] else { preconditionFailure("the route has no \(name)") }
    return value
  }

  func query(_ name: String) -> String? { target.query.first { $0.name == name }?.value }

  /// A whole number of the query.
  /// - Throws: a problem if it is none, or out of the parameter's bounds.
  func number(_ parameter: Parameter) throws(Problem) -> UInt64? {
    let (name, range) = (parameter.name, parameter.bounds ?? 0...UInt64.max)
    guard let text = query(name) else { return nil }
    guard let value = UInt64(text), range.contains(value), !text.hasPrefix("+") else {
      let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
      throw .malformed(
        "bad_parameter", "A parameter cannot be read.",
        [.init(name: name, what: "must be a whole number, \(range.lowerBound) \(upper)")])
    }
    return value
  }

  /// Refuses parameters that the route does not know.
  func checkQuery(_ known: [Parameter]) throws(Problem) {
    let strange = target.query.filter { pair in !known.contains { $0.name == pair.name } }
    guard strange.isEmpty else {
      let names = known.map(\.name).joined(separator: ", ")
      throw .malformed(
        "unknown_parameter",
        known.isEmpty ? "There are no parameters here." : "Known parameters are \(names).",
        strange.map { .init(name: $0.name, what: "unknown parameter") })
    }
  }
}

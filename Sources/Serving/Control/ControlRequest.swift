import Events
import Foundation
import Sequencing
import Trading

/// What somebody asks over the control socket, checked (docs/live.md, The control socket).
enum ControlRequest {
  case status
  case observation(Observation)
  case stop(subject: String, reason: String)

  /// Why a request is not taken.
  struct Problem: Error, Equatable {
    var code: String
    var what: String

    init(_ code: String, _ what: String) { (self.code, self.what) = (code, what) }
  }

  /// Reads a request.
  /// - Parameters:
  ///   - line: one JSON object without its line end.
  ///   - user: who asks, if the request does not say for whom.
  ///   - status: has the names that scopes mean.
  init(_ line: [UInt8], user: String, _ status: LiveStatus) throws(Problem) {
    let fields: [String: String]
    do {
      fields = try JSONDecoder().decode([String: String].self, from: Data(line))
    } catch {
      throw Problem("malformed", "not one JSON object whose values are strings")
    }
    if let key = RepeatedKey.first(in: line) {
      throw Problem("malformed", "`\(key)` is there twice")
    }
    guard let operation = fields["op"] else { throw Problem("missing", "`op` is missing") }
    var request = Fields(fields, operation)
    self = try request.request(user, status)
    try request.finish()
  }
}

/// The fields of a request, of which each must be known and is asked for once.
private struct Fields {
  private var left: [String: String]
  private let operation: String

  init(_ fields: [String: String], _ operation: String) {
    left = fields
    left["op"] = nil
    self.operation = operation
  }

  mutating func request(_ user: String, _ status: LiveStatus) throws(ControlRequest.Problem)
    -> ControlRequest
  {
    switch operation {
    case "status": return .status
    case "stop":
      return .stop(subject: optional("subject") ?? user, reason: optional("reason") ?? "")
    case "act": return .observation(.operatorAct(try act(user, status)))
    case "limit": return .observation(.limitChange(try limit(user)))
    case "signal": return .observation(.signal(try signal(status)))
    case "order":
      var order = OrderFields(left)
      let instruction = try order.instruction(user, status)
      left = order.rest
      return .observation(.instruction(instruction))
    default:
      throw .init(
        "unknown_op", "`\(operation)` is not one of status, act, limit, signal, order, stop")
    }
  }

  /// Nothing is left that was not asked for.
  func finish() throws(ControlRequest.Problem) {
    guard let stranger = left.keys.sorted().first else { return }
    throw .init("malformed", "`\(stranger)` is not a field of `\(operation)`")
  }

  private mutating func optional(_ name: String) -> String? { left.removeValue(forKey: name) }

  private mutating func required(_ name: String) throws(ControlRequest.Problem) -> String {
    guard let value = optional(name) else { throw .init("missing", "`\(name)` is missing") }
    return value
  }

  private mutating func act(_ user: String, _ status: LiveStatus)
    throws(ControlRequest.Problem) -> OperatorAct
  {
    let name = try required("act")
    guard let act = OperatorAct.Act.allCases.first(where: { $0.name == name }) else {
      let known = OperatorAct.Act.allCases.map(\.name).joined(separator: ", ")
      throw .init("unknown_act", "`\(name)` is not one of \(known)")
    }
    return OperatorAct(
      act: act, scope: try status.scope(try required("scope")),
      subject: optional("subject") ?? user, reason: optional("reason") ?? "")
  }

  private mutating func limit(_ user: String) throws(ControlRequest.Problem) -> LimitChange {
    var change = LimitChange(
      key: try required("key"), value: try required("value"), author: optional("subject") ?? user,
      reason: optional("reason") ?? "")
    if let text = optional("at") {
      guard let time = Instant(text) else {
        throw .init("bad_value", "`\(text)` is not a time: write 2026-01-05T14:30:00Z")
      }
      change.effective = time
    }
    return change
  }

  private mutating func signal(_ status: LiveStatus) throws(ControlRequest.Problem) -> Signal {
    let name = try required("instrument")
    guard let instrument = status.instruments.first(where: { $0.isNamed(name) }) else {
      throw .init("unknown_instrument", "`\(name)` is not an instrument of this run")
    }
    let text = try required("score")
    guard case .success(let score) = parseDecimal(text.utf8, scale: Signal.scoreScale) else {
      throw .init("bad_value", "`\(text)` is not a score with up to \(Signal.scoreScale) decimals")
    }
    return Signal(
      instrument: instrument.id, score: score, model: try required("model"),
      version: optional("version") ?? "")
  }
}

extension LiveStatus {
  /// The scope that words mean: `all`, `strategy NAME`, `instrument SYMBOL`, `venue NAME`,
  /// `account NAME`, `order ord-N` or the name that a person gave it.
  func scope(_ text: String) throws(ControlRequest.Problem) -> Scope {
    if text == "all" { return .all }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, let kind = Scope.Kind.allCases.first(where: { $0.name == words[0] })
    else {
      throw .init(
        "unknown_scope",
        "`\(text)` is not a scope: all, or strategy, instrument, venue, account, order and a name")
    }
    let known: [String]
    switch kind {
    case .strategy: known = strategies
    case .account: known = accounts
    case .instrument, .venue:
      let found = instruments.first { instrument in
        kind == .venue
          ? instrument.venueName == words[1] : instrument.isNamed(words[1])
      }
      if let found { return Scope(kind, UInt64(kind == .venue ? found.venue.raw : found.id.raw)) }
      known = kind == .venue ? instruments.map(\.venueName) : instruments.map(\.symbol)
    case .order:
      switch instructions.named(words[1], last: lastOrder) {
      case .order(let order): return Scope(.order, order.raw)
      case .refused:
        throw .init(
          "refused_order",
          "`\(words[1])` was refused, so there is no order: `daybook explain` says why")
      case .unknown(let sentence): throw .init("unknown_order", sentence)
      }
    case .all: known = []
    }
    if kind == .strategy || kind == .account, let index = known.firstIndex(of: words[1]) {
      return Scope(kind, UInt64(index))
    }
    let names = Set(known).sorted().joined(separator: ", ")
    throw .init("unknown_scope", "there is no \(words[0]) `\(words[1])`; there is \(names)")
  }

  /// What is wrong with the words of a scope; nil if it is there.
  public func fault(ofScope text: String) -> String? {
    do throws(ControlRequest.Problem) {
      _ = try scope(text)
      return nil
    } catch { return error.what }
  }

  /// A scope in words, as `scope(_:)` reads it.
  public func text(_ scope: Scope) -> String {
    ScopeNames(strategies: strategies, instruments: instruments, accounts: accounts).text(scope)
  }
}

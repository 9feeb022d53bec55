import Alerting
import Events
import Monitoring
import Projections
import Reporting
import Trading

/// Alerts and figures over HTTP: what the monitor knows, and what people do about it.
struct AlertDesk: Sendable {
  /// Longest silence in nanoseconds.
  private static let longest: Int64 = 7 * 86_400_000_000_000

  let reads: Reads
  let acts: Acts
  /// The alerts as they are.
  let alerts: @Sendable () -> Monitor.Alerts
  /// What is measured, as Prometheus reads it.
  let metrics: @Sendable () -> String

  private static let note = Field(
    name: "note", isRequired: false, mayBeEmpty: true,
    summary: "What is done about it, as the journal keeps it.")
  private static let length = Field(name: "for", summary: "How long: 30m, 8h, at most 7d.")

  var routes: [Route] {
    [
      Route(
        method: .get, path: "/api/internal/v1/alerts", name: "listAlerts",
        summary: "Alerts that are not over and those that just are, silences, and the entries "
          + "that alerts come from.",
        permission: .readTrading, parameters: Reads.page,
        answers: "alerts, resolved, silences, data: entries"
      ) { call throws(Problem) in
        let found = try await reads.listed(call, more: { fields }) {
          (model, page) throws(ReadModelError) in
          let list = try model.alerts(after: page.after, limit: page.limit)
          return (list.rows.map { ($0.sequence, $0.json) }, list.through)
        }
        if let found { return found }
        return try await reads.entries(call, AlertRow.kinds, more: { fields }) {
          (_, _, line) throws(Problem) in line
        }
      },
      Route(
        method: .post, path: "/api/internal/v1/alerts/{alertId}/acknowledgements",
        name: "acknowledgeAlert",
        summary: "Say that one sees to an alert, or has seen the entry with a sequence.",
        permission: .acknowledge, budget: .acts, body: [Self.note], isAct: true, success: 202,
        answers: "status, seq"
      ) { call throws(Problem) in
        let key = call.variable("alertId")
        if let sequence = UInt64(key) { return try await acknowledge(sequence, call) }
        return try await record(call, [Self.note]) { (fields) throws(Problem) in
          guard alerts().book[key] != nil else {
            throw .missing(
              "unknown_alert", "No alert `\(key)` is open. GET /api/internal/v1/alerts lists them.")
          }
          return .acknowledged(key: key, note: fields.text("note"))
        }
      },
      Route(
        method: .post, path: "/api/internal/v1/alerts/{alertId}/silences", name: "silenceAlert",
        summary: "Have nobody told of an alert, or of all of its code, for a while.",
        permission: .acknowledge, budget: .acts, body: [Self.length, Self.note], isAct: true,
        success: 202, answers: "status, seq"
      ) { call throws(Problem) in
        let target = call.variable("alertId")
        return try await record(call, [Self.length, Self.note]) { (fields) throws(Problem) in
          try silence(target, fields)
        }
      },
      Route(
        method: .get, path: "/metrics", name: "getMetrics",
        summary: "Figures for Prometheus; other machines need a token.",
        remotePermission: .readTrading, isProbe: true, answers: "Prometheus' text format 0.0.4",
        contentType: "text/plain"
      ) { _ throws(Problem) in
        Answer(contentType: Monitor.metricsType, text: metrics())
      },
    ]
  }

  /// Says that an entry which is an alert was seen: the read model keeps who saw it first.
  private func acknowledge(_ sequence: UInt64, _ call: Call) async throws(Problem) -> Answer {
    let subject = Acts.subject(call).name
    return try await acts.act(call) { () async throws(Problem) in
      let fields = try Fields(call.body, [Self.note])
      guard try reads.isAlert(sequence) else {
        throw .missing("unknown_alert", "There is no alert #\(sequence).")
      }
      let note = Acknowledgement(of: sequence, reason: fields.text("note")).note
      return try await acts.record(
        Acts.request(.note, scope: "all", reason: note, subject: subject))
    }
  }

  private var fields: [(String, JSON)] {
    let now = alerts()
    return [
      ("alerts", .array(now.book.active.map(\.json))),
      ("resolved", .array(now.book.resolved.reversed().prefix(50).map(\.json))),
      ("silences", .array(now.book.silences.map(\.json))),
      ("alerts_as_of_seq", .number(now.sequence)), ("alerts_ready", .bool(now.isReady)),
    ]
  }

  private func silence(_ target: String, _ fields: Fields) throws(Problem) -> AlertNote {
    guard AlertNote.kind(of: target) != nil, !target.contains(" ") else {
      throw .missing(
        "unknown_alert",
        "`\(target)` is neither an alert nor a code. docs/operating.md lists codes.")
    }
    let text = fields.text("for")
    guard let length = Parameters.nanoseconds(text), (1...Self.longest).contains(length) else {
      throw Problem(
        status: 422, code: "bad_body", detail: "A silence ends: it is at most 7 days long.",
        faults: [.init(name: "for", what: "`\(text)` is not a length of time like 30m or 8h")])
    }
    let now = Instant(nanoseconds: Int64(acts.clock.now() * 1e9))
    return .silenced(
      target: target, until: now.advanced(by: length), note: fields.text("note"))
  }

  /// Has the daemon record a note in the name of the caller.
  private func record(
    _ call: Call, _ fields: [Field], _ note: (Fields) throws(Problem) -> AlertNote
  ) async throws(Problem) -> Answer {
    let subject = Acts.subject(call).name
    return try await acts.act(call) { () async throws(Problem) in
      let note = try note(try Fields(call.body, fields))
      return try await acts.record(
        Acts.request(.note, scope: "all", reason: note.text, subject: subject))
    }
  }
}

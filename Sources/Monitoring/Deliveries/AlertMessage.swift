import Alerting
import Events
import Reporting

/// What somebody is told about an alert, in the forms that they take it in.
struct AlertMessage: Equatable, Sendable {
  var alert: AlertState
  var occasion: AlertAction.Occasion
  /// When it was decided to tell.
  var time: Instant
  /// Identity of the journal.
  var journal: String

  /// The same for each attempt, so that a receiver can tell that it has had it.
  var delivery: String {
    "\(alert.key)/\(alert.opened.nanoseconds)/\(occasion.rawValue)/\(time.nanoseconds)"
  }

  /// One line: `CRITICAL venue.disconnected:XSIM opened: a venue is not connected: line cut (#17)`
  var line: String {
    let place = alert.lastSequence == 0 ? "" : " (#\(alert.lastSequence))"
    let detail = alert.detail.isEmpty ? "" : ": \(alert.detail)"
    return "\(alert.severity.name.uppercased()) \(alert.key) \(occasion.rawValue): "
      + alert.kind.title + detail + place
  }

  /// For programs.
  var json: JSON {
    .object([
      ("version", .number(1)), ("delivery", .string(delivery)),
      ("occasion", .string(occasion.rawValue)), ("alert", alert.json),
      ("time", .string(time.text)), ("journal", .string(journal)),
    ])
  }

  /// For people in a chat: `&`, `<` and `>` are marks there (Slack, "Formatting text for app surfaces").
  var chat: JSON {
    var text = ""
    for character in "\(line)\n\(alert.kind.runbook)".unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      default: text.unicodeScalars.append(character)
      }
    }
    return .object([("text", .string(text))])
  }

  /// Subject and body of a mail.
  var mail: (subject: String, body: String) {
    var lines = [
      line, "", "opened    \(alert.opened.text)", "times     \(alert.count)",
      "state     \(alert.stage.rawValue)",
    ]
    if let one = alert.acknowledgement {
      lines.append("seen by   \(one.subject) at \(one.time.text): \(one.note)")
    }
    lines += [
      "journal   \(journal)", "runbook   \(alert.kind.runbook)", "",
      "To acknowledge: POST /api/internal/v1/alerts/\(alert.key)/acknowledgements",
    ]
    return (
      "[daybook] \(alert.severity.name) \(alert.key) \(occasion.rawValue)",
      lines.joined(separator: "\n") + "\n"
    )
  }
}

extension AlertState {
  /// As programs see it, in messages and over the API.
  public var json: JSON {
    .object([
      ("id", .string(key)), ("code", .string(kind.name)),
      ("severity", .string(severity.name)), ("title", .string(kind.title)),
      ("detail", .string(detail)), ("state", .string(stage.rawValue)),
      ("count", .number(count)), ("opened", .string(opened.text)),
      ("last", .string(last.text)), ("resolved", .string(resolved?.text)),
      ("seq", sequence == 0 ? .null : .number(sequence)),
      ("last_seq", lastSequence == 0 ? .null : .number(lastSequence)),
      (
        "acknowledged",
        acknowledgement.map { one in
          .object([
            ("by", .string(one.subject)), ("note", .string(one.note)),
            ("time", .string(one.time.text)), ("seq", .number(one.sequence)),
          ])
        } ?? .null
      ),
      ("runbook", .string(kind.runbook)),
    ])
  }
}

extension AlertSilence {
  /// As programs see it.
  public var json: JSON {
    .object([
      ("target", .string(target)), ("until", .string(until.text)), ("by", .string(subject)),
      ("note", .string(note)), ("seq", .number(sequence)),
    ])
  }
}

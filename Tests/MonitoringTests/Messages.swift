import Alerting
import Events

@testable import Monitoring

/// Alerts for tests.
enum Messages {
  static let start = Instant("2026-01-05T14:30:00Z")!

  static func at(_ seconds: Double) -> Instant { start.advanced(by: Int64(seconds * 1e9)) }

  /// An alert that opened, with some detail.
  static func opened(
    _ kind: AlertKind = .diskLow, _ subject: String = "",
    _ detail: String = "1 of 100 MiB are free",
    sequence: UInt64 = 17, at time: Instant = start
  ) -> AlertMessage {
    var book = AlertBook(AlertSettings())
    _ = book.take(.raised(kind, subject, detail, sequence: sequence), at: time)
    return AlertMessage(
      alert: book.active[0], occasion: .opened, time: time,
      journal: "000102030405060708090a0b0c0d0e0f")
  }
}

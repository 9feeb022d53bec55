import Events

/// A drop copy as a file of FIX trade capture reports (35=AE, FIX 4.4 and later), one side each
/// (docs/reconciliation.md). Messages of the session are passed over, all others are faults.
public enum TradeCaptureReports {
  /// Heartbeat, test request, resend request, reject, sequence reset, logout, logon.
  private static let session = ["0", "1", "2", "3", "4", "5", "A"]

  /// Reads a whole file. It covers the days of its trades, in UTC. O(n).
  public static func read(_ bytes: [UInt8]) throws(StatementFault) -> Statement {
    var (offset, line) = (0, 1)
    var trades: [(id: String, line: Statement.Line)] = []
    /// Where the trade of each report is; nil once it was cancelled.
    var places: [String: Int?] = [:]
    while let message = try FIXMessage.next(bytes, at: &offset, line: &line) {
      let type = try message.required(35)
      if session.contains(type) { continue }
      guard type == "AE" else {
        throw StatementFault(message.line, "tag 35: `\(type)` is no trade capture report (AE)")
      }
      let report = try Report(message)
      if places[report.id] != nil {
        if report.isRepeated { continue }
        throw StatementFault(
          message.line, "tag 571: report `\(report.id)` is there twice and not marked as sent again"
        )
      }
      if report.action != .new {
        guard let reference = report.reference, case .some(.some(let place)) = places[reference]
        else { throw StatementFault(message.line, "tag 572 names no report before it") }
        trades[place].id = ""
        places[reference] = .some(nil)
      }
      if report.action == .cancel {
        places[report.id] = .some(nil)
      } else {
        places[report.id] = trades.count
        trades.append((report.id, report.line))
      }
    }
    let lines = trades.filter { !$0.id.isEmpty }.map(\.line)
    let dates = trades.compactMap(\.line.date)
    guard let first = dates.min(), let last = dates.max(), let from = Instant(first),
      let to = Instant(CivilDate(daysSinceEpoch: last.daysSinceEpoch + 1))
    else { throw StatementFault(line, "the file has no trade capture report") }
    return Statement(format: .fix, from: from, to: to, lines: lines)
  }

  /// What a message says of a trade.
  private struct Report {
    enum Action { case new, cancel, replace }

    let id: String
    let action: Action
    /// The report that is cancelled or replaced.
    let reference: String?
    let isRepeated: Bool
    var line: Statement.Line
    private let message: FIXMessage

    init(_ message: FIXMessage) throws(StatementFault) {
      self.message = message
      // The header's, which every message has.
      for tag in [34, 49, 56] { _ = try message.required(tag) }
      try Self.checkTime(52, message)
      try Self.checkTime(60, message)
      id = try message.required(571)
      switch try message.value(487) {
      case nil, "0": action = .new
      case "1": action = .cancel
      case "2": action = .replace
      case .some(let other):
        throw StatementFault(message.line, "tag 487: `\(other)` is not new, cancel or replace")
      }
      reference = try message.value(572)
      let repeated = [try message.value(43), try message.value(97)]
      isRepeated = repeated.contains("Y")
      let quantity = try Self.decimal(32, message)
      guard quantity.mantissa > 0 else {
        throw StatementFault(message.line, "tag 32 is not above 0")
      }
      line = Statement.Line(.execution, line: message.line, quantity: quantity)
      line.price = try Self.decimal(31, message)
      try readInstrument()
      try readSide()
      try readFee()
      line.date = try Self.date(75, message)
      line.order = (try message.value(11)).flatMap { OrderID($0) } ?? .none
      line.execution = (try message.value(17)).flatMap { UInt64($0) }
    }

    private mutating func readInstrument() throws(StatementFault) {
      let symbol = try message.required(55)
      line.instrument = (try message.value(207)).map { "\($0):\(symbol)" } ?? symbol
      guard line.instrument.utf8.count <= 256 else {
        throw StatementFault(message.line, "tag 55 is longer than 256 bytes")
      }
    }

    private mutating func readSide() throws(StatementFault) {
      guard try message.required(552) == "1" else {
        throw StatementFault(message.line, "tag 552: a report must have one side")
      }
      switch try message.required(54) {
      case "1": line.side = .buy
      // Sell, sell short, sell short exempt.
      case "2", "5", "6": line.side = .sell
      case let other: throw StatementFault(message.line, "tag 54: `\(other)` is no side")
      }
    }

    private mutating func readFee() throws(StatementFault) {
      guard try message.value(136) == nil else {
        throw StatementFault(message.line, "tag 136: fees must be in tag 12, as a whole")
      }
      guard try message.value(12) != nil else { return }
      guard try message.required(13) == "3" else {
        throw StatementFault(message.line, "tag 13: the commission must be an amount (3)")
      }
      line.fee = try Self.decimal(12, message)
      if let currency = try message.value(479) {
        line.currency = currency
      } else {
        line.currency = try message.required(15)
      }
    }

    private static func decimal(_ tag: Int, _ message: FIXMessage) throws(StatementFault) -> Decimal
    {
      let text = try message.required(tag)
      guard !text.hasPrefix("+"), let value = Decimal(text) else {
        throw StatementFault(message.line, "tag \(tag): `\(text)` is not a decimal number")
      }
      return value
    }

    /// `20240305`
    private static func date(_ tag: Int, _ message: FIXMessage) throws(StatementFault) -> CivilDate
    {
      let text = try message.required(tag)
      guard text.utf8.count == 8, let number = Int64(text), let date = CivilDate(yyyymmdd: number)
      else { throw StatementFault(message.line, "tag \(tag): `\(text)` is not a date") }
      return date
    }

    /// `20240305-15:00:00`, with up to nine digits after a point.
    private static func checkTime(_ tag: Int, _ message: FIXMessage) throws(StatementFault) {
      let text = try message.required(tag)
      let bytes = Array(text.utf8)
      guard bytes.count >= 17, bytes[8] == UInt8(ascii: "-"), bytes[11] == UInt8(ascii: ":"),
        let number = Int64(text.prefix(8)), let date = CivilDate(yyyymmdd: number),
        Instant("\(date.text)T\(text.dropFirst(9))") != nil
      else { throw StatementFault(message.line, "tag \(tag): `\(text)` is not a time in UTC") }
    }
  }
}

import Books
import Calendars
import Events

/// When a strategy is called.
public enum Clock: Equatable, Sendable {
  case quote
  case trade
  /// Bars of some length, of trades, mid prices, bids or asks.
  case bar(BarLength, BarSource)

  /// What bars are made of.
  public enum BarSource: String, Sendable, CaseIterable {
    case trades
    case mid
    case bid
    case ask
  }

  /// Bars of this many nanoseconds.
  public static func bar(interval: Int64, _ source: BarSource) -> Clock {
    .bar(.time(interval), source)
  }

  /// Reads what `init(reading:)` does; nil for what is no clock.
  public init?(_ text: String) {
    do throws(ClockFault) { try self.init(reading: text) } catch { return nil }
  }

  /// Reads `quote`, `trade`, or bars: `bar:1m`, `bar:5m:mid`, `bar:1m@XNYS`, `bar:session@XNYS`,
  /// `bar:100t`, `bar:10000v`, `bar:1000000notional`, `bar:8r`, `bar:10renko`, `bar:100t-imbalance`.
  /// - Throws: `ClockFault` for anything else, with what to write.
  public init(reading text: String) throws(ClockFault) {
    switch text {
    case "quote": self = .quote
    case "trade": self = .trade
    default:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard (2...3).contains(parts.count), parts[0] == "bar" else { throw .notAClock }
      let length = try BarLength(reading: parts[1])
      var source = BarSource.trades
      if parts.count == 3 {
        guard let named = BarSource(rawValue: parts[2]) else {
          let words = BarSource.allCases.map(\.rawValue)
          throw ClockFault(
            "has no source `\(parts[2])`",
            ConfigurationError.nearest(to: parts[2], among: words).map { "did you mean `\($0)`?" }
              ?? "write one of \(words.joined(separator: ", "))")
        }
        source = named
      }
      guard source == .trades || !length.needsSizes else {
        throw ClockFault(
          "counts sizes, which only trades have", "write `bar:\(parts[1])` without a source")
      }
      self = .bar(length, source)
    }
  }
}

/// What makes a bar complete.
public enum BarLength: Equatable, Sendable {
  /// Nanoseconds, aligned to midnight UTC.
  case time(Int64)
  /// Nanoseconds from the open of a calendar's sessions, and not beyond their close.
  case sessionTime(Int64, calendar: String)
  /// A whole session of a calendar.
  case session(calendar: String)
  /// A number of ticks.
  case ticks(Int64)
  /// Traded quantity, in units of the instrument.
  case volume(Decimal)
  /// Traded notional, in the instrument's currency.
  case notional(Decimal)
  /// High less low, in ticks of the instrument's price.
  case range(Int64)
  /// Bricks of this height, in ticks of the instrument's price.
  case renko(Int64)
  /// Buying or selling beyond expectation, with the ticks of the first bar.
  case information(InformationBarBuilder.Rule, InformationBarBuilder.Weight, ticks: Int64)

  /// Whether trades' sizes count, which quotes do not have.
  var needsSizes: Bool {
    switch self {
    case .volume, .notional: true
    case .information(_, let weight, _): weight != .ticks
    case .time, .sessionTime, .session, .ticks, .range, .renko: false
    }
  }

  /// What a bar's length may be called: units of time, and words after a number.
  private static let words: [(word: String, make: @Sendable (Int64) -> BarLength)] = [
    ("t", BarLength.ticks), ("r", BarLength.range), ("renko", BarLength.renko),
    ("t-imbalance", { .information(.imbalance, .ticks, ticks: $0) }),
    ("t-volume-imbalance", { .information(.imbalance, .volume, ticks: $0) }),
    ("t-notional-imbalance", { .information(.imbalance, .notional, ticks: $0) }),
    ("t-runs", { .information(.runs, .ticks, ticks: $0) }),
    ("t-volume-runs", { .information(.runs, .volume, ticks: $0) }),
    ("t-notional-runs", { .information(.runs, .notional, ticks: $0) }),
  ]

  /// Reads a length with its calendar: `1m`, `1m@XNYS`, `session@XNYS`, `100t`.
  init(reading text: String) throws(ClockFault) {
    guard let at = text.firstIndex(of: "@") else {
      guard text != "session" else {
        throw ClockFault("names no calendar", "write `bar:session@XNYS`")
      }
      self = try Self.plain(text)
      return
    }
    let (length, name) = (String(text[..<at]), String(text[text.index(after: at)...]))
    guard TradingCalendar(named: name) != nil else {
      throw ClockFault("has no calendar `\(name)`", TradingCalendar.advice(for: name))
    }
    if length == "session" {
      self = .session(calendar: name)
    } else if case .time(let interval) = try Self.plain(length) {
      guard interval <= Nanoseconds.day else {
        throw ClockFault("is longer than a session", "write `bar:session@\(name)`")
      }
      self = .sessionTime(interval, calendar: name)
    } else {
      throw ClockFault(
        "has a calendar, which only time has", "write `bar:\(length)` or `bar:1m@\(name)`")
    }
  }

  private static func plain(_ text: String) throws(ClockFault) -> BarLength {
    if let interval = Parameters.nanoseconds(text) {
      guard interval > 0 else { throw ClockFault("has bars without length", "write `bar:1m`") }
      return .time(interval)
    }
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let word = String(text.dropFirst(digits.count))
    guard !digits.isEmpty else { throw .notAClock }
    if word == "v" || word == "notional" {
      guard let amount = Decimal(String(digits)), amount.mantissa > 0 else {
        throw ClockFault("needs a number above 0", "write `bar:10000\(word)`")
      }
      return word == "v" ? .volume(amount) : .notional(amount)
    }
    guard let make = words.first(where: { $0.word == word })?.make else {
      let known = words.map(\.word) + ["v", "notional", "s", "m", "h", "d"]
      let near = ConfigurationError.nearest(to: word, among: known)
      throw ClockFault(
        "has no bars of `\(word)`",
        near.map { "did you mean `bar:\(digits)\($0)`?" }
          ?? "write s, m, h or d for time, or \(known.dropLast(4).joined(separator: ", "))")
    }
    guard let count = Int64(digits), count > 0, count <= InformationBarBuilder.mostTicks else {
      throw ClockFault(
        "needs a whole number from 1 to \(InformationBarBuilder.mostTicks)",
        "write `bar:100\(word)`")
    }
    return make(count)
  }
}

/// Why a text is no clock, and what to write.
public struct ClockFault: Error, Equatable, Sendable {
  public var what: String
  public var advice: String

  init(_ what: String, _ advice: String) {
    self.what = what
    self.advice = advice
  }

  static let notAClock = ClockFault(
    "is not a clock", "write quote, trade, bar:1m, bar:5m:mid, bar:1m@XNYS or bar:100t")
}

extension TradingCalendar {
  /// What to write instead of a name that no calendar has.
  static func advice(for name: String) -> String {
    let names = all.map(\.name)
    return ConfigurationError.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
      ?? "known are \(names.joined(separator: ", "))"
  }
}

import Calendars
import Events

/// Where bars begin and end in the sessions of a calendar: at the session's open, after a pause anew, and
/// no later than the close. Plain bytes; the calendar is looked up when a bar begins.
public struct SessionGrid: Sendable, BitwiseCopyable {
  /// Place of the calendar in `TradingCalendar.all`; not part of any encoding.
  let place: Int
  /// Whether a bar is a whole session, pauses included.
  public let isWhole: Bool
  /// Whether a moment was asked about of which the calendar knows nothing.
  public internal(set) var isBeyondTable = false
  /// The moments about which `open..<close` is known to be the next part of a session or to go on.
  private var from = Instant(nanoseconds: .max)
  private var open = Instant(nanoseconds: .max)
  private var close = Instant(nanoseconds: .max)

  /// - Returns: nil if there is no calendar of that name.
  public init?(_ calendar: String, isWhole: Bool = false) {
    guard let place = TradingCalendar.all.firstIndex(where: { $0.name == calendar }) else {
      return nil
    }
    self.place = place
    self.isWhole = isWhole
  }

  public var calendar: TradingCalendar { TradingCalendar.all[place] }

  /// The interval of some length that a moment falls in; nil where the market is closed, and where the
  /// calendar knows nothing. O(1) within a part of a session and the closed hours before it.
  /// - Precondition: the length is above 0.
  mutating func interval(_ length: Int64, at time: Instant) -> Range<Instant>? {
    if time < from || time >= close { seek(time) }
    guard open <= time, time < close else { return nil }
    if isWhole { return open..<close }
    let start = time.advanced(by: -(time.since(open) % length))
    return start..<min(start.advanced(by: length), close)
  }

  @inline(never)
  private mutating func seek(_ time: Instant) {
    guard let session = try? calendar.session(closingAfter: time) else {
      isBeyondTable = true
      (from, open, close) = (.distantFuture, .distantFuture, .distantFuture)
      return
    }
    (from, open, close) = (time, session.open, session.close)
    guard !isWhole, let pause = session.pause else { return }
    if time < pause.lowerBound {
      close = pause.lowerBound
    } else {
      open = pause.upperBound
    }
  }
}

extension SessionGrid: Equatable {
  /// The same calendar in the same use; what is known of its sessions is not compared.
  public static func == (a: SessionGrid, b: SessionGrid) -> Bool {
    a.place == b.place && a.isWhole == b.isWhole && a.isBeyondTable == b.isBeyondTable
  }
}

import Events

/// When an instrument's market is open, and how busy each hour is.
struct TradingDay {
  static let day: Int64 = 86_400_000_000_000

  /// Start and end of one session.
  struct Session: Equatable {
    var open: Int64
    var close: Int64
  }

  private let session: GeneratedMarket.Session
  private let start: Int64
  private let days: Int64

  init(_ session: GeneratedMarket.Session, start: Instant, days: Int) {
    self.session = session
    self.start = start.nanoseconds
    self.days = Int64(days)
  }

  /// Whether one session lasts from the first day to the last.
  var isContinuous: Bool { session.length == Self.day && !session.isClosedAtWeekends }

  /// The first session that begins at or after `time`, or nil after the last day.
  func session(from time: Int64) -> Session? {
    if isContinuous {
      return time <= start ? Session(open: start, close: start + days * Self.day) : nil
    }
    for day in 0..<days {
      let midnight = start + day * Self.day
      let open = midnight + session.open
      if open < time || (session.isClosedAtWeekends && Self.isWeekend(midnight)) { continue }
      return Session(open: open, close: open + session.length)
    }
    return nil
  }

  /// 1970-01-01 was a Thursday.
  private static func isWeekend(_ midnight: Int64) -> Bool {
    let weekday = (midnight / day + 3) % 7
    return weekday >= 5
  }

  /// How busy the market is relative to its mean, × 2^8: a U over an exchange's session, a soft wave over
  /// the day of a market that never closes.
  func activity(at time: Int64, in current: Session) -> Int64 {
    let length = isContinuous ? Self.day : current.close - current.open
    let position = max(time - current.open, 0) % length
    let table = isContinuous ? Self.wave : Self.smile
    let scaled = position / (length / 4096 + 1)
    let index = Int(scaled >> 8) & 15
    let fraction = scaled & 255
    return table[index] + (((table[index + 1] - table[index]) * fraction) >> 8)
  }

  /// Mean 256, at the sixteenths of a session.
  private static let smile: [Int64] = [
    590, 430, 330, 275, 240, 215, 195, 180, 170, 165, 168, 175, 190, 215, 260, 340, 520,
  ]
  private static let wave: [Int64] = [
    235, 225, 215, 205, 200, 210, 230, 260, 290, 315, 330, 325, 300, 280, 260, 245, 235,
  ]
}

import Events

/// Tells the two passes of the hour that clocks show twice in autumn apart, by the order of rows.
///
/// Rows come to the hour from before it, and so to its first pass, or from behind it, and so to its second;
/// where their times turn back they are in the other one. Rows of which several may have the same time,
/// such as trades, turn back by a minute at least: less is disorder. Bars of an hour or more may have the
/// same time twice.
struct RepeatedHour {
  /// A row's moment.
  struct Reading: Equatable {
    var time: Instant
    /// The other pass, if rows cannot tell which it is: they come in no order.
    var other: Instant?
    /// What there is to tell, once an hour.
    var note: String?
  }

  /// Rows may come in any order.
  private let isUnordered: Bool
  /// Length of a bar, in nanoseconds; nil for what is no bar.
  private let interval: Int64?
  /// Whether times rose, and fell, outside of such hours.
  private var (rose, fell) = (false, false)
  private var last: Instant?
  /// In such an hour: which pass, whether it was both, and how far the pass went, read as in the first.
  private var isWithin = false
  private var isSecond = false
  private var isBoth = false
  private var isRising = true
  private var isUnclear = false
  private var mark = Instant.epoch

  init(isUnordered: Bool, interval: Int64?) {
    self.isUnordered = isUnordered
    self.interval = interval
  }

  /// The moment of the next row.
  mutating func reading(of time: LocalTime) -> Reading {
    guard let second = time.second else { return outside(time.first) }
    var note: String?
    if isWithin {
      if !isUnclear { turn(time.first) }
    } else {
      isWithin = true
      isBoth = false
      isRising = last.map { $0 < second } ?? true
      isSecond = !isRising
      mark = time.first
      // Newest first or not, is not known of the first row.
      isUnclear = isUnordered && (last == nil || (rose && fell))
      if isUnclear {
        isSecond = false
        note =
          "clocks showed this hour twice, and rows in no order do not tell which; the first is taken"
      }
    }
    let found = isSecond ? second : time.first
    last = found
    return Reading(time: found, other: isUnclear ? second : nil, note: note)
  }

  private mutating func outside(_ time: Instant) -> Reading {
    if let last {
      if time > last { rose = true }
      if time < last { fell = true }
    }
    last = time
    guard isWithin else { return Reading(time: time) }
    isWithin = false
    guard !isBoth, !isUnclear else { return Reading(time: time) }
    let pass = isSecond ? "second" : "first"
    return Reading(
      time: time,
      note: "clocks showed the hour before twice, and rows tell one of them; taken for the \(pass)")
  }

  private mutating func turn(_ first: Instant) {
    // How far it goes against the order of rows.
    let ahead = first.nanoseconds - mark.nanoseconds
    let back = isRising ? -ahead : ahead
    let turns: Bool
    if let interval {
      turns = back > 0 || (back == 0 && interval >= Nanoseconds.hour)
    } else {
      turns = back >= Nanoseconds.minute
    }
    if turns, isSecond != isRising {
      isSecond = isRising
      isBoth = true
      mark = first
    } else if back < 0 {
      mark = first
    }
  }
}

import Events

/// Makes time bars of one instrument out of its ticks or of shorter bars.
///
/// Intervals are aligned to multiples of the length since midnight UTC of 1970-01-01, so that lengths
/// which divide a day start anew at each midnight. An event at the very end of an interval belongs to
/// the next one. A bar closes when the first event at or after its end comes, or when time is said to
/// have reached its end; it carries its end as its time. An interval without events gives no bar.
///
/// With the sessions of a calendar, intervals begin at a session's open and the last ends at its close, or
/// a bar is a whole session; what comes while the market is closed does not count. The bar's length is then
/// that of its interval.
public struct BarBuilder: Equatable, Sendable {
  /// What bars are made of.
  public enum Source: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Trade prints; the volume is what was traded.
    case trades = 1
    /// The middle of best bid and ask; the volume is 0.
    case middles = 2
    /// Shorter trade bars, each counted in the interval its end falls in or ends; volumes add up.
    case bars = 3
  }

  /// A bar and the moment its interval ends.
  public struct Closed: Equatable, Sendable, BitwiseCopyable {
    public var bar: Bar
    public var end: Instant
  }

  public let instrument: InstrumentID
  public let source: Source
  /// Length of a bar in nanoseconds, above 0.
  public let interval: Int64
  /// The sessions that bars keep to; nil for intervals of UTC days.
  public internal(set) var sessions: SessionGrid?
  /// The bar under way and the end of its interval.
  @usableFromInline var open: Closed?

  /// Whether anything has come since the last bar closed.
  @inlinable public var isUnderWay: Bool { open != nil }

  /// - Precondition: the interval is above 0.
  public init(
    _ instrument: InstrumentID, from source: Source, interval: Int64,
    in sessions: SessionGrid? = nil
  ) {
    precondition(interval > 0, "a bar needs a length")
    self.instrument = instrument
    self.source = source
    self.interval = interval
    self.sessions = sessions
  }

  /// End of the bar under way; nil if there is none.
  @inlinable public var end: Instant? { open?.end }

  /// Takes a trade print into account if bars are made of trades.
  /// - Returns: the bar that ended at or before `time`, if one was under way.
  public mutating func apply(_ trade: Trade, at time: Instant) -> Closed? {
    guard source == .trades, trade.price.isPossible, trade.size.raw >= 0 else {
      return advance(to: time)
    }
    return take(point(trade.price, trade.size), at: time, isEnd: false)
  }

  /// Takes a quote into account if bars are made of middles and both sides are there.
  /// - Returns: the bar that ended at or before `time`, if one was under way.
  public mutating func apply(_ quote: Quote, at time: Instant) -> Closed? {
    guard source == .middles, quote.isTwoSided, quote.isPossible else { return advance(to: time) }
    return take(point(quote.middle, .zero), at: time, isEnd: false)
  }

  /// Takes a shorter bar that ends at `time` into account if bars are made of bars.
  /// - Returns: the longer bar that ended before `time`, or the one that this bar completes. After a
  ///   gap it can be both: the caller asks `advance(to: time)` for the second.
  public mutating func apply(_ bar: Bar, at time: Instant) -> Closed? {
    guard source == .bars, bar.side == .none, bar.isPossible else { return advance(to: time) }
    return take(bar, at: time, isEnd: true)
  }

  /// Says that time has reached `time`.
  /// - Returns: the bar that ended at or before then, if one was under way.
  public mutating func advance(to time: Instant) -> Closed? {
    guard let closed = open, closed.end <= time else { return nil }
    open = nil
    return closed
  }

  private func point(_ price: Price, _ volume: Quantity) -> Bar {
    Bar(
      instrument: instrument, interval: interval, open: price, high: price, low: price,
      close: price, volume: volume)
  }

  /// - Parameter isEnd: the event covers time up to and not including its own.
  private mutating func take(_ bar: Bar, at time: Instant, isEnd: Bool) -> Closed? {
    // A shorter bar at the very end completes the interval that ends there: look before its end.
    let moment = isEnd ? time.advanced(by: -1) : time
    let closed = advance(to: moment)
    if var current = open {
      current.bar.high = max(current.bar.high, bar.high)
      current.bar.low = min(current.bar.low, bar.low)
      current.bar.close = bar.close
      let (volume, overflow) = current.bar.volume.raw.addingReportingOverflow(bar.volume.raw)
      current.bar.volume = Quantity(overflow ? Quantity.limit : min(volume, Quantity.limit))
      open = current
    } else {
      begin(bar, at: moment)
    }
    return closed ?? (isEnd ? advance(to: time) : nil)
  }

  private mutating func begin(_ bar: Bar, at moment: Instant) {
    var first = bar
    first.instrument = instrument
    guard sessions != nil else {
      first.interval = interval
      open = Closed(bar: first, end: end(after: moment))
      return
    }
    guard let span = sessions?.interval(interval, at: moment) else { return }
    first.interval = span.upperBound.since(span.lowerBound)
    open = Closed(bar: first, end: span.upperBound)
  }

  /// The first multiple of the interval after a moment, or the end of time.
  func end(after time: Instant) -> Instant {
    let rest = time.nanoseconds % interval
    return time.advanced(by: interval - (rest < 0 ? rest + interval : rest))
  }
}

extension BarBuilder {
  /// Appends the builder: instrument (`u16`), source (`u8`), interval (`i64`), the sessions' calendar
  /// (string, empty for none) with two `u8` (whole sessions, beyond the table), and the bar under way
  /// after a `u8` that tells whether there is one.
  public func encode(to buffer: inout ByteBuffer) {
    buffer.append(instrument.raw)
    buffer.append(source.rawValue)
    buffer.append(interval)
    buffer.append(string: sessions?.calendar.name ?? "")
    if let sessions {
      buffer.append(UInt8(sessions.isWhole ? 1 : 0))
      buffer.append(UInt8(sessions.isBeyondTable ? 1 : 0))
    }
    buffer.append(UInt8(open == nil ? 0 : 1))
    if let open {
      buffer.append(open.end.nanoseconds)
      open.bar.encode(to: &buffer)
    }
  }

  /// Reads a builder written by `encode`.
  /// - Throws: `Damage` for values no builder can have.
  public init(reading reader: inout ByteReader) throws(Damage) {
    let offset = reader.offset
    let instrument = InstrumentID(try reader.read(UInt16.self))
    guard let source = Source(rawValue: try reader.read(UInt8.self)) else {
      throw Damage(at: offset + 2, "an unknown source of bars")
    }
    let interval = try reader.read(Int64.self)
    guard interval > 0 else { throw Damage(at: offset + 3, "a bar without length") }
    self.init(instrument, from: source, interval: interval)
    let name = try reader.readString()
    if !name.isEmpty {
      guard var grid = SessionGrid(name, isWhole: try reader.readFlag()) else {
        throw Damage(at: offset + 11, "the unknown calendar \(name)")
      }
      grid.isBeyondTable = try reader.readFlag()
      sessions = grid
    }
    if try reader.readFlag() {
      let end = Instant(nanoseconds: try reader.read(Int64.self))
      open = Closed(bar: try Bar(instrument, reading: &reader), end: end)
    }
  }
}

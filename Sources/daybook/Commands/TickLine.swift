import Events

/// Writes market events as the lines that `EntryText` makes, byte for byte, without making strings:
/// they are nearly all of a journal, and an export is as fast as they are written.
struct TickLine {
  private var clock = TimeBytes()
  /// By instrument id: `,"instrument":"ALFA"` and the scales.
  private var instruments: [Naming?] = []
  private let kinds: [[UInt8]]

  private struct Naming {
    var bytes: [UInt8]
    var priceScale: Int
    var quantityScale: Int
  }

  init() {
    kinds = (0..<256).map { number in
      let name = EntryKind(rawValue: UInt8(number))?.name ?? ""
      return Array(",\"kind\":\"\(name)\",\"time\":\"".utf8)
    }
  }

  /// Takes note of a definition.
  mutating func note(_ instrument: Instrument) {
    while instruments.count <= instrument.id.index { instruments.append(nil) }
    instruments[instrument.id.index] = Naming(
      bytes: Self.naming(instrument.symbol), priceScale: Int(instrument.priceScale),
      quantityScale: Int(instrument.quantityScale))
  }

  private static func naming(_ symbol: String) -> [UInt8] {
    // The line's own writer knows how to escape; its brace becomes the comma.
    var line = JSONLine()
    line.field("instrument", symbol)
    return [UInt8(ascii: ",")] + line.bytes.dropFirst()
  }

  /// Appends the event's line with its newline.
  mutating func write(_ tick: MarketEvent, _ header: EntryHeader, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: Self.start)
    bytes.append(decimal: Int64(truncatingIfNeeded: header.sequence), scale: 0)
    bytes.append(contentsOf: kinds[Int(tick.kind.rawValue)])
    clock.write(header.eventTime, to: &bytes)
    bytes.append(contentsOf: Self.received)
    clock.write(header.receiveTime, to: &bytes)
    bytes.append(contentsOf: Self.cause)
    let id = tick.instrument
    let known = id.index < instruments.count ? instruments[id.index] : nil
    let naming =
      known ?? Naming(bytes: Self.naming("#\(id.raw)"), priceScale: 0, quantityScale: 0)
    bytes.append(contentsOf: naming.bytes)
    write(tick, naming, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
  }

  private static let start = Array("{\"seq\":".utf8)
  private static let received = Array("\",\"received\":\"".utf8)
  private static let cause = Array("\",\"cause\":0".utf8)

  private func write(_ tick: MarketEvent, _ naming: Naming, to bytes: inout [UInt8]) {
    switch tick {
    case .quote(let quote):
      price(",\"bid\":", quote.bid, naming, &bytes)
      price(",\"ask\":", quote.ask, naming, &bytes)
      size(",\"bid_size\":\"", quote.bidSize, naming, &bytes)
      size(",\"ask_size\":\"", quote.askSize, naming, &bytes)
    case .trade(let trade):
      price(",\"price\":", trade.price, naming, &bytes)
      size(",\"size\":\"", trade.size, naming, &bytes)
      side(trade.side, &bytes)
    case .depth(let change):
      side(change.side, &bytes)
      if change.action == .set {
        price(",\"price\":", change.price, naming, &bytes)
        size(",\"size\":\"", change.size, naming, &bytes)
      }
      marks(change.marks, &bytes)
    case .order(let change):
      if change.action != .clear {
        text(",\"order\":", &bytes)
        bytes.append(contentsOf: String(change.order).utf8)
      }
      side(change.side, &bytes)
      if change.action != .clear {
        price(",\"price\":", change.price, naming, &bytes)
        size(",\"size\":\"", change.size, naming, &bytes)
      }
      marks(change.marks, &bytes)
    case .bar(let bar):
      side(bar.side, &bytes)
      text(",\"interval\":", &bytes)
      bytes.append(decimal: bar.interval, scale: 0)
      price(",\"open\":", bar.open, naming, &bytes)
      price(",\"high\":", bar.high, naming, &bytes)
      price(",\"low\":", bar.low, naming, &bytes)
      price(",\"close\":", bar.close, naming, &bytes)
      size(",\"volume\":\"", bar.volume, naming, &bytes)
    case .status(let change):
      text(",\"status\":\"", &bytes)
      bytes.append(contentsOf: change.status.name.utf8)
      bytes.append(UInt8(ascii: "\""))
    }
  }

  @inline(__always)
  private func text(_ text: StaticString, _ bytes: inout [UInt8]) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private func price(
    _ key: StaticString, _ price: Price, _ naming: Naming, _ bytes: inout [UInt8]
  ) {
    text(key, &bytes)
    guard !price.isNone else { return text("null", &bytes) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(decimal: price.raw, scale: naming.priceScale)
    bytes.append(UInt8(ascii: "\""))
  }

  private func size(
    _ key: StaticString, _ size: Quantity, _ naming: Naming, _ bytes: inout [UInt8]
  ) {
    text(key, &bytes)
    bytes.append(decimal: size.raw, scale: naming.quantityScale)
    bytes.append(UInt8(ascii: "\""))
  }

  private func side(_ side: Side, _ bytes: inout [UInt8]) {
    switch side {
    case .none: text(",\"side\":\"none\"", &bytes)
    case .buy: text(",\"side\":\"buy\"", &bytes)
    case .sell: text(",\"side\":\"sell\"", &bytes)
    }
  }

  private func marks(_ marks: EventMarks, _ bytes: inout [UInt8]) {
    text(marks.contains(.last) ? ",\"last\":true" : ",\"last\":false", &bytes)
    text(marks.contains(.snapshot) ? ",\"snapshot\":true" : ",\"snapshot\":false", &bytes)
  }
}

/// Writes moments as text; most are in the same second as the one before.
private struct TimeBytes {
  private var second = Int64.min
  /// `2026-01-01T14:30:00.` of that second.
  private var prefix: [UInt8] = []

  mutating func write(_ time: Instant, to bytes: inout [UInt8]) {
    let rest = time.nanosecondsOfDay % 1_000_000_000
    if time.nanoseconds &- rest != second || prefix.isEmpty {
      second = time.nanoseconds &- rest
      prefix = Array("\(time.dateText)T\(time.timeText(digits: 0)).".utf8)
    }
    bytes.append(contentsOf: prefix)
    let start = bytes.count
    var digits = rest
    for _ in 0..<9 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digits % 10))
      digits /= 10
    }
    bytes[start...].reverse()
    bytes.append(UInt8(ascii: "Z"))
  }
}

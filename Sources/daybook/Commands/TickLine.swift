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
  mutating func write(_ tick: MarketEvent, _ header: EntryHeader, to bytes: inout ByteBuffer) {
    bytes.append("{\"seq\":")
    bytes.append(magnitude: header.sequence, scale: 0)
    bytes.append(kinds[Int(tick.kind.rawValue)])
    clock.write(header.eventTime, to: &bytes)
    bytes.append("\",\"received\":\"")
    clock.write(header.receiveTime, to: &bytes)
    bytes.append("\",\"cause\":0")
    let id = tick.instrument
    let known = id.index < instruments.count ? instruments[id.index] : nil
    let naming =
      known ?? Naming(bytes: Self.naming("#\(id.raw)"), priceScale: 0, quantityScale: 0)
    bytes.append(naming.bytes)
    write(tick, naming, to: &bytes)
    bytes.append("}\n")
  }

  private func write(_ tick: MarketEvent, _ naming: Naming, to bytes: inout ByteBuffer) {
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
        bytes.append(",\"order\":")
        bytes.append(magnitude: change.order, scale: 0)
      }
      side(change.side, &bytes)
      if change.action != .clear {
        price(",\"price\":", change.price, naming, &bytes)
        size(",\"size\":\"", change.size, naming, &bytes)
      }
      marks(change.marks, &bytes)
    case .bar(let bar):
      side(bar.side, &bytes)
      bytes.append(",\"interval\":")
      bytes.append(decimal: bar.interval, scale: 0)
      price(",\"open\":", bar.open, naming, &bytes)
      price(",\"high\":", bar.high, naming, &bytes)
      price(",\"low\":", bar.low, naming, &bytes)
      price(",\"close\":", bar.close, naming, &bytes)
      size(",\"volume\":\"", bar.volume, naming, &bytes)
    case .status(let change):
      bytes.append(",\"status\":\"")
      bytes.append(text: change.status.name)
      bytes.append(character: "\"")
    }
  }

  private func price(
    _ key: StaticString, _ price: Price, _ naming: Naming, _ bytes: inout ByteBuffer
  ) {
    bytes.append(key)
    guard !price.isNone else { return bytes.append("null") }
    bytes.append(character: "\"")
    bytes.append(decimal: price.raw, scale: naming.priceScale)
    bytes.append(character: "\"")
  }

  private func size(
    _ key: StaticString, _ size: Quantity, _ naming: Naming, _ bytes: inout ByteBuffer
  ) {
    bytes.append(key)
    bytes.append(decimal: size.raw, scale: naming.quantityScale)
    bytes.append(character: "\"")
  }

  private func side(_ side: Side, _ bytes: inout ByteBuffer) {
    switch side {
    case .none: bytes.append(",\"side\":\"none\"")
    case .buy: bytes.append(",\"side\":\"buy\"")
    case .sell: bytes.append(",\"side\":\"sell\"")
    }
  }

  private func marks(_ marks: EventMarks, _ bytes: inout ByteBuffer) {
    bytes.append(marks.contains(.last) ? ",\"last\":true" : ",\"last\":false")
    bytes.append(marks.contains(.snapshot) ? ",\"snapshot\":true" : ",\"snapshot\":false")
  }
}

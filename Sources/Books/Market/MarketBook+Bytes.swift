import Events

extension MarketBook {
  /// Appends all that is known: instrument (`u16`), sources and pending (`u8`), the best quote, the
  /// last price, status (`u32`, 0 for none), then a trade and a bar with a `u8` before each that tells
  /// whether there is one, then the depth and the order book. Equal state gives equal bytes.
  public func encode(to buffer: inout ByteBuffer) {
    buffer.append(instrument.raw)
    buffer.append(sources.rawValue)
    buffer.append(UInt8(isPending ? 1 : 0))
    buffer.append(best.bid.raw)
    buffer.append(best.ask.raw)
    buffer.append(best.bidSize.raw)
    buffer.append(best.askSize.raw)
    buffer.append(lastPrice.raw)
    buffer.append(status?.rawValue ?? 0)
    buffer.append(UInt8(lastTrade == nil ? 0 : 1))
    lastTrade?.encode(to: &buffer)
    buffer.append(UInt8(lastBar == nil ? 0 : 1))
    lastBar?.encode(to: &buffer)
    depth.encode(to: &buffer)
    orders.encode(to: &buffer)
  }

  /// Reads a book written by `encode`.
  /// - Throws: `Damage` for values no book can have.
  public init(reading reader: inout ByteReader) throws(Damage) {
    let instrument = InstrumentID(try reader.read(UInt16.self))
    self.init(instrument)
    let offset = reader.offset
    sources = Sources(rawValue: try reader.read(UInt8.self))
    isPending = try reader.readFlag()
    guard sources.rawValue < 64 else { throw Damage(at: offset, "an unknown source of data") }
    best.bid = Price(try reader.read(Int64.self))
    best.ask = Price(try reader.read(Int64.self))
    best.bidSize = Quantity(try reader.read(Int64.self))
    best.askSize = Quantity(try reader.read(Int64.self))
    lastPrice = Price(try reader.read(Int64.self))
    guard best.isPossible, lastPrice.isNone || lastPrice.isPossible else {
      throw Damage(at: offset, "best prices that cannot be")
    }
    let status = try reader.read(UInt32.self)
    self.status = TradingStatus(rawValue: status)
    guard status == 0 || self.status != nil else { throw Damage(at: offset, "status \(status)") }
    if try reader.readFlag() { lastTrade = try Trade(instrument, reading: &reader) }
    if try reader.readFlag() { lastBar = try Bar(instrument, reading: &reader) }
    depth = try DepthBook(reading: &reader)
    orders = try OrderBook(reading: &reader)
  }
}

extension ByteReader {
  /// Takes a byte that is 0 or 1.
  @_lifetime(self: copy self)
  mutating func readFlag() throws(Damage) -> Bool {
    let value = try read(UInt8.self)
    guard value < 2 else { throw Damage(at: offset - 1, "\(value) where 0 or 1 was expected") }
    return value == 1
  }

  /// Takes a side.
  @_lifetime(self: copy self)
  mutating func readSide() throws(Damage) -> Side {
    let value = try read(UInt8.self)
    guard let side = Side(rawValue: value) else { throw Damage(at: offset - 1, "side \(value)") }
    return side
  }
}

extension Trade {
  /// Appends side, price and size.
  func encode(to buffer: inout ByteBuffer) {
    buffer.append(side.rawValue)
    buffer.append(price.raw)
    buffer.append(size.raw)
  }

  init(_ instrument: InstrumentID, reading reader: inout ByteReader) throws(Damage) {
    let offset = reader.offset
    let side = try reader.readSide()
    self.init(
      instrument: instrument, price: Price(try reader.read(Int64.self)),
      size: Quantity(try reader.read(Int64.self)), side: side)
    guard price.isPossible, size.raw >= 0 else { throw Damage(at: offset, "an impossible trade") }
  }
}

extension Bar {
  /// Appends side, interval, prices and volume.
  func encode(to buffer: inout ByteBuffer) {
    buffer.append(side.rawValue)
    buffer.append(interval)
    for price in [open, high, low, close] { buffer.append(price.raw) }
    buffer.append(volume.raw)
  }

  init(_ instrument: InstrumentID, reading reader: inout ByteReader) throws(Damage) {
    let offset = reader.offset
    let side = try reader.readSide()
    self.init(
      instrument: instrument, side: side, interval: try reader.read(Int64.self),
      open: Price(try reader.read(Int64.self)), high: Price(try reader.read(Int64.self)),
      low: Price(try reader.read(Int64.self)), close: Price(try reader.read(Int64.self)),
      volume: Quantity(try reader.read(Int64.self)))
    guard isPossible else { throw Damage(at: offset, "an impossible bar") }
  }
}

import Events

/// Decodes LOBSTER message files: NASDAQ orders, one event a line
/// (time, type, order id, size, price × 10000, direction).
///
/// Events of a visible order become order changes, executions also a trade before them, with the
/// aggressor opposite to the resting order. A hidden order's side is told until July 2014; since then NASDAQ
/// calls all of them buys, and who took them is not known. A cross sums up executions that have their own
/// lines, so it is no trade more. If levels of the order book file's first row are given, the
/// book starts from them: the first message's own effect is taken back and what is left is added as
/// anonymous size (order id 0, marked as a snapshot). If its rows are given, the book is each row after its message:
/// what happened beyond the levels that the files cover comes with the message that brings it into sight. Source: LOBSTER
/// sample files read me and help pages on event type 6 and on marketable orders; NASDAQ TotalView-ITCH 5.0, trade
/// message.
public struct LobsterDecoder: Decoder {
  public static let venueName = "XNAS"
  /// Prices are × 10000.
  public static let priceScale: UInt8 = 4

  private let symbol: String
  /// What times of day are counted from. Clocks change on Sundays, when there is no trading, so the
  /// distance is the same all day.
  private let midnight: Instant
  /// Whether a hidden order's side is the order's.
  private let hasHiddenSides: Bool
  private var startingLevels: [LobsterLevel]
  /// The order book file; nil if there is none of these messages, or when it is over.
  private var rows: (any LobsterRows)?
  private var mirror = LobsterMirror()
  /// The book begins with the first message, whatever other files left in it.
  private var isBookNew: Bool
  /// What the hours of the files leave out before the first message; nil once it is told, or if it is nothing.
  private var hole: String?
  /// Where the next part of the day begins.
  private let next: LobsterPart?
  private var instrument: InstrumentID?
  private var lineNumber = 0
  private var lastTime = Instant(nanoseconds: .min)

  /// - Parameters:
  ///   - date: the day in New York.
  ///   - startingLevels: the book after the first message, best levels first; empty for none.
  ///   - rows: the book after each message; the first begins it.
  ///   - isBookNew: whether the book begins here; else it goes on from another file.
  ///   - hole: which hours the files of the day leave out before this one; nil for none.
  ///   - next: the file that has the day from a time on, which no message here may be behind.
  public init(
    symbol: String, date: CivilDate, startingLevels: [LobsterLevel] = [],
    rows: (any LobsterRows)? = nil, isBookNew: Bool = true, hole: String? = nil,
    next: LobsterPart? = nil
  ) {
    self.symbol = symbol
    midnight = Self.midnight(date)
    hasHiddenSides = date.yyyymmdd < 2014_07_14
    self.startingLevels = startingLevels
    self.rows = rows
    self.isBookNew = isBookNew
    self.hole = hole
    self.next = next
  }

  private static func midnight(_ date: CivilDate) -> Instant {
    let open = (9 * 3600 + 1800) * Nanoseconds.second
    return TimeZoneRule.newYork.instant(date, nanoseconds: open).advanced(by: -open)
  }

  /// The time of a file's first line; nil if it has none.
  public static func firstTime(_ bytes: Span<UInt8>, date: CivilDate) -> Instant? {
    var fields = Fields(0..<bytes.count)
    guard let field = fields.next(bytes),
      case .success(let seconds) = scaledDecimal(bytes, field, scale: 9),
      (0..<Nanoseconds.day).contains(seconds.value)
    else { return nil }
    return midnight(date).advanced(by: seconds.value)
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: lineNumber)
    while let line = try lines.next(bytes, isEnd: isEnd) {
      lineNumber = lines.number
      if line.isEmpty, isEnd, lines.offset == bytes.count { break }
      let message = try message(bytes, line)
      if let next, message.time > next.start {
        throw problem(
          "time behind the start of \(next.name): both tell of it, so that what happened would count twice"
        )
      }
      let instrument = try registered(&registry)
      if let hole {
        self.hole = nil
        batch.note(
          .gap, of: instrument, event: message.time, receive: message.time,
          "no file has \(hole); the book begins anew")
      }
      if isBookNew {
        isBookNew = false
        batch.start(instrument, event: message.time, receive: message.time)
      }
      let row = try row(after: message, instrument, into: &batch)
      if !startingLevels.isEmpty { emitStart(before: message, instrument, into: &batch) }
      let change = emit(message, instrument, into: &batch)
      settle(change, row, instrument, message.time, into: &batch)
    }
    if isEnd { try end(into: &batch) }
    return lines.offset
  }

  /// The messages are over: their order book file must be, too.
  private mutating func end(into batch: inout DecodedBatch) throws(DecodeError) {
    guard let instrument, let rows, try next(rows) != nil else { return }
    batch.note(
      .gap, of: instrument, event: lastTime, receive: lastTime,
      "line \(lineNumber): the messages end before \(rows.name), whose further rows are left out")
  }

  private mutating func registered(_ registry: inout InstrumentRegistry) throws(DecodeError)
    -> InstrumentID
  {
    if let instrument { return instrument }
    var proposal = InstrumentProposal(
      venueName: Self.venueName, symbol: symbol, kind: .equity, priceScale: Self.priceScale,
      quantityScale: 0)
    // A cent, the smallest step of an order above one dollar.
    proposal.tickSize = 10_000_000
    let defined = try registry.register(proposal)
    guard defined.priceScale == Self.priceScale, defined.quantityScale == 0 else {
      throw DecodeError(
        .source, "\(symbol) is in the journal with price scale \(defined.priceScale), not 4")
    }
    instrument = defined.id
    return defined.id
  }
}

/// One line, parsed and checked.
private struct LobsterMessage: BitwiseCopyable {
  enum Kind: Int64, BitwiseCopyable {
    case add = 1
    case cancel = 2
    case delete = 3
    case execute = 4
    case hidden = 5
    case cross = 6
    case halt = 7
  }
  /// That of the message before if its own cannot be.
  var time: Instant
  /// Whether its time is one of the day.
  var isOfDay: Bool
  var kind: Kind
  var order: UInt64
  var size: Int64
  var price: Int64
  var side: Side
}

extension LobsterDecoder {
  private func message(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(DecodeError)
    -> LobsterMessage
  {
    var fields = Fields(line)
    guard let time = fields.next(bytes), let kind = fields.next(bytes),
      let order = fields.next(bytes), let size = fields.next(bytes), let price = fields.next(bytes),
      let direction = fields.next(bytes)
    else { throw problem("fewer than 6 columns") }
    // Halts of newer files have a seventh column with the reason.
    // Some files carry the noise of binary floats beyond the ninth digit.
    let seconds: Int64
    switch scaledDecimal(bytes, time, scale: 9) {
    case .success(let number) where number.value >= 0: seconds = number.value
    case .failure(.tooLarge): seconds = .max
    case .success, .failure:
      throw problem("time \(shown(bytes.extracting(time))) is not seconds after midnight")
    }
    let isOfDay = (0..<Nanoseconds.day).contains(seconds)
    guard let number = parseInteger(bytes, kind), let kind = LobsterMessage.Kind(rawValue: number)
    else { throw problem("type \(shown(bytes.extracting(kind))) is not 1 to 7") }
    let id = try orderID(bytes, order, kind)
    guard let size = whole(bytes, size) else {
      throw problem("size \(shown(bytes.extracting(size))) is not a number")
    }
    guard let price = whole(bytes, price) else {
      throw problem("price \(shown(bytes.extracting(price))) is not a number")
    }
    let side: Side
    if matches(bytes, direction, "1") {
      side = .buy
    } else if matches(bytes, direction, "-1") {
      side = .sell
    } else {
      throw problem("direction \(shown(bytes.extracting(direction))) is not 1 or -1")
    }
    return LobsterMessage(
      time: isOfDay ? midnight.advanced(by: seconds) : max(lastTime, midnight), isOfDay: isOfDay,
      kind: kind, order: id, size: size, price: price, side: side)
  }

  /// The order's number. That of a cross tells which it is: −1 opening, −2 closing, −3 and −4 others.
  private func orderID(_ bytes: Span<UInt8>, _ field: Range<Int>, _ kind: LobsterMessage.Kind)
    throws(DecodeError) -> UInt64
  {
    if let id = parseInteger(bytes, field) { return UInt64(id) }
    let isNegative = !field.isEmpty && bytes[field.lowerBound] == UInt8(ascii: "-")
    if kind == .cross, isNegative,
      parseInteger(bytes, (field.lowerBound + 1)..<field.upperBound) != nil
    {
      return 0
    }
    throw problem("order id \(shown(bytes.extracting(field))) is not a number")
  }

  /// A whole number, also one that cannot be; the greatest for what is too large.
  private func whole(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Int64? {
    switch parseDecimal(bytes, field, scale: 0) {
    case .success(let value): value
    case .failure(.tooLarge): .max
    case .failure: nil
    }
  }

  private func problem(_ reason: String) -> DecodeError { DecodeError(.line(lineNumber), reason) }

  private func next(_ rows: any LobsterRows) throws(DecodeError) -> LobsterRow? {
    do {
      return try rows.next()
    } catch {
      throw problem("\(rows.name): \(error)")
    }
  }

  /// The order book file's row of a message.
  private mutating func row(
    after message: LobsterMessage, _ instrument: InstrumentID, into batch: inout DecodedBatch
  ) throws(DecodeError) -> LobsterRow? {
    guard let rows else { return nil }
    guard let row = try next(rows) else {
      self.rows = nil
      batch.note(
        .gap, of: instrument, event: message.time, receive: max(message.time, lastTime),
        "line \(lineNumber): \(rows.name) ends before; levels beyond those of the file are not seen to change"
      )
      return nil
    }
    if lineNumber == 1 { startingLevels = row.levels }
    if message.kind == .add, row.shows(message.price, message.side),
      row.size(at: message.price, message.side) == 0
    {
      throw problem("the row of \(rows.name) does not have the order: it is not of these messages")
    }
    return row
  }

  /// Adds a message's change of the book and, if the file has the book after it, what makes that the same.
  private mutating func settle(
    _ change: OrderChange?, _ row: LobsterRow?, _ instrument: InstrumentID, _ time: Instant,
    into batch: inout DecodedBatch
  ) {
    var changes: [OrderChange] = []
    if let row { changes = mirror.departures(before: change, row, of: instrument) }
    if let change {
      if row != nil { mirror.apply(change) }
      changes.append(change)
    }
    if let row { changes += mirror.differences(from: row, of: instrument) }
    for (index, change) in changes.enumerated() {
      var change = change
      change.marks = index == changes.count - 1 ? .last : []
      batch.append(.order(change), event: time, receive: lastTime)
    }
  }

  /// Adds all that a message says but its change of the book, which is returned.
  private mutating func emit(
    _ message: LobsterMessage, _ instrument: InstrumentID, into batch: inout DecodedBatch
  ) -> OrderChange? {
    let (time, receive) = (message.time, max(message.time, lastTime))
    if message.time < lastTime {
      batch.note(
        .outOfOrder, of: instrument, expected: UInt64(clamping: lastTime.nanoseconds),
        actual: UInt64(clamping: message.time.nanoseconds), event: time, receive: receive,
        "line \(lineNumber): time goes back")
    }
    lastTime = receive
    guard message.isOfDay else {
      batch.note(
        .impossibleValue, of: instrument, event: time, receive: receive,
        "line \(lineNumber): a time that is not of the day; left out")
      return nil
    }
    if message.kind == .halt {
      emitHalt(message, instrument, receive, into: &batch)
      return nil
    }
    if message.kind == .cross {
      batch.skip("cross, whose executions are told")
      return nil
    }
    guard message.price > 0, isPossiblePrice(message.price), message.size > 0,
      isPossibleSize(message.size)
    else {
      batch.note(
        .impossibleValue, of: instrument, event: time, receive: receive,
        "line \(lineNumber): price \(message.price), size \(message.size); left out")
      return nil
    }
    if let aggressor = message.aggressor(hasHiddenSides: hasHiddenSides) {
      let trade = Trade(
        instrument: instrument, price: Price(message.price), size: Quantity(message.size),
        side: aggressor)
      batch.append(.trade(trade), event: time, receive: receive)
    }
    return message.action.map { action in
      OrderChange(
        instrument: instrument, action: action, side: message.side, order: message.order,
        price: Price(message.price), size: Quantity(message.size))
    }
  }

  /// The price says which: −1 halted, 0 quoting may resume, 1 trading may resume.
  private func emitHalt(
    _ message: LobsterMessage, _ instrument: InstrumentID, _ receive: Instant,
    into batch: inout DecodedBatch
  ) {
    let status: TradingStatus
    switch message.price {
    case -1: status = .halted
    case 0: status = .quoteOnly
    case 1: status = .trading
    default:
      batch.note(
        .impossibleValue, of: instrument, event: message.time, receive: receive,
        "line \(lineNumber): halt with price \(message.price), not -1, 0 or 1; left out")
      return
    }
    batch.append(
      .status(StatusChange(instrument: instrument, status: status)), event: message.time,
      receive: receive)
  }

  /// Adds the starting levels as they were before the first message.
  private mutating func emitStart(
    before message: LobsterMessage, _ instrument: InstrumentID, into batch: inout DecodedBatch
  ) {
    var levels = startingLevels
    startingLevels = []
    if message.isOfDay, let action = message.action, message.size > 0,
      isPossibleSize(message.size)
    {
      let effect = action == .add ? -message.size : message.size
      let index = levels.firstIndex { $0.side == message.side && $0.price == message.price }
      if let index {
        levels[index].size += effect
      } else if effect > 0 {
        levels.append(LobsterLevel(side: message.side, price: message.price, size: effect))
      }
    }
    levels.removeAll { $0.size <= 0 }
    for (index, level) in levels.enumerated() {
      let change = OrderChange(
        instrument: instrument, action: .add, side: level.side, order: 0, price: Price(level.price),
        size: Quantity(level.size),
        marks: index == levels.count - 1 ? [.snapshot, .last] : .snapshot)
      if rows != nil { mirror.apply(change) }
      batch.append(.order(change), event: message.time, receive: message.time)
    }
  }
}

extension LobsterMessage {
  /// What happens to the visible book.
  var action: OrderChange.Action? {
    switch kind {
    case .add: .add
    case .cancel: .cancel
    case .delete: .delete
    case .execute: .execute
    case .hidden, .cross, .halt: nil
    }
  }

  /// Who took liquidity, if this is a trade; none if that is not known.
  func aggressor(hasHiddenSides: Bool) -> Side? {
    switch kind {
    case .execute: side.opposite
    case .hidden: hasHiddenSides ? side.opposite : Side.none
    case .add, .cancel, .delete, .cross, .halt: nil
    }
  }
}

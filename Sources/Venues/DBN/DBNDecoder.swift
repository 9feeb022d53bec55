import Events

/// Decodes Databento's binary encoding (DBN), versions 1 to 3: orders (MBO), price levels (MBP-1,
/// MBP-10, TBBO), consolidated and sampled best prices, trades, bars, status, definitions, imbalances, and
/// of the statistics open interest and settlement price. Records of
/// other types are counted and passed over.
///
/// The event time is `ts_event`; the receive time is `ts_recv`, never less than the one before. A bar is
/// stamped with its end. A fill (action F) is passed over: the trade before it and the cancel or modify
/// behind it say the same. Source: Databento, DBN encoding and schemas reference.
public struct DBNDecoder: Decoder {
  private let symbol: String?
  private(set) var metadata: DBNMetadata?
  var instruments = DBNInstruments()
  /// Levels last shown by MBP-10 records, by place of the instrument.
  var levels: [DBNLevels] = []
  /// Bytes taken so far, for places of errors.
  private var taken = 0
  private var lastReceive = Instant(nanoseconds: .min)
  /// Records passed over in this call, by type.
  private var passed = [UInt32](repeating: 0, count: 256)
  private var fills: UInt64 = 0
  /// The number of the instrument that `symbol` names, as the metadata do not.
  private var named: UInt32?

  /// - Parameter symbol: the only instrument to take of those that the metadata name; the name of the one
  ///   that they do not.
  public init(symbol: String? = nil) { self.symbol = symbol }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var offset = 0
    if metadata == nil {
      guard let length = try head(bytes, isEnd: isEnd) else { return 0 }
      offset = length
    }
    while offset < bytes.count {
      let length = Int(bytes[offset]) * 4
      guard length >= 16 else {
        throw DecodeError(.byte(taken + offset), "a record of \(length) bytes, less than 16")
      }
      guard length <= bytes.count - offset else {
        if isEnd { throw DecodeError(.byte(taken + offset), "the file ends inside a record") }
        break
      }
      try record(
        bytes.extracting(offset..<(offset + length)), at: taken + offset, registry: &registry,
        into: &batch)
      offset += length
    }
    taken += offset
    countPassed(into: &batch)
    return offset
  }

  /// Whether the scales of all instruments of the metadata are known without looking at prices; nil
  /// before the metadata were read.
  public var needsSurvey: Bool? {
    guard let metadata else { return nil }
    return metadata.mappings.contains { metadata.proposal($0.symbol).priceScale == nil }
  }

  private mutating func head(_ bytes: Span<UInt8>, isEnd: Bool) throws(DecodeError) -> Int? {
    guard let length = try DBNMetadata.length(bytes), length <= bytes.count else {
      if isEnd { throw DecodeError(.byte(bytes.count), "the file ends inside its metadata") }
      return nil
    }
    metadata = try DBNMetadata(bytes.extracting(0..<length))
    return length
  }

  private mutating func countPassed(into batch: inout DecodedBatch) {
    if fills > 0 {
      batch.skip("fill (its trade and cancel say the same)", fills)
      fills = 0
    }
    for type in passed.indices where passed[type] > 0 {
      batch.skip(DBN.recordName(UInt8(type)), UInt64(passed[type]))
      passed[type] = 0
    }
  }

  private mutating func record(
    _ record: Span<UInt8>, at offset: Int, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let type = DBNRecordType(rawValue: record[1]) else {
      passed[Int(record[1])] += 1
      return
    }
    guard record.count >= type.length else {
      throw DecodeError(
        .byte(offset),
        "a record of type \(record[1]) with \(record.count) bytes, not \(type.length)")
    }
    if type == .definition {
      try define(record, at: offset, registry: &registry, into: &batch)
      return
    }
    if type == .statistics, let reason = DBNStatistic(record).passedOver {
      // Before its instrument is registered: of one that nothing is taken of, nothing is said.
      batch.skip(reason)
      return
    }
    guard let times = times(record, type) else {
      batch.note(
        .impossibleValue, of: .none, event: lastReceive, receive: lastReceive,
        "byte \(offset): no time; record left out")
      return
    }
    guard let place = try place(record.u32(4), at: times.event, registry: &registry) else {
      batch.skip("record of another symbol")
      return
    }
    let context = DBNContext(
      instrument: instruments[place], place: place, event: times.event,
      receive: received(times, instruments[place].id, at: offset, into: &batch), offset: offset)
    switch type {
    case .order: try order(record, context, into: &batch)
    case .trade: try trade(record, context, into: &batch)
    case .depth1, .consolidatedDepth1, .consolidatedTradeWithBest:
      try quote(record, context, into: &batch)
      if record[28] == UInt8(ascii: "T") { try trade(record, context, into: &batch) }
    case .bestSecond, .bestMinute, .consolidatedBestSecond, .consolidatedBestMinute:
      try quote(record, context, into: &batch)
    case .depth10:
      try depth(record, context, into: &batch)
      if record[28] == UInt8(ascii: "T") { try trade(record, context, into: &batch) }
    case .barSecond, .barMinute, .barHour, .barDay, .barSession:
      try bar(record, context, interval: type.interval ?? 0, into: &batch)
    case .status: status(record, context, into: &batch)
    case .imbalance: try imbalance(record, context, into: &batch)
    case .statistics: statistics(record, context, into: &batch)
    case .definition: break
    }
  }

  /// Event and receive time of a record; nil if neither is there.
  private func times(_ record: Span<UInt8>, _ type: DBNRecordType) -> (
    event: Instant, receive: Instant
  )? {
    let event = DBN.time(record.u64(8))
    if let interval = type.interval {
      guard let event else { return nil }
      return (event.advanced(by: interval), event.advanced(by: interval))
    }
    let offset =
      switch type {
      case .order: 40
      case .status, .imbalance, .statistics: 16
      default: 32
      }
    let receive = DBN.time(record.u64(offset))
    guard let either = event ?? receive else { return nil }
    return (event ?? either, receive ?? either)
  }

  private mutating func received(
    _ times: (event: Instant, receive: Instant), _ instrument: InstrumentID, at offset: Int,
    into batch: inout DecodedBatch
  ) -> Instant {
    if times.receive >= lastReceive {
      lastReceive = times.receive
    } else {
      batch.note(
        .outOfOrder, of: instrument, expected: UInt64(clamping: lastReceive.nanoseconds),
        actual: UInt64(clamping: times.receive.nanoseconds), event: times.event,
        receive: lastReceive, "byte \(offset): receive time goes back")
    }
    return lastReceive
  }

  mutating func passFill() { fills += 1 }
}

/// Where a record stands, for those who turn it into ticks.
struct DBNContext {
  var instrument: DBNInstrument
  var place: Int
  var event: Instant
  var receive: Instant
  /// Offset of the record in the file.
  var offset: Int
}

extension DBNDecoder {
  /// The place of an instrument, which is registered when it is met first; nil for one not asked for.
  @inline(__always)
  private mutating func place(
    _ number: UInt32, at time: Instant, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int? {
    let place: Int
    if let known = instruments.place(number, at: time) {
      place = known
    } else {
      place = try register(number, at: time, registry: &registry)
    }
    return instruments[place].id == .none ? nil : place
  }

  /// - Returns: the place; one that is not asked for has no id.

  @inline(never)
  private mutating func register(
    _ number: UInt32, at time: Instant, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int {
    guard let metadata else { preconditionFailure("records come after the metadata") }
    let mapping = metadata.mapping(of: number, at: time)
    var item = DBNInstrument(
      number: number, first: mapping?.first ?? Instant(nanoseconds: .min),
      last: mapping?.last ?? .distantFuture, id: .none)
    levels.append(DBNLevels())
    if let mapping, !isWanted(mapping.symbol) {
      registry.passOver(mapping.symbol)
      return instruments.append(item)
    }
    if mapping == nil, let symbol {
      guard named ?? number == number else {
        throw DecodeError(
          .source,
          "the metadata name neither instrument #\(named ?? 0) nor #\(number): one name, \(symbol), "
            + "cannot be both. Leave --symbol out: they are named by their numbers")
      }
      named = number
    }
    let symbol = mapping?.symbol ?? symbol ?? "#\(number)"
    let instrument = try registry.register(metadata.proposal(symbol))
    item.id = instrument.id
    item.divisor = Int64(power(9 - Int(instrument.priceScale)))
    item.sizeFactor = Int64(power(Int(instrument.quantityScale)))
    item.priceDigits = Int(instrument.priceScale)
    return instruments.append(item)
  }

  /// Whether a symbol that the file names is asked for.
  private func isWanted(_ name: String) -> Bool {
    guard let symbol else { return true }
    return symbol == name || symbol.uppercased() == name.uppercased()
  }

  private mutating func define(
    _ record: Span<UInt8>, at offset: Int, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let metadata, let definition = DBNDefinition(record) else {
      throw DecodeError(.byte(offset), "a definition of \(record.count) bytes")
    }
    guard !definition.symbol.isEmpty else {
      throw DecodeError(.byte(offset), "a definition without a symbol")
    }
    guard isWanted(definition.symbol) else {
      registry.passOver(definition.symbol)
      batch.skip("record of another symbol")
      return
    }
    var proposal = metadata.proposal(definition.symbol)
    proposal.take(definition)
    try registry.register(proposal, at: DBN.time(record.u64(16)) ?? DBN.time(record.u64(8)))
  }
}

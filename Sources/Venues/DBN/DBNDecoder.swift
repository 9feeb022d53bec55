import Events

/// Decodes Databento's binary encoding (DBN), versions 1 to 3: orders (MBO), price levels (MBP-1,
/// MBP-10, TBBO), consolidated and sampled best prices, trades, bars, status, definitions, imbalances, and
/// of the statistics open interest and settlement price. Records of
/// other types are counted and passed over.
///
/// The event time is `ts_event`; the receive time is `ts_recv`, never less than the one before, and the
/// event's where it is days too late. What a number means is told by the receive time, where a record has
/// one, as Databento does. A bar is stamped with its end. A fill (action F) is passed over: the trade before
/// it and the cancel or modify behind it say the same. Source: Databento, DBN encoding and schemas reference.
public struct DBNDecoder: Decoder {
  let symbol: String?
  /// Only facts are collected, and nothing is registered.
  private let isAhead: Bool
  /// Other files may have the same records.
  private let tellsRecords: Bool
  private(set) var metadata: DBNMetadata?
  var instruments = DBNInstruments()
  /// Levels last shown by MBP-10 records, by place of the instrument.
  var levels: [DBNLevels] = []
  /// Bytes taken so far, for places of errors.
  private var taken = 0
  var lastReceive = Instant(nanoseconds: .min)
  /// Records passed over in this call, by type.
  private var passed = [UInt32](repeating: 0, count: 256)
  private var fills: UInt64 = 0
  /// The names that symbol mapping records gave to numbers which the metadata do not name.
  var streamed: [UInt32: String] = [:]
  /// The number of the instrument that `symbol` names, as the metadata do not.
  var named: UInt32?
  /// The files have several publishers of the data set, each with instruments of its own.
  private(set) var isSplit = false
  /// The publisher met first, where those of the data set are not known to be several.
  var onlyPublisher: UInt16?
  /// Whether short sales are restricted, as told last, by instrument id; nil before it was told.
  var shortSales: [Bool?] = []
  /// The places of the contracts that continuous symbols stand for.
  var fronts: [(instrument: InstrumentID, place: Int)] = []
  /// Whether the scales of all instruments of the metadata are known without looking at prices; nil
  /// before the metadata were read.
  public private(set) var needsSurvey: Bool?

  /// - Parameters:
  ///   - symbol: the only instrument to take of those that the metadata name; the name of the one that
  ///     they do not.
  ///   - isAhead: whether it only looks ahead for what holds for all files of an import.
  ///   - tellsRecords: whether records are told apart, as other files may have them.
  public init(symbol: String? = nil, isAhead: Bool = false, tellsRecords: Bool = false) {
    self.symbol = symbol
    self.isAhead = isAhead
    self.tellsRecords = tellsRecords
  }

  /// Whether a look ahead has anything to find; nil before the metadata were read.
  public var mayHaveFacts: Bool? { metadata?.mayHaveFacts }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var offset = 0
    if metadata == nil {
      guard let length = try head(bytes, isEnd: isEnd, registry.facts) else { return 0 }
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
      let record = bytes.extracting(offset..<(offset + length))
      if isAhead {
        learn(record, &registry.facts)
      } else {
        try self.record(record, at: taken + offset, registry: &registry, into: &batch)
      }
      offset += length
    }
    taken += offset
    countPassed(into: &batch)
    return offset
  }

  private mutating func head(_ bytes: Span<UInt8>, isEnd: Bool, _ facts: DBNFacts)
    throws(DecodeError) -> Int?
  {
    guard let length = try DBNMetadata.length(bytes), length <= bytes.count else {
      if isEnd { throw DecodeError(.byte(bytes.count), "the file ends inside its metadata") }
      return nil
    }
    let metadata = try DBNMetadata(bytes.extracting(0..<length))
    self.metadata = metadata
    isSplit = facts.hasSeveralPublishers(metadata.dataset)
    // Without mappings the stream may name instruments.
    needsSurvey =
      metadata.isOfFutures && metadata.mappings.isEmpty
      || metadata.mappings.contains {
        metadata.proposal(DBNName(symbol: $0.symbol, number: $0.instrument), facts).priceScale
          == nil
      }
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
      if record[1] == DBNSymbolMapping.type {
        try mapSymbol(record, at: offset)
      } else {
        passed[Int(record[1])] += 1
      }
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
    let publisher = try publisher(record, type, at: offset)
    guard let place = try place(record.u32(4), publisher, at: times.index, registry: &registry)
    else {
      batch.skip("record of another symbol")
      return
    }
    let context = DBNContext(
      instrument: instruments[place], place: place, event: times.event,
      receive: received(times, instruments[place].id, at: offset, into: &batch), offset: offset)
    if context.instrument.isContinuous { meetContract(context, into: &batch) }
    if let (action, side) = type.places {
      try check(record, action: action, side: side, at: offset)
    }
    if let flags = type.flags {
      let isDoubted = record[flags] & DBN.maybeBadBook != 0
      if isDoubted != context.instrument.isDoubted { doubt(isDoubted, context, into: &batch) }
    }
    if tellsRecords {
      batch.record(type.number(record), event: context.event, receive: context.receive)
    }
    try take(record, type, context, into: &batch)
  }

  private mutating func take(
    _ record: Span<UInt8>, _ type: DBNRecordType, _ context: DBNContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
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

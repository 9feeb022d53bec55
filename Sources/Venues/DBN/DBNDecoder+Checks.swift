import Events

extension DBNRecordType {
  /// Where a record has its action and its side; nil if it has none.
  var places: (action: Int, side: Int)? {
    switch self {
    case .order: (38, 39)
    case .trade, .depth1, .depth10, .consolidatedDepth1, .consolidatedTradeWithBest: (28, 29)
    default: nil
    }
  }

  /// Where a record has its flags; nil if it has none.
  var flags: Int? {
    switch self {
    case .order: 36
    case .trade, .depth1, .depth10, .consolidatedDepth1, .consolidatedTradeWithBest, .bestSecond,
      .bestMinute, .consolidatedBestSecond, .consolidatedBestMinute:
      30
    case .status, .definition, .imbalance, .statistics, .barSecond, .barMinute, .barHour, .barDay,
      .barSession:
      nil
    }
  }

  /// What tells a record apart from others of the same times and values: its publisher and sequence number, 0 where
  /// it has none.
  func number(_ record: Span<UInt8>) -> UInt64 {
    let publisher = UInt64(record.u16(2)) << 32
    switch self {
    case .order: return publisher | UInt64(record.u32(52))
    case .statistics: return publisher | UInt64(DBNStatistic(record).sequence)
    case .status, .definition, .imbalance, .barSecond, .barMinute, .barHour, .barDay, .barSession:
      return publisher
    default: return publisher | UInt64(record.u32(44))
    }
  }

  /// Whether its event time may lie days before it was sent: sampled best prices have the time of the last
  /// trade.
  var mayBeOld: Bool {
    switch self {
    case .bestSecond, .bestMinute, .consolidatedBestSecond, .consolidatedBestMinute, .status,
      .statistics:
      true
    default: false
    }
  }

  /// Whether it is about all publishers of a data set together.
  var isConsolidated: Bool {
    switch self {
    case .consolidatedDepth1, .consolidatedTradeWithBest, .consolidatedBestSecond,
      .consolidatedBestMinute:
      true
    default: false
    }
  }
}

extension DBNDecoder {
  /// Learns from a record what holds for all files of an import. What is wrong with it is told when it is
  /// read again.
  func learn(_ record: Span<UInt8>, _ facts: inout DBNFacts) {
    guard let metadata, metadata.mayHaveFacts, let type = DBNRecordType(rawValue: record[1]),
      record.count >= type.length
    else { return }
    if type == .definition {
      guard let definition = DBNDefinition(record), !definition.symbol.isEmpty else { return }
      facts.add(definition, of: metadata.dataset)
    } else if !type.isConsolidated, !DBNPublisher.isOnly(in: metadata.dataset) {
      facts.add(publisher: record.u16(2), of: metadata.dataset)
    }
  }

  /// The publisher whose instrument a record is about: 0 where the files have one.
  /// - Throws: at a second one that a look ahead did not find.
  @inline(__always)
  mutating func publisher(_ record: Span<UInt8>, _ type: DBNRecordType, at offset: Int)
    throws(DecodeError) -> UInt16
  {
    if type.isConsolidated { return 0 }
    let publisher = record.u16(2)
    if isSplit { return publisher }
    if onlyPublisher == publisher { return 0 }
    guard let only = onlyPublisher else {
      onlyPublisher = publisher
      return 0
    }
    throw DecodeError(
      .byte(offset),
      "a record of publisher \(publisher) (\(DBNPublisher.venue(publisher))) behind those of publisher "
        + "\(only) (\(DBNPublisher.venue(only))): \(metadata?.dataset ?? "") has one")
  }

  /// - Throws: at an action or side that Databento does not have.
  @inline(__always)
  func check(_ record: Span<UInt8>, action: Int, side: Int, at offset: Int) throws(DecodeError) {
    switch record[action] {
    case UInt8(ascii: "A"), UInt8(ascii: "C"), UInt8(ascii: "M"), UInt8(ascii: "R"),
      UInt8(ascii: "T"), UInt8(ascii: "F"), UInt8(ascii: "N"):
      break
    default:
      throw DecodeError(
        .byte(offset), "action \(record[action]) is none of A, C, M, R, T, F, N")
    }
    switch record[side] {
    case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "N"): break
    default: throw DecodeError(.byte(offset), "side \(record[side]) is none of A, B, N")
    }
  }

  /// Says that messages were lost, where records of an instrument begin to say so (F_MAYBE_BAD_BOOK).
  mutating func doubt(
    _ isDoubted: Bool, _ context: DBNContext, into batch: inout DecodedBatch
  ) {
    instruments.doubt(context.place, isDoubted)
    guard isDoubted else { return }
    batch.note(
      .gap, of: context.instrument.id, event: context.event, receive: context.receive,
      "byte \(context.offset): messages were lost before, the book may be wrong (F_MAYBE_BAD_BOOK)")
  }

  /// Says which contract a continuous symbol is, where that was another before: its book is not this one's.
  mutating func meetContract(_ context: DBNContext, into batch: inout DecodedBatch) {
    let known = fronts.firstIndex { $0.instrument == context.instrument.id }
    if let known, fronts[known].place == context.place { return }
    if let known {
      fronts[known].place = context.place
      levels[context.place] = DBNLevels()
    } else {
      fronts.append((context.instrument.id, context.place))
    }
    batch.contract(
      context.instrument.id, context.instrument.number, event: context.event,
      receive: context.receive)
  }

  /// The times of a record; nil if none is there.
  func times(_ record: Span<UInt8>, _ type: DBNRecordType) -> DBNTimes? {
    let event = DBN.time(record.u64(8))
    if let interval = type.interval {
      guard let event else { return nil }
      let end = event.advanced(by: interval)
      return DBNTimes(event: end, receive: end, index: event)
    }
    let offset =
      switch type {
      case .order: 40
      case .status, .imbalance, .statistics: 16
      default: 32
      }
    let receive = DBN.time(record.u64(offset))
    guard let either = event ?? receive else { return nil }
    let isOld = type.mayBeOld || type == .order && record[36] & DBN.snapshot != 0
    var times = DBNTimes(event: event ?? either, receive: receive ?? either, mayBeOld: isOld)
    times.isTooLate = isTooLate(times)
    times.index = times.isTooLate ? times.event : times.receive
    return times
  }

  /// The receive time that counts: it never goes back, and one that cannot be is not taken.
  mutating func received(
    _ times: DBNTimes, _ instrument: InstrumentID, at offset: Int, into batch: inout DecodedBatch
  ) -> Instant {
    if times.isTooLate {
      let receive = max(lastReceive, times.event)
      batch.note(
        .impossibleValue, of: instrument, expected: UInt64(clamping: receive.nanoseconds),
        actual: UInt64(clamping: times.receive.nanoseconds), event: times.event, receive: receive,
        "byte \(offset): received more than a day after its time and the record before; its time taken"
      )
      lastReceive = receive
    } else if times.receive >= lastReceive {
      lastReceive = times.receive
    } else {
      batch.note(
        .outOfOrder, of: instrument, expected: UInt64(clamping: lastReceive.nanoseconds),
        actual: UInt64(clamping: times.receive.nanoseconds), event: times.event,
        receive: lastReceive, "byte \(offset): receive time goes back")
    }
    return lastReceive
  }

  /// Whether a receive time would hold up all that follows.
  private func isTooLate(_ times: DBNTimes) -> Bool {
    func isDayBehind(_ time: Instant) -> Bool {
      times.receive > time.advanced(by: Nanoseconds.day)
    }
    guard isDayBehind(times.event) else { return false }
    if let end = metadata?.end, isDayBehind(end) { return true }
    return !times.mayBeOld && lastReceive != Instant(nanoseconds: .min) && isDayBehind(lastReceive)
  }
}

/// The times of a record.
struct DBNTimes {
  /// When it happened.
  var event: Instant
  /// When it was received; the event's where nothing says it.
  var receive: Instant
  /// The time at which its number is looked up: of what is received the receive time, of a bar its start.
  /// Source: Databento, dbn, `Record::raw_index_ts`.
  var index: Instant
  /// What it tells of may have happened days before it was sent.
  var mayBeOld: Bool
  /// The receive time cannot be.
  var isTooLate = false

  init(event: Instant, receive: Instant, index: Instant? = nil, mayBeOld: Bool = false) {
    self.event = event
    self.receive = receive
    self.index = index ?? receive
    self.mayBeOld = mayBeOld
  }
}

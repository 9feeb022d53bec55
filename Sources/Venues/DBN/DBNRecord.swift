import Events

/// The record types of DBN that carry market data. Source: Databento, `rtype` values.
enum DBNRecordType: UInt8 {
  case trade = 0x00
  case depth1 = 0x01
  case depth10 = 0x0A
  case status = 0x12
  case definition = 0x13
  case imbalance = 0x14
  case statistics = 0x18
  case barSecond = 0x20
  case barMinute = 0x21
  case barHour = 0x22
  case barDay = 0x23
  case barSession = 0x24
  case order = 0xA0
  case consolidatedDepth1 = 0xB1
  case consolidatedBestSecond = 0xC0
  case consolidatedBestMinute = 0xC1
  case consolidatedTradeWithBest = 0xC2
  case bestSecond = 0xC3
  case bestMinute = 0xC4

  /// The shortest record of the type, in bytes.
  var length: Int {
    switch self {
    case .trade: 48
    case .depth1, .consolidatedDepth1, .consolidatedTradeWithBest, .consolidatedBestSecond,
      .consolidatedBestMinute, .bestSecond, .bestMinute:
      80
    case .depth10: 368
    case .status: 40
    case .definition: DBNDefinition.shortest
    case .imbalance: 112
    case .statistics: 64
    case .barSecond, .barMinute, .barHour, .barDay, .barSession, .order: 56
    }
  }

  /// Nanoseconds of a bar; nil for what is no bar.
  var interval: Int64? {
    switch self {
    case .barSecond: Nanoseconds.second
    case .barMinute: 60 * Nanoseconds.second
    case .barHour: 3600 * Nanoseconds.second
    case .barDay, .barSession: Nanoseconds.day
    default: nil
    }
  }
}

/// Values and flags of DBN records.
enum DBN {
  /// "There is no such price."
  static let noPrice = Int64.max
  /// "There is no such time."
  static let noTime = UInt64.max
  static let last: UInt8 = 128
  /// The best price of a side, no order.
  static let topOfBook: UInt8 = 64
  static let snapshot: UInt8 = 32
  /// Messages were lost before: the book may be wrong.
  static let maybeBadBook: UInt8 = 4
  /// A price level with all its orders together, no order.
  static let priceLevel: UInt8 = 16

  /// A time of a record, or nil if it is absent or beyond what `Instant` holds.
  @inline(__always)
  static func time(_ nanoseconds: UInt64) -> Instant? {
    guard nanoseconds <= UInt64(Int64.max) else { return nil }
    return Instant(nanoseconds: Int64(nanoseconds))
  }

  /// Side of an order or of an aggressor.
  @inline(__always)
  static func side(_ byte: UInt8) -> Side {
    switch byte {
    case UInt8(ascii: "B"): .buy
    case UInt8(ascii: "A"): .sell
    default: .none
    }
  }

  /// What records of a type that is not taken are called. Source: Databento, `rtype` values.
  static func recordName(_ type: UInt8) -> String {
    switch type {
    case 0x11: "bar record of a retired type"
    case 0x15: "gateway error record"
    case 0x17: "gateway system record"
    default: "record of type 0x" + (type < 16 ? "0" : "") + String(type, radix: 16)
    }
  }

  /// What a status action means for trading; nil if it does not change it.
  static func status(_ action: UInt16) -> TradingStatus? {
    switch action {
    case 1: .preOpen
    case 2, 4: .openingAuction
    case 3: .quoteOnly
    case 7: .trading
    case 8, 10: .halted
    case 9: .paused
    case 11: .closingAuction
    case 12, 13, 15: .closed
    default: nil
    }
  }
}

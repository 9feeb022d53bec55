import Events

extension DBNDecoder {
  /// Trading status, and whether short sales are restricted where that is another than was told last.
  mutating func status(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) {
    let isTold = shortSale(record[32], context, into: &batch)
    guard let status = DBN.status(record.u16(24)) else {
      if !isTold { batch.skip("status action without a change of trading") }
      return
    }
    batch.append(
      .status(StatusChange(instrument: context.instrument.id, status: status)),
      event: context.event, receive: context.receive)
  }

  /// - Parameter letter: `Y` or `N`; others say nothing.
  /// - Returns: whether it was told.
  private mutating func shortSale(
    _ letter: UInt8, _ context: DBNContext, into batch: inout DecodedBatch
  ) -> Bool {
    guard letter == UInt8(ascii: "Y") || letter == UInt8(ascii: "N") else { return false }
    let (isRestricted, id) = (letter == UInt8(ascii: "Y"), context.instrument.id)
    while shortSales.count <= id.index { shortSales.append(nil) }
    guard shortSales[id.index] != isRestricted else { return false }
    shortSales[id.index] = isRestricted
    let value = ReferenceValue(
      instrument: id, field: .shortSaleRestricted, value: isRestricted ? 1 : 0)
    batch.append(.value(value), event: context.event, receive: context.receive)
    return true
  }

  /// A record of an auction. Source: Databento, "Imbalance" schema; letters of the auctions are those of
  /// the venues' feeds.
  func imbalance(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let auction: AuctionImbalance.Auction
    switch record[104] {
    case UInt8(ascii: "O"), UInt8(ascii: "M"), UInt8(ascii: "I"): auction = .opening
    case UInt8(ascii: "C"), UInt8(ascii: "P"), UInt8(ascii: "R"): auction = .closing
    case UInt8(ascii: "H"), UInt8(ascii: "V"): auction = .reopening
    default:
      batch.skip("imbalance of an unknown auction")
      return
    }
    let reference = try auctionPrice(record.i64(24), context)
    let near = try auctionPrice(record.i64(40), context)
    let far = try auctionPrice(record.i64(48), context)
    guard isPossible(reference, context), isPossible(near, context), isPossible(far, context) else {
      impossible("an auction's price that cannot be", context, into: &batch)
      return
    }
    let imbalance = AuctionImbalance(
      instrument: context.instrument.id, auction: auction, side: DBN.side(record[105]),
      paired: size(record.u32(88), context), surplus: size(record.u32(92), context),
      reference: reference, near: near, far: far)
    batch.append(.imbalance(imbalance), event: context.event, receive: context.receive)
  }

  /// A price of which 0 means that there is none.
  private func auctionPrice(_ raw: Int64, _ context: DBNContext) throws(DecodeError) -> Price {
    raw == 0 ? .none : try price(raw, context)
  }

  /// A settlement price may lie between what the instrument's scale can say: rounded half to even.
  private func settlement(
    _ raw: Int64, _ context: DBNContext, into batch: inout DecodedBatch
  ) -> Int64 {
    let divisor = context.instrument.divisor
    let (quotient, remainder) = raw.quotientAndRemainder(dividingBy: divisor)
    guard remainder != 0 else { return quotient }
    batch.roundedReferences += 1
    let rest = remainder.magnitude * 2
    let isUp = rest > divisor || (rest == divisor && quotient % 2 != 0)
    return isUp ? quotient + remainder.signum() : quotient
  }

  func statistics(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) {
    let statistic = DBNStatistic(record)
    let field: ReferenceValue.Field
    let value: Int64
    if statistic.kind == DBNStatistic.settlementPrice {
      field = .settlement
      value = settlement(statistic.price, context, into: &batch)
    } else {
      field = .openInterest
      let (product, overflow) = statistic.quantity.multipliedReportingOverflow(
        by: context.instrument.sizeFactor)
      value = overflow ? .max : product
    }
    // What settles at 0 is an option out of the money.
    let instrument = context.instrument
    let least = min(instrument.leastPrice, instrument.kind == .option ? 0 : 1)
    let isPossible =
      field == .settlement
      ? isPossiblePrice(value) && value >= least : field.isPossible(value, of: instrument.kind)
    guard isPossible else {
      let name = field == .settlement ? "a settlement price" : "an open interest"
      impossible("\(name) that cannot be", context, into: &batch)
      return
    }
    let reference = ReferenceValue(
      instrument: context.instrument.id, field: field, value: value,
      effective: DBN.time(statistic.reference) ?? .epoch)
    batch.append(.value(reference), event: context.event, receive: context.receive)
  }
}

/// One statistic. Versions 1 and 2 have quantities of 32 bits in records of 64 bytes, version 3 of 64
/// bits in records of 80. Source: Databento, "Statistics" schema.
struct DBNStatistic {
  static let settlementPrice: UInt16 = 3
  static let openInterest: UInt16 = 9

  var kind: UInt16
  var price: Int64
  /// The greatest value if there is none.
  var quantity: Int64
  var sequence: UInt32
  /// The time that the statistic is about.
  var reference: UInt64
  /// What was told before is taken back.
  var isTakenBack: Bool

  init(_ record: Span<UInt8>) {
    let isWide = record.count >= 80
    let narrow = Int32(truncatingIfNeeded: record.u32(40))
    kind = record.u16(isWide ? 56 : 52)
    price = record.i64(32)
    quantity = isWide ? record.i64(40) : narrow == .max ? .max : Int64(narrow)
    sequence = record.u32(isWide ? 48 : 44)
    reference = record.u64(24)
    isTakenBack = record[isWide ? 60 : 56] == 2
  }

  /// Why it is not taken; nil if it is.
  var passedOver: String? {
    if kind != Self.settlementPrice, kind != Self.openInterest {
      return "statistic that is neither settlement price nor open interest"
    }
    if isTakenBack { return "statistic that is taken back" }
    if kind == Self.settlementPrice {
      return price == DBN.noPrice ? "settlement price without a value" : nil
    }
    return quantity == .max ? "open interest without a value" : nil
  }
}

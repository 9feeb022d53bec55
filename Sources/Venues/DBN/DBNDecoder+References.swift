import Events

extension DBNDecoder {
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
    let imbalance = AuctionImbalance(
      instrument: context.instrument.id, auction: auction, side: DBN.side(record[105]),
      paired: size(record.u32(88), context), surplus: size(record.u32(92), context),
      reference: try auctionPrice(record.i64(24), context),
      near: try auctionPrice(record.i64(40), context),
      far: try auctionPrice(record.i64(48), context))
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
    if raw == DBN.noPrice { return .max }
    let divisor = context.instrument.divisor
    let (quotient, remainder) = raw.quotientAndRemainder(dividingBy: divisor)
    guard remainder != 0 else { return quotient }
    batch.roundedReferences += 1
    let rest = remainder.magnitude * 2
    let isUp = rest > divisor || (rest == divisor && quotient % 2 != 0)
    return isUp ? quotient + remainder.signum() : quotient
  }

  /// One of the statistics. Versions 1 and 2 have quantities of 32 bits in records of 64 bytes, version
  /// 3 of 64 bits in records of 80. Source: Databento, "Statistics" schema.
  func statistics(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let isWide = record.count >= 80
    let kind = record.u16(isWide ? 56 : 52)
    guard kind == 3 || kind == 9 else {
      batch.skip("statistic that is neither settlement price nor open interest")
      return
    }
    // 2: what was told before is taken back.
    guard record[isWide ? 60 : 56] != 2 else {
      batch.skip("statistic that is taken back")
      return
    }
    let value: Int64
    if kind == 3 {
      value = settlement(record.i64(32), context, into: &batch)
    } else {
      let narrow = Int32(truncatingIfNeeded: record.u32(40))
      let quantity = isWide ? record.i64(40) : narrow == .max ? .max : Int64(narrow)
      let (product, overflow) = quantity.multipliedReportingOverflow(
        by: context.instrument.sizeFactor)
      value = overflow ? .max : product
    }
    let field: ReferenceValue.Field = kind == 3 ? .settlement : .openInterest
    guard field.isPossible(value) else {
      impossible("a \(field.name)", context, into: &batch)
      return
    }
    let reference = ReferenceValue(
      instrument: context.instrument.id, field: field, value: value,
      effective: DBN.time(record.u64(24)) ?? .epoch)
    batch.append(.value(reference), event: context.event, receive: context.receive)
  }
}

import Events

/// What IEX says of a security beside its book.
extension IEXDecoder {
  private func tell(
    _ field: ReferenceValue.Field, _ value: Int64, _ context: IEXContext,
    into batch: inout DecodedBatch
  ) {
    let reference = ReferenceValue(
      instrument: securities[context.place].instrument.id, field: field, value: value)
    batch.append(.value(reference), event: context.event, receive: context.receive)
  }

  /// The close before, adjusted for corporate actions. Round lot, flags and limit-up limit-down tier are
  /// no part of an instrument.
  func directory(_ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch) {
    guard let close = price(message, 22, context.place) else {
      impossible("a close", context, into: &batch)
      return
    }
    if !close.isNone { tell(.previousClose, close.raw, context, into: &batch) }
  }

  mutating func shortSale(_ kind: UInt8, _ context: IEXContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    guard kind <= 1 else { throw unknown("short sale status", kind, context) }
    guard securities[context.place].isRestricted != (kind == 1) else { return }
    securities[context.place].isRestricted = kind == 1
    tell(.shortSaleRestricted, Int64(kind), context, into: &batch)
  }

  /// The official closing price is what the day is settled at.
  func officialPrice(
    _ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    switch message[1] {
    case UInt8(ascii: "Q"): batch.skip("official opening price")
    case UInt8(ascii: "M"):
      guard let price = price(message, 18, context.place), !price.isNone else {
        impossible("an official price", context, into: &batch)
        return
      }
      tell(.settlement, price.raw, context, into: &batch)
    default: throw unknown("official price", message[1], context)
    }
  }

  func auction(_ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    let auction: AuctionImbalance.Auction
    switch message[1] {
    case UInt8(ascii: "O"), UInt8(ascii: "I"): auction = .opening
    case UInt8(ascii: "C"): auction = .closing
    case UInt8(ascii: "H"), UInt8(ascii: "V"): auction = .reopening
    default: throw unknown("auction", message[1], context)
    }
    let side: Side
    switch message[42] {
    case UInt8(ascii: "B"): side = .buy
    case UInt8(ascii: "S"): side = .sell
    case UInt8(ascii: "N"): side = .none
    default: throw unknown("imbalance side", message[42], context)
    }
    guard let reference = price(message, 22, context.place),
      let near = price(message, 30, context.place), let far = price(message, 48, context.place)
    else {
      impossible("an auction's price", context, into: &batch)
      return
    }
    let imbalance = AuctionImbalance(
      instrument: securities[context.place].instrument.id, auction: auction, side: side,
      paired: size(message, 18, context.place), surplus: size(message, 38, context.place),
      reference: reference, near: near, far: far)
    batch.append(.imbalance(imbalance), event: context.event, receive: context.receive)
  }
}

import Books
import Events

extension BinanceDecoder {
  /// Tells the book again as it was when it was lost, and what waited since, once another recorder's line has
  /// filled the hole.
  mutating func resume(_ context: BinanceContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    guard keepsBooks, self[context.place].book.resume() else { return }
    let instrument = self[context.place].instrument.id
    let book = self[context.place].levels
    var changes = [
      DepthChange(instrument: instrument, action: .clear, side: .none, marks: .snapshot)
    ]
    for side in [Side.buy, .sell] {
      for depth in 0..<book.levelCount(of: side) {
        guard let level = book.level(depth, of: side) else { continue }
        changes.append(
          DepthChange(
            instrument: instrument, action: .set, side: side, price: level.price,
            size: level.size, marks: .snapshot))
      }
    }
    changes[changes.count - 1].marks.insert(.last)
    for change in changes {
      batch.append(.depth(change), event: context.event, receive: context.receive)
    }
    try applyKept(context, into: &batch)
  }
}

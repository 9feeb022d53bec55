import Books
import Events

extension BinanceDecoder {
  /// Tells the book again as it was when it was lost, and what waited since, once another recorder's line has
  /// filled the hole.
  mutating func resume(_ context: BinanceContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    guard keepsBooks, self[context.place].book.resume() else { return }
    let symbol = self[context.place]
    for change in symbol.levels.snapshot(of: symbol.instrument.id) {
      batch.append(.depth(change), event: context.event, receive: context.receive)
    }
    try applyKept(context, into: &batch)
  }
}

/// What a symbol mapping record says: live sessions name their instruments in the stream, not in the
/// metadata. Source: Databento, DBN encoding reference, `SymbolMappingMsg`.
struct DBNSymbolMapping: Equatable {
  static let type: UInt8 = 0x16
  /// Bytes of version 1, whose symbols have 22 of them, and of versions 2 and 3, with 71 and the kind of
  /// symbol before each.
  static let shortest = 80
  private static let long = 176

  /// Databento's number.
  var number: UInt32
  /// The venue's name of it; perhaps empty.
  var symbol: String

  /// - Precondition: the record has `shortest` bytes or more.
  init(_ record: Span<UInt8>) {
    precondition(record.count >= Self.shortest)
    number = record.u32(4)
    let isLong = record.count >= Self.long
    let asked = isLong ? record.padded(17, 71) : record.padded(16, 22)
    let found = isLong ? record.padded(89, 71) : record.padded(38, 22)
    // Where numbers were asked for, what was asked is the name.
    symbol = found.isEmpty || UInt32(found) == number ? asked : found
    if UInt32(symbol) == number { symbol = "" }
  }
}

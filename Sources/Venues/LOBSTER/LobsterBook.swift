import Events

/// One level of a LOBSTER order book row, price × 10000.
public struct LobsterLevel: Equatable, Sendable, BitwiseCopyable {
  public var side: Side
  public var price: Int64
  public var size: Int64

  public init(side: Side, price: Int64, size: Int64) {
    self.side = side
    self.price = price
    self.size = size
  }
}

extension LobsterLevel {
  /// The levels of one row: ask price, ask size, bid price, bid size, and so on from the best ones
  /// outwards. Empty levels (±9999999999, size 0) are left out.
  /// - Throws: what is wrong with the row.
  public static func row(_ bytes: Span<UInt8>, line number: Int) throws(DecodeError)
    -> [LobsterLevel]
  {
    var lines = TextLines(after: number - 1)
    guard let line = try lines.next(bytes, isEnd: true) else {
      throw DecodeError(.line(number), "the order book file has no row")
    }
    var fields = Fields(line)
    var levels: [LobsterLevel] = []
    var column = 0
    while let price = fields.next(bytes) {
      guard let size = fields.next(bytes),
        case .success(let priceValue) = parseDecimal(bytes, price, scale: 0),
        let sizeValue = parseInteger(bytes, size)
      else {
        throw DecodeError(.line(number), "column \(column + 1): not a price and a size")
      }
      let side: Side = column % 4 == 0 ? .sell : .buy
      column += 2
      if sizeValue == 0, priceValue.magnitude == 9_999_999_999 { continue }
      guard priceValue > 0, isPossiblePrice(priceValue), sizeValue > 0, isPossibleSize(sizeValue)
      else {
        throw DecodeError(.line(number), "column \(column - 1): an impossible price or size")
      }
      levels.append(LobsterLevel(side: side, price: priceValue, size: sizeValue))
    }
    guard column % 4 == 0 else {
      throw DecodeError(.line(number), "\(column) columns, not a multiple of 4")
    }
    return levels
  }
}

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

/// One row of a LOBSTER order book file: the book after a message.
public struct LobsterRow: Equatable, Sendable {
  /// The levels that are there, the best ones first, asks and bids by turns.
  public var levels: [LobsterLevel] = []
  /// Levels a side that the row has room for: a side with fewer is all there is.
  public var depth = 0

  /// Parses ask price, ask size, bid price, bid size, and so on from the best ones outwards. Empty levels
  /// (±9999999999, size 0) are left out.
  /// - Throws: what is wrong with the row.
  public init(_ bytes: Span<UInt8>, line number: Int) throws(DecodeError) {
    var lines = TextLines(after: number - 1)
    guard let line = try lines.next(bytes, isEnd: true) else {
      throw DecodeError(.line(number), "the order book file has no row")
    }
    var fields = Fields(line)
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
    depth = column / 4
  }

  /// Size at a price of a side, 0 if it has no level there.
  func size(at price: Int64, _ side: Side) -> Int64 {
    levels.first { $0.side == side && $0.price == price }?.size ?? 0
  }

  /// Whether a level at this price would be among those that the row shows.
  func shows(_ price: Int64, _ side: Side) -> Bool {
    let own = levels.lazy.filter { $0.side == side }
    guard own.count == depth, let worst = levels.last(where: { $0.side == side }) else {
      return true
    }
    return side == .buy ? price >= worst.price : price <= worst.price
  }
}

/// Where the rows of a message file's order book file come from.
public protocol LobsterRows: AnyObject, Sendable {
  /// The file, as messages name it.
  var name: String { get }
  /// - Returns: the next row, nil after the last one.
  /// - Throws: what is wrong with it, or with the file.
  func next() throws(DecodeError) -> LobsterRow?
}

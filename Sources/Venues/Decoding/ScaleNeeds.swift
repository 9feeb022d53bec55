import Events

/// What numbers ask of their instruments' scales.
///
/// Noted as they are read while scales are sought, so that whatever becomes of its row, no number that is
/// read again is left out.
public struct ScaleNeeds: Sendable {
  /// What an instrument's prices or sizes need.
  public struct Need: Sendable {
    /// Whether there was a number.
    public var isAsked = false
    /// Digits after the point.
    public var digits = 0
    /// The most digits after the point that leave all numbers room, but those that never have it.
    public var room = 9
    /// Line and text of the number with the least room.
    public var line = 0
    public var text = ""

    public init() {}

    /// Takes over what others need.
    public mutating func join(_ other: Need) {
      isAsked = isAsked || other.isAsked
      digits = max(digits, other.digits)
      guard other.room < room else { return }
      (room, line, text) = (other.room, other.line, other.text)
    }
  }

  /// By the instruments' ids.
  public private(set) var prices: [Need] = []
  public private(set) var sizes: [Need] = []

  public init() {}

  /// Notes a number.
  /// - Parameter line: where it stands.
  mutating func note(
    _ bytes: Span<UInt8>, _ range: Range<Int>, of instrument: InstrumentID, isPrice: Bool,
    line: Int
  ) {
    while prices.count <= instrument.index {
      prices.append(Need())
      sizes.append(Need())
    }
    if isPrice {
      Self.note(bytes, range, line, &prices[instrument.index])
    } else {
      Self.note(bytes, range, line, &sizes[instrument.index])
    }
  }

  private static func note(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ line: Int, _ need: inout Need
  ) {
    let (whole, decimals) = digits(bytes, range)
    need.isAsked = true
    if decimals > need.digits { need.digits = decimals }
    // Numbers of nine digits have room at every scale.
    if whole > 9, let room = room(bytes, range), room < need.room {
      (need.room, need.line, need.text) = (room, line, shown(bytes.extracting(range)))
    }
  }

  /// Digits before the point without leading zeros, and after it without zeros at the end.
  private static func digits(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (
    whole: Int, decimals: Int
  ) {
    var (whole, decimals, place) = (0, 0, 0)
    var seesPoint = false
    for index in range {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        seesPoint = true
      } else if byte &- UInt8(ascii: "0") <= 9 {
        if seesPoint {
          place += 1
          if byte != UInt8(ascii: "0") { decimals = place }
        } else if whole > 0 || byte != UInt8(ascii: "0") {
          whole += 1
        }
      }
    }
    return (whole, decimals)
  }

  /// The most digits after the point that a number has room with; nil if it has none with any.
  private static func room(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    for scale in stride(from: 9, through: 0, by: -1) {
      if case .success(let number) = scaledDecimal(bytes, range, scale: scale),
        isPossiblePrice(number.value)
      {
        return scale
      }
    }
    return nil
  }
}

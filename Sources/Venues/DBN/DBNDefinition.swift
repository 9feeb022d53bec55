import Events

/// What an instrument definition record says. Offsets differ by version; the record's length tells the
/// version: 360 bytes (1), 400 (2), 520 (3). Source: Databento, "Instrument definitions" schema.
struct DBNDefinition: Equatable {
  static let shortest = 360

  /// Databento's number.
  var number: UInt32
  var symbol: String
  /// The venue's market identifier code, perhaps empty.
  var venue: String
  var currency: String
  var instrumentClass: UInt8
  /// × 10^9, or nil.
  var tickSize: Int64?
  /// Units of currency that a tick is worth × 10^9, or nil.
  var tickValue: Int64?
  /// Size of a contract in its unit × 10^9, or nil. Of prices in cents it is no point value.
  var contractSize: Int64?
  /// × 10^9, or nil.
  var strike: Int64?
  /// Empty where there is none.
  var underlying: String
  /// Classification of ISO 10962 such as `OCAFPS`, perhaps empty.
  var classification: String
  var expiry: Instant

  /// - Returns: nil if the length is of no version.
  init?(_ record: Span<UInt8>) {
    guard let layout = Layout(length: record.count) else { return nil }
    func positive(_ offset: Int) -> Int64? {
      let value = record.i64(offset)
      return value > 0 && value != DBN.noPrice ? value : nil
    }
    number = record.u32(4)
    symbol = record.padded(layout.symbol, layout.width)
    venue = record.padded(layout.exchange, 5)
    currency = record.padded(layout.currency, 4)
    instrumentClass = record[layout.kind]
    tickSize = positive(24)
    contractSize = positive(layout.size)
    tickValue = positive(layout.size + 8)
    strike = positive(layout.strike)
    underlying = record.padded(layout.underlying, 21)
    classification = record.padded(layout.classification, 7)
    expiry = DBN.time(record.u64(40)) ?? .epoch
  }

  /// Where the fields lie in a record.
  private struct Layout {
    var currency, symbol, width, exchange, classification, underlying, kind, size, strike: Int

    init?(length: Int) {
      switch length {
      case 360..<400:
        (currency, symbol, width, exchange, classification) = (186, 200, 22, 243, 255)
        (underlying, kind, size, strike) = (300, 325, 88, 328)
      case 400..<520:
        (currency, symbol, width, exchange, classification) = (186, 200, 71, 292, 304)
        (underlying, kind, size, strike) = (349, 374, 88, 112)
      case 520...:
        (currency, symbol, width, exchange, classification) = (224, 238, 71, 330, 346)
        (underlying, kind, size, strike) = (391, 487, 80, 104)
      default: return nil
      }
    }
  }

  /// Databento's class letter as ours; nil for a class that has no prices of its own.
  var kind: InstrumentClass? {
    switch instrumentClass {
    case UInt8(ascii: "K"): .equity
    case UInt8(ascii: "F"), UInt8(ascii: "S"): .future
    case UInt8(ascii: "C"), UInt8(ascii: "P"), UInt8(ascii: "T"): .option
    case UInt8(ascii: "X"): .forex
    case UInt8(ascii: "Y"): .crypto
    case UInt8(ascii: "I"): .index
    default: nil
    }
  }

  /// Whether it is of several contracts against each other: a spread of futures, of options, or of both.
  var isCombination: Bool {
    [UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "M")].contains(instrumentClass)
  }

  /// Units of currency per point × 10^9: what a tick is worth over what it is, rounded; nil if the record
  /// does not say both.
  var pointValue: Int64? {
    guard let tickSize, let tickValue else { return nil }
    let value = (Int128(tickValue) * 1_000_000_000 + Int128(tickSize) / 2) / Int128(tickSize)
    return value > 0 ? Int64(exactly: value) : nil
  }

  /// The terms of an option, its strike × 10^9; nil of what is none, or lacks a strike or underlying.
  /// - Parameter venue: of the underlying; nil where its name is all that is known.
  func option(underlyingAt venue: String?) -> OptionTerms? {
    let isCall = instrumentClass == UInt8(ascii: "C")
    guard isCall || instrumentClass == UInt8(ascii: "P"), let strike, !underlying.isEmpty else {
      return nil
    }
    // The third letter is the style, the fifth the delivery.
    let letters = Array(classification.utf8)
    let isOption = letters.count >= 5 && letters[0] == UInt8(ascii: "O")
    let isEuropean = isOption && letters[2] == UInt8(ascii: "E")
    let isInCash = isOption && letters[4] == UInt8(ascii: "C")
    return OptionTerms(
      isCall ? .call : .put, style: isEuropean ? .european : .american,
      settlement: isInCash ? .cash : .physical, strike: Price(strike),
      underlying: venue.map { "\($0):\(underlying)" } ?? underlying)
  }
}

import Events

/// What an instrument definition record says. Offsets differ by version; the record's length tells the
/// version: 360 bytes (1), 400 (2), 520 (3).
struct DBNDefinition {
  static let shortest = 360

  var symbol: String
  /// The venue's market identifier code, perhaps empty.
  var venue: String
  var currency: String
  var instrumentClass: UInt8
  /// × 10^9, or nil.
  var tickSize: Int64?
  /// Units of currency per point × 10^9, or nil.
  var multiplier: Int64?
  var expiry: Instant

  /// - Returns: nil if the length is of no version.
  init?(_ record: Span<UInt8>) {
    let layout: (currency: Int, symbol: Int, width: Int, exchange: Int, kind: Int, unit: Int)
    switch record.count {
    case 360..<400: layout = (186, 200, 22, 243, 325, 88)
    case 400..<520: layout = (186, 200, 71, 292, 374, 88)
    case 520...: layout = (224, 238, 71, 330, 487, 80)
    default: return nil
    }
    symbol = record.padded(layout.symbol, layout.width)
    venue = record.padded(layout.exchange, 5)
    currency = record.padded(layout.currency, 4)
    instrumentClass = record[layout.kind]
    let tick = record.i64(24)
    tickSize = tick > 0 && tick != DBN.noPrice ? tick : nil
    let quantity = record.i64(layout.unit)
    multiplier = quantity > 0 && quantity != DBN.noPrice ? quantity : nil
    expiry = DBN.time(record.u64(40)) ?? .epoch
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
}

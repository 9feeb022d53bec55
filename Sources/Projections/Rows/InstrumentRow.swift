import Events
import GRDB

/// An instrument's latest definition.
struct InstrumentRow: Equatable {
  var instrument: Instrument
  var sequence: UInt64
}

extension InstrumentRow: StoredRow {
  static let table = "instruments"
  static let key = ["id"]
  static let columns = [
    "id", "seq", "first_seq", "symbol", "exchange", "class", "base", "currency", "price_scale",
    "quantity_scale", "tick_size", "lot_size", "multiplier", "expiry",
  ]
  static let merges = ["first_seq": "instruments.first_seq"]

  var values: [(any DatabaseValueConvertible)?] {
    [
      Int64(instrument.id.raw), Int64(stored: sequence), Int64(stored: sequence), instrument.symbol,
      instrument.venueName, instrument.kind.name, instrument.base.isEmpty ? nil : instrument.base,
      instrument.currency, Int64(instrument.priceScale), Int64(instrument.quantityScale),
      instrument.text(instrument.tickSize), instrument.text(instrument.lotSize),
      decimalText(Int128(instrument.multiplier), scale: Int(Instrument.multiplierScale)),
      instrument.expiry == .epoch ? nil : instrument.expiry.text,
    ]
  }
}

/// Where in the journal an instrument is defined.
struct DefinitionRow: Equatable, StoredRow {
  var sequence: UInt64
  var instrument: InstrumentID

  static let table = "definitions"
  static let key = ["seq"]
  static let columns = ["seq", "instrument"]

  var values: [(any DatabaseValueConvertible)?] {
    [Int64(stored: sequence), Int64(instrument.raw)]
  }
}

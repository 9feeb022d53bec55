import Events
import Testing

@testable import Venues

struct ContractNameTests {
  /// Venues, names, and what they tell: class, last day and hour of UTC, currency.
  @Test(
    arguments: [
      ("XEUR", "FDAX SI 20250620 CS", .future, "2025-06-20T20", "EUR"),
      ("XEUR", "FGBL SI 20250908 PS", .future, "2025-09-08T20", "EUR"),
      ("XEUR", "FSMI SI 20251219 CS", .future, "2025-12-19T21", "CHF"),
      ("XEUR", "FSMI.c.0", nil, nil, "CHF"),
      ("XEUR", "OESX SI 20250620 CS EU C 5000 0", .option, "2025-06-20T20", "EUR"),
      ("XEUR", "SAP SI 20250620 PS AM P 200.5 1", .option, "2025-06-20T20", "EUR"),
      ("XEUR", "FDAX FS 20250620 20250919", .future, nil, "EUR"),
      ("XEUR", "FDAX SI 20251320 CS", .future, nil, "EUR"), ("XEUR", "FDAX", nil, nil, "EUR"),
      ("XEEE", "FASM SI 20271124 CS", .future, "2027-11-24T21", "EUR"),
      ("IFEU", "BRN  FMQ0025!", .future, nil, "USD"), ("IFEU", "G   FMQ0025!", .future, nil, "USD"),
      ("NDEX", "TFM FMQ0025!", .future, nil, "EUR"), ("IFLL", "I FMU0025!", .future, nil, "GBP"),
      (
        "IFEU", "BRN FMU0025_OMPA0000062002072825", .option, "2025-07-28T22", "USD"
      ),
      ("IFEU", "BRN FMU0025_OMCA0000062002", .option, nil, "USD"),
      ("IFEU", "BRN 25 30964924", .future, nil, "USD"), ("IFEU", "ESH4", nil, nil, "USD"),
      ("IFEU", "BRN FMU0025-FMV0025", .future, nil, "USD"), ("IFEU", " ", nil, nil, "USD"),
      ("IFEU", "", nil, nil, "USD"),
    ] as [(String, String, InstrumentClass?, String?, String)])
  func `a name tells class, last day and currency`(
    venue: String, name: String, kind: InstrumentClass?, end: String?, currency: String
  ) {
    let found = ContractName(name, at: venue)
    #expect(found.kind == kind)
    #expect((found.expiry == .epoch ? nil : String(found.expiry.text.prefix(13))) == end)
    #expect(found.currency == currency)
  }
}

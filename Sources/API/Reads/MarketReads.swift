import Books
import Events
import Reporting
import Trading

extension Reads {
  var marketRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/markets/{exchange}/instruments", name: "listInstruments",
        summary: "Instruments of an exchange, with what their market is like.",
        permission: .readMarket, parameters: [Self.asOf],
        answers: "data: instruments in order of their definition"
      ) { call throws(Problem) in
        let exchange = call.variable("exchange")
        return try await state(call) { (engine, _) throws(Problem) in
          let known = engine.market.instruments.compactMap { $0 }
          let own = known.filter { $0.venueName == exchange }
          guard !own.isEmpty else {
            let names = known.reduce(into: [String]()) { names, instrument in
              if !names.contains(instrument.venueName) { names.append(instrument.venueName) }
            }
            throw .missing(
              "unknown_exchange",
              "The journal has no instrument of `\(exchange)`. "
                + (names.isEmpty ? "It has none yet." : "It has \(names.joined(separator: ", "))."))
          }
          return [
            ("exchange", .string(exchange)),
            ("data", .array(own.map { Self.json($0, engine.market.books[$0.id.index]) })),
          ]
        }
      }
    ]
  }

  private static func json(_ instrument: Instrument, _ book: MarketBook) -> JSON {
    func price(_ price: Price) -> JSON { price.isNone ? .null : .string(instrument.text(price)) }
    func size(_ size: Quantity, _ at: Price) -> JSON {
      at.isNone ? .null : .string(instrument.text(size))
    }
    return .object([
      ("symbol", .string(instrument.symbol)), ("exchange", .string(instrument.venueName)),
      ("class", .string(instrument.kind.name)),
      ("base", instrument.base.isEmpty ? .null : .string(instrument.base)),
      ("currency", .string(instrument.currency)),
      ("tick_size", .string(instrument.text(instrument.tickSize))),
      ("lot_size", .string(instrument.text(instrument.lotSize))),
      (
        "multiplier",
        .string(decimalText(Int128(instrument.multiplier), scale: Int(Instrument.multiplierScale)))
      ),
      ("expiry", instrument.expiry == .epoch ? .null : .string(instrument.expiry.text)),
      ("status", .string(book.status?.name)),
      ("bid", price(book.best.bid)), ("bid_size", size(book.best.bidSize, book.best.bid)),
      ("ask", price(book.best.ask)), ("ask_size", size(book.best.askSize, book.best.ask)),
      ("last", price(book.lastPrice)), ("mark", price(book.mark)),
    ])
  }
}

import Events
import GRDB
import Trading

/// An order as lists show it.
public struct OrderRow: Sendable, Equatable {
  /// An entry that is about an order.
  public struct Mark: Sendable, Equatable {
    public var sequence: UInt64
    /// Receive time in UTC.
    public var time: String

    public init(_ header: EntryHeader) {
      (sequence, time) = (header.sequence, header.receiveTime.text)
    }

    fileprivate init(_ sequence: Int64, _ time: String) {
      (self.sequence, self.time) = (UInt64(sequence), time)
    }
  }

  public var id: OrderID
  /// The first entry that is about it and the last; nil where a change leaves them as they were.
  public var first: Mark?
  public var last: Mark?
  public var state: String
  public var isFinal: Bool
  /// Why it ends, or is to; nil where a change leaves it as it was.
  public var reason: String?
  public var strategy: String?
  public var account: String?
  public var instrument: InstrumentID
  public var symbol: String
  public var exchange: String?
  public var side: String
  public var type: String
  public var timeInForce: String
  public var quantity: String
  public var filled: String
  public var remaining: String
  public var price: String?
  public var stop: String?
  public var parent: OrderID?

  /// - Parameters:
  ///   - instrument: its definition, by whose scales quantities and prices are written; nil if there is none.
  ///   - strategies: names by id; accounts the same.
  public init(
    _ order: Order, _ instrument: Instrument?, strategies: [String], accounts: [String],
    first: Mark?, last: Mark?, reason: String?
  ) {
    let ticket = order.ticket
    func text(_ quantity: Quantity) -> String {
      instrument?.text(quantity) ?? String(quantity.raw)
    }
    func text(_ price: Price) -> String? {
      price.isNone ? nil : instrument?.text(price) ?? String(price.raw)
    }
    let (strategy, account) = (ticket.strategy.index, Int(ticket.account.raw))
    id = order.id
    (self.first, self.last, self.reason) = (first, last, reason)
    (state, isFinal) = (order.state.name, order.state.isFinal)
    self.strategy = strategy < strategies.count ? strategies[strategy] : nil
    self.account = account < accounts.count ? accounts[account] : nil
    self.instrument = ticket.instrument
    symbol = instrument?.symbol ?? "#\(ticket.instrument.raw)"
    exchange = instrument?.venueName
    (side, type, timeInForce) = (ticket.side.name, ticket.type.name, ticket.timeInForce.name)
    (quantity, filled) = (text(ticket.quantity), text(order.filled))
    remaining = text(order.remaining)
    (price, stop) = (text(ticket.price), text(ticket.terms.stop))
    parent = ticket.terms.parent == .none ? nil : ticket.terms.parent
  }
}

extension OrderRow: StoredRow {
  static let table = "orders"
  static let key = ["id"]
  static let columns = [
    "id", "seq", "time", "state", "is_final", "reason", "strategy", "account", "instrument",
    "symbol", "exchange", "side", "type", "time_in_force", "quantity", "filled", "remaining",
    "price", "stop", "parent", "last_seq", "last_time",
  ]
  static let merges = [
    "seq": "orders.seq", "time": "orders.time",
    "reason": "COALESCE(excluded.reason, orders.reason)",
    "last_seq": "MAX(excluded.last_seq, orders.last_seq)",
    "last_time": "CASE WHEN excluded.last_seq > orders.last_seq THEN excluded.last_time"
      + " ELSE orders.last_time END",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [
      Int64(stored: id.raw), Int64(stored: first?.sequence ?? 0), first?.time ?? "", state, isFinal,
      reason, strategy, account, Int64(instrument.raw), symbol, exchange, side, type, timeInForce,
      quantity, filled, remaining, price, stop, parent.map { Int64(stored: $0.raw) },
      Int64(stored: last?.sequence ?? 0), last?.time ?? "",
    ]
  }
}

extension OrderRow: FetchableRecord {
  public init(row: Row) {
    id = OrderID(UInt64(row["id"] as Int64))
    first = Mark(row["seq"], row["time"])
    last = Mark(row["last_seq"], row["last_time"])
    (state, isFinal, reason) = (row["state"], row["is_final"], row["reason"])
    (strategy, account) = (row["strategy"], row["account"])
    instrument = InstrumentID(UInt16(row["instrument"] as Int64))
    (symbol, exchange, side) = (row["symbol"], row["exchange"], row["side"])
    (type, timeInForce) = (row["type"], row["time_in_force"])
    (quantity, filled, remaining) = (row["quantity"], row["filled"], row["remaining"])
    (price, stop) = (row["price"], row["stop"])
    parent = (row["parent"] as Int64?).map { OrderID(UInt64($0)) }
  }
}

import Events
import GRDB
import Trading

/// A fill, bust or correction, as the list of trades shows it.
public struct ExecutionRow: Sendable, Equatable {
  public var sequence: UInt64
  public var order: OrderID
  public var symbol: String?
  public var exchange: String?
  public var side: String?
  public var currency: String?
  /// The entry as JSON (docs/journal-format.md, section 7).
  public var entry: String

  public init(
    _ sequence: UInt64, _ order: OrderID, _ instrument: Instrument?, _ side: Side?, entry: String
  ) {
    (self.sequence, self.order, self.entry) = (sequence, order, entry)
    symbol = instrument?.symbol
    (exchange, currency) = (instrument?.venueName, instrument?.currency)
    self.side = side?.name
  }
}

extension ExecutionRow: StoredRow, FetchableRecord {
  static let table = "executions"
  static let key = ["seq"]
  static let columns = ["seq", "order_id", "symbol", "exchange", "side", "currency", "entry"]

  var values: [(any DatabaseValueConvertible)?] {
    [Int64(stored: sequence), Int64(stored: order.raw), symbol, exchange, side, currency, entry]
  }

  public init(row: Row) {
    sequence = UInt64(row["seq"] as Int64)
    order = OrderID(UInt64(row["order_id"] as Int64))
    (symbol, exchange, side) = (row["symbol"], row["exchange"], row["side"])
    (currency, entry) = (row["currency"], row["entry"])
  }
}

/// An execution as it stands now.
struct TradeRow: Equatable {
  enum Status: String {
    case live, corrected, busted
  }

  var order: OrderID
  var fill: Fill
  var sequence: UInt64
  var time: Instant
  var status: Status
  var ticket: OrderTicket
  var instrument: Instrument?
  var strategy: String?
  var account: String?
}

extension TradeRow: StoredRow {
  static let table = "trades"
  static let key = ["order_id", "execution"]
  static let columns = [
    "order_id", "execution", "seq", "time", "status", "strategy", "account", "symbol", "exchange",
    "side", "currency", "price", "quantity", "fee", "fee_currency", "liquidity", "last_seq",
  ]
  /// A correction leaves when the execution was.
  static let merges = [
    "seq": "CASE WHEN excluded.status = 'live' THEN excluded.seq ELSE trades.seq END",
    "time": "CASE WHEN excluded.status = 'live' THEN excluded.time ELSE trades.time END",
  ]
  /// An execution is taken back: it stays to be seen.
  static let bust = """
    UPDATE trades SET status = 'busted', last_seq = ? WHERE order_id = ? AND execution = ?
    """

  var values: [(any DatabaseValueConvertible)?] {
    [
      Int64(stored: order.raw), Int64(stored: fill.id), Int64(stored: sequence), time.text,
      status.rawValue, strategy, account, instrument?.symbol ?? "#\(ticket.instrument.raw)",
      instrument?.venueName, ticket.side.name, instrument?.currency,
      instrument?.text(fill.price) ?? String(fill.price.raw),
      instrument?.text(fill.quantity) ?? String(fill.quantity.raw), fill.fee.shortText,
      fill.feeCurrency, fill.liquidity.name, Int64(stored: sequence),
    ]
  }
}

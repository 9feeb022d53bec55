import Events
import GRDB

/// What a stretch of the journal changes in the tables.
public struct Changes {
  enum Trade {
    /// An execution came, or is another now.
    case put(TradeRow)
    case bust(order: OrderID, execution: UInt64, sequence: UInt64)
  }

  var instruments: [InstrumentRow] = []
  var definitions: [DefinitionRow] = []
  /// By id, as they stand at the end.
  var orders: [OrderID: OrderRow] = [:]
  /// In the order in which they happened.
  var trades: [Trade] = []
  var executions: [ExecutionRow] = []
  var profits: [ProfitRow] = []
  var alerts: [AlertRow] = []
  var acknowledgements: [(alert: UInt64, AlertRow.Acknowledged)] = []
  var audits: [AuditRow] = []
  /// All of them, as they stand at the end.
  var positions: [PositionRow] = []
  var portfolio: [PortfolioRow] = []

  public init() {}

  /// Rows so far, by which memory is bounded.
  public var count: Int {
    definitions.count + orders.count + trades.count + executions.count + profits.count
      + alerts.count + audits.count
  }

  /// Writes all of it.
  func write(to db: Database) throws {
    try db.write(instruments)
    try db.write(definitions)
    try db.write(orders.keys.sorted().compactMap { orders[$0] })
    for trade in trades {
      switch trade {
      case .put(let row): try db.write([row])
      case .bust(let order, let execution, let sequence):
        try db.cachedStatement(sql: TradeRow.bust).execute(arguments: [
          Int64(stored: sequence), Int64(stored: order.raw), Int64(stored: execution),
        ])
      }
    }
    try db.write(executions)
    try db.write(profits)
    try db.write(alerts)
    for (alert, seen) in acknowledgements {
      try db.cachedStatement(sql: AlertRow.acknowledge).execute(arguments: [
        seen.subject, Int64(stored: seen.sequence), seen.time, seen.reason, Int64(stored: alert),
      ])
    }
    try db.write(audits)
    for table in [PositionRow.table, PortfolioRow.table] {
      try db.execute(sql: "DELETE FROM \(table)")
    }
    try db.write(positions)
    try db.write(portfolio)
  }
}

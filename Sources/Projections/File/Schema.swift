import GRDB

/// The tables of the read model (docs/read-model.md, "Tables").
enum Schema {
  /// SQLite's mark of whose file it is: `DBRM`.
  static let application: Int32 = 0x4442_524D
  /// Changes whenever the same journal would lead to other rows: files of before are dropped and made again.
  static let version: Int64 = 1

  /// How a file's tables come to be as they are now. What changes rows also changes `version`.
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 tables") { db in try db.execute(sql: tables) }
    return migrator
  }()

  private static let tables = """
    CREATE TABLE projection (
      id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, journal TEXT NOT NULL,
      engine TEXT NOT NULL, seq INTEGER NOT NULL, chain TEXT NOT NULL
    ) STRICT;
    CREATE TABLE instruments (
      id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, first_seq INTEGER NOT NULL, symbol TEXT NOT NULL,
      exchange TEXT NOT NULL, class TEXT NOT NULL, base TEXT, currency TEXT NOT NULL,
      price_scale INTEGER NOT NULL, quantity_scale INTEGER NOT NULL, tick_size TEXT NOT NULL,
      lot_size TEXT NOT NULL, multiplier TEXT NOT NULL, expiry TEXT
    ) STRICT;
    CREATE TABLE definitions (seq INTEGER PRIMARY KEY, instrument INTEGER NOT NULL) STRICT;
    CREATE TABLE orders (
      id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, time TEXT NOT NULL, state TEXT NOT NULL,
      is_final INTEGER NOT NULL, reason TEXT, strategy TEXT, account TEXT, instrument INTEGER NOT NULL,
      symbol TEXT NOT NULL, exchange TEXT, side TEXT NOT NULL, type TEXT NOT NULL,
      time_in_force TEXT NOT NULL, quantity TEXT NOT NULL, filled TEXT NOT NULL,
      remaining TEXT NOT NULL, price TEXT, stop TEXT, parent INTEGER, last_seq INTEGER NOT NULL,
      last_time TEXT NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_seq ON orders (seq);
    CREATE INDEX orders_by_parent ON orders (parent) WHERE parent IS NOT NULL;
    CREATE TABLE trades (
      order_id INTEGER NOT NULL, execution INTEGER NOT NULL, seq INTEGER NOT NULL,
      time TEXT NOT NULL, status TEXT NOT NULL, strategy TEXT, account TEXT, symbol TEXT NOT NULL,
      exchange TEXT, side TEXT NOT NULL, currency TEXT, price TEXT NOT NULL, quantity TEXT NOT NULL,
      fee TEXT NOT NULL, fee_currency TEXT NOT NULL, liquidity TEXT NOT NULL,
      last_seq INTEGER NOT NULL, PRIMARY KEY (order_id, execution)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trades_by_seq ON trades (seq);
    CREATE TABLE executions (
      seq INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, symbol TEXT, exchange TEXT, side TEXT,
      currency TEXT, entry TEXT NOT NULL
    ) STRICT;
    CREATE TABLE positions (
      strategy TEXT NOT NULL, instrument INTEGER NOT NULL, account TEXT NOT NULL,
      symbol TEXT NOT NULL, exchange TEXT NOT NULL, quantity TEXT NOT NULL, mark TEXT,
      cost TEXT NOT NULL, realised TEXT NOT NULL, unrealised TEXT, fees TEXT NOT NULL,
      currency TEXT NOT NULL, PRIMARY KEY (strategy, instrument)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE portfolio (
      account TEXT NOT NULL, currency TEXT NOT NULL, equity TEXT NOT NULL, cash TEXT NOT NULL,
      pending TEXT NOT NULL, free TEXT NOT NULL, inventory TEXT NOT NULL, realised TEXT NOT NULL,
      unrealised TEXT NOT NULL, fees TEXT NOT NULL, variation TEXT NOT NULL, income TEXT NOT NULL,
      financing TEXT NOT NULL, contributed TEXT NOT NULL, margin_called INTEGER NOT NULL,
      PRIMARY KEY (account, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pnl (
      seq INTEGER NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL, currency TEXT NOT NULL,
      time TEXT NOT NULL, realised TEXT NOT NULL, unrealised TEXT NOT NULL, fees TEXT NOT NULL,
      equity TEXT, PRIMARY KEY (seq, scope, name, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX pnl_by_key ON pnl (scope, name, currency, seq);
    CREATE TABLE alerts (
      seq INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT, code TEXT,
      symbol TEXT, order_id INTEGER, text TEXT NOT NULL, entry TEXT NOT NULL, acknowledged_by TEXT,
      acknowledged_seq INTEGER, acknowledged_time TEXT, acknowledged_reason TEXT
    ) STRICT;
    CREATE TABLE audit_log (
      seq INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT,
      cause INTEGER NOT NULL, entry TEXT NOT NULL
    ) STRICT;
    """

  /// All tables with rows of their own, for whoever compares or counts them.
  static let names = [
    "instruments", "definitions", "orders", "trades", "executions", "positions", "portfolio", "pnl",
    "alerts", "audit_log",
  ]
}

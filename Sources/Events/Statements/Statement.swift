/// What another party says of our trades, orders, positions and cash, as read from its file: names and
/// decimals as they were written.
public struct Statement: Equatable, Sendable {
  public enum Subject: UInt8, Sendable, CaseIterable {
    case execution
    /// Working at the end of the time covered.
    case order
    case position
    case cash
  }

  public struct Line: Equatable, Sendable {
    public var subject: Subject
    /// Number of the file's line, from 1.
    public var line: Int
    /// SYMBOL or VENUE:SYMBOL; empty for cash.
    public var instrument = ""
    /// Of executions and orders.
    public var side = Side.none
    /// Above 0 of executions and orders (what is left of them), signed of positions; the amount of cash.
    public var quantity: Decimal
    public var price: Decimal?
    public var fee: Decimal?
    /// Of the fee, or of the cash.
    public var currency = ""
    /// Our number of the order.
    public var order = OrderID.none
    /// The venue's number of the execution.
    public var execution: UInt64?
    /// The day of an execution.
    public var date: CivilDate?

    public init(_ subject: Subject, line: Int, quantity: Decimal) {
      self.subject = subject
      self.line = line
      self.quantity = quantity
    }
  }

  public var format: StatementTaken.Format
  /// What it covers: from this moment, to before that one.
  public var from: Instant
  public var to: Instant
  public var lines: [Line]

  public init(format: StatementTaken.Format, from: Instant, to: Instant, lines: [Line]) {
    self.format = format
    self.from = from
    self.to = to
    self.lines = lines
  }
}

/// Why a statement cannot be read.
public struct StatementFault: Error, Equatable, Sendable {
  /// From 1.
  public var line: Int
  public var what: String

  public init(_ line: Int, _ what: String) {
    self.line = line
    self.what = what
  }
}

extension OrderID {
  /// Reads `ord-17` or `17`, above 0, without zeros in front.
  public init?(_ text: String) {
    let digits = text.hasPrefix("ord-") ? text.dropFirst(4) : text[...]
    guard let number = UInt64(digits), number > 0, String(number) == digits else { return nil }
    self.init(number)
  }
}

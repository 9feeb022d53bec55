/// An order that a person gives in the name of a strategy (docs/orders.md, Orders of people).
public struct Instruction: Equatable, Sendable {
  /// Longest `clientOrder` in bytes.
  public static let longestClientOrder = 64

  /// The person's own name of the order, which no other of the journal has: letters, digits, `.`, `_` and
  /// `-`, no number and nothing that begins with `ord-`.
  public var clientOrder: String
  /// Who: the authenticated subject.
  public var subject: String
  /// What the strategy's intent is to be, with the person's reason.
  public var intent: IntentRecord

  public init(clientOrder: String, subject: String, intent: IntentRecord) {
    self.clientOrder = clientOrder
    self.subject = subject
    self.intent = intent
  }

  /// Whether a text may be a person's name of an order.
  public static func isClientOrder(_ text: String) -> Bool {
    guard (1...longestClientOrder).contains(text.utf8.count), !text.hasPrefix("ord-"),
      !text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}

/// How far the system's clock is from the time that it is kept to, as the system knows.
public struct ClockReading: Equatable, Sendable {
  /// What the clock is ahead of its reference, in nanoseconds, as last estimated.
  public var offset: Int64
  /// The most that it may be wrong, in nanoseconds.
  public var error: UInt64
  /// Whether something keeps it to a reference.
  public var isSynchronised: Bool
  /// Who says so.
  public var source: String

  public init(offset: Int64, error: UInt64, isSynchronised: Bool, source: String) {
    self.offset = offset
    self.error = error
    self.isSynchronised = isSynchronised
    self.source = source
  }
}

import Events

/// A stretch of an order's life.
struct Span: Equatable, Sendable {
  enum Value: Equatable, Sendable {
    case text(String)
    case number(UInt64)
  }

  /// A moment within it.
  struct Moment: Equatable, Sendable {
    var name: String
    var time: Instant
  }

  var trace: TraceID
  /// Unique within the trace; not 0.
  var id: UInt64
  /// 0: it is the trace's root.
  var parent: UInt64 = 0
  var name: String
  var start: Instant
  /// Not before `start`.
  var end: Instant
  var attributes: [(name: String, value: Value)] = []
  var moments: [Moment] = []
  var isFailure = false

  static func == (a: Self, b: Self) -> Bool {
    a.trace == b.trace && a.id == b.id && a.parent == b.parent && a.name == b.name
      && a.start == b.start && a.end == b.end && a.moments == b.moments
      && a.isFailure == b.isFailure
      && a.attributes.elementsEqual(b.attributes) { $0.name == $1.name && $0.value == $1.value }
  }
}

/// Names an order's trace: the first 8 bytes of the journal's identity, then the order's number, so that whoever has
/// the journal can say which trace an order has.
struct TraceID: Equatable, Sendable {
  var journal: UInt64
  var order: UInt64

  /// - Parameter journal: the identity's 16 bytes.
  init(_ journal: [UInt8], _ order: OrderID) {
    self.journal = journal.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    self.order = order.raw
  }

  /// 32 digits.
  var text: String { Self.hex(journal) + Self.hex(order) }

  /// 16 digits.
  static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

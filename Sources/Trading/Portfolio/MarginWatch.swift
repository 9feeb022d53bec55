import Events

/// A margin call that is open, and what has become of it.
struct MarginWatch: Equatable, Sendable {
  /// When it began.
  var since: Instant
  /// How often positions were told to be closed because of it.
  var rounds: UInt32 = 0
  /// When they may be told again.
  var next: Instant

  static func encode(_ watch: MarginWatch?, to out: inout ByteBuffer) {
    out.append(UInt8(watch == nil ? 0 : 1))
    guard let watch else { return }
    out.append(watch.since.nanoseconds)
    out.append(watch.rounds)
    out.append(watch.next.nanoseconds)
  }

  /// Reads what `encode` wrote.
  static func read(_ input: inout ByteReader) throws(Damage) -> MarginWatch? {
    guard try input.read(UInt8.self) != 0 else { return nil }
    return MarginWatch(
      since: Instant(nanoseconds: try input.read(Int64.self)),
      rounds: try input.read(UInt32.self),
      next: Instant(nanoseconds: try input.read(Int64.self)))
  }
}

import Events

/// The header of an outbound segment of IEX-TP. Source: IEX, "Transport Specification".
struct IEXSegment: Equatable {
  static let length = 40
  /// Message protocols that are read.
  enum Feed: UInt16, Sendable {
    case tops = 0x8003
    case deep = 0x8004
  }

  var feed: Feed
  var channel: UInt32
  var session: UInt32
  var payloadLength: Int
  var count: Int
  /// Sequence number of the first message; of a heartbeat, of the next one.
  var first: Int64

  /// - Returns: nil if the payload is of another protocol.
  init?(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
    let start = payload.lowerBound
    guard payload.count >= Self.length, bytes[start] == 1,
      let feed = Feed(rawValue: bytes.u16(start + 2))
    else { return nil }
    self.feed = feed
    channel = bytes.u32(start + 4)
    session = bytes.u32(start + 8)
    payloadLength = Int(bytes.u16(start + 12))
    count = Int(bytes.u16(start + 14))
    first = bytes.i64(start + 24)
  }
}

/// Follows the sequence numbers of the sessions in a capture.
struct IEXSequences {
  private struct Stream {
    var feed: IEXSegment.Feed
    var channel: UInt32
    var session: UInt32
    var next: Int64
  }
  private var streams: [Stream] = []

  /// What to do with a segment.
  enum Verdict: Equatable {
    /// Take its messages but for the first `skipped`, which came before.
    case take(skipped: Int)
    /// Messages from `expected` on are missing; then take them all.
    case gap(expected: Int64)
    /// A session begins.
    case begin
  }

  /// - Returns: nil if the numbers cannot be.
  mutating func receive(_ segment: IEXSegment) -> Verdict? {
    let (next, overflow) = segment.first.addingReportingOverflow(Int64(segment.count))
    guard segment.first >= 0, !overflow else { return nil }
    guard
      let place = streams.firstIndex(where: {
        $0.feed == segment.feed && $0.channel == segment.channel
      })
    else {
      streams.append(
        Stream(
          feed: segment.feed, channel: segment.channel, session: segment.session, next: next))
      return .begin
    }
    guard streams[place].session == segment.session else {
      streams[place].session = segment.session
      streams[place].next = next
      return .begin
    }
    let expected = streams[place].next
    streams[place].next = max(expected, next)
    if segment.first > expected { return .gap(expected: expected) }
    return .take(skipped: Int(min(expected - segment.first, Int64(segment.count))))
  }
}

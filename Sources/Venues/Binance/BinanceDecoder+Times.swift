import Events

/// When lines were received.
extension BinanceDecoder {
  /// A receive time is at most so much later than the message says that it was sent.
  private static let longestWay = Nanoseconds.day

  /// Whether a stamp is so far behind the line before that the message has to be asked.
  func isDoubtful(_ stamp: Instant) -> Bool {
    hasReceived && stamp.advanced(by: -Self.longestWay) > lastReceive
  }

  private var hasReceived: Bool { lastReceive > .epoch }

  /// When a line was received: its stamp, unless that is more than a day behind both the line before and the time at
  /// which the exchange sent the message; then that time, if it is not before the line before.
  func believed(_ stamp: Instant, _ message: BinanceMessage, _ bytes: Span<UInt8>) -> Instant {
    guard isDoubtful(stamp), let sent = sent(message, bytes),
      stamp.advanced(by: -Self.longestWay) > sent
    else { return stamp }
    return max(sent, lastReceive)
  }

  /// When the exchange sent a message; nil if that is not told. An open interest may be from long ago.
  private func sent(_ message: BinanceMessage, _ bytes: Span<UInt8>) -> Instant? {
    var message = message
    if let list = message.list {
      guard let part = try? BinanceMessage.parts(of: list, bytes).first,
        let first = try? BinanceMessage.read(bytes, part)
      else { return nil }
      message = first
    }
    let kind = message.kind(bytes)
    return kind == .openInterest ? nil : message.time(kind, bytes)
  }

  /// The receive time of a line, which never goes back.
  mutating func received(
    _ stamp: Instant, _ message: BinanceMessage, _ bytes: Span<UInt8>,
    into batch: inout DecodedBatch
  ) -> Instant {
    let time = believed(stamp, message, bytes)
    if time != stamp {
      batch.note(
        .impossibleValue, of: .none, expected: UInt64(clamping: time.nanoseconds),
        actual: UInt64(clamping: stamp.nanoseconds), event: time, receive: time,
        "line \(line): received more than a day after it was sent; the time of sending taken")
    }
    lastReceive = batch.received(time, after: lastReceive, line: line)
    return lastReceive
  }
}

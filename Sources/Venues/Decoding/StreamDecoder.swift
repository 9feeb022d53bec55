import Events

/// A decoder of captures that tell when each line or packet was received: the files of a capture are one stream,
/// which one decoder reads in order of time, so that books go on from file to file.
///
/// Bytes are offered file by file: `enter` says whose come next.
public protocol StreamDecoder: Decoder {
  /// The bytes that follow are a file's.
  /// - Parameter file: counted from 0; an unknown one is the next.
  mutating func enter(file: Int)
  /// A file has no more.
  mutating func leave(file: Int)
  /// No file has more: tells what was waited for in vain.
  mutating func finish(into batch: inout DecodedBatch)
  /// How many bytes of the file in hand come before a moment.
  /// - Returns: their number, and the time of what stands behind them; nil if nothing whole does.
  func due(_ bytes: Span<UInt8>, isEnd: Bool, before bound: Instant) -> (
    length: Int, next: Instant?
  )
  /// The first time that a file tells.
  func firstStamp(_ bytes: Span<UInt8>) -> Instant?
}

/// One whose captures are lines that begin with their receive time.
public protocol LineStreamDecoder: StreamDecoder {
  /// The receive time that a line begins with; nil if it has none and follows the one before.
  func stamp(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Instant?
  /// Number of the line of the file in hand that was read last.
  var line: Int { get }
}

extension StreamDecoder {
  public mutating func leave(file: Int) {}
  public mutating func finish(into batch: inout DecodedBatch) {}
}

extension LineStreamDecoder {
  public func due(_ bytes: Span<UInt8>, isEnd: Bool, before bound: Instant) -> (
    length: Int, next: Instant?
  ) {
    var lines = TextLines(after: line)
    var length = 0
    // What is wrong with a line is told by who decodes it.
    while let range = try? lines.next(bytes, isEnd: isEnd) {
      if let stamp = stamp(bytes, range), stamp >= bound { return (length, stamp) }
      length = lines.offset
    }
    return (bytes.count, nil)
  }

  public func firstStamp(_ bytes: Span<UInt8>) -> Instant? {
    var lines = TextLines(after: 0)
    while let range = try? lines.next(bytes, isEnd: false) {
      if let stamp = stamp(bytes, range) { return stamp }
    }
    return nil
  }
}

extension DecodedBatch {
  /// The receive time of a line, which never goes back: one that would is counted, and the last one's taken.
  mutating func received(_ time: Instant, after last: Instant, line: Int) -> Instant {
    if time >= last { return time }
    note(
      .outOfOrder, of: .none, expected: UInt64(clamping: last.nanoseconds),
      actual: UInt64(clamping: time.nanoseconds), event: time, receive: last,
      "line \(line): receive time goes back")
    return last
  }
}

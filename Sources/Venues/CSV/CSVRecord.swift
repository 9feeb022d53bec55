/// Cuts a record into fields, line by line for as long as its quotes go on. Spaces and tabs around a field and
/// its quotes are not its own. Source: RFC 4180, but for those.
struct CSVRecord {
  /// The longest record taken, in bytes: more is a quote that nobody closed.
  static let longest = 1 << 20

  /// The fields without their quotes and the spaces around them; quotes doubled within stay doubled.
  private(set) var fields: [Range<Int>] = []
  /// The line of the last field that began with a quote.
  private(set) var quoteLine = 0
  /// Where the field in hand begins, and what is cut next.
  private var start = 0
  private var position = 0
  private var isInQuotes = false

  /// Forgets the record in hand.
  mutating func begin(at position: Int) {
    fields.removeAll(keepingCapacity: true)
    self.position = position
    isInQuotes = false
  }

  /// Cuts on to a line's end.
  /// - Returns: whether a quote is open there, so that the record goes on in the next line.
  /// - Throws: if a quote closes in another line than it opened in, and not at a field's end.
  mutating func cut(_ bytes: Span<UInt8>, upTo end: Int, line: Int, delimiter: UInt8)
    throws(DecodeError) -> Bool
  {
    let quote = UInt8(ascii: "\"")
    while true {
      if !isInQuotes {
        skipSpaces(but: delimiter, bytes, end)
        start = position
        if position < end, bytes[position] == quote {
          isInQuotes = true
          quoteLine = line
          position += 1
        }
      }
      if isInQuotes {
        // A doubled quote is one that is meant.
        while position < end {
          if bytes[position] == quote {
            guard position + 1 < end, bytes[position + 1] == quote else { break }
            position += 1
          }
          position += 1
        }
        guard position < end else { return true }
        isInQuotes = false
        let close = position
        position += 1
        skipSpaces(but: delimiter, bytes, end)
        let isWhole = position == end || bytes[position] == delimiter
        skip(to: delimiter, bytes, end)
        guard isWhole || line == quoteLine else {
          throw DecodeError(
            .line(quoteLine),
            "a quote that opens here closes within a field of line \(line): " + Self.advice)
        }
        fields.append(isWhole ? (start + 1)..<close : trimmed(bytes))
      } else {
        skip(to: delimiter, bytes, end)
        fields.append(trimmed(bytes))
      }
      if position == end { return false }
      position += 1
    }
  }

  private mutating func skipSpaces(but delimiter: UInt8, _ bytes: Span<UInt8>, _ end: Int) {
    while position < end, isSpace(bytes[position]), bytes[position] != delimiter { position += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// The field in hand without the spaces behind it.
  private func trimmed(_ bytes: Span<UInt8>) -> Range<Int> {
    var end = position
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private mutating func skip(to delimiter: UInt8, _ bytes: Span<UInt8>, _ end: Int) {
    while position < end, bytes[position] != delimiter { position += 1 }
  }

  /// The quote that was opened last does not end.
  func openQuote(isTooLong: Bool) -> DecodeError {
    let within = isTooLong ? " within \(Self.longest >> 20) MB" : ""
    return DecodeError(
      .line(quoteLine), "a quote that opens here does not end\(within): " + Self.advice)
  }

  private static let advice =
    "take it out, or put the whole field in quotes and double those within"
}

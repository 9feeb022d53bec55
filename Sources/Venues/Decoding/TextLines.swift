/// A cursor over the lines of a text: CR LF and LF end lines, a byte order mark is passed over.
struct TextLines {
  /// The longest line taken, in bytes: more is no line but a wrong file.
  static let longest = 64 << 20

  /// Offset of the next line.
  private(set) var offset = 0
  /// Number of the line last given, from 1.
  private(set) var number: Int

  /// - Parameter number: lines taken before.
  init(after number: Int) { self.number = number }

  /// The next whole line without its end, or nil if only part of a line is left.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>, isEnd: Bool) throws(DecodeError) -> Range<Int>? {
    var start = offset
    if number == 0, start == 0, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB,
      bytes[2] == 0xBF
    {
      start = 3
    }
    var end = start
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    if end == bytes.count {
      guard end - start <= Self.longest else {
        throw DecodeError(.line(number + 1), "longer than \(Self.longest >> 20) MB")
      }
      if !isEnd || start == end { return nil }
      offset = end
    } else {
      offset = end + 1
    }
    number += 1
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }
}

/// A cursor over the fields of a line, without quotes.
struct Fields {
  private var position: Int
  private let end: Int
  private let delimiter: UInt8
  private var isDone = false

  init(_ line: Range<Int>, delimiter: UInt8 = UInt8(ascii: ",")) {
    position = line.lowerBound
    end = line.upperBound
    self.delimiter = delimiter
  }

  /// The next field, or nil after the last one. An empty line has one empty field.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
    if isDone { return nil }
    let start = position
    while position < end, bytes[position] != delimiter { position += 1 }
    let field = start..<position
    if position == end { isDone = true } else { position += 1 }
    return field
  }
}

/// A part of the bytes as text, invalid UTF-8 repaired.
func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
  var copy: [UInt8] = []
  copy.reserveCapacity(range.count)
  for index in range { copy.append(bytes[index]) }
  return String(decoding: copy, as: UTF8.self)
}

/// Whether a part of the bytes is a text.
@inline(__always)
func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
  guard range.count == text.utf8.count else { return false }
  var position = range.lowerBound
  for byte in text.utf8 {
    if bytes[position] != byte { return false }
    position += 1
  }
  return true
}

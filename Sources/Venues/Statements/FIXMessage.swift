import Events

/// A FIX message in tag=value form, as it stands in a file: checked as to its frame, not its contents.
struct FIXMessage {
  struct Field: Equatable {
    var tag: Int
    var value: String
  }

  /// Number of the line that it begins on.
  let line: Int
  /// In order, with those of the frame.
  private(set) var fields: [Field]

  private static let separator: UInt8 = 1

  /// Takes the next message of a file; line ends between messages are passed over.
  /// - Parameters:
  ///   - offset: of the next message; moved behind this one.
  ///   - line: number of the line at the offset.
  /// - Returns: nil at the end of the file.
  static func next(_ bytes: [UInt8], at offset: inout Int, line: inout Int)
    throws(StatementFault) -> FIXMessage?
  {
    while offset < bytes.count, bytes[offset] == 0x0A || bytes[offset] == 0x0D {
      if bytes[offset] == 0x0A { line += 1 }
      offset += 1
    }
    guard offset < bytes.count else { return nil }
    let start = offset
    var message = FIXMessage(line: line, fields: [])
    try message.take(8, bytes, &offset)
    try message.take(9, bytes, &offset)
    guard message.fields[0].value.utf8.starts(with: "FIX".utf8) else {
      throw StatementFault(line, "tag 8: `\(message.fields[0].value)` is no version of FIX")
    }
    let lengthText = message.fields[1].value
    guard let length = UInt32(lengthText), String(length) == lengthText else {
      throw StatementFault(line, "tag 9: `\(lengthText)` is not a length")
    }
    let end = offset + Int(length)
    guard end < bytes.count, length > 0, bytes[end - 1] == separator else {
      throw StatementFault(line, "tag 9: the body is not \(length) bytes long")
    }
    try message.take(35, bytes, &offset)
    while offset < end { try message.take(nil, bytes, &offset) }
    guard offset == end else {
      throw StatementFault(line, "tag 9: the body is not \(length) bytes long")
    }
    let sum = bytes[start..<end].reduce(0 as UInt8, &+)
    try message.take(10, bytes, &offset)
    let digits = String(sum)
    let expected = String(repeating: "0", count: 3 - digits.count) + digits
    let found = message.fields[message.fields.count - 1].value
    guard found == expected else {
      throw StatementFault(line, "tag 10: the checksum is \(expected), not \(found)")
    }
    return message
  }

  /// Takes the next field.
  /// - Parameter tag: which it must be.
  private mutating func take(_ tag: Int?, _ bytes: [UInt8], _ offset: inout Int)
    throws(StatementFault)
  {
    func fault(_ what: String) -> StatementFault { StatementFault(line, what) }
    var number = 0
    let first = offset
    while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") <= 9, offset - first < 9 {
      number = number * 10 + Int(bytes[offset] - UInt8(ascii: "0"))
      offset += 1
    }
    guard offset > first, bytes[first] != UInt8(ascii: "0"), offset < bytes.count,
      bytes[offset] == UInt8(ascii: "=")
    else { throw fault("there is no tag=value where \(tag.map { "tag \($0)" } ?? "one") must be") }
    offset += 1
    if let tag, tag != number { throw fault("tag \(tag) must be where tag \(number) is") }
    let begin = offset
    while offset < bytes.count, bytes[offset] != Self.separator {
      guard bytes[offset] != 0x0A else { throw fault("tag \(number): the line ends in its value") }
      offset += 1
    }
    guard offset < bytes.count else { throw fault("tag \(number): the file ends in its value") }
    guard offset > begin else { throw fault("tag \(number) has no value") }
    fields.append(
      Field(tag: number, value: String(decoding: bytes[begin..<offset], as: UTF8.self)))
    offset += 1
  }

  /// The value of a tag that may be there once.
  func value(_ tag: Int) throws(StatementFault) -> String? {
    var found: String?
    for field in fields where field.tag == tag {
      guard found == nil else { throw StatementFault(line, "tag \(tag) is there twice") }
      found = field.value
    }
    return found
  }

  /// The value of a tag that must be there once.
  func required(_ tag: Int) throws(StatementFault) -> String {
    guard let value = try value(tag) else { throw StatementFault(line, "tag \(tag) is missing") }
    return value
  }
}

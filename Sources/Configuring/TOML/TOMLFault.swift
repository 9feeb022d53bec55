/// Why a text is not TOML 1.0, and where.
struct TOMLError: Error, Equatable {
  var position: TextPosition
  var fault: TOMLFault
}

/// What can be wrong with a TOML document.
enum TOMLFault: Error, Equatable {
  // Characters.
  case control(UInt8)
  case loneReturn

  // Names.
  case noHeadingName
  case noName(found: String)
  case noNamePart
  case badName(found: String)
  case noEquals(name: String, found: String)
  case openHeading(found: String)

  // Values.
  case noValue(found: String)
  case unquoted(String)
  case notANumber(String)
  case leadingZero(String)
  case underscore(String)
  case beyond64Bits(String)
  case notATime(String)
  case afterValue(found: String)

  // Strings.
  case openString(quote: String)
  case openText(quote: String)
  case badEscape(String)
  case shortEscape(String)
  case notACharacter(String)

  // Arrays and inline tables.
  case openArray
  case noArrayComma(found: String)
  case openBrace
  case noBraceComma(found: String)
  case lastBraceComma
  /// Nested deeper than `TOMLDocument.deepest`.
  case tooDeep

  // What one place says against another.
  case keyTwice(String, first: TextPosition)
  case tableTwice(String, first: TextPosition)
  /// A value where a table is wanted.
  case isAValue(String, first: TextPosition)
  case isInBraces(String, first: TextPosition)
  case hasAHeading(String, first: TextPosition)
  case madeByKeys(String, first: TextPosition)
  case isAList(String, first: TextPosition)
}

extension TOMLFault: CustomStringConvertible {
  /// What is wrong; and what to do.
  var description: String {
    switch self {
    case .control(let byte):
      "the control character \(byte.codePoint) may not stand here; leave it out, or write it in "
        + "double quotes as \\u\(byte.codePoint.dropFirst(2))"
    case .loneReturn:
      "a carriage return without a line feed; save the file with LF or CRLF at line ends"
    case .noHeadingName: "a table's heading needs a name, as in [risk]"
    case .noName(let found): "\(found) where a name is wanted; write NAME = VALUE, or [TABLE]"
    case .noNamePart: "a name is missing beside the point; write one, as in order.max_rate"
    case .badName(let found):
      "\(found) cannot stand in a name without quotes; use letters, digits, - and _, or put the "
        + "name in quotes"
    case .noEquals(let name, let found):
      "\(found) after the name \(name), where = is wanted; write \(name) = VALUE"
    case .openHeading(let found):
      "\(found) in a table's heading; close it with ] as in [risk], or with ]] as in [[legs]], and "
        + "put names with other characters in quotes"
    case .noValue(let found):
      "\(found) where a value is wanted; write a string in quotes, a number, true or false, or a "
        + "list in brackets"
    case .unquoted(let word): "`\(word)` is no value; put text in quotes"
    case .notANumber(let word):
      "`\(word)` is not a number; write one as 10, -0.5, 1e6 or 0xff, or put text in quotes"
    case .leadingZero(let word): "`\(word)` begins with a 0; leave it out, or put text in quotes"
    case .underscore(let word):
      "`\(word)` has an underscore that is not between two digits; leave it out"
    case .beyond64Bits(let word):
      "`\(word)` is too large for a whole number of 64 bits; put it in quotes if it is text"
    case .notATime(let word):
      "`\(word)` is not a date or time that exists; write 2026-01-31, 09:30:00 or "
        + "2026-01-31T09:30:00Z, or put text in quotes"
    case .afterValue(let found): "\(found) after the value; begin a new line, or a comment with #"
    case .openString(let quote):
      "the string that begins here does not end on its line; close it with \(quote)"
    case .openText(let quote):
      "the string of several lines that begins here does not end; close it with \(quote)"
    case .badEscape(let text):
      "`\(text)` is no escape; known are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX. Write a "
        + "backslash as \\\\, or the string in single quotes"
    case .shortEscape(let text):
      "`\(text)` lacks digits; \\u takes four hexadecimal digits and \\U eight"
    case .notACharacter(let text):
      "`\(text)` is no Unicode character; they go to \\U0010FFFF without \\uD800 to \\uDFFF"
    case .openArray: "the list that begins here does not end; close it with ]"
    case .noArrayComma(let found): "\(found) in a list where , or ] is wanted; put , between values"
    case .openBrace: "the table that begins here does not end on its line; close it with }"
    case .noBraceComma(let found):
      "\(found) in a table in braces where , or } is wanted; put , between keys"
    case .lastBraceComma: "a comma before }; leave it out"
    case .tooDeep: "nested deeper than \(TOMLDocument.deepest); use fewer levels"
    case .keyTwice(let name, let first): "\(name) is there twice, first at \(first); remove one"
    case .tableTwice(let name, let first):
      "the table [\(name)] is there twice, first at \(first); put its keys under one heading"
    case .isAValue(let name, let first):
      "\(name) is a value, at \(first), and cannot be a table too; rename one"
    case .isInBraces(let name, let first):
      "\(name) is a table in braces, at \(first), and takes no more keys; put them in the braces"
    case .hasAHeading(let name, let first):
      "[\(name)] has its own heading, at \(first); put its keys there"
    case .madeByKeys(let name, let first):
      "\(name) is already a table by the key at \(first); put its keys there, or all of them here"
    case .isAList(let name, let first):
      "\(name) is a list of tables, at \(first); add one with [[\(name)]]"
    }
  }
}

/// What a node of a TOML document is. Numbers and times that Swift would round are kept as their text, in
/// `TOMLDocument.source(of:)`.
enum TOMLValue: Equatable {
  case string(String)
  case integer(Int64)
  /// With a point or an exponent, or `inf` or `nan`.
  case decimal
  case boolean(Bool)
  case offsetDateTime
  case localDateTime
  case localDate
  case localTime
  /// In brackets; the elements are the node's children.
  case array
  case table(Table)
  /// The tables of headings in double brackets; they are the node's children.
  case tables

  /// What made a table, which says what may be added to it.
  enum Table: Equatable {
    /// The beginning of a longer heading.
    case implied
    /// A heading of its own.
    case headed
    /// The beginning of a dotted key.
    case dotted
    /// Braces, which close it for good.
    case inline
  }
}

/// A TOML 1.0 document: a tree of tables, arrays and values in the order in which they are first named.
struct TOMLDocument {
  /// A value, with its name and where both stand.
  struct Node {
    /// Empty for the document itself and for elements of arrays.
    let key: String
    /// Index of the table or array it is in.
    let parent: Int
    /// How many tables and arrays it is in.
    let depth: Int
    /// Whether it is an element, or in one: then its path does not name it alone.
    let isInArray: Bool
    /// Where its name begins: the whole dotted key, or the name in the heading; of an element, the value.
    fileprivate(set) var position: TextPosition
    var value: TOMLValue
    /// Where its value begins; of a table without braces, as `position`.
    var valuePosition: TextPosition
    /// The bytes of the value as written; empty for a table without braces.
    var source = 0..<0
    /// Indices of what it holds.
    fileprivate(set) var children: [Int] = []
  }

  /// Most levels of tables and arrays. More are an error, lest those who walk down run out of stack.
  static let deepest = 256

  /// In the order of first mention; the first is the document itself.
  private(set) var nodes: [Node]
  private let bytes: [UInt8]
  private var places: [Name: Int] = [:]

  /// A key in a table. Keys are equal if their bytes are; `String` takes more for equal.
  private struct Name: Hashable {
    var table: Int
    var key: String

    static func == (one: Name, other: Name) -> Bool {
      one.table == other.table && one.key.utf8.elementsEqual(other.key.utf8)
    }
  }

  /// An empty document.
  init(of bytes: [UInt8]) {
    self.bytes = bytes
    let start = TextPosition(line: 1, column: 1)
    nodes = [
      Node(
        key: "", parent: 0, depth: 0, isInArray: false, position: start, value: .table(.headed),
        valuePosition: start)
    ]
  }

  /// Indices of the values, arrays included, that a path of keys names.
  var leaves: [Int] {
    nodes.indices.filter { index in
      if case .table = nodes[index].value { return false }
      return !nodes[index].isInArray
    }
  }

  /// The keys from the document down to a node. O(depth).
  func path(of node: Int) -> [String] {
    var path: [String] = []
    var node = node
    while node != 0 {
      path.append(nodes[node].key)
      node = nodes[node].parent
    }
    return path.reversed()
  }

  /// The index of what a path of keys names; nil if it names nothing.
  func node(at path: [String]) -> Int? {
    var node = 0
    for key in path {
      guard let child = places[Name(table: node, key: key)] else { return nil }
      node = child
    }
    return node
  }

  /// A value as written.
  func source(of node: Int) -> String {
    String(decoding: bytes[nodes[node].source], as: UTF8.self)
  }
}

/// How a document grows while it is read: what may be added to what (TOML 1.0, «Keys» to «Array of
/// Tables»).
extension TOMLDocument {
  /// Notes the value that a node has.
  mutating func set(_ value: TOMLValue, of node: Int, at position: TextPosition) {
    nodes[node].value = value
    nodes[node].valuePosition = position
  }

  mutating func set(source: Range<Int>, of node: Int) { nodes[node].source = source }

  /// Adds the key of a line, or of a pair in braces, to a table; its value comes next.
  mutating func add(key path: [String], to table: Int, at position: TextPosition)
    throws(TOMLFault) -> Int
  {
    var table = table
    for key in path.dropLast() { table = try step(to: key, in: table, at: position) }
    guard let key = path.last else { preconditionFailure("a key without a name") }
    if let other = places[Name(table: table, key: key)] {
      throw .keyTwice(name(of: other), first: nodes[other].position)
    }
    return try append(key, to: table, .boolean(false), at: position)
  }

  /// Adds an element to an array; its value comes next.
  mutating func addElement(to array: Int, at position: TextPosition) throws(TOMLFault) -> Int {
    try append("", to: array, .boolean(false), at: position)
  }

  /// The table of a heading `[a.b]`.
  mutating func open(table path: [String], at position: TextPosition) throws(TOMLFault) -> Int {
    let (above, key) = try descend(path, at: position)
    guard let node = places[Name(table: above, key: key)] else {
      return try append(key, to: above, .table(.headed), at: position)
    }
    let (name, first) = (name(of: node), nodes[node].position)
    switch nodes[node].value {
    case .table(.implied):
      nodes[node].value = .table(.headed)
      nodes[node].position = position
      nodes[node].valuePosition = position
      return node
    case .table(.headed): throw .tableTwice(name, first: first)
    case .table(.dotted): throw .madeByKeys(name, first: first)
    case .table(.inline): throw .isInBraces(name, first: first)
    case .tables: throw .isAList(name, first: first)
    default: throw .isAValue(name, first: first)
    }
  }

  /// The next table of a heading `[[a.b]]`.
  mutating func open(element path: [String], at position: TextPosition) throws(TOMLFault) -> Int {
    let (above, key) = try descend(path, at: position)
    let known = places[Name(table: above, key: key)]
    let list = if let known { known } else { try append(key, to: above, .tables, at: position) }
    let (name, first) = (name(of: list), nodes[list].position)
    switch nodes[list].value {
    case .tables: return try append("", to: list, .table(.headed), at: position)
    case .table(.inline): throw .isInBraces(name, first: first)
    case .table(.dotted): throw .madeByKeys(name, first: first)
    case .table: throw .tableTwice(name, first: first)
    default: throw .isAValue(name, first: first)
    }
  }

  /// Goes down to the table that a heading's last name is in.
  private mutating func descend(_ path: [String], at position: TextPosition)
    throws(TOMLFault) -> (table: Int, key: String)
  {
    var table = 0
    for key in path.dropLast() {
      guard let child = places[Name(table: table, key: key)] else {
        table = try append(key, to: table, .table(.implied), at: position)
        continue
      }
      switch nodes[child].value {
      case .table(.inline): throw .isInBraces(name(of: child), first: nodes[child].position)
      case .table: table = child
      // A heading below a list of tables speaks of its last table.
      case .tables: table = nodes[child].children.last ?? child
      default: throw .isAValue(name(of: child), first: nodes[child].position)
      }
    }
    guard let key = path.last else { preconditionFailure("a heading without a name") }
    return (table, key)
  }

  /// Goes down one name of a dotted key.
  private mutating func step(to key: String, in table: Int, at position: TextPosition)
    throws(TOMLFault) -> Int
  {
    guard let child = places[Name(table: table, key: key)] else {
      return try append(key, to: table, .table(.dotted), at: position)
    }
    let first = nodes[child].position
    switch nodes[child].value {
    case .table(.dotted): break
    case .table(.implied): nodes[child].value = .table(.dotted)
    case .table(.headed): throw .hasAHeading(name(of: child), first: first)
    case .table(.inline): throw .isInBraces(name(of: child), first: first)
    case .tables: throw .isAList(name(of: child), first: first)
    default: throw .isAValue(name(of: child), first: first)
    }
    return child
  }

  private mutating func append(
    _ key: String, to parent: Int, _ value: TOMLValue, at position: TextPosition
  ) throws(TOMLFault) -> Int {
    let depth = nodes[parent].depth + 1
    guard depth <= Self.deepest else { throw .tooDeep }
    let isElement = nodes[parent].value == .array || nodes[parent].value == .tables
    let index = nodes.count
    nodes.append(
      Node(
        key: key, parent: parent, depth: depth, isInArray: isElement || nodes[parent].isInArray,
        position: position, value: value, valuePosition: position))
    nodes[parent].children.append(index)
    if !isElement { places[Name(table: parent, key: key)] = index }
    return index
  }

  /// A node's path in a message, as a file would write it.
  private func name(of node: Int) -> String {
    var parts: [String] = []
    var node = node
    while node != 0 {
      // Elements of arrays have no name.
      if nodes[nodes[node].parent].value != .tables { parts.append(nodes[node].key) }
      node = nodes[node].parent
    }
    return Self.written(parts.reversed())
  }

  /// A dotted key as a file writes it: names that need quotes have them.
  static func written(_ path: [String]) -> String {
    path.map { key in
      let isBare = !key.isEmpty && key.utf8.allSatisfy(TOMLReader.isBare)
      return isBare ? key : quoted(key)
    }.joined(separator: ".")
  }

  private static func quoted(_ key: String) -> String {
    var text = "\""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{0}"..<" ", "\u{7F}": text += "\\u\(UInt8(scalar.value).codePoint.dropFirst(2))"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

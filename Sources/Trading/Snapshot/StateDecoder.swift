import Events

/// Reads a `Codable` value from what `StateEncoder` wrote.
struct StateDecoder {
  /// - Throws: `DecodingError` if the bytes are not those of such a value.
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    let node = try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      let node = try ReadNode(&input, depth: 0)
      guard input.remaining == 0 else { throw Damage(at: input.offset, "bytes after the state") }
      return node
    }
    return try Value(from: NodeDecoder(node: node, codingPath: []))
  }
}

private final class ReadNode {
  let form: StateForm
  var bytes: [UInt8] = []
  /// Of a table in strictly ascending order of the keys' bytes.
  var children: [(key: String, node: ReadNode)] = []

  init(_ input: inout ByteReader, depth: Int) throws(Damage) {
    guard depth < 64 else { throw Damage(at: input.offset, "state nested too deeply") }
    guard let form = StateForm(rawValue: try input.read(UInt8.self)) else {
      throw Damage(at: input.offset, "an unknown form of state")
    }
    self.form = form
    switch form {
    case .absent: break
    case .scalar: bytes = try input.read(count: Int(try input.read(UInt32.self)))
    case .list, .table:
      for _ in 0..<(try input.read(UInt32.self)) {
        let key = form == .table ? try input.readString() : ""
        children.append((key, try ReadNode(&input, depth: depth + 1)))
      }
    }
  }

  /// O(log n).
  func child(_ name: String) -> ReadNode? {
    var (low, high) = (0, children.count)
    while low < high {
      let middle = (low + high) / 2
      if children[middle].key.utf8.lexicographicallyPrecedes(name.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < children.count && children[low].key == name ? children[low].node : nil
  }

  func child(_ key: some CodingKey) -> ReadNode? { child(key.stringValue) }

  /// What wrote nothing at all can be read as an empty table or list.
  func check(_ wanted: StateForm, _ path: [any CodingKey]) throws {
    guard form == wanted || (form == .absent && wanted != .scalar) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: path, debugDescription: "\(form), not a \(wanted)"))
    }
  }

  func scalar<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ path: [any CodingKey])
    throws
    -> T
  {
    try check(.scalar, path)
    guard bytes.count == MemoryLayout<T>.size else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: path, debugDescription: "\(bytes.count) bytes for \(type)"))
    }
    return try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      return try input.read(T.self)
    }
  }
}

private struct NodeDecoder: Decoder {
  let node: ReadNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try node.check(.table, codingPath)
    return KeyedDecodingContainer(KeyedRead<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try node.check(.list, codingPath)
    return UnkeyedRead(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleRead(node: node, codingPath: codingPath)
  }
}

private struct SingleRead: SingleValueDecodingContainer {
  let node: ReadNode
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool { node.form == .absent }
  func decode(_: Bool.Type) throws -> Bool { try node.scalar(UInt8.self, codingPath) != 0 }
  func decode(_: String.Type) throws -> String {
    try node.check(.scalar, codingPath)
    guard let text = String(validating: node.bytes, as: UTF8.self) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: codingPath, debugDescription: "text is not UTF-8"))
    }
    return text
  }
  func decode(_: Double.Type) throws -> Double {
    Double(bitPattern: try node.scalar(UInt64.self, codingPath))
  }
  func decode(_: Float.Type) throws -> Float {
    Float(bitPattern: try node.scalar(UInt32.self, codingPath))
  }
  func decode(_: Int.Type) throws -> Int { Int(try node.scalar(Int64.self, codingPath)) }
  func decode(_: Int8.Type) throws -> Int8 { try node.scalar(Int8.self, codingPath) }
  func decode(_: Int16.Type) throws -> Int16 { try node.scalar(Int16.self, codingPath) }
  func decode(_: Int32.Type) throws -> Int32 { try node.scalar(Int32.self, codingPath) }
  func decode(_: Int64.Type) throws -> Int64 { try node.scalar(Int64.self, codingPath) }
  func decode(_: Int128.Type) throws -> Int128 { try node.scalar(Int128.self, codingPath) }
  func decode(_: UInt.Type) throws -> UInt { UInt(try node.scalar(UInt64.self, codingPath)) }
  func decode(_: UInt8.Type) throws -> UInt8 { try node.scalar(UInt8.self, codingPath) }
  func decode(_: UInt16.Type) throws -> UInt16 { try node.scalar(UInt16.self, codingPath) }
  func decode(_: UInt32.Type) throws -> UInt32 { try node.scalar(UInt32.self, codingPath) }
  func decode(_: UInt64.Type) throws -> UInt64 { try node.scalar(UInt64.self, codingPath) }
  func decode(_: UInt128.Type) throws -> UInt128 { try node.scalar(UInt128.self, codingPath) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try T(from: NodeDecoder(node: node, codingPath: codingPath))
  }
}

private struct KeyedRead<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let node: ReadNode
  let codingPath: [any CodingKey]

  var allKeys: [Key] { node.children.compactMap { Key(stringValue: $0.key) } }
  func contains(_ key: Key) -> Bool { node.child(key) != nil }
  func decodeNil(forKey key: Key) -> Bool { node.child(key)?.form ?? .absent == .absent }

  private func find(_ key: Key) throws -> ReadNode {
    guard let child = node.child(key) else {
      throw DecodingError.keyNotFound(
        key, DecodingError.Context(codingPath: codingPath, debugDescription: "not in the state"))
    }
    return child
  }

  func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T {
    try T(from: NodeDecoder(node: try find(key), codingPath: codingPath + [key]))
  }

  // The standard library's own of these two throw: they are younger than the protocol.
  func decode(_: Int128.Type, forKey key: Key) throws -> Int128 {
    try find(key).scalar(Int128.self, codingPath + [key])
  }
  func decode(_: UInt128.Type, forKey key: Key) throws -> UInt128 {
    try find(key).scalar(UInt128.self, codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  {
    try NodeDecoder(node: find(key), codingPath: codingPath + [key]).container(keyedBy: Nested.self)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try NodeDecoder(node: find(key), codingPath: codingPath + [key]).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    guard let child = node.child("super") else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath, debugDescription: "no state of the superclass"))
    }
    return NodeDecoder(node: child, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    NodeDecoder(node: try find(key), codingPath: codingPath + [key])
  }
}

private struct UnkeyedRead: UnkeyedDecodingContainer {
  let node: ReadNode
  let codingPath: [any CodingKey]
  var currentIndex = 0

  init(node: ReadNode, codingPath: [any CodingKey]) {
    self.node = node
    self.codingPath = codingPath
  }

  var count: Int? { node.children.count }
  var isAtEnd: Bool { currentIndex >= node.children.count }

  private mutating func next() throws -> ReadNode {
    guard !isAtEnd else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: codingPath, debugDescription: "too few values"))
    }
    currentIndex += 1
    return node.children[currentIndex - 1].node
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, node.children[currentIndex].node.form == .absent else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_: T.Type) throws -> T {
    try T(from: NodeDecoder(node: try next(), codingPath: codingPath))
  }

  mutating func decode(_: Int128.Type) throws -> Int128 {
    try next().scalar(Int128.self, codingPath)
  }
  mutating func decode(_: UInt128.Type) throws -> UInt128 {
    try next().scalar(UInt128.self, codingPath)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) throws
    -> KeyedDecodingContainer<Nested>
  {
    try NodeDecoder(node: next(), codingPath: codingPath).container(keyedBy: Nested.self)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try NodeDecoder(node: next(), codingPath: codingPath).unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    NodeDecoder(node: try next(), codingPath: codingPath)
  }
}

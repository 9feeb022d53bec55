import Events

/// Writes a `Codable` value as bytes that are the same on every machine and in every process. It is how
/// snapshots keep strategies.
///
/// What has keys is written in ascending order of the keys, whatever the order it was encoded in, so
/// that dictionaries are welcome; sets, and dictionaries whose keys are neither strings nor integers, in
/// ascending order of their elements' bytes. (A strategy must still not let their order reach an intent.)
struct StateEncoder {
  /// The bytes of a value.
  /// - Throws: what the value's own `encode` throws.
  static func bytes(of value: some Encodable) throws -> [UInt8] {
    let node = StateNode()
    try node.encode(value, [])
    var out = ByteBuffer()
    node.write(to: &out)
    return out.array
  }
}

/// What a node of a state is; the number starts the node's bytes.
enum StateForm: UInt8 {
  /// Nothing follows.
  case absent = 0
  /// `u32` length and bytes.
  case scalar = 1
  /// `u32` count and nodes.
  case list = 2
  /// `u32` count, and for each a string, the key, and a node; in ascending order of the keys.
  case table = 3
}

/// Values whose elements come in another order in every process.
private protocol HashOrdered {
  /// How many encoded values make one element.
  static var stride: Int { get }
}
extension Set: HashOrdered { fileprivate static var stride: Int { 1 } }
extension Dictionary: HashOrdered { fileprivate static var stride: Int { 2 } }

/// A value being encoded.
private final class StateNode {
  var form = StateForm.absent
  var bytes: [UInt8] = []
  var children: [(key: String, node: StateNode)] = []
  /// For a list of a hash-ordered value, how many nodes make an element; otherwise 0.
  var stride = 0

  func encode(_ value: some Encodable, _ path: [any CodingKey]) throws {
    if let unordered = type(of: value) as? any HashOrdered.Type { stride = unordered.stride }
    try value.encode(to: NodeEncoder(node: self, codingPath: path))
  }

  func write(to out: inout ByteBuffer) {
    out.append(form.rawValue)
    switch form {
    case .absent: break
    case .scalar:
      out.append(UInt32(bytes.count))
      out.append(bytes)
    case .list:
      out.append(UInt32(children.count))
      if stride > 0 { return writeSorted(to: &out) }
      for (_, node) in children { node.write(to: &out) }
    case .table:
      out.append(UInt32(children.count))
      for (key, node) in children.sorted(by: {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }) {
        out.append(string: key)
        node.write(to: &out)
      }
    }
  }

  private func writeSorted(to out: inout ByteBuffer) {
    let elements = Swift.stride(from: 0, to: children.count, by: stride).map { start in
      var element = ByteBuffer(capacity: 64)
      for (_, node) in children[start..<min(start + stride, children.count)] {
        node.write(to: &element)
      }
      return element.array
    }
    for element in elements.sorted(by: { $0.lexicographicallyPrecedes($1) }) { out.append(element) }
  }

  func child(_ key: String) -> StateNode {
    let node = StateNode()
    children.append((key, node))
    return node
  }

  func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
    var out = ByteBuffer(capacity: 16)
    out.append(value)
    put(out.array)
  }

  func put(_ scalar: [UInt8]) {
    form = .scalar
    bytes = scalar
  }
}

private struct NodeEncoder: Encoder {
  let node: StateNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
    node.form = .table
    return KeyedEncodingContainer(KeyedNode<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.form = .list
    return UnkeyedNode(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleNode(node: node, codingPath: codingPath)
  }
}

private struct SingleNode: SingleValueEncodingContainer {
  let node: StateNode
  let codingPath: [any CodingKey]

  mutating func encodeNil() { node.form = .absent }
  mutating func encode(_ value: Bool) { node.put(UInt8(value ? 1 : 0)) }
  mutating func encode(_ value: String) { node.put(Array(value.utf8)) }
  mutating func encode(_ value: Double) { node.put(value.bitPattern) }
  mutating func encode(_ value: Float) { node.put(value.bitPattern) }
  mutating func encode(_ value: Int) { node.put(Int64(value)) }
  mutating func encode(_ value: Int8) { node.put(value) }
  mutating func encode(_ value: Int16) { node.put(value) }
  mutating func encode(_ value: Int32) { node.put(value) }
  mutating func encode(_ value: Int64) { node.put(value) }
  mutating func encode(_ value: Int128) { node.put(value) }
  mutating func encode(_ value: UInt) { node.put(UInt64(value)) }
  mutating func encode(_ value: UInt8) { node.put(value) }
  mutating func encode(_ value: UInt16) { node.put(value) }
  mutating func encode(_ value: UInt32) { node.put(value) }
  mutating func encode(_ value: UInt64) { node.put(value) }
  mutating func encode(_ value: UInt128) { node.put(value) }
  mutating func encode(_ value: some Encodable) throws {
    try node.encode(value, codingPath)
  }
}

private struct KeyedNode<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: StateNode
  let codingPath: [any CodingKey]

  mutating func encodeNil(forKey key: Key) throws {
    // An absent key is nil: writing nothing keeps one form for one value.
  }

  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    try node.child(key.stringValue).encode(value, codingPath + [key])
  }

  // The standard library's own of these two throw: they are younger than the protocol.
  mutating func encode(_ value: Int128, forKey key: Key) { node.child(key.stringValue).put(value) }
  mutating func encode(_ value: UInt128, forKey key: Key) { node.child(key.stringValue).put(value) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  {
    NodeEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key])
      .container(keyedBy: Nested.self)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    NodeEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key])
      .unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    NodeEncoder(node: node.child("super"), codingPath: codingPath)
  }

  mutating func superEncoder(forKey key: Key) -> any Encoder {
    NodeEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct UnkeyedNode: UnkeyedEncodingContainer {
  let node: StateNode
  let codingPath: [any CodingKey]
  var count: Int { node.children.count }

  mutating func encodeNil() throws { _ = node.child("") }

  mutating func encode(_ value: some Encodable) throws {
    try node.child("").encode(value, codingPath)
  }

  mutating func encode(_ value: Int128) { node.child("").put(value) }
  mutating func encode(_ value: UInt128) { node.child("").put(value) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type)
    -> KeyedEncodingContainer<Nested>
  {
    NodeEncoder(node: node.child(""), codingPath: codingPath).container(keyedBy: Nested.self)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    NodeEncoder(node: node.child(""), codingPath: codingPath).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    NodeEncoder(node: node.child(""), codingPath: codingPath)
  }
}

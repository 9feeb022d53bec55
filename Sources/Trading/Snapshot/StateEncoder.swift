import Events

/// Writes a `Codable` value as bytes that are the same on every machine: values in the order the type
/// encodes them, each with its key and its length. It is how snapshots keep strategies.
struct StateEncoder {
  /// The bytes of a value.
  /// - Throws: what the value's own `encode` throws.
  static func bytes(of value: some Encodable) throws -> [UInt8] {
    let node = StateNode()
    try value.encode(to: NodeEncoder(node: node, codingPath: []))
    var out = ByteBuffer()
    node.write(to: &out)
    return out.array
  }
}

/// A value being encoded: a scalar's bytes, or keyed or unkeyed children.
private final class StateNode {
  var bytes: [UInt8] = []
  var children: [(key: String, node: StateNode)] = []

  /// `u8` 0 and a scalar (`u32` length, bytes), or `u8` 1 and children (`u32` count, each key and node).
  func write(to out: inout ByteBuffer) {
    out.append(UInt8(children.isEmpty ? 0 : 1))
    guard !children.isEmpty else {
      out.append(UInt32(bytes.count))
      out.append(bytes)
      return
    }
    out.append(UInt32(children.count))
    for (key, node) in children {
      out.append(string: key)
      node.write(to: &out)
    }
  }

  func child(_ key: String) -> StateNode {
    let node = StateNode()
    children.append((key, node))
    return node
  }

  func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
    var out = ByteBuffer(capacity: 16)
    out.append(value)
    bytes = out.array
  }
}

private struct NodeEncoder: Encoder {
  let node: StateNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedNode<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedNode(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleNode(node: node, codingPath: codingPath)
  }
}

private struct SingleNode: SingleValueEncodingContainer {
  let node: StateNode
  let codingPath: [any CodingKey]

  mutating func encodeNil() { node.bytes = [] }
  mutating func encode(_ value: Bool) { node.put(UInt8(value ? 1 : 0)) }
  mutating func encode(_ value: String) { node.bytes = Array(value.utf8) }
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
    try value.encode(to: NodeEncoder(node: node, codingPath: codingPath))
  }
}

private struct KeyedNode<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: StateNode
  let codingPath: [any CodingKey]

  private func single(_ key: Key) -> SingleNode {
    SingleNode(node: node.child(key.stringValue), codingPath: codingPath + [key])
  }

  mutating func encodeNil(forKey key: Key) throws {
    // An absent key is nil: writing nothing keeps one form for one value.
  }

  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    var container = single(key)
    try encodeScalar(value, into: &container)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  {
    KeyedEncodingContainer(
      KeyedNode<Nested>(node: node.child(key.stringValue), codingPath: codingPath + [key]))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    UnkeyedNode(node: node.child(key.stringValue), codingPath: codingPath + [key])
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

  mutating func encodeNil() throws { _ = node.child("nil") }

  mutating func encode(_ value: some Encodable) throws {
    var container = SingleNode(node: node.child(""), codingPath: codingPath)
    try encodeScalar(value, into: &container)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type)
    -> KeyedEncodingContainer<Nested>
  {
    KeyedEncodingContainer(KeyedNode<Nested>(node: node.child(""), codingPath: codingPath))
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedNode(node: node.child(""), codingPath: codingPath)
  }

  mutating func superEncoder() -> any Encoder {
    NodeEncoder(node: node.child("super"), codingPath: codingPath)
  }
}

/// Scalars write themselves through a single-value container; so does every other type.
private func encodeScalar(_ value: some Encodable, into container: inout SingleNode) throws {
  try value.encode(to: NodeEncoder(node: container.node, codingPath: container.codingPath))
}

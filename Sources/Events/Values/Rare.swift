/// A value that few have, kept apart: without it a word is all there is to copy.
public struct Rare<Value: Equatable & Sendable>: Equatable, Sendable {
  /// Of one value, if there is one; an array, since it is changed in place while nobody shares it.
  @usableFromInline var place: [Value]?

  @inlinable public init() { place = nil }

  @inlinable
  public init(_ value: Value?) { place = value.map { [$0] } }

  @inlinable public var exists: Bool { place != nil }

  @inlinable public var value: Value? { place?[0] }

  /// Changes the value, if there is one.
  @inlinable
  public mutating func change(_ body: (inout Value) -> Void) {
    if place != nil { body(&place![0]) }
  }
}

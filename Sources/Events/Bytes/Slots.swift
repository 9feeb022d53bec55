/// Values in a row that belong to one owner: an array that cannot be copied. So no access has to ask whether
/// somebody else holds the same memory, which costs an array a dozen instructions with each change.
///
/// Every access is checked against `count`.
@safe
public struct Slots<Element: ~Copyable>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity = 0
  @usableFromInline var length = 0

  /// Without memory; it is taken with the first value.
  @inlinable
  public init() { unsafe base = .allocate(capacity: 0) }

  @inlinable
  deinit {
    unsafe base.deinitialize(count: length)
    unsafe base.deallocate()
  }

  @inlinable public var count: Int { length }
  @inlinable public var indices: Range<Int> { 0..<length }
  @inlinable public var isEmpty: Bool { length == 0 }

  /// The value at an index, looked at or changed in place.
  /// - Precondition: the index is among `indices`.
  @inlinable
  public subscript(index: Int) -> Element {
    @inline(__always)
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: length), "no such slot")
      return unsafe UnsafePointer(base + index)
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: length), "no such slot")
      return unsafe base + index
    }
  }

  /// Adds a value at the end. Amortised O(1).
  @inlinable
  public mutating func append(_ element: consuming Element) {
    if length == capacity { grow() }
    unsafe (base + length).initialize(to: element)
    length &+= 1
  }

  @usableFromInline
  mutating func grow() {
    let wanted = max(capacity * 2, 4)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
    unsafe larger.moveInitialize(from: base, count: length)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = wanted
  }
}

extension Slots {
  /// With copies of the values of an array.
  public init(_ elements: [Element]) {
    self.init()
    for element in elements { append(element) }
  }

  /// An array of what becomes of each value.
  public func map<T>(_ transform: (Element) -> T) -> [T] {
    indices.map { transform(self[$0]) }
  }
}

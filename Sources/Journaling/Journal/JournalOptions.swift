/// How the writer uses memory and disk; no option changes what is recorded.
public struct JournalOptions: Sendable, Equatable {
  /// Bytes of address space mapped at first; grows online when the journal does.
  public var mapSize: Int
  /// The map never grows beyond this many bytes; an append that would need more is `mapFull`.
  public var largestMap: Int
  /// Bytes of zeros kept written ahead of the journal's end by a thread of its own, so that a commit
  /// overwrites instead of making the file grow; 0 for none. The file is longer by about as much.
  public var preallocate: Int

  public init(mapSize: Int = 64 << 20, largestMap: Int = 1 << 44, preallocate: Int = 0) {
    precondition(mapSize > 0 && largestMap >= mapSize && preallocate >= 0)
    self.mapSize = mapSize
    self.largestMap = largestMap
    self.preallocate = preallocate
  }
}

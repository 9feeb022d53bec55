/// What `JournalReader.verify` found.
public struct VerificationReport: Equatable, Sendable {
  /// Readable blocks, and how many of them are sealed.
  public internal(set) var blocks = 0
  public internal(set) var sealedBlocks = 0
  /// Entries in readable blocks.
  public internal(set) var entries: UInt64 = 0
  /// Where the readable part of the journal ends.
  public internal(set) var head: JournalHead
  /// Checkpoints whose signature holds and whose chain head is the journal's.
  public internal(set) var checkpoints = 0
  /// Who signed those, in the order of their first checkpoints.
  public internal(set) var signers: [PublicKey] = []
  /// Snapshots whose hash holds.
  public internal(set) var snapshots = 0
  /// Everything that is wrong, by first sequence. The last block's bytes are vouched for only by a
  /// checkpoint at the journal's end.
  public internal(set) var problems: [VerificationProblem] = []

  /// Whether nothing is wrong.
  public var isIntact: Bool { problems.isEmpty }

  init(head: JournalHead) { self.head = head }

  /// That of a file which is damaged so that not even its first entry can be read.
  /// - Returns: nil if the error is of something else.
  public init?(ofFile error: JournalError) {
    self.init(head: JournalHead(sequence: 0, time: nil, chain: .zero))
    switch error {
    case .damagedStore(_, let what): add(.unreadable, 1, 1, what)
    case .tornTail(_, let bytes, let expected):
      add(.unreadable, 1, 1, "the file ends at \(bytes) bytes but refers to \(expected)")
    default: return nil
    }
  }

  mutating func add(
    _ kind: VerificationProblem.Kind, _ first: UInt64, _ last: UInt64, _ what: String
  ) {
    problems.append(
      VerificationProblem(kind: kind, first: first, last: max(first, last), what: what))
  }
}

/// A range of entries that cannot be trusted, and why.
public struct VerificationProblem: Equatable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// The bytes are not a block, or its records do not parse.
    case damagedBlock
    /// There is no block with these entries.
    case missingEntries
    /// The next block was not written after this one: one of the two was changed.
    case brokenChain
    /// Receive times go back.
    case timeReversed
    /// A checkpoint cannot be read, or covers a journal that is not this one.
    case badCheckpoint
    /// A checkpoint's signature does not hold, or is another's.
    case badSignature
    /// A snapshot cannot be read or is not the state it says.
    case badSnapshot
    /// The index of orders or times does not agree with the entries.
    case badIndex
    /// The database itself cannot be read on from here.
    case unreadable
  }

  public var kind: Kind
  /// First and last sequence of the range; the last is the first if it cannot be known.
  public var first: UInt64
  public var last: UInt64
  /// Why, in one clause.
  public var what: String

  public var description: String { "#\(first)–#\(last): \(what)" }
}

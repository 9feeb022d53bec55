import CLMDB
import Events

/// A signed statement of what the journal was up to an entry. Published, it lets anyone find out
/// later whether the journal was changed.
public struct Checkpoint: Equatable, Sendable {
  /// Length of the stored form in bytes.
  public static let size = 176

  /// Sequence of the last entry covered, always the last of a block.
  public var sequence: UInt64
  /// Chain head at that sequence.
  public var chain: Digest
  /// State hash after that entry; zeros if no engine ran.
  public var state: Digest
  /// When it was signed.
  public var signed: Instant
  /// Who signed it.
  public var signer: PublicKey
  /// The 64 bytes of the Ed25519 signature.
  public var signature: [UInt8]

  /// Signs where a journal ends.
  public init(
    journal: JournalID, sequence: UInt64, chain: Digest, state: Digest, signed: Instant,
    key: borrowing SigningKey
  ) {
    self.sequence = sequence
    self.chain = chain
    self.state = state
    self.signed = signed
    signer = key.publicKey
    signature = []
    signature = key.sign(message(of: journal))
  }

  /// Reads the stored form (docs/journal-format.md, section 5).
  public init(bytes: RawSpan) throws(Damage) {
    guard bytes.byteCount == Self.size else {
      throw Damage(at: 0, "a checkpoint of another length than \(Self.size) bytes")
    }
    var reader = ByteReader(bytes)
    sequence = try reader.read(UInt64.self)
    guard let chain = Digest(try reader.read(count: 32)),
      let state = Digest(try reader.read(count: 32))
    else { throw Damage(at: 8, "no hash") }
    self.chain = chain
    self.state = state
    signed = Instant(nanoseconds: try reader.read(Int64.self))
    guard let signer = PublicKey(try reader.read(count: 32)) else {
      throw Damage(at: 80, "no public key")
    }
    self.signer = signer
    signature = try reader.read(count: 64)
  }

  /// The stored form.
  public var bytes: [UInt8] { covered + signer.bytes + signature }

  /// Checks the signature; whether the signer is to be trusted is the caller's to say.
  /// - Throws: `badSignature`.
  public func verify(journal: JournalID) throws(JournalError) {
    guard signer.signed(message(of: journal), signature) else {
      throw .badSignature(sequence: sequence, what: "it is not that of key \(signer)")
    }
  }

  private var covered: [UInt8] {
    littleEndian(sequence) + chain.bytes + state.bytes + littleEndian(signed.nanoseconds)
  }

  private func message(of journal: JournalID) -> [UInt8] {
    [UInt8]("daybook checkpoint".utf8) + journal.bytes + covered
  }
}

extension Journal {
  /// Signs where the journal ends and stores that; one already stored for the same end is replaced.
  /// - Parameters:
  ///   - state: the engine's state hash after the last entry, or `.zero` if no engine ran.
  ///   - time: when it is signed.
  /// - Returns: the checkpoint; nil if the journal is empty, as there is nothing to sign.
  @discardableResult
  public mutating func writeCheckpoint(
    state: Digest, at time: Instant, key: borrowing SigningKey
  ) throws(JournalError) -> Checkpoint? {
    guard head.sequence > 0 else { return nil }
    let checkpoint = Checkpoint(
      journal: meta.id, sequence: head.sequence, chain: head.chain, state: state, signed: time,
      key: key)
    let bytes = checkpoint.bytes
    try environment.write { (transaction) throws(JournalError) in
      unsafe try transaction.reserve(
        transaction.databases.checkpoints, checkpoint.sequence, count: bytes.count
      ).copyBytes(from: bytes)
    }
    return checkpoint
  }
}

extension JournalReader {
  /// All readable checkpoints, oldest first; their signatures are not checked.
  public func checkpoints() throws(JournalError) -> [Checkpoint] {
    try environment.read { (view) throws(JournalError) in
      let shown = try view.pending() ?? .max
      let cursor = try Cursor.open(view, view.databases.checkpoints)
      var result: [Checkpoint] = []
      var item = unsafe try cursor.move(MDB_FIRST)
      while let current = unsafe item, unsafe current.key < shown {
        if let checkpoint = unsafe try? Checkpoint(bytes: RawSpan(_unsafeBytes: current.value)) {
          result.append(checkpoint)
        }
        unsafe item = try cursor.move(MDB_NEXT)
      }
      return result
    }
  }
}

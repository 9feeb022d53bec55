import Events
import Glibc
import Journaling
import Testing

struct CheckpointTests {
  let folder = TemporaryFolder()

  @Test func `a checkpoint signs the journal's end and is verified`() throws {
    let key = SigningKey.create()
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    #expect(try journal.writeCheckpoint(state: .zero, at: .epoch, key: key) == nil)
    try fill(&journal, blocks: 3)
    let state = Sha256().hash([1, 2, 3])
    let time = Instant(nanoseconds: 77)
    let written = try #require(try journal.writeCheckpoint(state: state, at: time, key: key))
    #expect(written.sequence == 30)
    #expect(written.chain == journal.head.chain)
    #expect(try journal.reader().checkpoints() == [written])
    try written.verify(journal: testMeta.id)
    let report = try journal.reader().verify(publicKey: key.publicKey)
    #expect(report.isIntact)
    #expect(report.checkpoints == 1)
    #expect(report.signers == [key.publicKey])
  }

  @Test func `the stored form has the documented layout`() throws {
    let key = SigningKey.create()
    let chain = Digest(words: (1, 2, 3, 4))
    let state = Digest(words: (5, 6, 7, 8))
    let checkpoint = Checkpoint(
      journal: testMeta.id, sequence: 0x0102, chain: chain, state: state,
      signed: Instant(nanoseconds: -2), key: key)
    let bytes = checkpoint.bytes
    #expect(bytes.count == 176)
    #expect(Array(bytes[0..<8]) == [2, 1, 0, 0, 0, 0, 0, 0])
    #expect(Array(bytes[8..<40]) == chain.bytes)
    #expect(Array(bytes[40..<72]) == state.bytes)
    #expect(Array(bytes[72..<80]) == [0xFE] + [UInt8](repeating: 0xFF, count: 7))
    #expect(Array(bytes[80..<112]) == key.publicKey.bytes)
    #expect(try Checkpoint(bytes: bytes.span.bytes) == checkpoint)
    #expect(throws: Damage.self) { try Checkpoint(bytes: bytes.span.bytes.extracting(0..<175)) }
    let longer = bytes + [0]
    #expect(throws: Damage.self) { try Checkpoint(bytes: longer.span.bytes) }
  }

  @Test func `a change of any byte breaks the signature`() throws {
    let checkpoint = Checkpoint(
      journal: testMeta.id, sequence: 9, chain: .zero, state: .zero, signed: .epoch,
      key: SigningKey.create())
    for place in 0..<Checkpoint.size {
      var bytes = checkpoint.bytes
      bytes[place] ^= 1
      let changed = try Checkpoint(bytes: bytes.span.bytes)
      #expect(throws: JournalError.self) { try changed.verify(journal: testMeta.id) }
    }
    let other = JournalID(Array(1...16))!
    #expect(throws: JournalError.self) { try checkpoint.verify(journal: other) }
  }

  @Test func `a checkpoint of another signer is told`() throws {
    var journal = try Journal.create(at: folder.journal, meta: testMeta)
    try fill(&journal, blocks: 1)
    try journal.writeCheckpoint(state: .zero, at: .epoch, key: .create())
    let report = try journal.reader().verify(publicKey: SigningKey.create().publicKey)
    #expect(report.checkpoints == 0)
    #expect(report.problems.map(\.kind) == [.badSignature])
    #expect(report.problems.map(\.first) == [10])
  }

  @Test func `a journal written anew does not fit the checkpoint of the old`() throws {
    let key = SigningKey.create()
    func checkpoint(bytes: Int, path: String) throws -> Checkpoint? {
      var journal = try Journal.create(at: path, meta: testMeta)
      try fill(&journal, blocks: 2, bytes: bytes)
      return try journal.writeCheckpoint(state: .zero, at: .epoch, key: key)
    }
    let old = try #require(try checkpoint(bytes: 160, path: folder.path + "/old"))
    let new = try #require(try checkpoint(bytes: 164, path: folder.path + "/new"))
    #expect(old.chain != new.chain)
    let data = folder.path + "/new/data.mdb"
    var file = readFile(data)
    let (from, to) = (new.bytes, old.bytes)
    for place in file.indices.dropLast(from.count)
    where file[place] == from[0] && Array(file[place..<place + from.count]) == from {
      file.replaceSubrange(place..<place + to.count, with: to)
    }
    writeFile(data, file)
    let report = try JournalReader.open(at: folder.path + "/new").verify(publicKey: key.publicKey)
    #expect(report.problems.map(\.kind) == [.badCheckpoint])
    #expect(report.problems.map { $0.first...$0.last } == [1...20])
  }
}

struct SigningKeyTests {
  let folder = TemporaryFolder()
  private var path: String { folder.path + "/key.pem" }

  @Test func `a key is saved for its owner alone and loaded again`() throws {
    let key = SigningKey.create()
    try key.save(to: path)
    var status = stat()
    stat(path, &status)
    #expect(status.st_mode & 0o777 == 0o600)
    let loaded = try SigningKey.load(from: path)
    #expect(loaded.publicKey == key.publicKey)
    try key.publicKey.save(to: folder.path + "/public.pem")
    #expect(try PublicKey.load(from: folder.path + "/public.pem") == key.publicKey)
    let text = String(decoding: readFile(path), as: UTF8.self)
    #expect(text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
  }

  @Test func `a key file is never replaced`() throws {
    try SigningKey.create().save(to: path)
    let before = readFile(path)
    #expect(throws: JournalError.self) { try SigningKey.create().save(to: path) }
    #expect(readFile(path) == before)
  }

  @Test func `a private key that others may read is refused`() throws {
    try SigningKey.create().save(to: path)
    chmod(path, 0o640)
    let error = #expect(throws: JournalError.self) { _ = try SigningKey.load(from: path) }
    #expect("\(error!)".contains("0600"))
  }

  @Test func `what is not an Ed25519 key is refused`() throws {
    #expect(throws: JournalError.badKey(path: path, what: "there is no such file")) {
      _ = try SigningKey.load(from: path)
    }
    let others = [
      "", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
      // A P-256 key: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7OB65LZTBuh3csaN
      +Y/534pwPyamlCxwgYf/KXoDO8ihRANCAAQibxid/Ql1e4VioRFMt9mDL9GVp8ma
      895LfNUNrXb5hCxGT9Nk5Y9ZalEwI69C0DYjWL4YF7+TrViyBksf7V2D
      -----END PRIVATE KEY-----

      """,
    ]
    for text in others {
      writeFile(path, [UInt8](text.utf8))
      #expect(throws: JournalError.self) { _ = try SigningKey.load(from: path) }
      #expect(throws: JournalError.self) { _ = try PublicKey.load(from: path) }
      unlink(path)
    }
  }
}

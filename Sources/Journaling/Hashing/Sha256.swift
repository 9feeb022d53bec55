import COpenSSL
import Events

/// SHA-256 by libcrypto with one context used again and again.
///
/// The algorithm is fetched once, when the value is made: a fetch per call costs more than hashing
/// a small block. About 1.4 GB/s with SHA extensions.
@safe
public struct Sha256: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer
  private let algorithm: OpaquePointer

  public init() {
    guard let context = unsafe EVP_MD_CTX_new(),
      let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)
    else { preconditionFailure("libcrypto has no SHA-256") }
    unsafe self.context = context
    unsafe self.algorithm = algorithm
  }

  deinit {
    unsafe EVP_MD_CTX_free(context)
    unsafe EVP_MD_free(algorithm)
  }

  /// The digest of `bytes`. O(count), no allocation.
  public func hash(_ bytes: RawSpan) -> Digest {
    unsafe bytes.withUnsafeBytes { unsafe hash($0) }
  }

  /// The digest of `bytes`.
  public func hash(_ bytes: [UInt8]) -> Digest { unsafe hash(bytes.span.bytes) }

  func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    begin()
    unsafe update(bytes)
    return end()
  }

  /// The hash of a block's content, with another hash of the block before than it has.
  func hash(_ content: UnsafeRawBufferPointer, previous: Digest) -> Digest {
    begin()
    unsafe update(header: content, previous: previous)
    unsafe update(UnsafeRawBufferPointer(rebasing: content[BlockHeader.size...]))
    return end()
  }

  /// Begins a digest; `update` adds bytes to it, `end` returns it. There is one at a time.
  func begin() {
    let done = unsafe EVP_DigestInit_ex2(context, algorithm, nil)
    precondition(done == 1, "libcrypto could not hash")
  }

  func update(_ bytes: UnsafeRawBufferPointer) {
    let done = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "libcrypto could not hash")
  }

  /// Adds a block's header with another hash of the block before.
  func update(header content: UnsafeRawBufferPointer, previous: Digest) {
    let (start, end) = (BlockHeader.previousOffset, BlockHeader.previousOffset + 32)
    unsafe update(UnsafeRawBufferPointer(rebasing: content[..<start]))
    unsafe previous.bytes.withUnsafeBytes { unsafe update($0) }
    unsafe update(UnsafeRawBufferPointer(rebasing: content[end..<BlockHeader.size]))
  }

  func end() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let done = unsafe withUnsafeMutableBytes(of: &words) { result in
      unsafe EVP_DigestFinal_ex(
        context, result.baseAddress!.assumingMemoryBound(to: UInt8.self), nil)
    }
    precondition(done == 1, "libcrypto could not hash")
    return Digest(
      words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
  }
}

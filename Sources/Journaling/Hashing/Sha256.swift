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
    digest { unsafe update(bytes) }
  }

  /// The hash of a block's content, with another hash of the block before than it has.
  func hash(_ content: UnsafeRawBufferPointer, previous: Digest) -> Digest {
    let (start, end) = (BlockHeader.previousOffset, BlockHeader.previousOffset + 32)
    let own = previous.bytes
    return digest {
      unsafe update(UnsafeRawBufferPointer(rebasing: content[..<start]))
        && own.withUnsafeBytes { unsafe update($0) }
        && update(UnsafeRawBufferPointer(rebasing: content[end...]))
    }
  }

  private func update(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
  }

  private func digest(of feed: () -> Bool) -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    // The result is used in the condition, so that an optimised build cannot drop a failed call.
    let done = unsafe withUnsafeMutableBytes(of: &words) { result in
      unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
        && feed()
        && EVP_DigestFinal_ex(
          context, result.baseAddress!.assumingMemoryBound(to: UInt8.self), nil) == 1
    }
    precondition(done, "libcrypto could not hash")
    return Digest(
      words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
  }
}

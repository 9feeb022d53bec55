import COpenSSL
import Glibc

/// An Ed25519 private key, with which checkpoints are signed.
@safe
public struct SigningKey: ~Copyable, @unchecked Sendable {
  private let key: OpaquePointer
  /// The public key that goes with it.
  public let publicKey: PublicKey

  private init(key: OpaquePointer, publicKey: PublicKey) {
    unsafe self.key = key
    self.publicKey = publicKey
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// A new key from the system's random source.
  public static func create() -> SigningKey {
    var seed = [UInt8](repeating: 0, count: 32)
    defer { unsafe OPENSSL_cleanse(&seed, seed.count) }
    guard unsafe RAND_priv_bytes(&seed, 32) == 1,
      let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32),
      let publicKey = unsafe try? PublicKey.raw(of: key, path: "")
    else { preconditionFailure("libcrypto has no Ed25519 or no random source") }
    return unsafe SigningKey(key: key, publicKey: publicKey)
  }

  /// Reads a key from a PEM file (`BEGIN PRIVATE KEY`, without password).
  /// - Throws: `badKey`; `permission` if others than the owner may read the file.
  public static func load(from path: String) throws(JournalError) -> SigningKey {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
      throw .permission(
        path: path, doing: "reading the private key: others may read it, set its mode to 0600")
    }
    let key = unsafe try PEM.read(path) { source in
      // Without an answer of our own libcrypto would ask the terminal for a password.
      unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
    }
    let publicKey: PublicKey
    do {
      publicKey = unsafe try PublicKey.raw(of: key, path: path)
    } catch {
      unsafe EVP_PKEY_free(key)
      throw error
    }
    return unsafe SigningKey(key: key, publicKey: publicKey)
  }

  /// Writes the key as a PEM file that only the owner may read; a file that is there is not replaced.
  public borrowing func save(to path: String) throws(JournalError) {
    var bytes = unsafe try PEM.encode(path) {
      unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil)
    }
    defer { unsafe OPENSSL_cleanse(&bytes, bytes.count) }
    try PEM.write(bytes, to: path, mode: 0o600)
  }

  /// The 64 bytes of the signature of `message`.
  borrowing func sign(_ message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    var count = 64
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    let done =
      unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
      && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
    precondition(done && count == 64, "libcrypto could not sign")
    return signature
  }
}

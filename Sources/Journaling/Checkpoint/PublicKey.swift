import COpenSSL
import Glibc

/// An Ed25519 public key: who can have signed a checkpoint.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
  /// The key's 32 bytes (RFC 8032).
  public let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Reads a key from a PEM file (`BEGIN PUBLIC KEY`).
  /// - Throws: `missing`, `permission`, `badKey`.
  public static func load(from path: String) throws(JournalError) -> PublicKey {
    let key = unsafe try PEM.read(path) { unsafe PEM_read_bio_PUBKEY($0, nil, nil, nil) }
    defer { unsafe EVP_PKEY_free(key) }
    return unsafe try raw(of: key, path: path)
  }

  /// Writes the key as a PEM file that all may read; a file that is there is not replaced.
  public func save(to path: String) throws(JournalError) {
    let bytes = try encoded(path)
    try PEM.write(bytes, to: path, mode: 0o644)
  }

  /// The key in PEM (`BEGIN PUBLIC KEY`, RFC 8410), as `save` writes it.
  public func pem() throws(JournalError) -> String {
    String(decoding: try encoded(""), as: UTF8.self)
  }

  private func encoded(_ path: String) throws(JournalError) -> [UInt8] {
    guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, 32) else {
      throw .badKey(path: path, what: "the 32 bytes are no key")
    }
    defer { unsafe EVP_PKEY_free(key) }
    return unsafe try PEM.encode(path) { unsafe PEM_write_bio_PUBKEY($0, key) }
  }

  /// Whether `signature` is this key's for `message`.
  func signed(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
    guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, 32),
      let context = unsafe EVP_MD_CTX_new()
    else { return false }
    defer {
      unsafe EVP_MD_CTX_free(context)
      unsafe EVP_PKEY_free(key)
      ERR_clear_error()
    }
    return unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// The public part of a key that libcrypto holds.
  static func raw(of key: OpaquePointer, path: String) throws(JournalError) -> PublicKey {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = 32
    guard unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519,
      unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1,
      let result = PublicKey(bytes)
    else { throw .badKey(path: path, what: "it is of another kind") }
    return result
  }
}

/// Reading and writing of PEM files.
enum PEM {
  /// Reads the key that `parse` finds in a file; the caller frees it.
  static func read(
    _ path: String, _ parse: (OpaquePointer) -> OpaquePointer?
  ) throws(JournalError) -> OpaquePointer {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .badKey(path: path, what: "there is no such file")
        : .system(path: path, doing: "reading the key")
    }
    defer { close(descriptor) }
    // An Ed25519 key is about 120 bytes; more than this is no key.
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .system(path: path, doing: "reading the key") }
    defer {
      unsafe OPENSSL_cleanse(&bytes, bytes.count)
      ERR_clear_error()
    }
    guard let source = unsafe BIO_new_mem_buf(bytes, Int32(count)) else {
      throw .failure(ENOMEM, path: path, doing: "reading the key")
    }
    defer { unsafe BIO_free(source) }
    guard let key = unsafe parse(source) else {
      throw .badKey(path: path, what: "the file holds no such key in PEM, or it has a password")
    }
    return unsafe key
  }

  /// The bytes that `print` makes.
  /// - Parameter path: for errors.
  static func encode(
    _ path: String, _ print: (OpaquePointer) -> Int32
  ) throws(JournalError) -> [UInt8] {
    guard let sink = unsafe BIO_new(BIO_s_mem()) else {
      throw .failure(ENOMEM, path: path, doing: "writing the key")
    }
    defer { unsafe BIO_free(sink) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    defer { unsafe OPENSSL_cleanse(&bytes, bytes.count) }
    guard unsafe print(sink) == 1 else {
      throw .badKey(path: path, what: "libcrypto could not write it")
    }
    let count = unsafe Int(BIO_read(sink, &bytes, Int32(bytes.count)))
    return Array(bytes[..<max(count, 0)])
  }

  /// Writes a new file.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(JournalError) {
    // Under its name only when it is whole: a process that dies leaves no half key.
    let draft = "\(path).\(getpid()).new"
    unsafe unlink(draft)
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .system(path: path, doing: "writing the key") }
    defer {
      close(descriptor)
      unsafe unlink(draft)
    }
    guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
    else {
      let code = errno
      throw .failure(code == 0 ? ENOSPC : code, path: path, doing: "writing the key")
    }
    guard unsafe link(draft, path) == 0 else {
      throw errno == EEXIST
        ? .badKey(path: path, what: "the file exists and is not replaced")
        : .system(path: path, doing: "writing the key")
    }
  }
}

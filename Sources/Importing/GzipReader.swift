import CArchive
import CZlib
import Glibc

/// Reads a gzip file, member after member, and holds each against its checksum and length, which
/// libarchive does not look at. Source: RFC 1952.
///
/// A class, as zlib wants its state to stay where it is.
@safe
final class GzipReader {
  /// Where the compressed bytes come from.
  @safe
  private enum Source {
    /// A file's descriptor, closed at the end.
    case file(Int32)
    /// The entry in hand of an archive that outlives the reader.
    case entry(OpaquePointer)
  }
  private let source: Source
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let output: UnsafeMutableBufferPointer<UInt8>
  /// Inside a member, whose end has yet to come.
  private var isInside = false
  /// Bytes of the file itself that were taken so far.
  private(set) var bytesTaken = 0
  /// What was wrong with the file.
  private(set) var problem: String?

  private static let blockSize = 1 << 17
  /// 15 for the greatest window, 16 more for gzip's own frame.
  private static let gzipFrame: Int32 = 31

  /// - Returns: nil if the file cannot be opened or does not begin as gzip does.
  static func opened(path: String) -> GzipReader? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var magic: [UInt8] = [0, 0]
    guard unsafe pread(descriptor, &magic, 2, 0) == 2, magic == [0x1F, 0x8B] else {
      close(descriptor)
      return nil
    }
    return GzipReader(.file(descriptor))
  }

  /// Of the entry in hand of an archive, which must live as long as the reader.
  convenience init(entryOf archive: OpaquePointer) { unsafe self.init(.entry(archive)) }

  private init(_ source: Source) {
    self.source = source
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe input = .allocate(capacity: Self.blockSize)
    unsafe output = .allocate(capacity: Self.blockSize)
    let code = unsafe daybook_inflate_init(stream, Self.gzipFrame)
    precondition(code == Z_OK, "zlib cannot begin: \(code)")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe input.deallocate()
    unsafe output.deallocate()
    if case .file(let descriptor) = source { close(descriptor) }
  }

  /// The next decompressed bytes, valid until the next call; none at the end, nil after a problem.
  func next() -> UnsafeMutableBufferPointer<UInt8>? {
    guard problem == nil else { return nil }
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = UInt32(output.count)
    while unsafe stream.pointee.avail_out > 0, unsafe stream.pointee.avail_in > 0 || refill() {
      if !isInside, !begin() {
        if problem != nil { return nil }
        continue
      }
      let code = unsafe inflate(stream, Z_NO_FLUSH)
      switch code {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isInside = false
      default:
        let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
        return unsafe fail("gzip: \(reason ?? "error \(code) of zlib")")
      }
    }
    if problem != nil { return nil }
    let count = unsafe output.count - Int(stream.pointee.avail_out)
    if count == 0, isInside { return unsafe fail("the gzip data end too early") }
    return unsafe UnsafeMutableBufferPointer(rebasing: output[..<count])
  }

  private func fail(_ reason: String) -> UnsafeMutableBufferPointer<UInt8>? {
    problem = reason
    return nil
  }

  /// - Returns: whether there are more bytes.
  private func refill() -> Bool {
    let count: Int
    switch source {
    case .file(let descriptor): count = read(descriptor)
    case .entry(let archive):
      count = unsafe archive_read_data(archive, input.baseAddress, input.count)
      if count < 0 { problem = unsafe archiveReason(archive) }
    }
    guard count > 0 else { return false }
    bytesTaken += count
    unsafe stream.pointee.next_in = input.baseAddress
    unsafe stream.pointee.avail_in = UInt32(count)
    return true
  }

  private func read(_ descriptor: Int32) -> Int {
    var count = unsafe Glibc.read(descriptor, input.baseAddress, input.count)
    while count < 0, errno == EINTR {
      count = unsafe Glibc.read(descriptor, input.baseAddress, input.count)
    }
    if count < 0 { problem = unsafe "cannot be read: \(String(cString: strerror(errno)))" }
    return count
  }

  /// Goes to a member's start, past zeros that fill up a tape's block.
  /// - Returns: whether a byte of it is there.
  private func begin() -> Bool {
    while unsafe stream.pointee.avail_in > 0, let byte = unsafe stream.pointee.next_in {
      if unsafe byte.pointee != 0 {
        guard unsafe byte.pointee == 0x1F else {
          problem = "bytes behind the end of the gzip data that are none"
          return false
        }
        unsafe inflateReset(stream)
        isInside = true
        return true
      }
      unsafe stream.pointee.next_in += 1
      unsafe stream.pointee.avail_in -= 1
    }
    return false
  }
}

import CArchive
import Glibc

/// Decompresses the entry in hand of a zip archive that is a gzip or zstd file itself.
///
/// A class, as libarchive keeps its address.
@safe
final class EntryReader {
  private let outer: OpaquePointer
  private let archive: OpaquePointer
  /// Where the bytes come from, if the entry is gzip.
  private let gzip: GzipReader?
  private let block: UnsafeMutableRawBufferPointer
  /// What was wrong with the archive around it.
  private var problem: String?
  private var isEmpty = false

  private static let blockSize = 1 << 17

  /// - Parameter outer: outlives the reader, and goes to no other entry before it is done.
  /// - Returns: nil for an entry whose name does not end as those of gzip or zstd files do.
  static func opened(_ name: String, in outer: OpaquePointer) throws(ArchiveProblem) -> EntryReader?
  {
    let name = name.lowercased()
    let isGzip = name.hasSuffix(".gz")
    guard isGzip || name.hasSuffix(".zst") else { return nil }
    guard let archive = unsafe archive_read_new() else {
      throw ArchiveProblem(reason: "no memory for reading it", code: ENOMEM)
    }
    let reader = unsafe EntryReader(
      outer, archive, isGzip ? GzipReader(entryOf: outer) : nil)
    try reader.begin()
    return reader
  }

  private init(_ outer: OpaquePointer, _ archive: OpaquePointer, _ gzip: GzipReader?) {
    unsafe self.outer = outer
    unsafe self.archive = archive
    self.gzip = gzip
    unsafe block = .allocate(byteCount: Self.blockSize, alignment: 1)
  }

  deinit {
    unsafe archive_read_free(archive)
    unsafe block.deallocate()
  }

  /// Opens the archive that does nothing but decompress.
  private func begin() throws(ArchiveProblem) {
    if gzip == nil { unsafe archive_read_support_filter_zstd(archive) }
    unsafe archive_read_support_format_raw(archive)
    unsafe archive_read_support_format_empty(archive)
    let code =
      if let gzip { unsafe ArchiveReader.open(archive, gzip) } else {
        unsafe archive_read_open(
          archive, Unmanaged.passUnretained(self).toOpaque(), nil,
          { _, place, bytes in
            guard let place = unsafe place else { return -1 }
            let reader = unsafe Unmanaged<EntryReader>.fromOpaque(place).takeUnretainedValue()
            unsafe bytes?.pointee = UnsafeRawPointer(reader.block.baseAddress)
            return reader.fill()
          }, nil)
      }
    guard code == ARCHIVE_OK else { throw fault }
    var entry: OpaquePointer?
    switch unsafe archive_read_next_header(archive, &entry) {
    case ARCHIVE_OK, ARCHIVE_WARN: break
    case ARCHIVE_EOF: isEmpty = true
    default: throw fault
    }
  }

  /// - Returns: the number of bytes that the block has now; less than 0 after a problem.
  private func fill() -> Int {
    let count = unsafe archive_read_data(outer, block.baseAddress, block.count)
    if count < 0 { problem = unsafe archiveReason(outer) }
    return count
  }

  /// Appends at most `count` decompressed bytes to a buffer.
  /// - Returns: how many; 0 at the end.
  func read(_ count: Int, into buffer: inout InputBuffer) throws(ArchiveProblem) -> Int {
    if isEmpty { return 0 }
    let length = unsafe buffer.fill(count) { room in
      unsafe archive_read_data(archive, room.baseAddress, room.count)
    }
    guard length >= 0 else { throw fault }
    return length
  }

  private var fault: ArchiveProblem {
    let reason = gzip?.problem ?? problem ?? (unsafe archiveReason(archive))
    return ArchiveProblem(reason: reason)
  }
}

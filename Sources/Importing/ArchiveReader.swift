import CArchive
import Glibc
import Venues

/// Reads a file entry by entry: the members of a zip archive, or the one text of a plain, gzip or zstd
/// file, decompressed while it is read. So are members that are gzip or zstd files themselves. Checksums are
/// compared where the file has them.
///
/// A failed open leaves nothing behind; closing is the deinit's work.
@safe
struct ArchiveReader: ~Copyable {
  private let archive: OpaquePointer
  /// Where the archive's bytes come from, if the file is gzip.
  private let gzip: GzipReader?
  /// Decompresses the entry in hand, if that is compressed itself.
  private var entry: EntryReader?

  private init(_ archive: OpaquePointer, _ gzip: GzipReader?) {
    unsafe self.archive = archive
    self.gzip = gzip
    entry = nil
  }

  deinit { unsafe archive_read_free(archive) }

  /// Bytes asked of the file at a time.
  private static let blockSize = 1 << 18

  /// - Throws: the reason if the file cannot be opened or is of no known kind.
  static func opened(path: String) throws(ArchiveProblem) -> ArchiveReader {
    guard let archive = unsafe archive_read_new() else {
      throw ArchiveProblem(reason: "no memory for reading it", code: ENOMEM)
    }
    let gzip = GzipReader.opened(path: path)
    let reader = unsafe ArchiveReader(archive, gzip)
    unsafe archive_read_support_filter_gzip(archive)
    unsafe archive_read_support_filter_zstd(archive)
    unsafe archive_read_support_format_zip(archive)
    unsafe archive_read_support_format_raw(archive)
    unsafe archive_read_support_format_empty(archive)
    let code =
      if let gzip { unsafe Self.open(archive, gzip) } else {
        unsafe archive_read_open_filename(archive, path, blockSize)
      }
    guard code == ARCHIVE_OK else {
      guard gzip == nil else { throw reader.problem() }
      // 1 to 34 are the system's own codes (no such file, no permission, …); others tell of contents.
      let number = unsafe archive_errno(archive)
      guard (1...34).contains(number) else { throw reader.problem() }
      let reason = unsafe String(cString: strerror(number))
      throw ArchiveProblem(reason: "cannot be read: \(reason)", code: number)
    }
    if let reason = ZipEnd.problem(path: path) { throw ArchiveProblem(reason: reason) }
    return reader
  }

  /// Gives an archive what a gzip file holds. The reader must live as long as the archive.
  static func open(_ archive: OpaquePointer, _ gzip: GzipReader) -> Int32 {
    unsafe archive_read_open(
      archive, Unmanaged.passUnretained(gzip).toOpaque(), nil,
      { _, place, bytes in
        guard let place = unsafe place else { return -1 }
        let gzip = unsafe Unmanaged<GzipReader>.fromOpaque(place).takeUnretainedValue()
        guard let found = unsafe gzip.next() else { return -1 }
        unsafe bytes?.pointee = UnsafeRawPointer(found.baseAddress)
        return found.count
      }, nil)
  }

  /// Goes to the next entry.
  /// - Returns: its name, or nil after the last one.
  mutating func next() throws(ArchiveProblem) -> String? {
    entry = nil
    while true {
      var entry: OpaquePointer?
      let code = unsafe archive_read_next_header(archive, &entry)
      if code == ARCHIVE_EOF { return nil }
      guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry = unsafe entry else {
        throw problem()
      }
      // Directories hold nothing; 0o040000 is S_IFDIR.
      if unsafe archive_entry_filetype(entry) == 0o040000 { continue }
      guard let text = unsafe archive_entry_pathname(entry) else { return "" }
      let name = unsafe String(cString: text)
      if isZip { self.entry = try unsafe EntryReader.opened(name, in: archive) }
      return name
    }
  }

  /// The names of a zip archive's entries.
  /// - Returns: nil for a file that is no zip archive.
  static func entries(path: String) throws(ArchiveProblem) -> [String]? {
    var reader = try opened(path: path)
    var names: [String] = []
    while let name = try reader.next() {
      guard reader.isZip else { return nil }
      names.append(name)
    }
    return names.isEmpty ? nil : names
  }

  /// Appends at most `count` decompressed bytes of the entry to a buffer.
  /// - Returns: how many; 0 at the entry's end.
  mutating func read(_ count: Int, into buffer: inout InputBuffer) throws(ArchiveProblem) -> Int {
    if let entry { return try entry.read(count, into: &buffer) }
    let archive = unsafe self.archive
    let length = unsafe buffer.fill(count) { room in
      unsafe archive_read_data(archive, room.baseAddress, room.count)
    }
    guard length >= 0 else { throw problem() }
    return length
  }

  /// Whether the entry in hand is of a zip archive, as against all that a file holds.
  var isZip: Bool { unsafe archive_format(archive) == ARCHIVE_FORMAT_ZIP }

  /// Bytes of the file itself that were taken so far.
  var bytesTaken: Int { gzip?.bytesTaken ?? Int(unsafe archive_filter_bytes(archive, -1)) }

  private borrowing func problem() -> ArchiveProblem {
    if let reason = gzip?.problem { return ArchiveProblem(reason: reason) }
    return ArchiveProblem(reason: unsafe archiveReason(archive))
  }
}

/// What libarchive says is wrong.
func archiveReason(_ archive: OpaquePointer) -> String {
  let text = unsafe archive_error_string(archive)
  return unsafe text.map { unsafe String(cString: $0) } ?? "cannot be read"
}

/// Why a file could not be opened or decompressed.
struct ArchiveProblem: Error {
  var reason: String
  /// The system's code if it could not be opened at all, as against its contents being damaged.
  var code: Int32?

  func importError(_ path: String) -> ImportError {
    code.map { .unreadable(path: path, reason: reason, code: $0) }
      ?? .data(
        path: path, error: DecodeError(.source, "cannot be decompressed: \(reason)"),
        advice: "The file is damaged or cut short: fetch it again.")
  }
}

/// Bytes that were read and not yet taken by a decoder.
struct InputBuffer: ~Copyable {
  private var bytes: [UInt8] = []
  private var start = 0
  private var end = 0

  /// Bytes waiting.
  var count: Int { end - start }

  /// Lets `body` write at most `extra` bytes behind the ones waiting.
  /// - Returns: what `body` returned: the number of bytes written, or less than 0.
  mutating func fill(_ extra: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    makeRoom(extra)
    let from = end
    let length = unsafe bytes.withUnsafeMutableBytes { all in
      unsafe body(UnsafeMutableRawBufferPointer(rebasing: all[from..<(from + extra)]))
    }
    precondition(length <= extra, "more was written than there was room for")
    if length > 0 { end += length }
    return length
  }

  private mutating func makeRoom(_ extra: Int) {
    if start > 0 {
      if count > 0 {
        let (from, length) = (start, count)
        unsafe bytes.withUnsafeMutableBytes { all in
          unsafe all.baseAddress?.copyMemory(from: all.baseAddress! + from, byteCount: length)
        }
      }
      end -= start
      start = 0
    }
    if end + extra > bytes.count {
      let wanted = max(bytes.count * 2, end + extra)
      bytes.append(contentsOf: repeatElement(0, count: wanted - bytes.count))
    }
  }

  /// Lends the bytes waiting; the number that `body` returns is dropped.
  mutating func take<E: Error>(_ body: (Span<UInt8>) throws(E) -> Int) throws(E) -> Int {
    let taken = try body(bytes.span.extracting(start..<end))
    precondition(taken >= 0 && taken <= count, "a decoder took bytes that are not there")
    start += taken
    return taken
  }
}

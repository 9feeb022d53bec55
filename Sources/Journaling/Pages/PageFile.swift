import Glibc

/// Reads the pages of an LMDB file by `pread`, so that no byte of it can end the process.
///
/// Source of the layout: `mdb.c` of LMDB 0.9 (MDB_page, MDB_meta, MDB_db, MDB_node), 64-bit and little-endian.
@safe
struct PageFile: ~Copyable {
  /// Bytes of a page's header.
  static let headerSize = 16

  /// Not owned.
  private let descriptor: Int32
  /// Bytes of a page.
  let pageSize: Int
  /// The page read last.
  private let page: UnsafeMutableRawBufferPointer

  /// - Parameter descriptor: of `data.mdb`; must stay open as long as this value lives.
  init(_ descriptor: Int32, pageSize: Int) {
    self.descriptor = descriptor
    self.pageSize = pageSize
    unsafe page = .allocate(byteCount: pageSize, alignment: 8)
  }

  deinit { unsafe page.deallocate() }

  /// Reads a page, to be looked at by the functions below.
  /// - Returns: false if the file does not have all of it.
  mutating func read(_ number: UInt64) -> Bool {
    let place = off_t(number) * off_t(pageSize)
    return unsafe pread(descriptor, page.baseAddress, pageSize, place) == pageSize
  }

  /// An integer of the page read last.
  /// - Precondition: all of it is inside the page.
  func u16(_ offset: Int) -> Int {
    precondition(offset >= 0 && offset + 2 <= pageSize)
    return unsafe Int(page.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  func u32(_ offset: Int) -> Int {
    precondition(offset >= 0 && offset + 4 <= pageSize)
    return unsafe Int(page.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func u64(_ offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset + 8 <= pageSize)
    return unsafe page.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  func bytes(_ offset: Int, count: Int) -> [UInt8] {
    precondition(offset >= 0 && count >= 0 && offset + count <= pageSize)
    return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: page[offset..<offset + count]))
  }

  /// The header of the page of a large value, or of any other: number, flags, pages of the run.
  func header(_ number: UInt64) -> (number: UInt64, flags: UInt16, pages: UInt32)? {
    var words = (UInt64(0), UInt64(0))
    let place = off_t(number) * off_t(pageSize)
    guard unsafe pread(descriptor, &words, Self.headerSize, place) == Self.headerSize else {
      return nil
    }
    return (
      words.0, UInt16(truncatingIfNeeded: words.1 >> 16), UInt32(truncatingIfNeeded: words.1 >> 32)
    )
  }

  /// The integers of a large value.
  func integers(_ number: UInt64, count: Int) -> [UInt64]? {
    var values = [UInt64](repeating: 0, count: count)
    let place = off_t(number) * off_t(pageSize) + off_t(Self.headerSize)
    let read = unsafe values.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, place)
    }
    return read == count * 8 ? values : nil
  }
}

/// What LMDB says of a tree (MDB_db).
struct TreeRecord {
  static let size = 48
  /// The root of a tree without pages.
  static let nowhere = UInt64.max
  /// LMDB's cursors have room for so many pages above each other.
  static let deepest = 32

  var flags: Int
  var depth: Int
  var pages: UInt64
  var overflowPages: UInt64
  var entries: UInt64
  var root: UInt64

  init(_ file: borrowing PageFile, at offset: Int) {
    flags = file.u16(offset + 4)
    depth = file.u16(offset + 6)
    pages = file.u64(offset + 8) &+ file.u64(offset + 16)
    overflowPages = file.u64(offset + 24)
    entries = file.u64(offset + 32)
    root = file.u64(offset + 40)
  }
}

/// One of the two first pages, which say where everything is (MDB_meta).
struct MetaPage {
  private static let magic = 0xBEEF_C0DE
  /// Flags of the list of free pages, which stand for those of the environment too: MDB_INTEGERKEY.
  private static let flags = 8

  var free: TreeRecord
  var main: TreeRecord
  /// Number of the last page in use.
  var lastPage: UInt64
  /// Number of the transaction that wrote this.
  var transaction: UInt64

  /// Looks at both meta pages as LMDB does when it opens the file, which trusts most of what they say.
  /// - Returns: what is wrong with them; nil if nothing is.
  static func fault(_ descriptor: Int32) -> String? {
    let file = PageFile(descriptor, pageSize: 512)
    guard let first = file.metaPage(0, at: 0) else {
      return "page 0 of data.mdb is no sound meta page"
    }
    guard let second = file.metaPage(1, at: first.size), second.size == first.size else {
      return "page 1 of data.mdb is no sound meta page"
    }
    // The file never gets shorter: the later of them has the other's pages and more. Else it is the other that is the
    // later, whatever its transaction says, and what was recorded since would be gone.
    let isFirstLater = first.transaction > second.transaction
    let (later, earlier) = isFirstLater ? (first, second) : (second, first)
    return later.lastPage >= earlier.lastPage
      ? nil : "the meta pages of data.mdb contradict each other: the later one has fewer pages"
  }

  /// Whether both meta pages are as LMDB makes them, before the first transaction.
  static func isUncommitted(_ descriptor: Int32) -> Bool {
    let file = PageFile(descriptor, pageSize: 512)
    guard let first = file.metaPage(0, at: 0), let second = file.metaPage(1, at: first.size)
    else { return false }
    return first.transaction == 0 && second.transaction == 0
  }

  /// - Parameter page: 0 or 1.
  /// - Returns: nil if the page is not sound.
  init?(_ descriptor: Int32, _ pageSize: Int, page: UInt64, fileLength: Int) {
    var file = PageFile(descriptor, pageSize: pageSize)
    guard file.read(page) else { return nil }
    free = TreeRecord(file, at: 40)
    main = TreeRecord(file, at: 88)
    lastPage = file.u64(136)
    transaction = file.u64(144)
    let pages = UInt64(fileLength / file.pageSize)
    guard file.u64(0) == page, file.u32(16) == Self.magic, file.u32(20) == 1,
      free.flags == Self.flags, main.flags == 0, (1..<max(pages, 1)).contains(lastPage)
    else { return nil }
  }
}

extension PageFile {
  /// The size of pages that a meta page says, its transaction and the last page in use; nil if there is no sound meta
  /// page at the offset.
  fileprivate func metaPage(
    _ page: UInt64, at offset: Int
  ) -> (size: Int, transaction: UInt64, lastPage: UInt64)? {
    var start = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    var end = (lastPage: UInt64(0), transaction: UInt64(0))
    guard unsafe pread(descriptor, &start, 48, off_t(offset)) == 48,
      unsafe pread(descriptor, &end, 16, off_t(offset) + 136) == 16
    else { return nil }
    // P_META; magic and version 1; a map that the machine can have; the record of the list of free pages,
    // which instead of its members' length has the pages'.
    guard start.0 == page, start.1 & 0xFFFF_0000 == 8 << 16, start.2 == 1 << 32 | 0xBEEF_C0DE,
      start.4 < 1 << 47
    else { return nil }
    let size = Int(start.5 & 0xFFFF_FFFF)
    guard size >= 512, size <= 65_536, size & (size - 1) == 0 else { return nil }
    // Transactions take turns with the two pages. That the file has the last page is looked at later.
    let isTurn = end.transaction == 0 || end.transaction % 2 == page
    return isTurn && end.lastPage < 1 << 47 / UInt64(size)
      ? (size, end.transaction, end.lastPage) : nil
  }
}

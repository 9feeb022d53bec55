import Glibc

/// The end of a zip archive, which libarchive can do without: it says where the list of entries lies, so that an
/// archive that was cut or continued is told from a whole one. Source: PKWARE, APPNOTE 4.3.16.
enum ZipEnd {
  /// Bytes of the record without its comment.
  private static let length = 22
  /// A comment has at most 65,535 bytes; as many zeros may fill up the file.
  private static let longest = 2 * 65_536 + length
  private static let localHeader: UInt32 = 0x0403_4B50
  private static let signature: UInt32 = 0x0605_4B50
  private static let wideLocator: UInt32 = 0x0706_4B50

  /// - Returns: what is wrong with a file that begins as a zip archive does; nil if nothing is.
  static func problem(path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let head = read(descriptor, 0, 4)
    guard head.count == 4, [localHeader, signature].contains(number(head, 0, 4)) else { return nil }
    let start = max(0, size - longest)
    let tail = read(descriptor, start, size - start)
    var place = tail.count - length
    while place >= 0 {
      if isEnd(tail, place, at: start + place) { return nil }
      place -= 1
    }
    return "the zip archive does not end as one does: bytes are missing, or follow"
  }

  /// Whether the record of the end stands there, behind the list of entries, and nothing but its comment and zeros
  /// follow.
  private static func isEnd(_ tail: [UInt8], _ place: Int, at offset: Int) -> Bool {
    guard number(tail, place, 4) == signature else { return false }
    let end = place + length + Int(number(tail, place + 20, 2))
    guard end <= tail.count, tail[end...].allSatisfy({ $0 == 0 }) else { return false }
    // An archive of more than 4 GB tells the place in a record before this one.
    if place >= 20, number(tail, place - 20, 4) == wideLocator { return true }
    return Int(number(tail, place + 12, 4)) + Int(number(tail, place + 16, 4)) == offset
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt32 {
    (0..<count).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
  }

  private static func read(_ descriptor: Int32, _ offset: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let length = unsafe pread(descriptor, &bytes, count, off_t(offset))
    return Array(bytes.prefix(max(0, length)))
  }
}

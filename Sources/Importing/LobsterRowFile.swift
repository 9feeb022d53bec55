import Synchronization
import Venues

/// The rows of a LOBSTER order book file, read and decompressed as they are asked for.
final class LobsterRowFile: LobsterRows {
  private struct Reading: ~Copyable {
    var archive: ArchiveReader?
    var buffer = InputBuffer()
    /// Rows given so far.
    var count = 0
    var isEnd = false
  }

  private static let longest = 1 << 20

  let name: String
  private let path: String
  private let entry: ArchiveEntry?
  private let reading = Mutex(Reading())

  init(_ file: LobsterFile) {
    path = file.path
    entry = file.entry
    name = file.title
  }

  func next() throws(DecodeError) -> LobsterRow? {
    try reading.withLock { (reading) throws(DecodeError) in
      while true {
        if let row = try Self.row(&reading) { return row }
        if reading.isEnd { return nil }
        try read(&reading)
      }
    }
  }

  /// Takes the row that the buffer begins with, if it is whole.
  private static func row(_ reading: inout Reading) throws(DecodeError) -> LobsterRow? {
    let (isEnd, number) = (reading.isEnd, reading.count + 1)
    var row: LobsterRow?
    _ = try reading.buffer.take { (bytes) throws(DecodeError) in
      var end = 0
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      guard end < bytes.count || isEnd else {
        guard end <= longest else {
          throw DecodeError(.line(number), "longer than \(longest >> 20) MB")
        }
        return 0
      }
      // An empty line is none only at the file's end.
      if end == 0, bytes.count <= 1 { return isEnd ? bytes.count : 0 }
      row = try LobsterRow(bytes.extracting(0..<end), line: number)
      return min(end + 1, bytes.count)
    }
    if row != nil { reading.count = number }
    return row
  }

  private func read(_ reading: inout Reading) throws(DecodeError) {
    do {
      if reading.archive == nil {
        reading.archive = try ArchiveReader.opened(path: path)
        _ = try reading.archive?.next(entry)
      }
      let length = try reading.archive?.read(1 << 16, into: &reading.buffer) ?? 0
      reading.isEnd = length == 0
    } catch {
      throw DecodeError(.source, error.reason)
    }
  }
}

import Events
import Venues

/// One file of an import, opened when its turn comes: reads, decompresses and decodes it chunk by chunk.
///
/// A class because the merge holds many of them and each owns an open file.
final class ImportSource {
  /// Decompressed bytes read at a time.
  static let chunk = 1 << 18

  let path: String
  /// Last part of the path, as data-quality entries name the file.
  let name: String
  let size: Int
  /// No tick is before this; nil if only reading tells.
  let earliest: Instant?
  /// Ticks are collected and sorted before the first is given: entries of an archive cover the same
  /// time, or rows are not in order.
  let isCollected: Bool
  /// Makes the decoder of an entry by its name.
  private let makeDecoder: (String) -> any Decoder

  /// Ticks decoded and not yet given begin at `cursor`.
  private(set) var batch = DecodedBatch()
  var cursor = 0
  private var archive: ArchiveReader?
  private var decoder: (any Decoder)?
  private var entry = ""
  private var buffer = InputBuffer()
  private(set) var isFinished = false
  /// Bytes of the file taken so far.
  private(set) var bytesTaken = 0

  init(
    path: String, size: Int, earliest: Instant? = nil, isCollected: Bool = false,
    makeDecoder: @escaping (String) -> any Decoder
  ) {
    self.path = path
    name = path.split(separator: "/").last.map(String.init) ?? path
    self.size = size
    self.earliest = earliest
    self.isCollected = isCollected
    self.makeDecoder = makeDecoder
  }

  /// Whether a decoded tick waits.
  var hasTick: Bool { cursor < batch.ticks.count }

  /// Receive time of the tick that waits.
  var nextTime: Instant { batch.ticks[cursor].receiveTime }

  /// Receive time of the tick given last.
  var lastTime: Instant { batch.ticks[cursor - 1].receiveTime }

  /// Forgets everything but the counts that were taken from it.
  func release() {
    batch = DecodedBatch()
    buffer = InputBuffer()
  }

  /// Reads on until a tick waits or the file is over. Ticks given before are forgotten.
  /// - Returns: whether a tick waits.
  func fill(_ registry: inout InstrumentRegistry) throws(ImportError) -> Bool {
    if hasTick { return true }
    cursor = 0
    batch.removeAll()
    while !isFinished, isCollected || batch.ticks.isEmpty { try step(&registry) }
    if isCollected { batch.sortByTime() }
    return hasTick
  }

  /// Reads one chunk and decodes what is whole.
  func step(_ registry: inout InstrumentRegistry) throws(ImportError) {
    let length: Int?
    do {
      length = try read()
    } catch {
      throw error.isMissing
        ? .unreadable(path: path, reason: error.reason)
        : .data(
          path: path, error: DecodeError(.source, "cannot be decompressed: \(error.reason)"),
          advice: "The file is damaged or cut short: fetch it again.")
    }
    if let length {
      try decode(isEnd: length == 0, &registry)
    } else {
      isFinished = true
      bytesTaken = size
      archive = nil
    }
  }

  /// Reads a chunk of the entry in hand, or of the next one.
  /// - Returns: its length, 0 at the entry's end; nil after the last entry.
  private func read() throws(ArchiveProblem) -> Int? {
    if archive == nil { archive = try ArchiveReader.opened(path: path) }
    if decoder == nil {
      guard let name = try archive?.next() else { return nil }
      entry = name
      decoder = makeDecoder(name)
    }
    let length = try archive?.read(Self.chunk, into: &buffer)
    bytesTaken = archive?.bytesTaken ?? bytesTaken
    return length
  }

  private func decode(isEnd: Bool, _ registry: inout InstrumentRegistry) throws(ImportError) {
    // Taken out and put back, so that the decoder's arrays are not copied.
    guard var decoder else { return }
    self.decoder = nil
    do {
      _ = try buffer.take { (bytes) throws(DecodeError) in
        try decoder.decode(bytes, isEnd: isEnd, registry: &registry, into: &batch)
      }
    } catch {
      let place = entry.isEmpty || entry == "data" ? path : "\(path) (\(entry))"
      throw .data(path: place, error: error, advice: "")
    }
    self.decoder = isEnd ? nil : decoder
    precondition(!isEnd || buffer.count == 0, "a decoder left bytes at the end")
  }

  /// The decoder in hand, for those who want to know what it read so far.
  var currentDecoder: (any Decoder)? { decoder }
}

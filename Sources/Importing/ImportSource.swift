import Events
import Venues

/// One file of an import, opened when its turn comes: reads, decompresses and decodes it chunk by chunk.
///
/// A class because the merge holds many of them and each owns an open file.
final class ImportSource {
  /// Decompressed bytes read at a time.
  static let chunk = 1 << 18

  let path: String
  /// Last part of the path, with the entry's if that alone is read, as data-quality entries name the file.
  let name: String
  let size: Int
  /// No tick is before this; nil if only reading tells.
  let earliest: Instant?
  /// Ticks are collected and sorted before the first is given: entries of an archive cover the same
  /// time, or rows are not in order.
  private(set) var isCollected: Bool
  /// Of an archive the only entry to read; nil for all of them.
  private let onlyEntry: ArchiveEntry?
  /// Whether archives of several entries are collected.
  private let collectsArchives: Bool
  /// Makes the decoder of an entry by its name.
  private let makeDecoder: (String) -> any Decoder
  /// The decoder of all files of a capture; nil if each entry has its own.
  private let stream: SharedStream?

  /// Ticks decoded and not yet given begin at `cursor`.
  private(set) var batch = DecodedBatch()
  var cursor = 0
  /// Data-quality entries written of it, by `DataQuality.Issue.rawValue`.
  var notesTold = [UInt64](repeating: 0, count: 16)
  private var archive: ArchiveReader?
  private var decoder: (any Decoder)?
  private var entry = ""
  private var isInEntry = false
  private var buffer = InputBuffer()
  private(set) var isFinished = false
  /// The entry's place among the stream's.
  private var file = 0
  /// The buffer holds the rest of the entry.
  private var isEntryRead = false
  /// The time of the next line, if it has to wait for other sources.
  private var nextLine: Instant?
  /// Receive time of the last tick given.
  private var lastTime = Instant(nanoseconds: .min)
  /// Bytes of the file taken so far.
  private(set) var bytesTaken = 0

  init(
    path: String, size: Int, earliest: Instant? = nil, isCollected: Bool = false,
    collectsArchives: Bool = false, entry onlyEntry: ArchiveEntry? = nil,
    stream: SharedStream? = nil, makeDecoder: @escaping (String) -> any Decoder
  ) {
    self.path = path
    self.onlyEntry = onlyEntry
    name = FileList.name(path) + (onlyEntry.map { " (\(FileList.name($0.name)))" } ?? "")
    self.size = size
    self.earliest = earliest
    self.isCollected = isCollected
    self.collectsArchives = collectsArchives
    self.stream = stream
    self.makeDecoder = makeDecoder
    stream?.sourcesLeft += 1
  }

  /// A file of a stream.
  convenience init(path: String, size: Int, earliest: Instant?, of stream: SharedStream) {
    self.init(path: path, size: size, earliest: earliest, stream: stream) { _ in
      preconditionFailure("the stream has the decoder")
    }
  }

  /// Whether it is a file of a stream, which is read in order of time.
  var isOfStream: Bool { stream != nil }

  /// Whether a decoded tick waits.
  var hasTick: Bool { cursor < batch.ticks.count }

  /// Receive time of the tick that waits.
  var nextTime: Instant { batch.ticks[cursor].receiveTime }

  /// Nothing it has yet to give comes before this.
  var position: Instant { hasTick ? nextTime : nextLine ?? lastTime }

  /// Forgets everything but the counts that were taken from it.
  func release() {
    batch = DecodedBatch()
    buffer = InputBuffer()
  }

  /// Has what numbers ask of their scales noted from here on.
  func seekScales() { batch.needs = ScaleNeeds() }

  /// Reads on until a tick waits, the next line has to wait, or the file is over. Ticks given before are
  /// forgotten.
  /// - Parameters:
  ///   - bound: lines of a stream from then on wait; nil if nothing else waits.
  ///   - report: called after each chunk that is read, however many of them give no tick.
  /// - Returns: whether there may be more.
  func fill(
    _ registry: inout InstrumentRegistry, before bound: Instant? = nil, report: () -> Void = {}
  ) throws(ImportError) -> Bool {
    if hasTick { return true }
    if cursor > 0 { lastTime = batch.ticks[cursor - 1].receiveTime }
    cursor = 0
    batch.removeAll()
    while !isFinished, isCollected || batch.ticks.isEmpty {
      let reads = nextLine == nil
      guard try step(&registry, before: bound) else { break }
      if reads { report() }
    }
    if isCollected { batch.sortByTime() }
    return hasTick || !isFinished
  }

  /// Reads one chunk for what the registry learns of it; ticks are forgotten.
  /// - Returns: whether there may be more.
  func skim(_ registry: inout InstrumentRegistry) throws(ImportError) -> Bool {
    batch.removeAll()
    _ = try step(&registry, before: nil)
    return !isFinished
  }

  /// Reads one chunk and decodes what is whole and due.
  /// - Returns: whether anything was done: if not, the next line has to wait.
  private func step(_ registry: inout InstrumentRegistry, before bound: Instant?)
    throws(ImportError) -> Bool
  {
    if nextLine == nil {
      let length: Int?
      do {
        length = try read()
      } catch {
        throw error.importError(path)
      }
      guard let length else {
        finish()
        return true
      }
      isEntryRead = length == 0
    }
    if let stream { return try decode(stream, before: bound, &registry) }
    try decode(isEnd: isEntryRead, &registry)
    return true
  }

  private func finish() {
    isFinished = true
    bytesTaken = size
    archive = nil
    guard let stream else { return }
    stream.sourcesLeft -= 1
    if stream.sourcesLeft == 0 { stream.decoder?.finish(into: &batch) }
  }

  /// Reads a chunk of the entry in hand, or of the next one.
  /// - Returns: its length, 0 at the entry's end; nil after the last entry.
  private func read() throws(ArchiveProblem) -> Int? {
    if !isInEntry {
      guard let name = try nextEntry() else { return nil }
      entry = name
      isInEntry = true
      if collectsArchives, archive?.isZip == true { isCollected = true }
      if let stream { file = stream.add() } else { decoder = makeDecoder(name) }
    }
    let length = try archive?.read(Self.chunk, into: &buffer)
    bytesTaken = min(archive?.bytesTaken ?? bytesTaken, size)
    return length
  }

  /// - Returns: the name of the next entry to read; nil behind the last one.
  private func nextEntry() throws(ArchiveProblem) -> String? {
    let isFirst = archive == nil
    if isFirst { archive = try ArchiveReader.opened(path: path) }
    guard let onlyEntry else { return try archive?.next() }
    return isFirst ? try archive?.next(onlyEntry) : nil
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
      throw problem(error, registry)
    }
    self.decoder = isEnd ? nil : decoder
    endEntry(isEnd)
  }

  /// Decodes what of a stream's file is due.
  /// - Returns: whether anything was.
  private func decode(
    _ stream: SharedStream, before bound: Instant?, _ registry: inout InstrumentRegistry
  ) throws(ImportError) -> Bool {
    guard var decoder = stream.decoder else { return false }
    stream.decoder = nil
    decoder.enter(file: file)
    defer { stream.decoder = decoder }
    let isEnd = isEntryRead
    var taken = 0
    do {
      taken = try buffer.take { (bytes) throws(DecodeError) in
        nextLine = nil
        var part = bytes
        if let bound {
          let (length, next) = decoder.due(bytes, isEnd: isEnd, before: bound)
          nextLine = next
          part = bytes.extracting(0..<length)
        }
        return try decoder.decode(
          part, isEnd: isEnd && nextLine == nil, registry: &registry, into: &batch)
      }
    } catch {
      throw problem(error, registry)
    }
    guard nextLine == nil else { return taken > 0 }
    if isEnd { decoder.leave(file: file) }
    endEntry(isEnd)
    return true
  }

  private func endEntry(_ isEnd: Bool) {
    precondition(!isEnd || buffer.count == 0, "a decoder left bytes at the end")
    if isEnd { isInEntry = false }
  }

  /// Says where in the file something is wrong, and what can be done if that is known.
  private func problem(_ error: DecodeError, _ registry: InstrumentRegistry) -> ImportError {
    let place = entry.isEmpty || entry == "data" ? path : "\(path) (\(entry))"
    let way = error.neededDigits.map {
      "Give `price_scale = \($0)` in a --map: it holds for all instruments of the import."
    }
    return .data(
      path: place, error: error,
      advice: error.digits.flatMap { registry.advice(onDigits: $0) } ?? way ?? "")
  }

  /// The decoder in hand, for those who want to know what it read so far.
  var currentDecoder: (any Decoder)? { decoder }
}

/// The files of one capture and the decoder that reads them in order of time.
final class SharedStream {
  /// Taken out while it works, so that its arrays are not copied.
  var decoder: (any StreamDecoder)?
  /// Sources that are not over.
  var sourcesLeft = 0
  private var files = 0

  init(_ decoder: any StreamDecoder) { self.decoder = decoder }

  /// - Returns: the place of a new file.
  func add() -> Int {
    files += 1
    return files - 1
  }
}

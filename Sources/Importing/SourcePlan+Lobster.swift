import Events
import Venues

/// A LOBSTER file, or an entry of a zip archive of them.
struct LobsterFile {
  var path: String
  /// Nil of a file of its own.
  var entry: ArchiveEntry?
  /// Bytes on the disk: of an entry its share of the archive.
  var size: Int
  var isNamed: Bool
  /// What its name says; nil for one of `--book`, which may be called as one likes.
  var name: LobsterFileName?

  /// As people know it.
  var title: String { FileList.name(entry?.name ?? path) }

  /// Where it is, for errors.
  var place: String { entry.map { "\(path) (\($0.name))" } ?? path }

  /// Whether it has a row for each message of another by its name.
  func isBook(of other: LobsterFile) -> Bool {
    guard let name, let message = other.name else { return false }
    return name.isBook(of: message)
  }
}

/// A message file and when it begins.
private struct LobsterMessages {
  var file: LobsterFile
  var name: LobsterFileName
  /// The time of its first message; without one where its hours begin.
  var first: Instant
}

extension SourcePlan {
  mutating func addLobster(_ files: [InputFile]) throws(ImportError) {
    let found = try lobsterFiles(files)
    let parts = try lobsterParts(found)
    let names = Set(parts.map(\.name.symbol)).sorted()
    if let symbol = request.symbol, names.count > 1 {
      throw .usage(
        "--symbol \(symbol) cannot name the files of \(names.joined(separator: ", ")): "
          + "give those of one instrument")
    }
    var books: [String] = []
    for (index, part) in parts.enumerated() {
      let (file, name) = (part.file, part.name)
      // A day in several files is one book, which the first of them begins.
      let before = parts[..<index].map(\.name).filter { $0.isOfDay(of: name) }
      let isContinued = before.contains { $0.isContinued(by: name) }
      let hole = isContinued ? nil : Self.hole(before, name)
      let book = try book(file, name, among: found)
      let isPaired = book?.isBook(of: file) ?? false
      if let book { books.append(book.place) }
      let levels = isContinued || isPaired ? [] : try Self.startingLevels(book)
      let begins =
        isPaired || hole != nil || !isContinued && !isWithin(name.date, levels)
      let symbol = request.symbol ?? name.symbol
      let next = parts[(index + 1)...].first { $0.name.isOfDay(of: name) }
        .map { LobsterPart(name: $0.file.title, start: $0.first) }
      let source = ImportSource(
        path: file.path, size: file.size, earliest: part.first, entry: file.entry
      ) { _ in
        LobsterDecoder(
          symbol: symbol, date: name.date, startingLevels: levels,
          rows: isPaired ? book.map(LobsterRowFile.init) : nil, isBookNew: begins, hole: hole,
          next: next)
      }
      add(source, mayNeedSurvey: false)
    }
    let idle = found.first { file in
      file.isNamed && file.name?.kind == .orderBook && !books.contains(file.place)
    }
    if let idle, request.bookPath == nil {
      throw .data(
        path: idle.place,
        error: DecodeError(.source, "is the order book file of no message file given"),
        advice: "Give its message file, or this one with --book.")
    }
  }

  /// The message files in order of time.
  /// - Throws: at two that tell of the same hours of a day.
  private func lobsterParts(_ found: [LobsterFile]) throws(ImportError) -> [LobsterMessages] {
    var parts: [LobsterMessages] = []
    for file in found {
      guard let name = file.name, name.kind == .message else { continue }
      let start = try FileList.contents(file.path, entry: file.entry, limit: 1 << 12)
      let midnight = TimeZoneRule.newYork.instant(name.date, nanoseconds: 0)
      let first =
        LobsterDecoder.firstTime(start.span, date: name.date)
        ?? midnight.advanced(by: name.span?.lowerBound ?? 0)
      if let other = parts.first(where: {
        $0.name.overlaps(name) || $0.name.isLike(name) && $0.first == first
      }) {
        throw .data(
          path: file.place,
          error: DecodeError(
            .source,
            "\(name.levels) levels, \(name.hoursText) ms after midnight; \(other.file.place) has "
              + "\(other.name.levels) levels, \(other.name.hoursText): both tell of the same time, so that what "
              + "happened would count twice"),
          advice: "Give one of them: files of a day may follow each other, not overlap.")
      }
      parts.append(LobsterMessages(file: file, name: name, first: first))
    }
    let order = parts.indices.sorted { (parts[$0].first, $0) < (parts[$1].first, $1) }
    return order.map { parts[$0] }
  }

  /// Which hours nothing is told of before a file that does not go on from those before it of the same day; nil
  /// if there are none.
  private static func hole(_ before: [LobsterFileName], _ name: LobsterFileName) -> String? {
    guard let start = name.span?.lowerBound, let end = before.compactMap(\.span?.upperBound).max(),
      end < start
    else { return nil }
    return "\(end / 1_000_000) to \(start / 1_000_000) ms after midnight"
  }

  /// The files that are of the format, and the entries of zip archives that are. An entry that is there as a
  /// file of its own is the same.
  private mutating func lobsterFiles(_ files: [InputFile]) throws(ImportError) -> [LobsterFile] {
    var found: [LobsterFile] = []
    for file in files {
      let entries = try Self.lobsterEntries(file.path, isNamed: file.isNamed)
      if !entries.own.isEmpty {
        filesLeftOut += UInt64(entries.others)
        for (index, entry) in entries.own.enumerated() {
          let share = file.size / entries.own.count
          found.append(
            LobsterFile(
              path: file.path, entry: entry,
              size: index == 0 ? file.size - share * (entries.own.count - 1) : share,
              isNamed: file.isNamed, name: LobsterFileName(FileList.name(entry.name))))
        }
      } else if let name = LobsterFileName(FileList.name(file.path)) {
        found.append(
          LobsterFile(path: file.path, size: file.size, isNamed: file.isNamed, name: name))
      } else {
        let whose =
          entries.others > 0 ? "neither its name nor an entry's tells" : "the name does not tell"
        try leaveOut(file, "\(whose) symbol and date; \(Self.hint(.lobster))")
      }
    }
    let plain = Set(found.filter { $0.entry == nil }.map { fileStem($0.title) })
    let count = found.count
    var seen: Set<String> = []
    found.removeAll {
      let stem = fileStem($0.title)
      return $0.entry != nil && (plain.contains(stem) || !seen.insert(stem).inserted)
    }
    filesRepeated += UInt64(count - found.count)
    return found
  }

  /// The entries of a zip archive that are called as LOBSTER's files are, and the number of the others.
  private static func lobsterEntries(_ path: String, isNamed: Bool) throws(ImportError) -> (
    own: [ArchiveEntry], others: Int
  ) {
    guard path.lowercased().hasSuffix(".zip") else { return ([], 0) }
    do {
      let all = try ArchiveReader.entries(path: path) ?? []
      let own = all.indices.map { ArchiveEntry(place: $0, name: all[$0]) }
        .filter { LobsterFileName(FileList.name($0.name)) != nil }
      return (own, all.count - own.count)
    } catch {
      // What a folder has beside them is none of its business.
      guard isNamed else { return ([], 0) }
      throw error.importError(path)
    }
  }

  /// Whether the journal ends within a day, so that a file without starting levels may go on where an
  /// earlier import ended, and cannot tell from what.
  private func isWithin(_ date: CivilDate, _ levels: [LobsterLevel]) -> Bool {
    guard levels.isEmpty, let head = request.head else { return false }
    return head >= TimeZoneRule.newYork.instant(date, nanoseconds: 0)
  }

  /// The order book file of `--book`, or one among the files or beside the message file whose name differs in the kind
  /// only, or one that was named and begins at the same hour.
  private func book(
    _ file: LobsterFile, _ name: LobsterFileName, among files: [LobsterFile]
  ) throws(ImportError) -> LobsterFile? {
    var book = try request.bookPath.map { (path) throws(ImportError) in
      try Self.givenBook(path, of: file)
    }
    if book == nil { book = files.first { $0.isBook(of: file) } }
    if book == nil, file.entry == nil {
      let directory = String(file.path.dropLast(file.title.count))
      let beside = directory + file.title.replacing("_message_", with: "_orderbook_")
      if FileList.holds(beside) {
        book = LobsterFile(
          path: beside, size: 0, isNamed: false, name: LobsterFileName(FileList.name(beside)))
      }
    }
    if book == nil {
      book =
        files.filter { $0.isNamed && $0.name?.isStart(of: name) == true }
        .max { ($0.name?.levels ?? 0) < ($1.name?.levels ?? 0) }
    }
    // Of no use if not even its first row can be read.
    _ = try Self.startingLevels(book)
    return book
  }

  /// The order book file at a path, or that of a message file in the archive there.
  private static func givenBook(_ path: String, of file: LobsterFile) throws(ImportError)
    -> LobsterFile
  {
    var given = LobsterFile(
      path: path, size: 0, isNamed: true, name: LobsterFileName(FileList.name(path)))
    guard FileList.holds(path) else { return given }
    var entries = try lobsterEntries(path, isNamed: true).own.map { entry in
      var one = given
      (one.entry, one.name) = (entry, LobsterFileName(FileList.name(entry.name)))
      return one
    }
    entries.removeAll { $0.name?.kind != .orderBook }
    given = entries.first { $0.isBook(of: file) } ?? entries.first ?? given
    return given
  }

  /// The first row of an order book file.
  private static func startingLevels(_ book: LobsterFile?) throws(ImportError) -> [LobsterLevel] {
    guard let book else { return [] }
    // A row of 200 levels has about 5,000 bytes.
    let start = try FileList.contents(book.path, entry: book.entry, limit: 1 << 16)
    let row = Array(start.prefix { $0 != 0x0A })
    do {
      return try LobsterRow(row.span, line: 1).levels
    } catch {
      throw .data(path: book.place, error: error, advice: "It is no LOBSTER order book file.")
    }
  }
}

import Glibc
import Synchronization

/// The environments open in this process, one for each journal however many use it.
enum EnvironmentRegistry {
  /// A folder, whatever path names it.
  private struct Place: Hashable {
    var device: UInt
    var file: UInt
  }

  private struct Entry {
    var environment: Environment
    var users: Int
  }

  // Opening and closing happen under the lock: closing a second descriptor of the lock file would
  // silently drop the locks of the first.
  private static let open = Mutex<[Place: Entry]>([:])

  private static func place(of path: String) throws(JournalError) -> Place {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .system(path: path, doing: "opening")
    }
    return Place(device: UInt(status.st_dev), file: UInt(status.st_ino))
  }

  /// The environment in the folder, opened if it is not.
  static func take(
    path: String, access: Environment.Access, mapSize: Int? = nil,
    creating meta: JournalMeta? = nil, looking reach: PageCheck.Reach = .quick
  ) throws(JournalError) -> EnvironmentLease {
    let place = try place(of: path)
    return try open.withLock { (entries) throws(JournalError) in
      if meta == nil { try checkFile(path: path) }
      if entries[place] != nil, meta == nil {
        entries[place]!.users += 1
        return EnvironmentLease(environment: entries[place]!.environment)
      }
      let environment = try Environment.open(
        path: path, access: access, mapSize: mapSize, creating: meta, looking: reach)
      entries[place] = Entry(environment: environment, users: 1)
      return EnvironmentLease(environment: environment)
    }
  }

  fileprivate static func giveBack(_ environment: Environment) {
    open.withLock { entries in
      guard let place = entries.first(where: { $0.value.environment === environment })?.key
      else { preconditionFailure("an environment was given back twice") }
      entries[place]!.users -= 1
      if entries[place]!.users == 0 { entries[place] = nil }
    }
  }

  /// Looks at the data file before LMDB does, which would make a journal out of an empty file.
  private static func checkFile(path: String) throws(JournalError) {
    let descriptor = unsafe Glibc.open(path + "/data.mdb", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .system(path: path, doing: "opening")
    }
    defer { close(descriptor) }
    if Journal.isUnmade(descriptor, at: path) { throw .missing(path: path) }
    var start = (UInt64(0), UInt64(0), UInt32(0))
    let read = unsafe pread(descriptor, &start, 20, 0)
    guard read == 20, start.2 == 0xBEEF_C0DE || isMeta(descriptor, at: 4096) else {
      throw .notAJournal(path: path, why: "its data.mdb is not an LMDB file")
    }
    let length = Int(lseek(descriptor, 0, SEEK_END))
    // The two meta pages alone are 8,192 bytes.
    if length < 8192 { throw .tornTail(path: path, bytes: length, expected: 8192) }
    if let fault = MetaPage.fault(descriptor) { throw .damagedStore(path: path, what: fault) }
  }

  /// Whether LMDB's number stands where the second page has it: then only the first is damaged.
  private static func isMeta(_ descriptor: Int32, at page: off_t) -> Bool {
    var number: UInt32 = 0
    return unsafe pread(descriptor, &number, 4, page + 16) == 4 && number == 0xBEEF_C0DE
  }
}

/// The right to use an environment, given back at the end of its life.
struct EnvironmentLease: ~Copyable, Sendable {
  let environment: Environment

  fileprivate init(environment: Environment) { self.environment = environment }

  deinit { EnvironmentRegistry.giveBack(environment) }
}

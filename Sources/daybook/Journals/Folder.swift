import Glibc
import Journaling

/// What may lie at a path.
enum Folder {
  /// Files that Daybook itself writes into a journal's folder.
  static let ownFiles = [
    "data.mdb", "lock.mdb", "writer.lock", "data.mdb.compact", "report.json", "checkpoint.pub.pem",
    "control.sock",
  ]

  /// Names in a folder, sorted; nil if there is no folder at the path.
  static func names(in path: String) throws -> [String]? {
    guard let directory = unsafe opendir(path) else {
      if errno == ENOENT { return nil }
      throw Failure(Failure.status(of: errno), "\(path): \(systemText(errno)).")
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let item = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: item.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether something is at a path that is no folder.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// The path without links and dots; nil if nothing is there.
  static func resolved(_ path: String) -> String? {
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// The last part of a path: `es` of `/data/es/`.
  static func baseName(_ path: String) -> String {
    let resolved = resolved(path) ?? path
    return resolved.split(separator: "/").last.map(String.init) ?? resolved
  }

  /// Makes a folder and those above it.
  static func make(_ path: String, mode: mode_t = 0o755) throws {
    var built = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      built += part + "/"
      if unsafe mkdir(built, mode) != 0, errno != EEXIST, !exists(built) {
        throw Failure(
          Failure.status(of: errno), "\(built): cannot make the folder: \(systemText(errno)).")
      }
    }
  }

  /// Makes the folders above a path.
  static func makeAbove(_ path: String) throws {
    let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if !above.isEmpty { try make(above.joined(separator: "/")) }
  }

  /// Size of a file in bytes; 0 if it is not there.
  static func size(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// The folder a run writes into: new or empty before, and gone again if the run does not finish.
struct OutputFolder: ~Copyable {
  let path: String
  private let wasThere: Bool
  private var isKept = false

  /// Looks at the folder, and with `force` removes an older journal of ours from it.
  /// - Parameter sources: paths of journals that must not be overwritten.
  init(claiming path: String, force: Bool, keeping sources: [String] = []) throws {
    let names = try Folder.names(in: path)
    if let own = Folder.resolved(path), sources.contains(where: { Folder.resolved($0) == own }) {
      throw Failure(
        .usage, "\(path): is the journal that is read. Choose another folder for --out.")
    }
    if let names, !names.isEmpty {
      guard force else {
        throw Failure(
          .usage,
          "\(path): the folder is not empty. Choose another one, or --force to replace the run in "
            + "it.")
      }
      if let stranger = names.first(where: { !Folder.ownFiles.contains($0) }) {
        throw Failure(
          .usage,
          "\(path): holds `\(stranger)`, which is not Daybook's, so --force does not empty the "
            + "folder. Choose another one.")
      }
      try Self.checkNoWriter(path)
      Self.removeFiles(path)
    }
    if names == nil { try Folder.makeAbove(path) }
    self.path = path
    wasThere = names != nil
  }

  /// The run is finished: what was written stays.
  mutating func keep() { isKept = true }

  deinit { if !isKept { discard() } }

  /// Removes what the run wrote; a folder that was there before stays.
  borrowing func discard() {
    Self.removeFiles(path)
    if !wasThere { unsafe rmdir(path) }
  }

  /// Removes a journal and its folder, unless that holds anything else.
  static func remove(_ path: String) {
    removeFiles(path)
    unsafe rmdir(path)
  }

  private static func checkNoWriter(_ path: String) throws {
    guard Folder.exists(path + "/data.mdb") else { return }
    do {
      _ = try Journal.open(at: path)
    } catch {
      // Another writer's journal is not ours to remove; a damaged one may go.
      if case .secondWriter = error { throw error }
      if case .permission = error { throw error }
    }
  }

  private static func removeFiles(_ path: String) {
    for name in Folder.ownFiles { unsafe unlink(path + "/" + name) }
  }
}

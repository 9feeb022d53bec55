import Glibc
import Journaling

/// What may lie at a path.
enum Folder {
  /// Files that Daybook itself writes into a journal's folder.
  static let ownFiles = [
    "data.mdb", "lock.mdb", "writer.lock", "data.mdb.compact", "report.json", "checkpoint.pub.pem",
    "control.sock",
  ]

  /// Whether Daybook wrote a file of this name into a journal's folder: one of its own, or what a process that was
  /// killed had not given its name.
  static func isOwn(_ name: String) -> Bool {
    if ownFiles.contains(name) { return true }
    guard name.hasSuffix(".new") else { return false }
    let draft = name.dropLast(4)
    // A key's draft has the process's number before the ending.
    let whole =
      draft.last.map { $0.isASCII && $0.isNumber } == true
      ? draft.split(separator: ".").dropLast().joined(separator: ".") : String(draft)
    return whole == "report.json" || whole == "checkpoint.pub.pem"
  }

  /// Names in a folder, sorted; nil if there is no folder at the path.
  static func names(in path: String) throws -> [String]? {
    guard let directory = unsafe opendir(path) else {
      if errno == ENOENT { return nil }
      throw Failure(
        Failure.status(of: errno),
        errno == ENOTDIR
          ? "\(path): is a file, and a journal is a folder. Choose another path."
          : "\(path): \(systemText(errno)). Check its owner and mode, or choose another path.")
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

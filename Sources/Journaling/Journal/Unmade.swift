import Glibc

extension Journal {
  /// Names of the files that a journal consists of.
  public static let files = ["data.mdb", "lock.mdb", "writer.lock"]

  /// Whether a folder has a journal, be it a damaged one or one that this process may not read. What a creation
  /// left that was killed is none: no transaction ever got into it, and the next creation replaces it.
  public static func exists(at path: String) -> Bool {
    let descriptor = unsafe Glibc.open(path + "/data.mdb", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno != ENOENT && errno != ENOTDIR }
    defer { close(descriptor) }
    return !isUnmade(descriptor, at: path)
  }

  /// Bytes that a creation's transaction does not need, so that a longer file is never taken for an unmade one.
  private static let largestUnmade = 65_536

  /// Whether the store in a folder was never committed to, and nothing else is there.
  /// - Parameter descriptor: of its `data.mdb`.
  static func isUnmade(_ descriptor: Int32, at path: String) -> Bool {
    guard let file = FileState(descriptor), file.size <= largestUnmade else { return false }
    let isEmpty = file.size == 0 || MetaPage.isUncommitted(descriptor)
    return isEmpty && holdsNothingElse(path)
  }

  private static func holdsNothingElse(_ path: String) -> Bool {
    guard let folder = unsafe opendir(path) else { return false }
    defer { unsafe closedir(folder) }
    while let item = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: item.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      guard name == "." || name == ".." || files.contains(name) else { return false }
    }
    return true
  }
}

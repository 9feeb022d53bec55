import Glibc
import Venues

/// A file to import, found by name or in a directory.
struct InputFile: Equatable {
  var path: String
  /// Bytes on the disk.
  var size: Int
  /// It was named, as against found in a directory: then it is an error if it cannot be used.
  var isNamed: Bool
}

/// Finds the files that paths stand for.
enum FileList {
  /// What lies at a path.
  private enum Kind: Equatable {
    case file(size: Int)
    case directory
    /// A device, a pipe or a socket.
    case other
    /// With the system's code: nothing is there, or it may not be looked at.
    case nothing(Int32)
  }

  /// Directories are searched through, their files sorted by path (byte order), hidden ones and
  /// symbolic links to directories left out.
  static func expand(_ paths: [String]) throws(ImportError) -> [InputFile] {
    var files: [InputFile] = []
    for path in paths {
      switch kind(path, followsLink: true) {
      case .file(let size): files.append(InputFile(path: path, size: size, isNamed: true))
      case .directory:
        var found: [InputFile] = []
        try search(path.hasSuffix("/") ? String(path.dropLast()) : path, into: &found)
        files += found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
      case .other:
        throw .unreadable(
          path: path, reason: "is no file: what is imported may be read twice, so write it to one")
      case .nothing(let code): throw unreadable(path, code)
      }
    }
    return files
  }

  /// The path from the root on, without links.
  static func whole(_ path: String) -> String {
    guard let text = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Whether a file is there.
  static func holds(_ path: String) -> Bool {
    if case .file = kind(path, followsLink: true) { true } else { false }
  }

  private static func kind(_ path: String, followsLink: Bool) -> Kind {
    var status = stat()
    let code = unsafe followsLink ? stat(path, &status) : lstat(path, &status)
    guard code == 0 else { return .nothing(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .directory
    case S_IFLNK:
      // A link to a file is a file; one to a directory might lead round in circles.
      let target = kind(path, followsLink: true)
      return target == .directory ? .other : target
    default: return .other
    }
  }

  private static func search(_ directory: String, into files: inout [InputFile])
    throws(ImportError)
  {
    guard let stream = unsafe opendir(directory) else { throw unreadable(directory, errno) }
    defer { unsafe closedir(stream) }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name.hasPrefix(".") { continue }
      let path = "\(directory)/\(name)"
      switch kind(path, followsLink: false) {
      case .file(let size): files.append(InputFile(path: path, size: size, isNamed: false))
      case .directory: try search(path, into: &files)
      case .nothing(EACCES): throw unreadable(path, EACCES)
      case .other, .nothing: continue
      }
    }
  }

  /// What the system has to say of a path.
  private static func unreadable(_ path: String, _ code: Int32) -> ImportError {
    let reason =
      code == ENOENT
      ? "there is no such file or directory"
      : unsafe "cannot be read: \(String(cString: strerror(code)))"
    return .unreadable(path: path, reason: reason, code: code)
  }

  /// The last part of a path.
  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The bytes of a file that may be compressed, or of an archive's entry, at most `limit` of them.
  static func contents(_ path: String, entry: ArchiveEntry? = nil, limit: Int) throws(ImportError)
    -> [UInt8]
  {
    switch kind(path, followsLink: true) {
    case .file: break
    case .nothing(let code): throw unreadable(path, code)
    case .directory, .other: throw .unreadable(path: path, reason: "is no file")
    }
    var contents: [UInt8] = []
    do {
      var archive = try ArchiveReader.opened(path: path)
      guard try archive.next(entry) != nil else { return [] }
      var buffer = InputBuffer()
      while contents.count < limit {
        guard try archive.read(min(4096, limit - contents.count), into: &buffer) > 0 else { break }
        _ = buffer.take { bytes in
          for index in 0..<bytes.count { contents.append(bytes[index]) }
          return bytes.count
        }
      }
    } catch {
      throw error.importError(path)
    }
    return contents
  }
}

import Foundation
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
  /// Directories are searched through, their files sorted by path (byte order), hidden ones left out.
  static func expand(_ paths: [String]) throws(ImportError) -> [InputFile] {
    var files: [InputFile] = []
    for path in paths {
      var isDirectory: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw .unreadable(path: path, reason: "there is no such file or directory")
      }
      if !isDirectory.boolValue {
        files.append(try file(path, isNamed: true))
        continue
      }
      guard let below = FileManager.default.enumerator(atPath: path) else {
        throw .unreadable(path: path, reason: "the directory cannot be read")
      }
      var names: [String] = []
      for case let name as String in below {
        let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
        if !isHidden { names.append(name) }
      }
      names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let root = path.hasSuffix("/") ? String(path.dropLast()) : path
      for name in names {
        let full = "\(root)/\(name)"
        guard unsafe FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory),
          !isDirectory.boolValue
        else { continue }
        files.append(try file(full, isNamed: false))
      }
    }
    return files
  }

  private static func file(_ path: String, isNamed: Bool) throws(ImportError) -> InputFile {
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
      return InputFile(path: path, size: size, isNamed: isNamed)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  /// A small file's bytes.
  static func contents(_ path: String) throws(ImportError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "cannot be read")
    }
    return [UInt8](data)
  }

  /// The first line of a file that may be compressed.
  static func firstLine(_ path: String) throws(ImportError) -> [UInt8] {
    var line: [UInt8] = []
    do {
      var archive = try ArchiveReader.opened(path: path)
      guard try archive.next() != nil else { return [] }
      var buffer = InputBuffer()
      while line.last != 0x0A, line.count < 1 << 20 {
        guard try archive.read(4096, into: &buffer) > 0 else { break }
        _ = buffer.take { bytes in
          for index in 0..<bytes.count where line.last != 0x0A { line.append(bytes[index]) }
          return bytes.count
        }
      }
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    return line
  }
}

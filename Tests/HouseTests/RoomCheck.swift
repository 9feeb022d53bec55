/// Compares the table of rooms with the folders, the manifest and the imports.
enum RoomCheck {
  /// Rows that contradict the order of the rings.
  static func rings(_ table: RoomTable) -> [Finding] {
    table.rows.flatMap { row in
      row.mayImport.compactMap { name -> Finding? in
        guard let other = table[name] else {
          // Packages from outside and the platform hold powers: only the outer rings may use them.
          let what = "\(row.target) is pure and may import rooms of rings 1 and 2 only, not \(name)"
          return row.isPure ? Finding(path: RoomTable.path, line: row.line, what: what) : nil
        }
        let isInward = other.ring <= row.ring && !(row.isPure && !other.isPure)
        let what = "\(row.target) (ring \(row.ring)) imports \(name) (ring \(other.ring))"
        return isInward
          ? nil : Finding(path: RoomTable.path, line: row.line, what: what + ": imports go inward")
      }
    }
  }

  /// Folders of Sources without a row, and rows without a folder.
  static func folders(_ table: RoomTable, sources: [String]) -> [Finding] {
    let missing = table.rows.filter { !sources.contains($0.target) }.map {
      Finding(
        path: RoomTable.path, line: $0.line,
        what: "Sources/\($0.target) does not exist: take the row out or build the room")
    }
    let unlisted = sources.filter { table[$0] == nil }.map {
      Finding(path: "Sources/\($0)", line: 1, what: "\($0) has no row in \(RoomTable.path)")
    }
    return missing + unlisted
  }

  /// Targets whose dependencies in Package.swift differ from the table.
  static func manifest(_ manifest: Manifest, _ table: RoomTable) -> [Finding] {
    table.rows.compactMap { row in
      guard let entry = manifest[row.target] else {
        return Finding(path: "Package.swift", line: 1, what: "no target \(row.target)")
      }
      let extra = entry.dependencies.subtracting(row.dependencies).sorted()
      let absent = row.dependencies.subtracting(entry.dependencies).sorted()
      if extra.isEmpty && absent.isEmpty { return nil }
      return Finding(
        path: "Package.swift", line: entry.line,
        what: "\(row.target) and line \(row.line) of \(RoomTable.path) disagree:"
          + (extra.isEmpty ? "" : " only here \(extra.joined(separator: ", "));")
          + (absent.isEmpty ? "" : " only there \(absent.joined(separator: ", "));"))
    }
  }

  /// Imports that the table does not allow.
  static func imports(_ file: SourceFile, _ table: RoomTable) -> [Finding] {
    guard let room = file.room, let row = table[room] else { return [] }
    return file.imports.filter { !row.mayImport.contains($0.module) && $0.module != "Swift" }.map {
      Finding(
        path: file.path, line: $0.line,
        what: "\(room) may not import \($0.module): see line \(row.line) of \(RoomTable.path)")
    }
  }

  /// Rooms with Swift code that no folder of Tests mirrors.
  static func mirrors(_ table: RoomTable, tests: [String], _ manifest: Manifest) -> [Finding] {
    table.rows.filter { $0.ring > 0 }.compactMap { row in
      // The doors' targets are named as the commands are: in lower case, with hyphens.
      let words = row.target.split(separator: "-")
      let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Tests"
      if tests.contains(name) && manifest[name] != nil { return nil }
      let what = "\(row.target) is not mirrored: make Tests/\(name) and its target"
      return Finding(path: RoomTable.path, line: row.line, what: what)
    }
  }

  /// Room.swift holds a room's place until its first real file; then it must go.
  static func leftovers(_ files: [SourceFile]) -> [Finding] {
    let folders = files.filter { $0.path.hasSuffix("/Room.swift") && $0.tokens.isEmpty }
    return folders.compactMap { file in
      let folder = file.path.dropLast("Room.swift".count)
      guard files.contains(where: { $0.path != file.path && $0.path.hasPrefix(folder) }) else {
        return nil
      }
      return Finding(path: file.path, line: 1, what: "the room has files now: remove this one")
    }
  }
}

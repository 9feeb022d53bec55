import Foundation

/// The package on disk: its files, its Swift sources, its table of rooms.
struct House: Sendable {
  let root: URL
  /// Every file's path from the root, sorted; build products, caches and hidden folders left out.
  let paths: [String]
  /// The Swift files of Sources, Tests and Tools.
  let sources: [SourceFile]
  let table: RoomTable
  let manifest: Manifest

  /// The house that this test was built from, read once.
  static let own = House(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  init(root: URL) {
    self.root = root
    paths = House.walk(root, prefix: "").sorted()
    func text(_ path: String) -> String {
      (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }
    sources = paths.filter(House.isSwiftSource).map { SourceFile(path: $0, text: text($0)) }
    table = RoomTable(markdown: text(RoomTable.path))
    manifest = Manifest(SourceFile(path: "Package.swift", text: text("Package.swift")))
  }

  /// The text of a file.
  func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Whether a file or folder is there.
  func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// Names of the folders in `Sources`, sorted.
  var rooms: [String] { folders(of: "Sources") }

  /// Names of the folders in `folder`, sorted.
  func folders(of folder: String) -> [String] {
    let parts = paths.map { $0.split(separator: "/") }
    return Set(parts.filter { $0.count > 2 && $0[0] == folder }.map { String($0[1]) }).sorted()
  }

  private static func isSwiftSource(_ path: String) -> Bool {
    path.hasSuffix(".swift")
      && ["Sources/", "Tests/", "Tools/"].contains { path.hasPrefix($0) }
  }

  private static func walk(_ folder: URL, prefix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.flatMap { name -> [String] in
      if name.hasPrefix(".") || ["out", "node_modules", "__pycache__"].contains(name) { return [] }
      let item = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: item.path, isDirectory: &isFolder) else {
        return []
      }
      return isFolder.boolValue ? walk(item, prefix: prefix + name + "/") : [prefix + name]
    }
  }
}

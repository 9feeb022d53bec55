import Events
import Venues

extension SourcePlan {
  /// What a map says of the instruments, for formats that need no columns.
  static func overrides(_ request: ImportRequest) throws(ImportError) -> InstrumentOverrides {
    guard let path = request.mapPaths.first else { return InstrumentOverrides() }
    guard request.mapPaths.count == 1 else {
      throw .usage("--map is given twice: only CSV files take several")
    }
    return try read(path) { (map) throws(DecodeError) in try InstrumentOverrides(map) }
  }

  /// The maps of CSV files, each with what all of them say of the instruments.
  static func columnMaps(_ request: ImportRequest) throws(ImportError) -> [ColumnMap] {
    guard !request.mapPaths.isEmpty else {
      throw .usage("--format csv needs --map FILE: it says what the columns mean")
    }
    var maps: [ColumnMap] = []
    var common = InstrumentOverrides()
    for path in request.mapPaths {
      var map = try read(path) { (file) throws(DecodeError) in
        let map = try ColumnMap(file)
        try common.add(map.overrides)
        return map
      }
      if let other = maps.firstIndex(where: { $0.files == map.files }) {
        throw .usage(
          "--map \(path): for the same files as \(request.mapPaths[other]); `files = \"*-trades.csv\"` in a "
            + "map says which are its own")
      }
      if let symbol = request.symbol { map.symbol = symbol }
      maps.append(map)
    }
    for index in maps.indices { maps[index].overrides = common }
    return maps
  }

  private static func read<T>(_ path: String, _ body: (MapFile) throws(DecodeError) -> T)
    throws(ImportError) -> T
  {
    let bytes = try FileList.contents(path, limit: 1 << 20)
    do {
      return try body(MapFile(bytes.span))
    } catch {
      throw .data(
        path: path, error: error, advice: "docs/importing.md lists the keys of a map file.")
    }
  }
}

import Events
import TOMLKit
import Trading

/// A configuration put together from a file, the environment and flags, with where each value came from.
struct ConfigurationFile {
  /// Keys and canonical values.
  private(set) var items = ConfigurationItems()
  /// The file; empty if there is none.
  let path: String
  /// The types of the file's values.
  private(set) var types: [(key: String, type: ValueType)] = []
  private let positions: TOMLPositions
  /// What the file itself says.
  private var read: [ConfigurationItems.Item] = []
  /// By key: where a value that the file does not have came from.
  private var origins: [(key: String, origin: String)] = []

  /// Reads a file, then takes what the environment and `--set` say.
  /// - Parameters:
  ///   - environment: `DAYBOOK_A__B=value` sets `a.b`.
  ///   - settings: `a.b=value`; the last word.
  /// - Throws: `Failure` with `file:line:column` for what cannot be read.
  init(
    path: String, environment: [(name: String, value: String)] = [], settings: [String] = []
  ) throws {
    let text = try TextFile.read(path, what: "the configuration")
    try self.init(path: path, text: text, environment: environment, settings: settings)
  }

  init(
    path: String, text: String, environment: [(name: String, value: String)] = [],
    settings: [String] = []
  ) throws {
    self.path = path
    positions = TOMLPositions(text)
    let table: TOMLTable
    if let heading = positions.unreadableHeading {
      // What is wrong before it is told first.
      _ = try Self.parse(heading.before, path)
      throw Failure(
        .configuration,
        "\(path):\(heading.position): not TOML: a table's heading needs a name, as in [risk].")
    } else {
      table = try Self.parse(text, path)
    }
    try take(table, [])
    var found = read
    try Self.checkDistinct(found.map(\.key), path)
    for (name, value) in environment {
      guard let key = Self.key(ofVariable: name, among: found.map(\.key)) else { continue }
      found.append(ConfigurationItems.Item(key: key, value: value))
      origins.append((key, "environment \(name)"))
    }
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw Failure(
          .usage, "--set \(setting): not a setting. Write --set risk.order.max_rate=50/s.")
      }
      let key = String(setting[..<equals])
      let value = String(setting[setting.index(after: equals)...])
      found.append(ConfigurationItems.Item(key: key, value: value))
      origins.append((key, "--set \(key)"))
    }
    items = ConfigurationItems(found)
  }

  private static func parse(_ text: String, _ path: String) throws -> TOMLTable {
    do {
      return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let start = error.source.begin
      throw Failure(
        .configuration,
        "\(path):\(start.line):\(start.column): not TOML: \(clause(error.description)).")
    }
  }

  /// Where a key's value is said: `momo.toml:14:9`, `environment DAYBOOK_RUN__SEED`, `--set run.seed`.
  func origin(of key: String) -> String {
    if let other = origins.last(where: { $0.key == key }) { return other.origin }
    let parts = key.split(separator: ".").map(String.init)
    return positions.position(of: parts).map { "\(path):\($0)" } ?? path
  }

  /// The failure for what the core says about a key.
  func failure(_ error: ConfigurationError) -> Failure {
    let advice = error.advice.isEmpty ? "" : "; \(error.advice)"
    return Failure(.configuration, "\(place(of: error)): \(error.key): \(error.what)\(advice).")
  }

  /// An unknown table is wrong in its heading, not in its first key.
  private func place(of error: ConfigurationError) -> String {
    let table = String(error.key.prefix { $0 != "." })
    let isOurs = origins.contains { $0.key == error.key }
    return isOurs || Configuration.tables.contains(table)
      ? origin(of: error.key) : origin(of: table)
  }

  /// Sets a value, as a flag of its own does.
  mutating func set(_ key: String, _ value: String, origin: String) {
    items = ConfigurationItems(items.items + [ConfigurationItems.Item(key: key, value: value)])
    origins.append((key, origin))
  }

  /// Replaces the parser's line breaks and its own repetition of the position.
  private static func clause(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    let start = line.range(of: "Error while parsing ").map { "in the " + line[$0.upperBound...] }
    return start ?? line
  }

  /// Takes a table's values, and those of the tables in it.
  private mutating func take(_ table: TOMLTable, _ path: [String]) throws {
    for key in table.keys.sorted() {
      guard let value = table[key] else { continue }
      let here = path + [key]
      if let inner = value.table {
        try take(inner, here)
        continue
      }
      let name = here.joined(separator: ".")
      guard let type = Self.type(of: value),
        let text = Self.canonical(value, source: positions.source(of: here))
      else {
        let place = positions.position(of: here).map { "\(self.path):\($0)" } ?? self.path
        throw Failure(
          .configuration,
          "\(place): \(name): a \(value.type) is no value here; write a string, a number, true or "
            + "false, or a list of strings.")
      }
      read.append(ConfigurationItems.Item(key: name, value: text))
      types.append((name, type))
    }
  }

  private static func type(of value: any TOMLValueConvertible) -> ValueType? {
    switch value.type {
    case .string: .text
    case .int: .integer
    case .double: .decimal
    case .bool: .flag
    case .array: .list
    case .table, .date, .time, .dateTime: nil
    }
  }

  /// A value's canonical text; nil for what configurations do not have.
  private static func canonical(_ value: any TOMLValueConvertible, source: String?) -> String? {
    switch value.type {
    case .string: return value.string
    case .int: return value.int.map { String($0) }
    case .bool: return value.bool.map { $0 ? "true" : "false" }
    case .double:
      // As written: a binary fraction would add digits that nobody wrote.
      let text = source?.filter { $0 != "_" && $0 != "+" }
      return text.flatMap { Decimal($0) == nil ? nil : $0 }
    case .array:
      guard let array = value.array else { return nil }
      var parts: [String] = []
      for index in 0..<array.count {
        let element = array[index]
        guard [.string, .int, .bool].contains(element.type),
          let text = canonical(element, source: nil)
        else { return nil }
        parts.append(text)
      }
      return parts.joined(separator: ",")
    case .table, .date, .time, .dateTime: return nil
    }
  }

  /// A quoted key with points can spell the same dotted key as a table.
  private static func checkDistinct(_ keys: [String], _ file: String) throws {
    let keys = keys.sorted()
    for (key, after) in zip(keys, keys.dropFirst()) where key == after {
      throw Failure(.configuration, "\(file): \(key): is there twice; remove one.")
    }
  }

  /// The key that `DAYBOOK_A__B` means; nil if the name is not of that form.
  static func key(ofVariable name: String, among keys: [String]) -> String? {
    let prefix = "DAYBOOK_"
    guard name.hasPrefix(prefix), name.contains("__") else { return nil }
    let plain = name.dropFirst(prefix.count).lowercased()
    // Names of strategies have hyphens and capitals, which variables cannot have.
    func folded(_ key: String) -> String {
      String(key.lowercased().map { $0 == "-" ? "_" : $0 })
    }
    let parts = plain.split(separator: "_", omittingEmptySubsequences: false)
    var dotted = ""
    var index = 0
    while index < parts.count {
      if parts[index].isEmpty, index > 0, index < parts.count - 1 {
        dotted += "."
      } else {
        if index > 0, !dotted.hasSuffix(".") { dotted += "_" }
        dotted += parts[index]
      }
      index += 1
    }
    return keys.first { folded($0) == dotted } ?? dotted
  }
}

extension String {
  /// Where a text stands in this one; nil if it does not.
  fileprivate func range(of part: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
      start = index(after: start)
    }
    return nil
  }
}

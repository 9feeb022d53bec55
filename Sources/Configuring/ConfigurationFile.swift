import Events
import Trading

/// What is wrong with a configuration as it was given: where, what, why and what to do.
public struct ConfigurationFault: Error, Equatable, Sendable {
  public enum Kind: Sendable {
    /// Of the file or the environment.
    case configuration
    /// Of a flag.
    case usage
  }
  public var kind: Kind
  public var text: String

  init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }
}

/// The types of values that a configuration has.
public enum ValueType: Sendable {
  case text
  case integer
  case decimal
  case flag
  case list
}

/// A configuration put together from a file, the environment and flags, with where each value came from.
public struct ConfigurationFile {
  /// Keys and canonical values.
  public private(set) var items = ConfigurationItems()
  /// The file; empty if there is none.
  public let path: String
  /// The types of the file's values.
  public private(set) var types: [(key: String, type: ValueType)] = []
  private let document: TOMLDocument
  /// By dotted key: the file's values, to be looked up only.
  private var nodes: [String: Int] = [:]
  /// By key: where a value that the file does not have came from.
  private var origins: [(key: String, origin: String)] = []

  /// The path that a value of the file means: a relative one goes from the file's folder on.
  public func path(of value: String) -> String {
    guard !value.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return value }
    return path[...slash] + value
  }

  /// Reads a file's text, then takes what the environment and `--set` say.
  /// - Parameters:
  ///   - environment: `DAYBOOK_A__B=value` sets `a.b`.
  ///   - settings: `a.b=value`; the last word.
  /// - Throws: `ConfigurationFault` with `file:line:column` for what cannot be read.
  public init(
    path: String, text: String, environment: [(name: String, value: String)] = [],
    settings: [String] = []
  ) throws(ConfigurationFault) {
    self.path = path
    do throws(TOMLError) {
      document = try TOMLReader.read(text)
    } catch {
      throw ConfigurationFault(
        .configuration, "\(path):\(error.position): not TOML: \(error.fault).")
    }
    var found = try take()
    for (name, value) in environment {
      guard let key = Self.key(ofVariable: name, among: found.map(\.key)) else { continue }
      found.append(ConfigurationItems.Item(key: key, value: Self.plain(value)))
      origins.append((key, "environment \(name)"))
    }
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw ConfigurationFault(
          .usage, "--set \(setting): not a setting. Write --set risk.order.max_rate=50/s.")
      }
      let key = String(setting[..<equals])
      let value = String(setting[setting.index(after: equals)...])
      found.append(ConfigurationItems.Item(key: key, value: Self.plain(value)))
      origins.append((key, "--set \(key)"))
    }
    items = ConfigurationItems(found)
  }

  /// What a value says that is written as in a file, `"1000 USD"` or `["A", "B"]`; any other as it is.
  private static func plain(_ value: String) -> String {
    guard let first = value.first, "\"'[".contains(first),
      let file = try? ConfigurationFile(path: "", text: "value = \(value)"),
      file.items.items.count == 1
    else { return value }
    return file.items.items[0].value
  }

  /// Where a key's value is said: `momo.toml:14:9`, `environment DAYBOOK_RUN__SEED`, `--set run.seed`.
  public func origin(of key: String) -> String {
    if let other = origins.last(where: { $0.key == key }) { return other.origin }
    if let node = nodes[key] { return "\(path):\(document.nodes[node].position)" }
    // What is missing is missing in the nearest table around it.
    var parts = key.split(separator: ".").map(String.init)
    while !parts.isEmpty {
      if let node = document.node(at: parts) { return "\(path):\(document.nodes[node].position)" }
      parts.removeLast()
    }
    return path
  }

  /// The fault for what the core says about a key.
  public func fault(_ error: ConfigurationError) -> ConfigurationFault {
    let advice = error.advice.isEmpty ? "" : "; \(error.advice)"
    let place = place(of: error)
    // `--set risk.x` names the key already.
    let key = place.hasSuffix(" " + error.key) ? "" : "\(error.key): "
    let end = advice.hasSuffix("?") ? "" : "."
    return ConfigurationFault(.configuration, "\(place): \(key)\(error.what)\(advice)\(end)")
  }

  /// An unknown table is wrong in its heading, not in its first key.
  private func place(of error: ConfigurationError) -> String {
    let table = String(error.key.prefix { $0 != "." })
    let isOurs = origins.contains { $0.key == error.key }
    return isOurs || Configuration.tables.contains(table)
      ? origin(of: error.key) : origin(of: table)
  }

  /// Sets a value, as a flag of its own does.
  public mutating func set(_ key: String, _ value: String, origin: String) {
    items = ConfigurationItems(items.items + [ConfigurationItems.Item(key: key, value: value)])
    origins.append((key, origin))
  }

  /// Takes the values that the file says.
  private mutating func take() throws(ConfigurationFault) -> [ConfigurationItems.Item] {
    var found: [ConfigurationItems.Item] = []
    for leaf in document.leaves {
      let key = document.path(of: leaf).joined(separator: ".")
      let (type, text) = try canonical(leaf, of: key)
      // A quoted key with points can spell the same dotted key as a table.
      if let other = nodes.updateValue(leaf, forKey: key) {
        let first = document.nodes[other].position
        throw ConfigurationFault(
          .configuration,
          "\(place(of: leaf)): \(key): is there twice, first at \(first); remove one.")
      }
      found.append(ConfigurationItems.Item(key: key, value: text))
      types.append((key, type))
    }
    return found
  }

  private func place(of node: Int) -> String { "\(path):\(document.nodes[node].position)" }

  /// A value's type and canonical text.
  /// - Throws: `ConfigurationFault` for what configurations do not have.
  private func canonical(_ node: Int, of key: String) throws(ConfigurationFault) -> (
    ValueType, String
  ) {
    switch document.nodes[node].value {
    case .string(let text): return (.text, text)
    case .integer(let number): return (.integer, String(number))
    case .boolean(let isTrue): return (.flag, isTrue ? "true" : "false")
    case .decimal:
      // As written: a binary fraction would add digits that nobody wrote.
      let text = document.source(of: node).filter { $0 != "_" && $0 != "+" }
      guard Decimal(text) != nil else { throw unusable(node, key) }
      return (.decimal, text)
    case .array:
      var parts: [String] = []
      for element in document.nodes[node].children {
        switch document.nodes[element].value {
        case .string, .integer, .boolean: parts.append(try canonical(element, of: key).1)
        default: throw unusable(element, key)
        }
      }
      return (.list, parts.joined(separator: ","))
    default: throw unusable(node, key)
    }
  }

  private func unusable(_ node: Int, _ key: String) -> ConfigurationFault {
    let what =
      switch document.nodes[node].value {
      case .decimal: "the number \(document.source(of: node))"
      case .localDate: "a date"
      case .localTime: "a time"
      case .offsetDateTime, .localDateTime: "a date-time"
      case .tables: "a list of tables"
      case .table: "a table"
      default: "a list"
      }
    let scope = document.nodes[node].isInArray ? "in a list" : "here"
    return ConfigurationFault(
      .configuration,
      "\(place(of: node)): \(key): \(what) is no value \(scope); write a string, a number, true or "
        + "false, or a list of strings.")
  }

  /// The key that `DAYBOOK_A__B` means; nil if the name is not of that form.
  public static func key(ofVariable name: String, among keys: [String]) -> String? {
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

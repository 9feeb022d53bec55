import ArgumentParser

/// `daybook config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check or show a configuration, or list what it may say.",
    subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self, ConfigSchemaCommand.self])
}

/// `daybook config show`
struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the values that a run would have: the file's, or those that are built in.",
    discussion: "Example: DAYBOOK_RUN__SEED=7 daybook config show daybook.toml --origin")

  @Argument(
    help: "Configuration file. Default: what `daybook run` trades if it is told nothing.",
    completion: .file())
  var file: String?

  @Flag(help: "Where each value comes from.")
  var origin = false

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let checked = try configuration.read(
      file, builtIn: BuiltInConfiguration.text, at: BuiltInConfiguration.path, seed: nil)
    try checked.show(origins: origin, output)
  }
}

/// `daybook config check`
struct ConfigCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a file with the environment and --set above it; print every value's origin.",
    discussion: """
      Says whether the file is good for `daybook backtest`, `daybook run` or both: continuous futures and \
      market data of another venue are for backtests.

      Example: DAYBOOK_RUN__SEED=7 daybook config check momo.toml --for backtest
      """)

  /// What a configuration can be for.
  enum Purpose: String, CaseIterable, ExpressibleByArgument {
    case backtest
    case run
  }

  @Argument(help: "Configuration file.", completion: .file())
  var file: String

  @Option(
    name: .customLong("for"),
    help: "What it must be good for, backtest or run. Default: either, and which is said.")
  var purpose: Purpose?

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let checked = try configuration.read(file)
    // What only a daemon reads is checked here too, but for files that are no daemon's.
    if purpose != .backtest { _ = try (checked.settings(), checked.venues()) }
    let obstacle = checked.obstacleToRun
    if let obstacle, purpose == .run { throw obstacle }
    let good: [Purpose] = obstacle == nil && purpose != .backtest ? [.backtest, .run] : [.backtest]
    try checked.show(origins: true, output, goodFor: good.map(\.rawValue))
    if let obstacle, purpose == nil, !output.quiet {
      tell("not for `daybook run`: \(obstacle.text)")
    }
  }
}

extension RunConfiguration {
  /// Prints the values, with where each comes from if wanted, and which commands take them.
  fileprivate func show(origins: Bool, _ output: PrintOptions, goodFor: [String] = []) throws {
    var columns = [("key", Table.Alignment.left), ("value", .left)]
    if origins { columns.append(("origin", .left)) }
    var table = Table(columns)
    var fields: [(String, JSON)] = []
    for item in items.items {
      let origin = file.origin(of: item.key)
      table.row([item.key, item.value] + (origins ? [origin] : []))
      fields.append(
        (
          item.key,
          origins
            ? .object([("value", .string(item.value)), ("origin", .string(origin))])
            : .string(item.value)
        ))
    }
    var lines = table.lines(output.style)
    if !goodFor.isEmpty {
      fields.append(("good_for", .array(goodFor.map { .string($0) })))
      lines.append("good for daybook \(goodFor.joined(separator: " and daybook "))")
    }
    try output.show(.object(fields), else: lines)
  }
}

/// `daybook config schema`
struct ConfigSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "List every key with its type, default and meaning.")

  @OptionGroup var output: PrintOptions

  func run() throws {
    var table = Table([
      ("key", .left), ("type", .left), ("default", .left), ("meaning", .left),
    ])
    for key in ConfigurationSchema.keys {
      let kind = key.kind.map { " (\($0))" } ?? ""
      table.row(key.key, key.form.rawValue, key.standard, key.meaning + kind)
    }
    let object = JSON.array(
      ConfigurationSchema.keys.map { key in
        .object([
          ("key", .string(key.key)), ("type", .string(key.form.rawValue)),
          ("required", .bool(key.standard == "–")),
          (
            "default",
            key.standard.isEmpty || key.standard == "–" ? .null : .string(key.standard)
          ),
          ("strategy_kind", .string(key.kind)), ("meaning", .string(key.meaning)),
        ])
      })
    try output.show(object, else: table.lines(output.style))
  }
}

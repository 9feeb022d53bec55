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
    discussion: "Example: DAYBOOK_RUN__SEED=7 daybook config check momo.toml")

  @Argument(help: "Configuration file.", completion: .file())
  var file: String

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let checked = try configuration.read(file)
    // What only a daemon reads is checked here too.
    _ = try (checked.live(), checked.venues())
    try checked.show(origins: true, output)
  }
}

extension RunConfiguration {
  /// Prints the values, with where each comes from if wanted.
  fileprivate func show(origins: Bool, _ output: PrintOptions) throws {
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
    try output.show(.object(fields), else: table.lines(output.style))
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

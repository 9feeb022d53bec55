import ArgumentParser

/// `daybook config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check a configuration, or list what it may say.",
    subcommands: [ConfigCheckCommand.self, ConfigSchemaCommand.self])
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
    let items = checked.items.items
    var table = Table([("key", .left), ("value", .left), ("origin", .left)])
    for item in items { table.row(item.key, item.value, checked.file.origin(of: item.key)) }
    let object = JSON.object(
      items.map {
        (
          $0.key,
          .object([
            ("value", .string($0.value)), ("origin", .string(checked.file.origin(of: $0.key))),
          ])
        )
      })
    try output.show(object, else: table.lines(output.style))
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

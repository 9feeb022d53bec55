import Trading

/// The version of the program, which is that of its core.
enum DaybookVersion {
  static let text = Engine.version
}

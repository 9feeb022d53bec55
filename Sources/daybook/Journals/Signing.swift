import ArgumentParser
import Events
import Glibc
import Journaling

/// With which key the end of a run is signed.
struct SigningOptions: ParsableArguments {
  @Option(
    name: .customLong("signing-key"),
    help: ArgumentHelp(
      "Ed25519 private key (PEM, mode 0600) that signs the checkpoint.",
      discussion:
        "Default: DAYBOOK_SIGNING_KEY, else signing.pem in $XDG_DATA_HOME/daybook, made on first use."
    ),
    completion: .file(extensions: ["pem"]))
  var signingKey: String?

  /// Whether somebody has said which key it is.
  var isNamed: Bool { named != nil }

  private var named: String? { signingKey ?? environment("DAYBOOK_SIGNING_KEY") }

  /// Where the key is, or would be made.
  func path() throws -> String { try named ?? Self.ownPath() }

  /// The key to sign with.
  func key() throws -> SigningKey {
    let path = try path()
    if isNamed { return try Self.load(path) }
    if !Folder.exists(path) {
      let key = SigningKey.create()
      do {
        try key.save(to: path)
        return key
      } catch {
        // Another run may have made it at the same moment.
        guard Folder.exists(path) else { throw error }
      }
    }
    return try Self.load(path)
  }

  private static func load(_ path: String) throws -> SigningKey {
    guard Folder.exists(path) else {
      throw Failure(.noInput, "\(path): there is no signing key here. Check the path.")
    }
    return try SigningKey.load(from: path)
  }

  private static func ownPath() throws -> String {
    guard
      let base = environment("XDG_DATA_HOME") ?? environment("HOME").map({ $0 + "/.local/share" })
    else {
      throw Failure(
        .configuration,
        "there is no place for a signing key: neither HOME nor XDG_DATA_HOME is set. Give one with "
          + "--signing-key.")
    }
    let folder = base + "/daybook"
    do {
      try Folder.make(folder, mode: 0o700)
    } catch let failure as Failure {
      throw Failure(
        failure.status,
        "\(failure.text) It is for the key that signs the journal: name one with --signing-key, or "
          + "set XDG_DATA_HOME to where one can be made.")
    }
    return folder + "/signing.pem"
  }
}

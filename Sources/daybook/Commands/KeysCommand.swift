import ArgumentParser
import Glibc
import Journaling

/// `daybook keys`
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "The keys that sign checkpoints: which there are, a new one, the public half.",
    discussion: """
      A journal's checkpoints are signed with one key from its first to its last. The keys that sign tokens of the \
      API are the server's: `daybook-api keys`.

      Example: daybook keys show --journal daybook-journal
      Example: daybook keys public > auditor.pem && daybook verify daybook-journal --public-key auditor.pem
      """,
    subcommands: [Show.self, Create.self, Public.self], defaultSubcommand: Show.self)

  /// `daybook keys show`
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say which keys sign here, and whether they are the journal's.",
      discussion: "Ends with 2 if a key cannot be used, or is not the journal's. Changes nothing.")

    @Option(help: "Folder of the journal.", completion: .directory)
    var journal = standardJournal

    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: PrintOptions

    private struct Finding {
      var what: String
      var path: String
      var key: String?
      var isGood = true
      var text: String
    }

    func run() throws {
      let findings = [own(), ofJournal(), ofAPI()]
      var table = Table([("what", .left), ("file", .left), ("key", .left), ("found", .left)])
      for finding in findings {
        let text = finding.text.split(separator: "\n").joined(separator: " ")
        table.row(finding.what, finding.path, finding.key.map { "\($0.prefix(16))…" } ?? "–", text)
      }
      let object = JSON.array(
        findings.map {
          .object([
            ("what", .string($0.what)), ("file", .string($0.path)), ("key", .string($0.key)),
            ("good", .bool($0.isGood)), ("found", .string($0.text)),
          ])
        })
      try output.show(object, else: table.lines(output.style))
      if findings.contains(where: { !$0.isGood }) { throw ExitCode.found }
    }

    /// The key that a run would sign with now.
    private func own() -> Finding {
      let path = (try? signing.path()) ?? ""
      guard Folder.exists(path) else {
        let isNamed = signing.isNamed
        return Finding(
          what: "signing key", path: path, isGood: !isNamed,
          text: isNamed ? "missing" : "none yet: the first run makes it, or `daybook keys create`")
      }
      do {
        let key = try SigningKey.load(from: path).publicKey
        return Finding(what: "signing key", path: path, key: key.description, text: "usable")
      } catch {
        return Finding(what: "signing key", path: path, isGood: false, text: Failure(error).text)
      }
    }

    private func ofJournal() -> Finding {
      let path = journal + "/checkpoint.pub.pem"
      guard Folder.exists(path) else {
        return Finding(what: "journal", path: path, text: "nothing is signed here yet")
      }
      do {
        let key = try PublicKey.load(from: path)
        let own = (try? signing.path()).flatMap { Folder.exists($0) ? $0 : nil }
        guard let own else {
          return Finding(
            what: "journal", path: path, key: key.description,
            text: "the key that signed it is not here")
        }
        let isSame = try SigningKey.load(from: own).publicKey == key
        return Finding(
          what: "journal", path: path, key: key.description, isGood: isSame,
          text: isSame
            ? "signed with the key above"
            : "signed with another key: a run needs that one (--signing-key)")
      } catch {
        return Finding(what: "journal", path: path, isGood: false, text: Failure(error).text)
      }
    }

    private func ofAPI() -> Finding {
      let path = journal + "/api.keys"
      var info = stat()
      guard unsafe stat(path, &info) == 0 else {
        return Finding(
          what: "API tokens", path: path, text: "none yet: the API makes them as it starts")
      }
      let isOpen = info.st_mode & 0o077 != 0
      return Finding(
        what: "API tokens", path: path, isGood: !isOpen,
        text: isOpen
          ? "others may read them: chmod 600 \(path)"
          : "see `daybook-api keys show --journal \(journal)`")
    }
  }

  /// `daybook keys create`
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key that signs checkpoints; one that is there stays.",
      discussion: """
        The file has mode 0600 and is written whole or not at all. Keep a copy where the journals are not: without it \
        no checkpoint can be added to them.

        Example: daybook keys create --signing-key /secure/daybook.pem
        """)

    @OptionGroup var signing: SigningOptions
    @OptionGroup var output: PrintOptions

    func run() throws {
      let path = try signing.path()
      guard !Folder.exists(path) else {
        throw Failure(
          .denied, "\(path): there is a key already, and journals may need it. Name another file.")
      }
      let key = SigningKey.create()
      try key.save(to: path)
      let publicKey = key.publicKey
      try output.show(
        .object([("file", .string(path)), ("key", .string(publicKey.description))]),
        else: ["\(path): a new key, \(publicKey)"])
    }
  }

  /// `daybook keys public`
  struct Public: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the public half, in PEM: with it anybody can verify what was signed.")

    @OptionGroup var signing: SigningOptions

    func run() throws {
      let path = try signing.path()
      guard Folder.exists(path) else {
        throw Failure(
          .noInput, "\(path): there is no signing key here. `daybook keys create` makes one.")
      }
      try Output.print(SigningKey.load(from: path).publicKey.pem())
    }
  }
}

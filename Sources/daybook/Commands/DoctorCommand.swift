import ArgumentParser
import Events
import Glibc
import Journaling
import Serving

/// `daybook doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look whether a daemon could run here: disk, limits, key, configuration.",
    discussion: """
      Writes nothing but a small file beside the journal, which it removes again. Ends with 2 if something would \
      keep a daemon from running well.

      Example: daybook doctor --journal /var/lib/daybook/journal --config daybook.toml
      """)

  @Option(help: "Folder of the journal.", completion: .directory)
  var journal = standardJournal

  @Option(help: "Configuration file (TOML).", completion: .file())
  var config: String?

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: PrintOptions

  enum State: String {
    case good
    case doubtful
    case bad
  }

  struct Finding {
    var what: String
    var state: State
    var text: String
  }

  func run() throws {
    let isFolder = Folder.exists(journal) && !Folder.isFile(journal)
    let folder = isFolder ? journal : Self.above(journal)
    let findings =
      [checkConfiguration(), checkKey(), checkJournal()] + Self.checkDisk(folder)
      + [Self.checkFlush(folder), Self.checkCores(), Self.checkFiles()]
    var table = Table([("what", .left), ("state", .left), ("found", .left)])
    for finding in findings {
      // What is told on several lines elsewhere is one here.
      let text = finding.text.split(separator: "\n").joined(separator: " ")
      table.row(finding.what, finding.state.rawValue, text)
    }
    let object = JSON.array(
      findings.map {
        .object([
          ("what", .string($0.what)), ("state", .string($0.state.rawValue)),
          ("found", .string($0.text)),
        ])
      })
    try output.show(object, else: table.lines(output.style))
    if findings.contains(where: { $0.state == .bad }) { throw ExitCode.found }
  }

  private static func above(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func checkConfiguration() -> Finding {
    do {
      let read = try configuration.read(
        config, builtIn: BuiltInConfiguration.text, at: BuiltInConfiguration.path, seed: nil)
      _ = try (read.live(), read.venues())
      try read.checkSecrets()
      let count = read.core.strategies.count
      return Finding(
        what: "configuration", state: count > 0 ? .good : .bad,
        text: "\(config ?? "built in"): \(count) strategies")
    } catch {
      return Finding(what: "configuration", state: .bad, text: Failure(error).text)
    }
  }

  private func checkKey() -> Finding {
    do {
      let key = try signing.key().publicKey
      let own = journal + "/checkpoint.pub.pem"
      if Folder.exists(own), try PublicKey.load(from: own) != key {
        return Finding(
          what: "signing key", state: .bad, text: "not the one that signed the journal")
      }
      return Finding(what: "signing key", state: .good, text: "\(key)")
    } catch {
      return Finding(what: "signing key", state: .bad, text: Failure(error).text)
    }
  }

  private func checkJournal() -> Finding {
    if Folder.isFile(journal) {
      return Finding(
        what: "journal", state: .bad,
        text:
          "\(journal): is a file, and no journal: those are folders. Name another with --journal.")
    }
    guard Journal.exists(at: journal) else {
      return Finding(what: "journal", state: .good, text: "\(journal): none yet")
    }
    do {
      let last = try JournalReader.open(at: journal).lastSequence()
      let runs = ControlClient.isAnswered(in: journal) ? "; a daemon runs on it" : ""
      return Finding(
        what: "journal", state: .good, text: "\(journal): \(sequenceText(last))\(runs)")
    } catch {
      return Finding(what: "journal", state: .bad, text: Failure(error).text)
    }
  }

  /// File systems that do not keep what they are given, or whose locks and maps are not local.
  private static let foreign: [(type: String, what: String, state: State)] = [
    ("tmpfs", "gone with the power", .doubtful), ("overlay", "gone with the container", .doubtful),
    ("nfs", "not local", .bad), ("nfs4", "not local", .bad), ("cifs", "not local", .bad),
    ("smb3", "not local", .bad), ("fuse.sshfs", "not local", .bad), ("9p", "not local", .bad),
  ]

  private static func checkDisk(_ folder: String) -> [Finding] {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else {
      return [Finding(what: "disk", state: .bad, text: "\(folder): \(systemText(errno))")]
    }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let type = fileSystem(of: folder)
    let known = foreign.first { $0.type == type }
    return [
      Finding(
        what: "file system", state: known?.state ?? .good,
        text: type + (known.map { ": \($0.what)" } ?? "")),
      Finding(
        what: "free space", state: free < 1 << 30 ? .bad : free < 20 << 30 ? .doubtful : .good,
        text: byteText(free)),
    ]
  }

  /// The type of the mount that a folder is in, as proc(5) has it.
  private static func fileSystem(of folder: String) -> String {
    let path = (Folder.resolved(folder) ?? folder) + "/"
    let lines = (try? TextFile.read("/proc/self/mounts", what: "the mounts")) ?? ""
    var best = (length: -1, type: "unknown")
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2 else { continue }
      let point = words[1] == "/" ? "/" : words[1] + "/"
      // A later mount lies over an earlier one at the same place.
      if path.hasPrefix(point), point.utf8.count >= best.length {
        best = (point.utf8.count, String(words[2]))
      }
    }
    return best.type
  }

  /// What a commit waits for at least.
  private static func checkFlush(_ folder: String) -> Finding {
    let path = folder + "/daybook-doctor-\(getpid())"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      return Finding(what: "flush", state: .bad, text: "\(folder): \(systemText(errno))")
    }
    defer {
      close(descriptor)
      unsafe unlink(path)
    }
    let page = [UInt8](repeating: 7, count: 4096)
    var times: [Double] = []
    for index in 0..<15 {
      let watch = Stopwatch()
      guard unsafe pwrite(descriptor, page, page.count, off_t(index * page.count)) == page.count,
        fdatasync(descriptor) == 0
      else { return Finding(what: "flush", state: .bad, text: systemText(errno)) }
      times.append(watch.seconds * 1000)
    }
    times.sort()
    let middle = times[times.count / 2]
    return Finding(
      what: "flush", state: middle > 20 ? .doubtful : .good,
      text: "\(rounded(middle, 2)) ms in the middle, \(rounded(times.last ?? 0, 2)) ms at most")
  }

  private static func checkCores() -> Finding {
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return Finding(
      what: "cores", state: count < 2 ? .doubtful : .good,
      text: "\(count); the core and the journal have a thread each")
  }

  private static func checkFiles() -> Finding {
    var files = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    var size = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &size)
    if size.rlim_cur != rlim_t.max {
      return Finding(
        what: "limits", state: .bad, text: "files may only grow to \(size.rlim_cur) bytes")
    }
    return Finding(
      what: "limits", state: files.rlim_cur < 256 ? .doubtful : .good,
      text: "\(files.rlim_cur) open files, files of any size")
  }
}

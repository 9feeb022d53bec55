import Events
import Glibc
import Logging
import Sequencing

/// Writes logs as lines of JSON to standard error: time, level, message, then what it is about, among it `seq`,
/// `trace_id` and `subject` where there are such. One write a line, so that lines are whole.
public struct JSONLogHandler: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata: Logger.Metadata = [:]
  private let label: String
  private let descriptor: Int32

  public init(label: String, descriptor: Int32 = STDERR_FILENO) {
    self.label = label
    self.descriptor = descriptor
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let bytes = line(event, at: LiveClock.system.now()).closed + [UInt8(ascii: "\n")]
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes[done...].withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      // Who reads logs may go away; the process goes on.
      guard count > 0 || errno == EINTR else { return }
      done += max(count, 0)
    }
  }

  func line(_ event: LogEvent, at time: Instant) -> JSONLine {
    var line = JSONLine()
    line.field("time", time)
    line.field("level", event.level.rawValue)
    line.field("logger", label)
    line.field("message", event.message.description)
    var all = metadata.merging(event.metadata ?? [:]) { $1 }
    if let sequence = all.removeValue(forKey: "seq")?.description {
      if let number = UInt64(sequence), number > 0 { line.field("seq", number) }
    }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) where !value.description.isEmpty {
      line.field(key, value.description)
    }
    if let error = event.error { line.field("error", "\(type(of: error))") }
    return line
  }
}

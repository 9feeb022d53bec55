import Glibc

/// How far a long piece of work is, on standard error: one line that moves on a terminal, elsewhere a
/// line for every tenth.
struct Progress {
  private let label: String
  private let total: UInt64
  private let unit: String
  private let isQuiet: Bool
  private let isLive: Bool
  private let watch = Stopwatch()
  private var shownAt = 0.0
  private var shownTenth: UInt64 = 0
  private var isShown = false

  /// - Parameters:
  ///   - label: what is done, one word: `replay`.
  ///   - total: 0 if it cannot be known.
  ///   - unit: what is counted: `entries`.
  init(_ label: String, total: UInt64, unit: String = "entries", isQuiet: Bool = false) {
    self.label = label
    self.total = total
    self.unit = unit
    self.isQuiet = isQuiet
    isLive = Screen.isLive
  }

  var seconds: Double { watch.seconds }

  /// Tells how far it is. Cheap enough to be called for every block.
  mutating func update(_ done: UInt64) {
    if isQuiet { return }
    let seconds = watch.seconds
    // What is over at once needs no line, and a rate of its first moment says nothing.
    guard seconds >= 0.3 else { return }
    if isLive {
      guard !isShown || seconds - shownAt >= 0.1 else { return }
      shownAt = seconds
      isShown = true
      tellBytes(Array(("\r\u{1B}[K" + line(done, seconds)).utf8))
    } else if total > 0 {
      let tenth = min(done, total) * 10 / total
      guard tenth > shownTenth else { return }
      shownTenth = tenth
      tell(line(done, seconds))
    }
  }

  /// Takes the moving line away.
  mutating func finish() {
    if isShown { tellBytes(Array("\r\u{1B}[K".utf8)) }
    isShown = false
  }

  private func line(_ done: UInt64, _ seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var text = label
    if total > 0 {
      let percent = String(min(done, total) * 100 / total)
      text += String(repeating: " ", count: 5 - percent.count) + percent + " %"
      text += "  \(shortCount(Double(done))) of \(shortCount(Double(total))) \(unit)"
    } else {
      text += "  \(shortCount(Double(done))) \(unit)"
    }
    text += "  \(shortCount(rate))/s"
    if total > done, rate > 0 {
      text += "  ETA \(durationText(Double(total - done) / rate))"
    }
    return String(text.prefix(max(20, isLive ? Screen.width - 1 : 200)))
  }
}

import Glibc

/// Emphasis on a terminal; plain text elsewhere.
struct Style: Sendable {
  enum Tone: String {
    case strong = "1"
    case quiet = "2"
    case bad = "31"
    case good = "32"
    case notable = "33"
    case number = "36"
  }

  /// Whether anything is coloured.
  let isOn: Bool

  /// - Parameters:
  ///   - descriptor: where the text goes; only a terminal is coloured.
  ///   - isAllowed: false if the user said `--no-color`.
  init(for descriptor: Int32, isAllowed: Bool = true) {
    isOn =
      isAllowed && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
      && isatty(descriptor) == 1
  }

  func callAsFunction(_ text: String, _ tone: Tone) -> String {
    isOn ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Standard error as a terminal.
enum Screen {
  /// Whether a person sees standard error now.
  static var isLive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind standard error; 80 if there is none.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }
}

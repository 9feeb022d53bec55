import Events

/// A mail as it is sent (RFC 5322), made of one header block and one part of text.
struct MailMessage: Equatable, Sendable {
  /// Longest line without its end (RFC 5321, 4.5.3.1.6).
  private static let longestLine = 998

  var from: String
  var to: [String]
  var subject: String
  var body: String
  /// When it was written.
  var time: Instant
  /// Before the `@` of its identity.
  var identity: String

  /// The bytes after DATA without the last point, each line with its end, points at beginnings doubled
  /// (RFC 5321, 4.5.2).
  var data: [UInt8] {
    var lines = [
      "From: \(Self.field(from))", "To: \(to.map(Self.field).joined(separator: ", "))",
      "Subject: \(Self.words(subject))", "Date: \(Self.date(time))",
      "Message-ID: <\(Self.field(identity).filter { $0 != "<" && $0 != ">" })@daybook>",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Auto-Submitted: auto-generated",
    ]
    let text = Self.lines(of: body)
    let isPlain = text.allSatisfy { line in
      line.count <= Self.longestLine && line.allSatisfy { $0 < 0x80 && $0 != 0 }
    }
    lines.append("Content-Transfer-Encoding: \(isPlain ? "7bit" : "base64")")
    lines.append("")
    var bytes = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    for line in isPlain ? text : Self.base64(Array(body.utf8)) {
      if line.first == UInt8(ascii: ".") { bytes.append(UInt8(ascii: ".")) }
      bytes += line + [13, 10]
    }
    return bytes
  }

  /// Lines of a text, whatever ends them.
  private static func lines(of text: String) -> [[UInt8]] {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Array($0.utf8) }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// A value without anything that could end the header.
  static func field(_ text: String) -> String {
    var clean = ""
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      clean.unicodeScalars.append(isControl ? " " : scalar)
    }
    return String(clean.prefix(500))
  }

  /// A value that may have any letters, as encoded words if it needs them (RFC 2047), folded.
  static func words(_ text: String) -> String {
    let clean = field(text)
    guard !clean.utf8.allSatisfy({ $0 < 0x80 }) || clean.utf8.count > 200 || clean.contains("=?")
    else { return clean }
    // 75 characters a word; characters are not cut.
    var words: [String] = []
    var part: [UInt8] = []
    for character in clean {
      let bytes = Array(String(character).utf8)
      if part.count + bytes.count > 45, !part.isEmpty {
        words.append(word(part))
        part = []
      }
      part += bytes
    }
    if !part.isEmpty { words.append(word(part)) }
    return words.joined(separator: "\r\n ")
  }

  private static func word(_ bytes: [UInt8]) -> String {
    "=?UTF-8?B?" + String(decoding: encode(bytes), as: UTF8.self) + "?="
  }

  /// `Mon, 05 Jan 2026 14:30:00 +0000`
  static func date(_ time: Instant) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let date = time.date
    let number = ((date.daysSinceEpoch % 7) + 7) % 7
    let day = date.day < 10 ? "0\(date.day)" : "\(date.day)"
    return "\(days[number]), \(day) \(months[date.month - 1]) \(date.year) "
      + "\(time.timeText(digits: 0)) +0000"
  }

  /// Lines of 76 characters (RFC 2045, 6.8).
  private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    let text = encode(bytes)
    return stride(from: 0, to: text.count, by: 76).map {
      Array(text[$0..<min($0 + 76, text.count)])
    }
  }

  /// Base64 (RFC 4648, 4).
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for index in 0..<3 {
        bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0)
      }
      for index in 0..<4 {
        text.append(
          index <= group.count
            ? letters[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
      }
    }
    return text
  }
}

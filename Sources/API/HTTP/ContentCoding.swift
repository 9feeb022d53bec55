import CZlib

/// How the body of an answer is coded (RFC 9110, 8.4.1), over any version of HTTP.
enum ContentCoding: String, Sendable, CaseIterable {
  case gzip, deflate

  /// Bytes from which on an answer is coded: what is short does not get shorter.
  static let least = 1024
  /// How hard zlib tries, of 1 to 9. JSON of our kind gets a tenth smaller at 6, in twice the time.
  private static let level: Int32 = 4

  /// The coding that a client prefers (RFC 9110, 12.5.3): the one of the highest weight, gzip of two equal ones.
  /// - Returns: nil if it takes neither, or names neither.
  static func preferred(by headers: [Header]) -> ContentCoding? {
    var weights: [ContentCoding: Int] = [:]
    var others = 0
    for header in headers where header.name == "accept-encoding" {
      for element in header.value.split(separator: ",") {
        let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard let name = parts.first?.lowercased() else { continue }
        let weight = weight(of: parts.dropFirst())
        if name == "*" { others = weight }
        // An old name that has to be taken as the new one (RFC 9110, 8.4.1.3).
        if let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) {
          weights[coding] = weight
        }
      }
    }
    var best: (coding: ContentCoding, weight: Int)?
    for coding in allCases {
      let weight = weights[coding] ?? others
      if weight > best?.weight ?? 0 { best = (coding, weight) }
    }
    return best?.coding
  }

  /// Thousandths of a weight, which has at most three digits after its point; 0 for what is none.
  private static func weight(of parameters: ArraySlice<String>) -> Int {
    for parameter in parameters where parameter.lowercased().hasPrefix("q=") {
      guard let value = Double(parameter.dropFirst(2)), (0...1).contains(value) else { return 0 }
      return Int((value * 1000).rounded())
    }
    return 1000
  }

  /// A body in this coding.
  /// - Returns: nil where the system has no memory for it; the body then goes as it is.
  func encoded(_ body: [UInt8]) -> [UInt8]? {
    var stream = unsafe z_stream()
    // 15 bits of window; 16 more ask for gzip's frame (zlib.h).
    let window: Int32 = self == .gzip ? 31 : 15
    guard unsafe daybook_deflate_init(&stream, Self.level, window) == Z_OK else { return nil }
    defer { unsafe deflateEnd(&stream) }
    let most = unsafe Int(deflateBound(&stream, UInt(body.count)))
    var isWhole = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { space, count in
      unsafe body.withUnsafeBufferPointer { bytes in
        // zlib reads it only, whatever its header says.
        unsafe stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        unsafe stream.avail_in = UInt32(bytes.count)
        unsafe stream.next_out = space.baseAddress
        unsafe stream.avail_out = UInt32(space.count)
        isWhole = unsafe CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END
      }
      count = unsafe space.count - Int(stream.avail_out)
    }
    return isWhole ? bytes : nil
  }
}

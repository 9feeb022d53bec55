import Events

/// Turns the bytes of one source into ticks: a pure state machine without files or clocks.
///
/// The caller keeps a buffer, offers all of it again and again, and drops the bytes taken. What comes
/// out depends only on the bytes and the registry, not on how the bytes were cut.
public protocol Decoder: Sendable {
  /// Takes whole lines or records off the front of `bytes`.
  /// - Parameters:
  ///   - isEnd: nothing follows; a last line without a line feed is whole.
  ///   - registry: where instruments get their ids and scales.
  ///   - batch: where the ticks go.
  /// - Returns: the number of bytes taken; the rest is offered again with more behind it.
  /// - Throws: the place and reason if the source cannot be read on.
  mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int
}

/// Where in a source, and why, decoding could not go on.
public struct DecodeError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Place: Equatable, Sendable {
    /// The source as a whole.
    case source
    /// A line, counted from 1.
    case line(Int)
    /// An offset in bytes, counted from 0, after decompression.
    case byte(Int)
  }
  public var place: Place
  /// What was wrong, in one clause.
  public var reason: String
  /// The digits after the point that a number has too many of; nil if that is not what was wrong.
  public var digits: Int?
  /// The digits after the point that it needs, where a price scale can be that.
  public var neededDigits: Int?

  public init(_ place: Place, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  /// The same of a number, with what is wrong with it.
  func because(_ problem: DecimalProblem) -> DecodeError {
    var error = self
    error.reason += ": \(problem)"
    if case .tooPrecise(let digits) = problem { error.digits = digits }
    return error
  }

  public var description: String {
    switch place {
    case .source: reason
    case .line(let line): "line \(line): \(reason)"
    case .byte(let offset): "byte \(offset): \(reason)"
    }
  }
}

/// A text of the input as an error may show it: at most 40 characters, without control characters.
func shown(_ bytes: Span<UInt8>) -> String {
  var text: [UInt8] = []
  for index in 0..<min(bytes.count, 40) {
    let byte = bytes[index]
    text.append(byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?"))
  }
  let rest = bytes.count > 40 ? "…" : ""
  return "“\(String(decoding: text, as: UTF8.self))\(rest)”"
}

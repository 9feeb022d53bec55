/// A decimal number: mantissa / 10^scale, at most 19 digits. The form in which numbers
/// that strategies computed, and parameters, are written down.
public struct Decimal: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  public let mantissa: Int64
  /// Digits after the point, 0 to 18.
  public let scale: UInt8

  /// - Precondition: the scale is at most 18.
  public init(mantissa: Int64, scale: UInt8) {
    precondition(scale <= Self.largestScale)
    self.mantissa = mantissa
    self.scale = scale
  }

  static let largestScale: UInt8 = 18

  /// The nearest decimal with up to nine digits after the point, fewer for large numbers (rounded half
  /// away from zero). What is not finite, or beyond ± 9 × 10^18, becomes 0 with scale 18, which no
  /// rounding yields.
  public init(rounding value: Double) {
    var scale: UInt8 = 9
    var factor = 1e9
    while scale > 0, !((value * factor).magnitude < 9e18) {
      scale -= 1
      factor /= 10
    }
    let scaled = (value * factor).rounded(.toNearestOrAwayFromZero)
    self = scaled.magnitude < 9e18 ? Decimal(mantissa: Int64(scaled), scale: scale) : .notANumber
  }

  /// Stands for a value that is not a number.
  public static let notANumber = Decimal(mantissa: 0, scale: 18)

  /// The nearest binary number.
  public var double: Double { Double(mantissa) / binaryPower(Int(scale)) }

  public var description: String { decimalText(Int128(mantissa), scale: Int(scale)) }
}

/// An integer with `scale` decimals as text: `decimalText(-5, scale: 2)` is `-0.05`.
public func decimalText(_ raw: Int128, scale: Int) -> String {
  guard scale > 0 else { return String(raw) }
  var digits = String(raw.magnitude)
  if digits.utf8.count <= scale {
    digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
  }
  return (raw < 0 ? "-" : "") + digits.dropLast(scale) + "." + digits.suffix(scale)
}

/// Why a text is not a decimal number of the wanted scale.
public enum DecimalProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case notANumber
  case tooPrecise(digits: Int)
  case tooLarge

  public var description: String {
    switch self {
    case .notANumber: "not a decimal number"
    case .tooPrecise(let digits): "more than \(digits) digits after the point"
    case .tooLarge: "too large"
    }
  }
}

/// Reads a decimal number (`-12.5`, `7`, `.5`, no exponent) as an integer with `scale` decimals.
/// Zeros beyond the scale are accepted, other digits there are not.
public func parseDecimal(_ text: some Sequence<UInt8>, scale: Int) -> Result<Int64, DecimalProblem>
{
  var value: UInt64 = 0
  var decimals = -1
  var isNegative = false
  var digits = 0
  var position = 0
  for byte in text {
    defer { position += 1 }
    switch byte {
    case UInt8(ascii: "-") where position == 0: isNegative = true
    case UInt8(ascii: "+") where position == 0: continue
    case UInt8(ascii: ".") where decimals < 0: decimals = 0
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      digits += 1
      if decimals >= 0 {
        if decimals == scale {
          if byte != UInt8(ascii: "0") { return .failure(.tooPrecise(digits: scale)) }
          continue
        }
        decimals += 1
      }
      let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if high || carry { return .failure(.tooLarge) }
      value = sum
    default: return .failure(.notANumber)
    }
  }
  guard digits > 0 else { return .failure(.notANumber) }
  for _ in max(decimals, 0)..<scale {
    let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
    if high { return .failure(.tooLarge) }
    value = tenfold
  }
  guard let magnitude = Int64(exactly: value) else { return .failure(.tooLarge) }
  return .success(isNegative ? -magnitude : magnitude)
}

extension Decimal {
  /// Reads a decimal number, keeping the digits it was written with.
  public init?(_ text: String) {
    let digits = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let scale = digits.count == 2 ? digits[1].count : 0
    guard digits.count <= 2, scale <= Int(Self.largestScale),
      case .success(let raw) = parseDecimal(text.utf8, scale: scale)
    else { return nil }
    self.init(mantissa: raw, scale: UInt8(scale))
  }
}

extension Decimal: Codable {
  private enum CodingKeys: String, CodingKey {
    case mantissa, scale
  }

  /// - Throws: `DecodingError` for a scale above 18.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let scale = try values.decode(UInt8.self, forKey: .scale)
    guard scale <= Self.largestScale else {
      throw DecodingError.dataCorruptedError(
        forKey: .scale, in: values, debugDescription: "a decimal with \(scale) digits")
    }
    self.init(mantissa: try values.decode(Int64.self, forKey: .mantissa), scale: scale)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(mantissa, forKey: .mantissa)
    try values.encode(scale, forKey: .scale)
  }
}

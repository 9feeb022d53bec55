/// A number with an exponent (`1e3`, `1.5E-05`) written without it, exactly; nil if it is none, or if the
/// exponent is beyond ±99.
func plainDecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
  let (point, zero) = (UInt8(ascii: "."), UInt8(ascii: "0"))
  guard let mark = range.first(where: { bytes[$0] | 0x20 == UInt8(ascii: "e") }) else { return nil }
  var place = mark + 1
  guard place < range.upperBound else { return nil }
  let isSmall = bytes[place] == UInt8(ascii: "-")
  if isSmall || bytes[place] == UInt8(ascii: "+") { place += 1 }
  guard let size = parseInteger(bytes, place..<range.upperBound), size <= 99 else { return nil }
  var plain: [UInt8] = []
  var digits: [UInt8] = []
  // How many of the digits stand before the point.
  var whole: Int?
  for index in range.lowerBound..<mark {
    let byte = bytes[index]
    if index == range.lowerBound, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
      plain.append(byte)
    } else if byte == point, whole == nil {
      whole = digits.count
    } else if byte &- zero <= 9 {
      digits.append(byte)
    } else {
      return nil
    }
  }
  guard !digits.isEmpty else { return nil }
  let before = (whole ?? digits.count) + (isSmall ? -Int(size) : Int(size))
  if before <= 0 {
    plain += [zero, point] + [UInt8](repeating: zero, count: -before) + digits
  } else if before < digits.count {
    plain += digits[..<before] + [point] + digits[before...]
  } else {
    plain += digits + [UInt8](repeating: zero, count: before - digits.count)
  }
  return plain
}

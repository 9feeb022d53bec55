import Events

extension ByteBuffer {
  /// Appends a text.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { utf8 in unsafe append(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(utf8))) }
  }

  /// Appends a text known to the compiler.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    unsafe append(RawSpan(_unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount))
  }

  /// Appends a character.
  @inline(__always)
  mutating func append(character: Unicode.Scalar) { append(UInt8(ascii: character)) }

  /// Appends an integer with `scale` decimals as text, as `decimalText` writes it, without a string in
  /// between.
  @inline(__always)
  mutating func append(decimal value: Int64, scale: Int) {
    if value < 0 { append(character: "-") }
    append(magnitude: value.magnitude, scale: scale)
  }

  /// Appends a number with `scale` decimals, 0 to 18.
  mutating func append(magnitude: UInt64, scale: Int) {
    // Written from the end: 20 digits and a point at most.
    var digits = InlineArray<24, UInt8>(repeating: UInt8(ascii: "0"))
    var start = 24
    var rest = magnitude
    if scale > 0 {
      for _ in 0..<scale {
        start -= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
        rest = quotient
      }
      start -= 1
      digits[start] = UInt8(ascii: ".")
    }
    repeat {
      start -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    unsafe append(digits.span.bytes.extracting(start..<24))
  }

  /// Appends a number below 10^9 with the zeros before it.
  mutating func append(nineDigits value: UInt64) {
    var digits = InlineArray<9, UInt8>(repeating: 0)
    var rest = value
    for place in stride(from: 8, through: 0, by: -1) {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
    unsafe append(digits.span.bytes)
  }
}

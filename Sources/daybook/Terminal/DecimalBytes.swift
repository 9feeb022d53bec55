extension [UInt8] {
  /// Appends an integer with `scale` decimals as text, as `decimalText` writes it, without a string in
  /// between.
  mutating func append(decimal value: Int64, scale: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    var written = 0
    // Written from the end, then turned round.
    while rest > 0 || written <= scale {
      if written == scale, scale > 0 { append(UInt8(ascii: ".")) }
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
      written += 1
    }
    self[start...].reverse()
  }
}

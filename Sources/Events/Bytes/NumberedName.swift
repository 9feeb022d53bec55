extension String {
  /// A prefix and a number in decimal digits, such as `SIM42`. Without the detours of interpolation: up to 15 characters
  /// take no memory.
  /// - Precondition: the prefix has at most 20 characters, all ASCII.
  public init(prefix: StaticString, number: UInt64) {
    precondition(prefix.utf8CodeUnitCount <= 20 && prefix.isASCII)
    var digits = 1
    var rest = number
    while rest >= 10 {
      digits += 1
      rest /= 10
    }
    let count = prefix.utf8CodeUnitCount + digits
    unsafe self.init(unsafeUninitializedCapacity: count) { bytes in
      for index in 0..<prefix.utf8CodeUnitCount { unsafe bytes[index] = prefix.utf8Start[index] }
      var (rest, end) = (number, count)
      repeat {
        let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
        end -= 1
        unsafe bytes[end] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        rest = tenth
      } while rest > 0
      return count
    }
  }
}

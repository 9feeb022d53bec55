import Events

/// An integer with commas between its thousands: `18,442,905`.
func grouped(_ value: some FixedWidthInteger) -> String {
  let digits = String(value.magnitude)
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return value < 0 ? "-" + text : text
}

/// A sequence as people read it: `#18,442,905`.
func sequenceText(_ sequence: UInt64) -> String { "#" + grouped(sequence) }

/// A decimal text with commas between the thousands before its point.
func grouped(decimal text: String) -> String {
  let isNegative = text.hasPrefix("-")
  let body = isNegative ? text.dropFirst() : text[...]
  let parts = body.split(separator: ".", maxSplits: 1)
  guard let whole = parts.first, let number = UInt64(whole) else { return text }
  return (isNegative ? "-" : "") + grouped(number) + (parts.count == 2 ? "." + parts[1] : "")
}

/// An amount of money with the digits it needs, two at least.
func moneyText(_ money: Money) -> String {
  var text = decimalText(money.raw, scale: Money.scale)
  while text.last == "0", text.suffix(3).first != "." { text.removeLast() }
  return text
}

/// A large count in three significant digits: `12.3 M`.
func shortCount(_ value: Double) -> String {
  let steps: [(Double, String)] = [(1e9, " G"), (1e6, " M"), (1e3, " K")]
  for (unit, name) in steps where value >= unit { return fixed(value / unit, 3) + name }
  return fixed(value, 3)
}

/// A number in so many significant digits, no fewer than its whole part has.
func fixed(_ value: Double, _ digits: Int) -> String {
  let decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return rounded(value, min(decimals, digits - 1))
}

/// A number with so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
  let scaled = (value * Double(power(decimals))).rounded()
  guard scaled.magnitude < 9e18 else { return "–" }
  return decimalText(Int128(scaled), scale: decimals)
}

/// A length of time: `0.4 s`, `12 s`, `3:05`, `2:00:01`.
func durationText(_ seconds: Double) -> String {
  if seconds < 10 { return rounded(seconds, 1) + " s" }
  if seconds < 60 { return rounded(seconds, 0) + " s" }
  guard seconds < 1e9 else { return "–" }
  func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
  let whole = Int(seconds)
  let tail = two(whole / 60 % 60) + ":" + two(whole % 60)
  return whole < 3600 ? String(tail.drop { $0 == "0" }) : "\(whole / 3600):" + tail
}

/// A number of bytes: `4.20 GB`.
func byteText(_ bytes: Int) -> String {
  let value = Double(bytes)
  if value >= 1e9 { return fixed(value / 1e9, 3) + " GB" }
  if value >= 1e6 { return fixed(value / 1e6, 3) + " MB" }
  if value >= 1e3 { return fixed(value / 1e3, 3) + " kB" }
  return "\(bytes) B"
}

/// A JSON string without its quotes; other JSON as it is.
func unquoted(_ json: String) -> String {
  guard json.count >= 2, json.hasPrefix("\""), json.hasSuffix("\"") else { return json }
  return String(json.dropFirst().dropLast())
}

/// A decimal number without the zeros at its end; two decimals stay: `1.500000` is `1.50`.
public func shortDecimal(_ text: String) -> String {
  guard let point = text.firstIndex(of: ".") else { return text }
  var text = text
  var spare = text[point...].count - 3
  while spare > 0, text.last == "0" {
    text.removeLast()
    spare -= 1
  }
  return text
}

extension Money {
  /// The amount without the zeros beyond cents that its twelve decimals usually are.
  public var shortText: String { shortDecimal(decimalText(raw, scale: Self.scale)) }
}

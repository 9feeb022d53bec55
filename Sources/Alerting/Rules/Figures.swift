import Events

/// `60 s`; `0.5 s`.
func seconds(_ nanoseconds: Int64) -> String {
  "\(plain(decimalText(Int128(nanoseconds / 1_000_000), scale: 3))) s"
}

extension Money {
  /// As a decimal without zeros at its end.
  var plainText: String { plain(decimalText(raw, scale: Money.scale)) }
}

/// A decimal without zeros at the end of its fraction.
private func plain(_ text: String) -> String {
  guard text.contains(".") else { return text }
  var text = text[...]
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return String(text)
}

import Events

/// What a word that names an order means: `17`, `ord-17`, or a person's own name for it. A person's name is no
/// number, begins with no `ord-` and is used once in a journal, so no word means two.
public enum NamedOrder: Equatable, Sendable {
  case order(OrderID)
  /// The gate did not let a person's order pass, so that it has no number.
  case refused(Instructions.Given)
  /// There is none: a sentence that says what there is.
  case unknown(String)

  /// The number that a word says, of an order that may or may not be there; nil if it says none.
  public static func number(_ word: String) -> OrderID? {
    let digits = word.hasPrefix("ord-") ? word.dropFirst(4) : word[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(digits), number > 0
    else { return nil }
    return OrderID(number)
  }

  /// - Parameters:
  ///   - names: people's names for their orders.
  ///   - last: the order that was made last.
  public static func unknown(_ word: String, names: [String], last: OrderID) -> NamedOrder {
    var sentence = "there is no order `\(word)`"
    if let near = ConfigurationError.nearest(to: word, among: names) {
      return .unknown(sentence + "; did you mean `\(near)`?")
    }
    sentence += last == .none ? "; there is none yet" : "; the last is \(last)"
    if !names.isEmpty {
      sentence += ", and people's names are " + names.prefix(5).joined(separator: ", ")
      if names.count > 5 { sentence += " and \(names.count - 5) more" }
    }
    return .unknown(sentence)
  }
}

extension Instructions {
  /// What a word means. O(log n), O(n) for one that means nothing.
  /// - Parameter last: the order that was made last.
  public func named(_ word: String, last: OrderID) -> NamedOrder {
    if let number = NamedOrder.number(word) {
      return number.raw <= last.raw ? .order(number) : .unknown(word, names: names, last: last)
    }
    guard let given = self[word] else { return .unknown(word, names: names, last: last) }
    return given.order == .none ? .refused(given) : .order(given.order)
  }
}

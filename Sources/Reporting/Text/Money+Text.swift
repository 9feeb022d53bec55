import Events

extension Money {
  /// The amount without the zeros at its end; two decimals stay.
  public var shortText: String { Glossary.short(self) }
}

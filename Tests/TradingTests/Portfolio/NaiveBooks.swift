import Events

/// An auditor with its own arithmetic: exact fractions over a list of fills, no average kept.
///
/// Cost at any moment is recomputed from the first fill on, as a fraction, so nothing is rounded until
/// it is compared.
struct NaiveBooks {
  struct Move {
    /// Signed quantity in the instrument's integers.
    var quantity: Int64
    /// Price in the instrument's integers.
    var price: Int64
  }

  /// Numerator over denominator, the latter positive.
  struct Fraction {
    var top: Int128
    var bottom: Int128

    init(_ top: Int128, _ bottom: Int128 = 1) {
      var (a, b) = (top.magnitude, bottom.magnitude)
      while b != 0 { (a, b) = (b, a % b) }
      let common = Int128(a == 0 ? 1 : a)
      self.top = top / common
      self.bottom = bottom / common
    }

    static func + (a: Self, b: Self) -> Self {
      Fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)
    }
    static func - (a: Self, b: Self) -> Self { a + Fraction(-b.top, b.bottom) }
    static func * (a: Self, b: Self) -> Self { Fraction(a.top * b.top, a.bottom * b.bottom) }
    var double: Double { Double(top) / Double(bottom) }
  }

  var held: Int64 = 0
  /// Cost of what is held, in price integers × quantity integers.
  var cost = Fraction(0)
  var realised = Fraction(0)

  mutating func take(_ move: Move) {
    var left = move.quantity
    if held != 0, (held > 0) != (left > 0) {
      let closed = min(held.magnitude, left.magnitude)
      let sign: Int128 = held > 0 ? 1 : -1
      let share = cost * Fraction(Int128(closed), Int128(held.magnitude))
      realised = realised + Fraction(sign * Int128(closed) * Int128(move.price)) - share
      cost = cost - share
      held -= Int64(sign) * Int64(closed)
      left += Int64(sign) * Int64(closed)
    }
    held += left
    cost = cost + Fraction(Int128(left) * Int128(move.price))
  }
}

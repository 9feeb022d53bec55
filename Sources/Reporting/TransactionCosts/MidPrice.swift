import Books
import Events

/// The middle between bid and ask, exact: twice the price, as the half may be no unit of the scale.
struct MidPrice: Equatable, Sendable {
  /// Bid + ask, at the instrument's price scale.
  let doubled: Int64

  /// The middle of a book's best prices if there are two, not crossed; else its mark.
  /// - Returns: nil if there is no price at all.
  init?(_ book: borrowing MarketBook) {
    let best = book.best
    let isQuoted = !book.sources.isDisjoint(with: [.quotes, .orders, .depth])
    if isQuoted, best.isTwoSided, best.bid <= best.ask {
      doubled = best.bid.raw + best.ask.raw
    } else {
      let mark = book.mark
      guard !mark.isNone else { return nil }
      doubled = 2 * mark.raw
    }
  }

  init(doubled: Int64) { self.doubled = doubled }

  /// `Money.cost` of a quantity, rounded half to even at 10^-12; nil beyond the range of money.
  func value(_ quantity: Quantity, of instrument: Instrument) -> Money? {
    if instrument.kind == .inverse {
      // Twice the quantity over twice the price.
      let (twice, isOver) = quantity.raw.multipliedReportingOverflow(by: 2)
      return isOver ? nil : Money.cost(Price(doubled), Quantity(twice), of: instrument)
    }
    // Five times the double has one digit more than the price.
    let base = Int128(doubled) * Int128(quantity.raw)
    let (product, overflow) = base.multipliedReportingOverflow(
      by: 5 * Int128(instrument.multiplier))
    guard !overflow else { return nil }
    let scale = instrument.priceScale + instrument.quantityScale + Instrument.multiplierScale + 1
    return Money.rescaled(product, from: Int(scale))
  }

  /// As people read it: with a digit more than the instrument's prices where it falls between two.
  func text(of instrument: Instrument) -> String {
    doubled % 2 == 0
      ? instrument.text(Price(doubled / 2))
      : decimalText(Int128(doubled) * 5, scale: Int(instrument.priceScale) + 1)
  }
}

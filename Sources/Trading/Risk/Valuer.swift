import Books
import Events

/// What instruments are worth in the base currency, in integers.
///
/// Of an instrument in another currency the value is turned by the middle of a currency pair: one whose
/// base is that currency and whose prices are in the base currency, or the other way about.
struct Valuer: Sendable {
  /// How an amount of a currency becomes one of the base currency.
  enum Rate: Equatable, Sendable {
    case one
    case times(InstrumentID)
    case over(InstrumentID)
    case missing
  }

  let currency: String
  /// By instrument id.
  private var rates: [Rate] = []
  private var currencies: [(name: String, rate: Rate)] = []
  /// Money of one unit of price × quantity, × 10^12, if that is whole; else 0.
  private var factors: [Int128] = []

  init(_ currency: String) { self.currency = currency }

  /// Takes the instruments that there are. O(instruments).
  mutating func take(_ instruments: [Instrument?]) {
    currencies = []
    rates = []
    factors = []
    for case let instrument? in instruments { add(instrument, among: instruments) }
  }

  /// Takes one more instrument. O(1), or O(instruments) for a currency pair or a new currency.
  mutating func take(_ instrument: Instrument, among all: [Instrument?]) {
    if instrument.kind == .forex || instrument.kind == .crypto { return take(all) }
    add(instrument, among: all)
  }

  private mutating func add(_ instrument: Instrument, among all: [Instrument?]) {
    let index = instrument.id.index
    while rates.count <= index {
      rates.append(.missing)
      factors.append(0)
    }
    rates[index] = rate(of: instrument.currency, among: all)
    let shift = Int(instrument.priceScale + instrument.quantityScale) + 9 - Money.scale
    let multiplier = Int128(instrument.multiplier)
    let divisor = power(max(shift, 0))
    factors[index] =
      shift <= 0 ? multiplier * power(-shift) : multiplier % divisor == 0 ? multiplier / divisor : 0
  }

  private mutating func rate(of name: String, among instruments: [Instrument?]) -> Rate {
    if let known = currencies.first(where: { $0.name == name }) { return known.rate }
    var rate = name == currency ? Rate.one : .missing
    for case let pair? in instruments
    where rate == .missing && (pair.kind == .forex || pair.kind == .crypto) {
      if pair.base == name, pair.currency == currency { rate = .times(pair.id) }
      if pair.base == currency, pair.currency == name { rate = .over(pair.id) }
    }
    currencies.append((name, rate))
    return rate
  }

  /// Price × quantity × multiplier in the base currency.
  /// - Returns: nil if there is no rate or the result is out of range.
  func value(
    _ id: InstrumentID, _ price: Price, _ quantity: Int128, _ market: borrowing Market
  ) -> Money? {
    if quantity == 0 { return .zero }
    guard id.index < factors.count, !price.isNone else { return nil }
    let factor = factors[id.index]
    var amount: Money?
    if factor != 0 {
      let (unit, isOver) = Int128(price.raw).multipliedReportingOverflow(by: factor)
      let (product, overflow) = unit.multipliedReportingOverflow(by: quantity)
      if !isOver, !overflow, product.magnitude <= Money.limit.magnitude {
        amount = Money(raw: product)
      }
    } else if let terms = market.terms(id), let quantity = Int64(exactly: quantity) {
      amount = Money.notional(price, Quantity(quantity), of: terms)
    }
    return amount.flatMap { convert($0, rates[id.index], market) }
  }

  /// What one unit of an instrument's integer quantity is worth at its mark, as a binary number in units of
  /// the base currency; 0 without a price or a rate.
  func unit(_ id: InstrumentID, _ market: borrowing Market) -> Double {
    guard id.index < rates.count, let terms = market.terms(id) else { return 0 }
    let mark = market.books[id.index].mark
    guard !mark.isNone else { return 0 }
    let digits = Int(terms.priceScale + terms.quantityScale)
    let value = Double(mark.raw) * Double(terms.multiplier) / 1e9 / binaryPower(digits)
    let pair: InstrumentID
    switch rates[id.index] {
    case .one: return value
    case .missing: return 0
    case .times(let id), .over(let id): pair = id
    }
    let mid = market.books[pair.index].mark
    guard !mid.isNone, mid.raw > 0, let scale = market.terms(pair)?.priceScale else { return 0 }
    let rate = Double(mid.raw) / binaryPower(Int(scale))
    return rates[id.index] == .times(pair) ? value * rate : value / rate
  }

  /// An amount of an instrument's currency in the base currency.
  func convert(_ amount: Money, of id: InstrumentID, _ market: borrowing Market) -> Money? {
    id.index < rates.count ? convert(amount, rates[id.index], market) : nil
  }

  /// An amount of a currency in the base currency.
  func convert(_ amount: Money, in name: String, _ market: borrowing Market) -> Money? {
    if amount == .zero { return .zero }
    let rate =
      name == currency ? .one : currencies.first { $0.name == name }?.rate ?? .missing
    return convert(amount, rate, market)
  }

  /// Whether an instrument's values can be turned now.
  func hasRate(_ id: InstrumentID, _ market: borrowing Market) -> Bool {
    id.index < rates.count && convert(Money(units: 1), rates[id.index], market) != nil
  }

  private func convert(_ amount: Money, _ rate: Rate, _ market: borrowing Market) -> Money? {
    let pair: InstrumentID
    switch rate {
    case .one: return amount
    case .missing: return nil
    case .times(let id), .over(let id): pair = id
    }
    let mid = market.books[pair.index].mark
    guard !mid.isNone, mid.raw > 0, let terms = market.terms(pair) else { return nil }
    let one = power(Int(terms.priceScale))
    let price = Int128(mid.raw)
    // Whole and remainder apart: the product of both would need more than 128 bits.
    let (numerator, denominator) = rate == .times(pair) ? (price, one) : (one, price)
    let (whole, rest) = amount.raw.quotientAndRemainder(dividingBy: denominator)
    let (big, isOver) = whole.multipliedReportingOverflow(by: numerator)
    guard !isOver else { return nil }
    let raw = big + divideHalfEven(rest * numerator, by: denominator)
    return raw.magnitude <= Money.limit.magnitude ? Money(raw: raw) : nil
  }
}

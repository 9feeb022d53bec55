import Events

/// What currencies are worth in others: as observed, by the instruments that the configuration names, and by
/// the currency pairs that there are. There is one way to turn money, and reports, margins and the gate take it.
public struct Rates: Equatable, Sendable {
  /// In order of first word.
  public private(set) var rates: [ExchangeRate] = []
  /// Names of the instruments whose prices are rates, from the configuration.
  let instruments: [String]
  /// Names of currencies by dense id, in order of first use.
  private(set) var currencies: [String] = []
  /// Where rates come from, the first known goes before others: observations, then instruments that the
  /// configuration names, then pairs by their ids.
  private(set) var quotations: [Quotation] = []
  private var pairs: [Pair] = []

  /// A price of one currency in another.
  struct Quotation: Equatable, BitwiseCopyable {
    enum Source: Equatable, BitwiseCopyable {
      /// × 10^`ExchangeRate.scale`.
      case observed(Int64)
      case mark(InstrumentID)
    }
    var base: Int
    var currency: Int
    var source: Source

    func other(than id: Int) -> Int? { id == base ? currency : id == currency ? base : nil }
  }

  private struct Pair: Equatable, BitwiseCopyable {
    var id: InstrumentID
    var base: Int
    var currency: Int
    /// Place in the configuration; beyond it for a pair that it does not name.
    var rank: Int
  }

  init(instruments: [String] = []) { self.instruments = instruments }

  /// The dense id of a currency, if it was ever used. O(currencies).
  func id(of name: String) -> Int? { currencies.firstIndex(of: name) }

  /// The same; one that is new gets the next. O(currencies).
  mutating func admit(_ name: String) -> Int {
    if let known = id(of: name) { return known }
    currencies.append(name)
    return currencies.count - 1
  }

  /// Takes an instrument: its currency, and its price as a rate if it is a pair or named as one.
  /// O(currencies + pairs).
  mutating func define(_ instrument: Instrument) {
    let currency = admit(instrument.currency)
    pairs.removeAll { $0.id == instrument.id }
    let names = instrument.names
    let rank = instruments.firstIndex(where: names.contains) ?? instruments.count
    if rank < instruments.count || instrument.kind.isPair, !instrument.base.isEmpty {
      let base = admit(instrument.base)
      // The price of an inverse contract is that of a coin in its base.
      let isInverse = instrument.kind == .inverse
      pairs.append(
        Pair(
          id: instrument.id, base: isInverse ? currency : base,
          currency: isInverse ? base : currency, rank: rank))
      pairs.sort { ($0.rank, $0.id) < ($1.rank, $1.id) }
    }
    findQuotations()
  }

  /// Takes a rate; a later word on a pair replaces an earlier one. One that is not above 0 is nothing.
  mutating func take(_ rate: ExchangeRate) {
    guard rate.rate > 0 else { return }
    if let index = rates.firstIndex(where: {
      $0.base == rate.base && $0.currency == rate.currency
    }) {
      rates[index] = rate
    } else {
      rates.append(rate)
    }
    findQuotations()
  }

  private mutating func findQuotations() {
    quotations = []
    for rate in rates {
      let (base, currency) = (admit(rate.base), admit(rate.currency))
      quotations.append(Quotation(base: base, currency: currency, source: .observed(rate.rate)))
    }
    for pair in pairs {
      quotations.append(
        Quotation(base: pair.base, currency: pair.currency, source: .mark(pair.id)))
    }
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(rates.count))
    for rate in rates {
      out.append(string: rate.base)
      out.append(string: rate.currency)
      out.append(rate.rate)
    }
  }

  /// Reads what `encode` wrote into rates of the same configuration and instruments.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      rates.append(
        ExchangeRate(
          base: try input.readString(), currency: try input.readString(),
          rate: try input.read(Int64.self)))
    }
    findQuotations()
  }
}

/// How an amount of one currency becomes one of another: by none, one or two rates, as they are now.
struct Conversion: Equatable, BitwiseCopyable {
  /// Times `top`, then divided by `bottom`; both above 0.
  struct Step: Equatable, BitwiseCopyable {
    var top: Int64 = 1
    var bottom: Int64 = 1

    func take(_ amount: Money) -> Money? { amount.times(Int128(top), over: Int128(bottom)) }
  }

  static let same = Conversion()

  var first = Step()
  var second = Step()

  /// The amount, rounded half to even after each rate; nil if it is out of range.
  func convert(_ amount: Money) -> Money? {
    if self == .same { return amount }
    guard let half = first.take(amount) else { return nil }
    return second == Step() ? half : second.take(half)
  }

  /// The same as a binary number.
  var factor: Double {
    Double(first.top) / Double(first.bottom) * (Double(second.top) / Double(second.bottom))
  }
}

extension Market {
  /// A rate as it is now, for what is to be turned from one of its currencies into the other; nil if it does
  /// not lead there, or is not known.
  private func step(_ quotation: Rates.Quotation, from: Int, to: Int) -> Conversion.Step? {
    let isForward = from == quotation.base && to == quotation.currency
    guard isForward || from == quotation.currency && to == quotation.base else { return nil }
    let (value, unit): (Int64, Int64)
    switch quotation.source {
    case .observed(let rate): (value, unit) = (rate, Int64(power(ExchangeRate.scale)))
    case .mark(let id):
      let mark = books[id.index].mark
      guard !mark.isNone, mark.raw > 0, let terms = terms(id) else { return nil }
      (value, unit) = (mark.raw, Int64(power(Int(terms.priceScale))))
    }
    return isForward
      ? Conversion.Step(top: value, bottom: unit) : Conversion.Step(top: unit, bottom: value)
  }

  /// How one currency becomes another, by one rate or by two over a third currency; nil if no rate that is
  /// known leads there. O(rates), and without a direct one × those of the currency.
  func conversion(from: Int, to: Int) -> Conversion? {
    if from == to { return .same }
    let known = rates.quotations
    for one in known {
      if let step = step(one, from: from, to: to) { return Conversion(first: step) }
    }
    for one in known {
      guard let middle = one.other(than: from), let first = step(one, from: from, to: middle)
      else { continue }
      for other in known where other.other(than: middle) == to {
        if let second = step(other, from: middle, to: to) {
          return Conversion(first: first, second: second)
        }
      }
    }
    return nil
  }

  /// What an amount is in another currency; nil if no rate leads there, which is not the same as nothing.
  public func convert(_ amount: Money, from: String, to: String) -> Money? {
    if from == to || amount == .zero { return amount }
    guard let from = rates.id(of: from), let to = rates.id(of: to) else { return nil }
    return conversion(from: from, to: to)?.convert(amount)
  }

  /// What an account and those that are part of it are worth in its currency; nil if it has none, or a rate
  /// is not known.
  public func worth(of account: AccountID) -> Money? {
    guard Int(account.raw) < portfolio.accounts.count,
      let currency = portfolio.accounts[Int(account.raw)].currency
    else { return nil }
    var sum = Money.zero
    for part in portfolio.parts(of: account) {
      for valuation in valuations(of: part) {
        guard let value = convert(valuation.equity, from: valuation.currency, to: currency) else {
          return nil
        }
        sum += value
      }
    }
    return sum
  }
}

extension Portfolio {
  /// An account and all that are a part of it, in order of their ids.
  func parts(of account: AccountID) -> [AccountID] {
    accounts.indices.map { AccountID(UInt16($0)) }.filter { one in
      var next: AccountID? = one
      while let id = next, id != account { next = accounts[Int(id.raw)].parent }
      return next == account
    }
  }
}

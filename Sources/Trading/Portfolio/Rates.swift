import Events

/// What currencies are worth in others: as observed, and by the instruments that the configuration names.
public struct Rates: Equatable, Sendable {
  /// In order of first word.
  public private(set) var rates: [ExchangeRate] = []
  /// Names of the instruments whose prices are rates, from the configuration.
  let instruments: [String]

  init(instruments: [String] = []) { self.instruments = instruments }

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
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(rates.count))
    for rate in rates {
      out.append(string: rate.base)
      out.append(string: rate.currency)
      out.append(rate.rate)
    }
  }

  /// Reads what `encode` wrote into rates of the same configuration.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      rates.append(
        ExchangeRate(
          base: try input.readString(), currency: try input.readString(),
          rate: try input.read(Int64.self)))
    }
  }
}

extension Market {
  /// A price of one currency in another.
  private struct Quotation {
    var base: String
    var currency: String
    /// `value` / `unit` of the currency for one of the base.
    var value: Int128
    var unit: Int128

    /// What an amount of one of both is in the other, rounded half to even; nil if it is neither, or out of
    /// range.
    func convert(_ amount: Money, from: String, to: String) -> Money? {
      let (top, bottom): (Int128, Int128)
      if from == base, to == currency {
        (top, bottom) = (value, unit)
      } else if from == currency, to == base {
        (top, bottom) = (unit, value)
      } else {
        return nil
      }
      let (product, overflow) = amount.raw.multipliedReportingOverflow(by: top)
      if overflow { return nil }
      let raw = divideHalfEven(product, by: bottom)
      return raw.magnitude <= Money.limit.magnitude ? Money(raw: raw) : nil
    }

    func other(than name: String) -> String? {
      name == base ? currency : name == currency ? base : nil
    }
  }

  /// What is known: observations before instruments, each in its order.
  private var quotations: [Quotation] {
    var known = rates.rates.map {
      Quotation(
        base: $0.base, currency: $0.currency, value: Int128($0.rate),
        unit: power(ExchangeRate.scale))
    }
    for name in rates.instruments {
      guard let instrument = instrument(named: name), !instrument.base.isEmpty else { continue }
      let mark = books[instrument.id.index].mark
      guard !mark.isNone, mark.raw > 0 else { continue }
      known.append(
        Quotation(
          base: instrument.base, currency: instrument.currency, value: Int128(mark.raw),
          unit: power(Int(instrument.priceScale))))
    }
    return known
  }

  /// What an amount is in another currency, by one rate or by two over a third currency; nil if no rate
  /// leads there, which is not the same as nothing.
  public func convert(_ amount: Money, from: String, to: String) -> Money? {
    if from == to || amount == .zero { return amount }
    let known = quotations
    for one in known {
      if let converted = one.convert(amount, from: from, to: to) { return converted }
    }
    for first in known {
      guard let middle = first.other(than: from) else { continue }
      for second in known where second.other(than: middle) == to {
        guard let half = first.convert(amount, from: from, to: middle) else { continue }
        return second.convert(half, from: middle, to: to)
      }
    }
    return nil
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

import Events

/// A row of a factor file: up to and with its date, raw prices × both factors are the adjusted ones.
struct LeanFactors: Equatable, Sendable {
  var date: CivilDate
  /// × 10^9, more than 0, as is the next.
  var price: Int64
  /// × 10^9.
  var split: Int64
  /// The raw close of the date, × 10^9.
  var close: Int64

  /// The dividend for a share, paid the day after a row whose price factor differs from the next one's: in
  /// whole cents, half to even. Nil if there is none.
  func dividend(before next: LeanFactors) -> Money? {
    guard price != next.price else { return nil }
    // close × (next − price) / next, of which the first has nine decimals and a cent seven fewer.
    let gain = Int128(close) * Int128(next.price - price)
    let cents = divideHalfEven(gain, by: Int128(next.price) * 10_000_000)
    return cents == 0 ? nil : Money(raw: cents * (Money.one / 100))
  }

  /// How many shares became how many: the fraction of the smallest terms within 10^-4 of what the factors,
  /// which have few digits, say. Nil if there is none.
  func split(before next: LeanFactors) -> (new: UInt32, old: UInt32)? {
    guard split != next.split else { return nil }
    for old in 1...1000 as ClosedRange<Int128> {
      let exact = Int128(next.split) * old
      let new = divideHalfEven(exact, by: Int128(split))
      guard new > 0, new <= 1_000_000 else { continue }
      let miss = (new * Int128(split) - exact).magnitude
      if miss * 10_000 < exact.magnitude { return (UInt32(new), UInt32(old)) }
    }
    return nil
  }
}

extension LeanDecoder {
  /// date, price factor, split factor, raw close. What the factors do from the row before to this one
  /// happened on the day after that row.
  mutating func factorRow(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var fields = Fields(line)
    guard let first = fields.next(bytes), let price = fields.next(bytes),
      let split = fields.next(bytes), let close = fields.next(bytes)
    else { throw problem("too few columns") }
    guard let number = parseInteger(bytes, first),
      let date = CivilDate(yyyymmdd: number)
    else { throw problem("\(shown(bytes.extracting(first))) is not a date") }
    let row = LeanFactors(
      date: date, price: try factor(bytes, price), split: try factor(bytes, split),
      close: try decimal(bytes, close))
    guard let before = factors else {
      factors = row
      return
    }
    guard before.date < row.date else { throw problem("dates go back") }
    factors = row
    let time = file.zone.instant(before.date.advanced(by: 1), nanoseconds: 0)
    if let amount = before.dividend(before: row) {
      if amount > .zero {
        let action = CorporateAction(
          .dividend, of: instrument.id, amount: amount, currency: instrument.currency)
        batch.append(.action(action), event: time, receive: time)
      } else {
        let what = LeanRow(instrument: instrument, time: time)
        impossible("a price factor that falls: a dividend below 0", what, into: &batch)
      }
    }
    if let (new, old) = before.split(before: row) {
      let action = CorporateAction(.split, of: instrument.id, new: new, old: old)
      batch.append(.action(action), event: time, receive: time)
    }
  }

  /// What prices are multiplied with: nothing makes it 0.
  private func factor(_ bytes: Span<UInt8>, _ field: Range<Int>) throws(DecodeError) -> Int64 {
    let factor = try decimal(bytes, field)
    guard factor > 0 else {
      throw problem("factor \(shown(bytes.extracting(field))) is not above 0")
    }
    return factor
  }

  private func decimal(_ bytes: Span<UInt8>, _ field: Range<Int>) throws(DecodeError) -> Int64 {
    switch scaledDecimal(bytes, field, scale: 9) {
    // After several reverse splits factors go into the hundred thousands.
    case .success(let number) where number.value >= 0 && number.value <= 1_000_000_000_000_000_000:
      return number.value
    case .success, .failure(.tooLarge):
      throw problem("\(shown(bytes.extracting(field))) cannot be a factor or a price")
    case .failure(let reason):
      throw problem("factor \(shown(bytes.extracting(field)))").because(reason)
    }
  }
}

import Events
import Testing

/// An instrument with these scales and multiplier.
private func instrument(price: UInt8, quantity: UInt8, multiplier: Int64 = 1_000_000_000)
  -> Instrument
{
  Instrument(
    id: InstrumentID(0), venueName: "XNAS", symbol: "X", kind: .equity, currency: "USD",
    priceScale: price, quantityScale: quantity, multiplier: multiplier)
}

@Suite struct MoneyTests {
  @Test func `powers of ten are exact in both forms`() {
    var expected: Int128 = 1
    for exponent in 0...38 {
      #expect(power(exponent) == expected)
      if exponent <= 22 { #expect(binaryPower(exponent) == Double(expected)) }
      if exponent < 38 { expected *= 10 }
    }
  }

  @Test(
    arguments: [
      (0, 7, 0), (6, 3, 2), (-6, 3, -2), (7, 3, 2), (8, 3, 3), (-7, 3, -2), (-8, 3, -3),
      (7, -3, -2), (8, -3, -3), (-8, -3, 3),
      (1, 2, 0), (3, 2, 2), (5, 2, 2), (7, 2, 4), (-1, 2, 0), (-3, 2, -2), (-5, 2, -2), (-7, 2, -4),
      (1, -2, 0), (3, -2, -2), (-3, -2, 2), (5, -2, -2),
      (25, 10, 2), (35, 10, 4), (-25, 10, -2), (-35, 10, -4), (26, 10, 3), (24, 10, 2),
    ] as [(Int, Int, Int)])
  func `a quotient is rounded to the nearest integer and ties to the even one`(
    dividend: Int, divisor: Int, quotient: Int
  ) {
    #expect(divideHalfEven(Int128(dividend), by: Int128(divisor)) == Int128(quotient))
  }

  @Test func `division holds at the ends of the range`() {
    #expect(divideHalfEven(.max, by: 1) == .max)
    #expect(divideHalfEven(.min, by: 1) == .min)
    #expect(divideHalfEven(.max, by: .max) == 1)
    #expect(divideHalfEven(.max, by: .min) == -1)
    #expect(divideHalfEven(.min, by: .min) == 1)
    #expect(divideHalfEven(.max / 2, by: .max) == 0)
    #expect(divideHalfEven(.max / 2 + 1, by: .max) == 1)
  }

  @Test func `a power of ten is exact up to the largest that fits`() {
    #expect(power(0) == 1)
    #expect(power(12) == Money.one)
    #expect(power(38) == Int128("100000000000000000000000000000000000000"))
  }

  /// Amount, its scale, money × 10^12.
  @Test(
    arguments: [
      ("5", 0, "5000000000000"), ("-5", 0, "-5000000000000"), ("12345", 2, "123450000000000"),
      ("7", 12, "7"), ("25", 13, "2"), ("35", 13, "4"), ("-25", 13, "-2"), ("-35", 13, "-4"),
      ("15", 13, "2"), ("5", 13, "0"), ("-5", 13, "0"), ("6", 13, "1"),
      ("2500000000000001", 27, "3"), ("2500000000000000", 27, "2"),
      ("81129638414606681695789005144064", 12, "81129638414606681695789005144064"),
      ("-81129638414606681695789005144064", 12, "-81129638414606681695789005144064"),
      ("81129638414606681695789005144065", 12, nil),
      ("-81129638414606681695789005144065", 12, nil),
      ("170141183460469231731687303715884105727", 0, nil),
      ("-170141183460469231731687303715884105728", 0, nil),
      ("170141183460469231731687303715884105727", 27, "170141183460469231731687"),
    ] as [(String, Int, String?)])
  func `an amount is rescaled half to even, and nil beyond the limit`(
    amount: String, scale: Int, raw: String?
  ) {
    let money = Money.rescaled(Int128(amount)!, from: scale)
    #expect(money == raw.map { Money(raw: Int128($0)!) })
  }

  @Test func `the limit of money is two to the power of 106`() {
    #expect(Money.limit == Int128("81129638414606681695789005144064"))
  }

  /// Price, quantity, scales, multiplier, money × 10^12.
  @Test(
    arguments: [
      (15_025, 100, 2, 0, 1_000_000_000, "15025000000000000"),
      (15_025, -100, 2, 0, 1_000_000_000, "-15025000000000000"),
      (-3763, 10, 2, 0, 1_000_000_000, "-376300000000000"),
      (480_025, 3, 2, 0, 50_000_000_000, "720037500000000000"),
      (6_912_345_678_901, 123_456_789, 8, 8, 1_000_000_000, "85337600197514251"),
      (0, 55, 2, 0, 1_000_000_000, "0"),
      // 5 × 10^-1 × 10^-12 ties to 0, three times as much to 2.
      (1, 5, 9, 4, 1_000_000_000, "0"), (3, 5, 9, 4, 1_000_000_000, "2"),
      (-3, 5, 9, 4, 1_000_000_000, "-2"),
    ] as [(Int64, Int64, UInt8, UInt8, Int64, String)])
  func `notional is price times quantity times multiplier`(
    price: Int64, quantity: Int64, priceScale: UInt8, quantityScale: UInt8, multiplier: Int64,
    raw: String
  ) {
    let instrument = instrument(
      price: priceScale, quantity: quantityScale, multiplier: multiplier)
    let money = Money.notional(Price(price), Quantity(quantity), of: instrument)
    #expect(money == Money(raw: Int128(raw)!))
  }

  /// Price, quantity, scales, multiplier, coins × 10^12.
  @Test(
    arguments: [
      // BitMEX, Inverse Futures Guide: 100,000 contracts of 1 USD at 10,000 are 10 XBT.
      (100_000, 100_000, 1, 0, 1_000_000_000, "10000000000000"),
      (105_000, 100_000, 1, 0, 1_000_000_000, "9523809523810"),
      (105_000, -100_000, 1, 0, 1_000_000_000, "-9523809523810"),
      // Contracts of 100 USD, quantities with two decimals.
      (370_000, 250, 1, 2, 100_000_000_000, "6756756757"),
      // 1 / 2 × 10^-12 ties to 0, 3 / 2 to 2.
      (2, 1, 0, 9, 1_000_000, "0"), (2, 3, 0, 9, 1_000_000, "2"),
      (1, Quantity.limit, 0, 9, 1_000_000_000, "2305843009213693952000"),
    ] as [(Int64, Int64, UInt8, UInt8, Int64, String)])
  func `an inverse contract is worth quantity times multiplier over price`(
    price: Int64, quantity: Int64, priceScale: UInt8, quantityScale: UInt8, multiplier: Int64,
    raw: String
  ) {
    var contract = instrument(price: priceScale, quantity: quantityScale, multiplier: multiplier)
    (contract.kind, contract.base, contract.currency) = (.inverse, "USD", "BTC")
    #expect(contract.problem == nil)
    let value = Money(raw: Int128(raw)!)
    #expect(Money.notional(Price(price), Quantity(quantity), of: contract) == value)
    #expect(Money.cost(Price(price), Quantity(quantity), of: contract) == -value)
    for price in [Price.none, Price(0), Price(-1)] {
      #expect(Money.notional(price, Quantity(quantity), of: contract) == nil)
    }
  }

  @Test func `an inverse contract out of range is nothing`() {
    var contract = instrument(price: 9, quantity: 0, multiplier: .max)
    (contract.kind, contract.base, contract.currency) = (.inverse, "USD", "BTC")
    #expect(Money.notional(Price(1), Quantity(Quantity.limit), of: contract) == nil)
    contract.base = "BTC"
    #expect(contract.problem != nil)
  }

  /// Amount × 10^12, numerator, denominator, result.
  @Test(
    arguments: [
      ("10000000000000000", 43_300, 360_000_000, "1202777777778"),
      ("-10000000000000000", 58_300, 365_000_000, "-1597260273973"),
      ("5", 1, 2, "2"), ("7", 1, 2, "4"), ("-5", 1, 2, "-2"), ("5", -3, 2, "-8"),
      ("81129638414606681695789005144064", 1, 1, "81129638414606681695789005144064"),
      ("81129638414606681695789005144064", 2, 1, nil),
      ("81129638414606681695789005144064", 4_611_686_018_427_387_904, 1, nil),
    ] as [(String, Int64, Int64, String?)])
  func `an amount is scaled half to even, and nil beyond the limit`(
    amount: String, numerator: Int64, denominator: Int64, result: String?
  ) {
    let money = Money(raw: Int128(amount)!)
    #expect(
      money.times(Int128(numerator), over: Int128(denominator))
        == result.map { Money(raw: Int128($0)!) })
  }

  @Test func `notional is nil when the price is absent or the product too large`() {
    let whole = instrument(price: 0, quantity: 0)
    #expect(Money.notional(.none, Quantity(1), of: whole) == nil)
    #expect(Money.notional(Price(Price.limit), Quantity(Quantity.limit), of: whole) == nil)
    #expect(Money.notional(Price(-Price.limit), Quantity(Quantity.limit), of: whole) == nil)
    #expect(Money.notional(Price(1 << 33), Quantity(1 << 33), of: whole) != nil)
    #expect(Money.notional(Price(1 << 34), Quantity(1 << 33), of: whole) == nil)
    let heavy = instrument(price: 9, quantity: 9, multiplier: .max)
    #expect(Money.notional(Price(Price.limit), Quantity(Quantity.limit), of: heavy) == nil)
  }

  /// Raw, numerator, denominator, raw of the result.
  @Test(
    arguments: [
      (10, 1, 2, 5), (3, 1, 2, 2), (1, 1, 2, 0), (5, 1, 2, 2), (7, 1, 2, 4), (9, 1, 2, 4),
      (-3, 1, 2, -2), (-5, 1, 2, -2), (-7, 1, 2, -4), (3, -1, 2, -2), (5, -1, 2, -2),
      (3, 1, -2, -2), (-3, -1, 2, 2), (10, 1, 3, 3), (11, 1, 3, 4), (-11, 1, 3, -4),
      (100, 3, 8, 38),
      (100, 0, 9, 0), (77, 9, 9, 77), (77, -9, 9, -77),
    ] as [(Int, Int64, Int64, Int)])
  func `a share of an amount is rounded half to even`(
    raw: Int, numerator: Int64, denominator: Int64, share: Int
  ) {
    let money = Money(raw: Int128(raw)).scaled(by: numerator, over: denominator)
    #expect(money == Money(raw: Int128(share)))
  }

  @Test func `a share of the largest amount neither overflows nor exceeds it`() {
    let most = Money(raw: Money.limit)
    #expect(most.scaled(by: .max, over: .max) == most)
    #expect(most.scaled(by: .min, over: .min) == most)
    #expect((-most).scaled(by: .max, over: .max) == -most)
    #expect(most.scaled(by: 1, over: 1 << 60) == Money(raw: 1 << 46))
    #expect(most.scaled(by: .max - 1, over: .max) < most)
  }

  /// Amounts within and beyond 64 bits take two ways, which have to agree.
  @Test func `a product is exact for small and large amounts, of all signs`() {
    var random = SplitMix64(seed: 2)
    for round in 0..<20_000 {
      let bits = Int.random(in: 1...105, using: &random)
      let magnitude = Int128(UInt64.random(in: 0...(.max), using: &random)) << 42
      let raw = (magnitude >> Int128(106 - bits)) * (round % 2 == 0 ? 1 : -1)
      let shift = Int64.random(in: 20...60, using: &random)
      var numerator = Int64.random(in: -(1 << shift)...(1 << shift), using: &random)
      let denominator =
        Int64.random(in: 1...(1 << shift), using: &random) * (round % 3 == 0 ? -1 : 1)
      if round % 5 == 0 { numerator = numerator % 2 == 0 ? 1 : denominator / 2 }
      // By digits of 2^16, so that no product has more than 128 bits.
      var (quotient, rest, isOver) = (UInt128(0), UInt128(0), false)
      for place in stride(from: 112, through: 0, by: -16) {
        let digit = raw.magnitude >> UInt128(place) & 0xFFFF
        let part = digit * UInt128(numerator.magnitude) + rest << 16
        isOver = isOver || quotient >> 110 != 0
        quotient = quotient << 16 + part / UInt128(denominator.magnitude)
        rest = part % UInt128(denominator.magnitude)
      }
      let left = UInt128(denominator.magnitude) - rest
      if rest > left || rest == left && quotient & 1 == 1 { quotient += 1 }
      let isNegative = (raw < 0) != ((numerator < 0) != (denominator < 0))
      let isIn = !isOver && quotient <= Money.limit.magnitude
      let exact = isIn ? Int128(quotient) * (isNegative ? -1 : 1) : nil
      let money = Money(raw: raw)
      #expect(money.times(Int128(numerator), over: Int128(denominator))?.raw == exact)
      guard numerator.magnitude <= denominator.magnitude else { continue }
      #expect(money.scaled(by: numerator, over: denominator).raw == exact)
    }
  }

  @Test func `a share and its rounding agree with exact division wherever that fits`() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      let raw = Int128(Int64.random(in: -1_000_000...1_000_000, using: &random))
      let denominator = Int64.random(in: 1...400, using: &random)
      let numerator = Int64.random(in: -denominator...denominator, using: &random)
      let share = Money(raw: raw).scaled(by: numerator, over: denominator)
      #expect(share.raw == divideHalfEven(raw * Int128(numerator), by: Int128(denominator)))
    }
  }

  @Test func `money adds, negates and compares`() {
    var money = Money(units: 3)
    money += Money(units: 4)
    money -= Money(raw: 1)
    #expect(money == Money(raw: 6_999_999_999_999))
    #expect(-money < .zero && money > .zero)
    #expect((-money).magnitude == money)
    #expect(money + -money == .zero)
    #expect(Money(units: .min).raw == Int128(Int64.min) * Money.one)
  }
}

import Events

// Published schedules, as data with dates. Rates change: a date before a table's first has its first
// rate, one after its last has its last.
extension FeeModel {
  /// The names that configurations may use.
  public static let schedules: [FeeModel] = [
    none, usEquity, usRegulatory, usAccess, usOption, cmeEmini, ukEquity, krakenSpot,
  ]

  /// A fixed-rate broker of US equities: 0.005 dollars a share, at least 1 dollar, at most 0.5 % of the
  /// value. Source: Interactive Brokers' fixed rate, as LEAN has it.
  public static let usEquity = named(
    "us-equity",
    .perUnit(
      amount: Money(raw: 5_000_000_000), minimum: Money(units: 1),
      maximumPercent: Decimal(mantissa: 5, scale: 1)))

  /// What sales of US equities pay: the SEC's section 31 fee on the value, and FINRA's trading activity
  /// fee per share with a cap per trade. Rounded up to the cent, as brokers pass them on. Sources: the
  /// SEC's fee rate advisories (release 34-104909 for 2026), FINRA's by-laws, schedule A, section 1.
  public static let usRegulatory = FeeModel(
    name: "us-regulatory",
    charges: dated(
      [
        (nil, 51), (20_220_514, 229), (20_230_227, 80), (20_240_522, 278), (20_250_514, 0),
        (20_260_404, 206),
      ]
    ) { rate in
      // Dollars a million, of which a basis point is a hundred.
      FeeCharge(
        .value(Decimal(mantissa: rate, scale: 3)), side: .sell, rounding: FeeRounding(.up, 2))
    }
      + dated(
        [
          (nil, (119, 595)), (20_220_101, (130, 649)), (20_230_101, (145, 727)),
          (20_240_101, (166, 830)), (20_260_101, (195, 979)),
        ]
      ) { rate, cents in
        FeeCharge(
          .unit(Money(raw: rate * 1_000_000)), side: .sell,
          cap: Money(raw: cents * 10_000_000_000), rounding: FeeRounding(.up, 2))
      })

  /// The most that a US exchange may charge who takes: 0.0030 dollars a share at prices from 1 dollar on,
  /// 0.3 % of the value below; a third of that from November 2026 on. Rebates are each venue's own.
  /// Source: Regulation NMS, rule 610(c), as amended in 2024.
  public static let usAccess = FeeModel(
    name: "us-access",
    charges: dated([(nil, 30), (20_261_102, 10)]) { rate in
      FeeCharge(
        .unit(Money(raw: rate * 100_000_000)), liquidity: .taker,
        prices: FeeCharge.Span(from: Money(units: 1)))
    }
      + dated([(nil, 30), (20_261_102, 10)]) { rate in
        FeeCharge(
          .value(Decimal(mantissa: rate, scale: 0)), liquidity: .taker,
          prices: FeeCharge.Span(from: Money(raw: -Money.limit), below: Money(units: 1)))
      })

  /// US options: 0.65 dollars a contract at premiums from 0.10 on, 0.50 from 0.05 on, else 0.25; at least
  /// 1 dollar an order. Source: LEAN's model of Interactive Brokers.
  public static let usOption = FeeModel(
    name: "us-option",
    charges: [
      option(cents: 25, from: -Money.limit, below: Money.one / 20),
      option(cents: 50, from: Money.one / 20, below: Money.one / 10),
      option(cents: 65, from: Money.one / 10, below: Money.limit),
    ],
    bounds: Bounds(minimum: Money(units: 1), maximumPercent: Decimal(mantissa: 0, scale: 0)))

  /// CME E-mini index futures, a contract and side: 0.85 dollars for the broker, 1.28 for exchange and
  /// clearing, 0.02 for the NFA. Source: the 2.15 dollars of LEAN's regression runs.
  public static let cmeEmini = FeeModel(
    name: "cme-emini",
    charges: [85, 128, 2].map { FeeCharge(.unit(Money(raw: $0 * 10_000_000_000))) })

  /// UK shares in pounds: stamp duty reserve tax of 0.5 % on purchases, to the penny, and the Takeover
  /// Panel's levy of 1.50 on orders above 10,000. Sources: Finance Act 1986, part IV; the Takeover Code.
  public static let ukEquity = FeeModel(
    name: "uk-equity",
    charges: [
      FeeCharge(
        .value(Decimal(mantissa: 50, scale: 0)), side: .buy, rounding: FeeRounding(.nearest, 2)),
      FeeCharge(.order(Money(raw: Money.one * 3 / 2), above: Money(units: 10_000))),
    ])

  /// Kraken's spot fees by the value traded in 30 days, in percent for maker and taker. Source: Kraken's
  /// fee schedule as of 2024.
  public static let krakenSpot = named(
    "kraken-spot",
    .tiers([
      Tier(from: 0, maker: 25, taker: 40), Tier(from: 10_000, maker: 20, taker: 35),
      Tier(from: 50_000, maker: 14, taker: 24), Tier(from: 100_000, maker: 12, taker: 22),
      Tier(from: 250_000, maker: 10, taker: 20), Tier(from: 500_000, maker: 8, taker: 18),
      Tier(from: 1_000_000, maker: 6, taker: 16), Tier(from: 2_500_000, maker: 4, taker: 14),
      Tier(from: 5_000_000, maker: 2, taker: 12), Tier(from: 10_000_000, maker: 0, taker: 10),
    ]))

  /// Rates for who has traded enough.
  public struct Tier: Equatable, Sendable {
    /// Least traded value of the 30 UTC days before.
    public var from: Money
    /// Basis points of the value.
    public var maker: Decimal
    public var taker: Decimal

    public init(from: Money, maker: Decimal, taker: Decimal) {
      self.from = from
      self.maker = maker
      self.taker = taker
    }

    init(from: Int64, maker: Int64, taker: Int64) {
      self.init(
        from: Money(units: from), maker: Decimal(mantissa: maker, scale: 0),
        taker: Decimal(mantissa: taker, scale: 0))
    }
  }

  /// Maker and taker rates by volume.
  /// - Precondition: ascending, the first from 0.
  public static func tiers(_ tiers: [Tier]) -> FeeModel {
    precondition(tiers.first?.from == .zero)
    var charges: [FeeCharge] = []
    for (index, tier) in tiers.enumerated() {
      let end = index + 1 < tiers.count ? tiers[index + 1].from : Money(raw: Money.limit)
      precondition(tier.from < end)
      let volumes = FeeCharge.Span(from: tier.from, below: end)
      charges.append(FeeCharge(.value(tier.maker), liquidity: .maker, volumes: volumes))
      charges.append(FeeCharge(.value(tier.taker), liquidity: .taker, volumes: volumes))
    }
    return FeeModel(name: "tiers", charges: charges)
  }

  private static func named(_ name: String, _ model: FeeModel) -> FeeModel {
    var model = model
    model.name = name
    return model
  }

  private static func option(cents: Int128, from: Int128, below: Int128) -> FeeCharge {
    FeeCharge(
      .unit(Money(raw: cents * 10_000_000_000)),
      prices: FeeCharge.Span(from: Money(raw: from), below: Money(raw: below)), isBounded: true)
  }

  /// One charge for each rate, from midnight in New York of its day to that of the next.
  private static func dated<Rate>(
    _ rates: [(day: Int64?, rate: Rate)], _ charge: (Rate) -> FeeCharge
  ) -> [FeeCharge] {
    func start(_ day: Int64?) -> Instant {
      guard let day, let date = CivilDate(yyyymmdd: day) else { return Instant(nanoseconds: .min) }
      return TimeZoneRule.newYork.instant(date, nanoseconds: 0)
    }
    return rates.enumerated().map { index, rate in
      var charge = charge(rate.rate)
      charge.from = start(rate.day)
      charge.until = index + 1 < rates.count ? start(rates[index + 1].day) : .distantFuture
      return charge
    }
  }
}

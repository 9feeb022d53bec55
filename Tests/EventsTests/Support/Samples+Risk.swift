import Events

/// Samples of limits that change, breakers, kills and the use of limits.
extension Sample {
  static let risk = [
    Sample(
      .limitChange,
      .observation(
        .limitChange(
          LimitChange(
            key: "risk.x", value: "2 USD", author: "ann", reason: "ok",
            effective: Instant(nanoseconds: 1_710_510_600_000_000_000)))),
      "0600 7269736b2e78 0500 3220555344 0300 616e6e 0200 6f6b 00508af953f4bc17",
      #""key":"risk.x","value":"2 USD","author":"ann","reason":"ok","#
        + #""effective":"2024-03-15T13:50:00.000000000Z""#),
    Sample(
      .limitChange,
      .observation(.limitChange(LimitChange(key: "k", value: "", author: "a", reason: ""))),
      "0100 6b 0000 0100 61 0000 0000000000000000",
      #""key":"k","value":"","author":"a","reason":"","effective":null"#),
    Sample(
      .breakerChanged,
      .decision(
        .breakerChanged(
          BreakerChange(
            breaker: "fast", watch: .spread, scope: Scope(.instrument, 7), state: .reducing,
            instrument: InstrumentID(7), value: 25_000, limit: -1, scale: 4, unit: "%",
            reason: "tripped"))),
      """
      0400 66617374 03 02 0700000000000000 02 0700 a8610000000000000000000000000000
      ffffffffffffffffffffffffffffffff 04 0100 25 0700 74726970706564
      """,
      #""breaker":"fast","watch":"spread","scope":"instrument","scope_id":7,"state":"reducing","#
        + #""instrument":"ESH4","value":"2.5000","limit":"-0.0001","unit":"%","reason":"tripped""#),
    Sample(
      .killReport,
      .decision(
        .killReport(
          KillReport(
            scope: Scope(.strategy, 2), round: 3, open: 2, orders: [OrderID(1), OrderID(258)]))),
      "01 0200000000000000 03000000 02000000 0200 0100000000000000 0201000000000000",
      #""scope":"strategy","scope_id":2,"round":3,"open":2,"orders":"1,258""#),
    Sample(
      .limitApplied,
      .decision(
        .limitApplied(LimitApplied(key: "risk.x", value: "", author: "ann", change: 258))),
      "0600 7269736b2e78 0000 0300 616e6e 0201000000000000",
      #""key":"risk.x","value":"","author":"ann","change":258"#),
    Sample(
      .limitsScaled,
      .decision(
        .limitsScaled(
          LimitsScaled(
            rule: "calm", watch: .volatility, scope: Scope(.instrument, 7), factor: 500_000,
            value: 421_300, bound: 200_000, scale: 4, unit: "%",
            limits: [
              LimitsScaled.Limit(
                key: "exposure.max_gross", base: 1000, effective: 500, scale: 1, unit: "USD"),
              LimitsScaled.Limit(key: "x", base: 7, effective: -1, scale: 0, unit: ""),
            ]))),
      """
      0400 63616c6d 01 02 0700000000000000 20a1070000000000 b46d0600000000000000000000000000
      400d0300000000000000000000000000 04 0100 25 0200
      1200 6578706f737572652e6d61785f67726f7373 e8030000000000000000000000000000
      f4010000000000000000000000000000 01 0300 555344
      0100 78 07000000000000000000000000000000 ffffffffffffffffffffffffffffffff 00 0000
      """,
      #""rule":"calm","watch":"volatility","scope":"instrument","scope_id":7,"#
        + #""factor":"0.500000","value":"42.1300","bound":"20.0000","unit":"%","#
        + #""limits":{"exposure.max_gross":"100.0 USD to 50.0 USD","x":"7 to -1"}"#),
    Sample(
      .limitsUsed,
      .decision(
        .limitsUsed(
          LimitsUsed(
            order: OrderID(1),
            uses: [
              LimitsUsed.Use(
                rule: .exposureMaxGross, scope: "firm", value: 75, limit: 100, scale: 1,
                unit: "USD")
            ]))),
      """
      0100000000000000 0100 1300 0400 6669726d 4b000000000000000000000000000000
      64000000000000000000000000000000 01 0300 555344
      """,
      #""order":1,"limits":{"1":"exposure.max_gross firm 7.5 of 10.0 USD"}"#),
    Sample(
      .refused,
      .decision(
        .refused(
          Refusal(
            strategy: StrategyID(2), instrument: InstrumentID(7), rule: .valueAtRiskMax,
            side: .buy, quantity: Quantity(1000), price: .none, value: 2, limit: 1, scale: 0,
            unit: "USD", context: "firm",
            values: [Reason.Value("before", Decimal(mantissa: 15, scale: 1))]))),
      """
      0200 0700 2500 01 e803000000000000 0000000000000080
      02000000000000000000000000000000 01000000000000000000000000000000 00 0300 555344
      | 0400 6669726d 0100 0600 6265666f7265 0f00000000000000 01
      """,
      #""strategy":2,"instrument":"ESH4","rule":"var.max","side":"buy","quantity":"1.000","#
        + #""price":null,"value":"2","limit":"1","unit":"USD","context":"firm","#
        + #""values":{"before":"1.5"}"#),
  ]
}

import Events

/// Samples of statements and breaks.
extension Sample {
  static let check = StatementCheck(
    .price, "execution ord-1/77", ours: "4800", theirs: "4800.25",
    instrument: InstrumentID(7), order: OrderID(1), entry: 258, line: 4)
  static let checkPayload = """
    04 0700 0100000000000000 1200 657865637574696f6e206f72642d312f3737
    0400 34383030 0700 343830302e3235 0201000000000000 04000000
    """

  static let statements = [
    Sample(
      .statement,
      .observation(
        .statement(
          StatementTaken(
            source: "b.csv", digest: Digest((0..<32).map { UInt8($0) })!, format: .csv,
            account: AccountID(3), from: .epoch,
            to: Instant(nanoseconds: 1_710_510_600_000_000_000), through: 257, compared: 9,
            checks: [
              check, StatementCheck(.missingThere, "cash USD", ours: "5", theirs: ""),
            ]))),
      """
      0500 622e637376 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
      01 0300 0000000000000000 00508af953f4bc17 0101000000000000 09000000 02000000
      \(checkPayload)
      02 ffff 0000000000000000 0800 6361736820555344 0100 35 0000 0000000000000000 00000000
      """,
      #""source":"b.csv","#
        + #""digest":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f","#
        + #""format":"csv","account":3,"from":"1970-01-01T00:00:00.000000000Z","#
        + #""to":"2024-03-15T13:50:00.000000000Z","through":257,"compared":9,"checks":{"#
        + #""1":"price execution ord-1/77: 4800 here, 4800.25 there (instrument ESH4, order 1, "#
        + #"entry 258, line 4)","2":"missing_there cash USD: 5 here, nothing there "#
        + #"(instrument none, order 0, entry 0, line 0)"}"#),
    Sample(
      .breakResolution,
      .observation(
        .breakResolution(
          BreakResolution(
            breakID: 9, act: .resolve, subject: "ann", owner: "ops", reason: "paid"))),
      "0900000000000000 02 0300 616e6e 0300 6f7073 0400 70616964",
      #""break":9,"act":"resolve","subject":"ann","owner":"ops","reason":"paid""#),
    Sample(
      .instruction,
      .observation(
        .instruction(
          Instruction(
            clientOrder: "a-1", subject: "ann",
            intent: IntentRecord(
              strategy: StrategyID(2), action: .order, instrument: InstrumentID(7), side: .buy,
              type: .limit, timeInForce: .day, quantity: Quantity(1500), price: Price(480_000),
              reason: Reason("hedge"))))),
      """
      0300 612d31 0300 616e6e
      0200 02 0700 01 02 01 dc05000000000000 0053070000000000 0000000000000000
      0500 6865646765 0000
      """,
      #""client_order":"a-1","subject":"ann","strategy":2,"action":"order","instrument":"ESH4","#
        + #""side":"buy","type":"limit","time_in_force":"day","quantity":"1.500","#
        + #""price":"4800.00","order":null,"reason":"hedge","values":{}"#),
    Sample(
      .clockReading,
      .observation(
        .clockReading(
          ClockReading(offset: -2, error: 515, isSynchronised: true, source: "kernel"))),
      "feffffffffffffff 0302000000000000 01 0600 6b65726e656c",
      #""offset":-2,"error":515,"synchronised":true,"source":"kernel""#),
    Sample(
      .breakOpened,
      .decision(.breakOpened(BreakRecord(id: 9, account: AccountID(3), check: check))),
      "0900000000000000 0300 \(checkPayload)",
      #""break":9,"account":3,"difference":"price","instrument":"ESH4","order":1,"#
        + #""key":"execution ord-1/77","ours":"4800","theirs":"4800.25","entry":258,"line":4"#),
    Sample(
      .breakClosed, .decision(.breakClosed(9, .agreed)), "0900000000000000 01",
      #""break":9,"why":"agreed""#),
  ]
}

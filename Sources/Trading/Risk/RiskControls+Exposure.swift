import Books
import Events

// Exposures and losses of a scope.
extension RiskControls {
  /// What a scope is exposed to, before an order and with it, in the base currency. Of each instrument the
  /// worse of two cases counts: that all open buys fill, or all open sells.
  struct Exposure: BitwiseCopyable {
    var gross = Pair()
    /// Sum of the signed values if all buys fill, and if all sells do.
    var upper = Pair()
    var lower = Pair()
    /// Of the order's instrument alone.
    var own = Pair()

    struct Pair: BitwiseCopyable {
      var before: Int128 = 0
      var after: Int128 = 0
    }

    var net: Pair {
      Pair(
        before: max(upper.before.magnitude, lower.before.magnitude).clamped,
        after: max(upper.after.magnitude, lower.after.magnitude).clamped)
    }
  }

  enum Sum<Value> {
    case known(Value)
    case failed(Rule)
  }

  /// A scope's exposure at the marks: that of the last walk, which left the order's instrument out, and this.
  func exposure(
    _ index: Int, with question: borrowing Question, _ market: borrowing Market
  ) -> Sum<Exposure> {
    let others: MarkToMarket.Exposure
    switch worths.exposure(of: index) {
    case .known(let sum): others = sum
    case .failed(let rule): return .failed(rule)
    }
    let id = question.id
    let open = market.committed(scopes[index].members, id)
    var price = market.books[id.index].mark
    if price.isNone { price = question.price }
    guard !price.isNone else { return .failed(.orderNoReferencePrice) }
    guard worths.hasRate(id) else { return .failed(.currencyNoRate) }
    func value(_ quantity: Int128) -> Int128? {
      worths.amount(id, price, quantity, market).flatMap { worths.convert($0, of: id) }
    }
    let (buys, sells) = question.isBuy ? (question.adds, 0) : (0, question.adds)
    guard let long = value(open.long), let short = value(open.short),
      let newLong = value(open.long + buys), let newShort = value(open.short - sells)
    else { return .failed(.arithmeticOverflow) }
    var sum = Exposure()
    sum.own = Exposure.Pair(
      before: max(long.magnitude, short.magnitude).clamped,
      after: max(newLong.magnitude, newShort.magnitude).clamped)
    sum.gross = Exposure.Pair(
      before: others.gross + sum.own.before, after: others.gross + sum.own.after)
    sum.upper = Exposure.Pair(before: others.upper + long, after: others.upper + newLong)
    sum.lower = Exposure.Pair(before: others.lower + short, after: others.lower + newShort)
    return sum.gross.after > Money.limit ? .failed(.arithmeticOverflow) : .known(sum)
  }

  func exposures(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market,
    _ visit: (Measure) -> Bool
  ) -> Measure? {
    let limits = scopes[index].limits
    guard limits.needsExposure else { return nil }
    let sum: Exposure
    switch exposure(index, with: question, market) {
    case .known(let found): sum = found
    case .failed(let rule):
      let measure = Measure(rule, isBroken: true, scope: index)
      return visit(measure) ? measure : nil
    }
    func money(_ rule: Rule, _ pair: Exposure.Pair, _ limit: Money?) -> Measure? {
      guard let limit else { return nil }
      // What an order does not make worse it may pass, so that one can always get out.
      return Measure(
        rule, pair.after, of: limit.raw, scale: UInt8(Money.scale), .money, scope: index,
        binds: pair.after > pair.before)
    }
    if let measure = money(.exposureMaxGross, sum.gross, limits.maxGross), visit(measure) {
      return measure
    }
    if let measure = money(.exposureMaxNet, sum.net, limits.maxNet), visit(measure) {
      return measure
    }
    guard limits.maxLeverage != nil || limits.maxConcentration != nil else { return nil }
    guard let equity = worth(of: index, market) else {
      let measure = Measure(.currencyNoRate, isBroken: true, scope: index)
      return visit(measure) ? measure : nil
    }
    if let most = limits.maxLeverage {
      let measure = share(.exposureMaxLeverage, sum.gross, equity, most, .times, index)
      if visit(measure) { return measure }
    }
    if let most = limits.maxConcentration {
      let measure = share(.exposureMaxConcentration, sum.own, equity, most, .percent, index)
      if visit(measure) { return measure }
    }
    return nil
  }

  /// A value as a share of the equity, in millionths, rounded up; without equity it is beyond any limit.
  private func share(
    _ rule: Rule, _ pair: Exposure.Pair, _ equity: Money, _ limit: Int64, _ unit: Measure.Unit,
    _ index: Int
  ) -> Measure {
    let binds = pair.after > pair.before
    let scale: UInt8 = unit == .percent ? 4 : 6
    guard equity.raw > 0 else {
      return Measure(
        rule, Int128(Int64.max), of: Int128(limit), scale: scale, unit, scope: index,
        binds: binds && pair.after > 0)
    }
    // At most 2^106 × 10^6, which fits.
    let (quotient, rest) = (pair.after * 1_000_000).quotientAndRemainder(dividingBy: equity.raw)
    return Measure(
      rule, quotient + (rest > 0 ? 1 : 0), of: Int128(limit), scale: scale, unit, scope: index,
      binds: binds)
  }

  func losses(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market,
    _ visit: (Measure) -> Bool
  ) -> Measure? {
    let scope = scopes[index]
    let limits = scope.limits
    guard limits.maxDayLoss != nil || limits.maxRollingLoss != nil || limits.maxDrawdown != nil
    else { return nil }
    guard let wealth = worth(of: index, market) else {
      let measure = Measure(.currencyNoRate, isBroken: true, scope: index)
      return visit(measure) ? measure : nil
    }
    let adds = !isReducing(question.asked, question.adds, market)
    for (limit, start) in [
      (limits.maxDayLoss, scope.dayStart), (limits.maxRollingLoss, scope.high(at: market.time)),
    ] {
      guard let limit, let start else { continue }
      let measure = Measure(
        .lossMax, max(0, (start - wealth).raw), of: limit.raw, scale: UInt8(Money.scale), .money,
        scope: index, binds: adds)
      if visit(measure) { return measure }
    }
    if let most = limits.maxDrawdown, let peak = scope.peak, peak.raw > 0 {
      let lost = max(0, (peak - wealth).raw)
      let measure = Measure(
        .drawdownMax, lost * 1_000_000 / peak.raw, of: Int128(most), scale: 4, .percent,
        scope: index, binds: adds)
      if visit(measure) { return measure }
    }
    return nil
  }

  /// Whether an order only brings its strategy's position nearer to zero, with what else is open on its side.
  func isReducing(_ asked: RiskGate.Asked, _ adds: Int128, _ market: borrowing Market) -> Bool {
    let strategy = asked.strategy
    guard strategy.raw < 64 else { return false }
    let open = market.committed(1 << UInt64(strategy.raw), asked.request.instrument)
    return asked.request.side == .buy
      ? open.held + open.buys + adds <= 0 && open.held < 0
      : open.held - open.sells - adds >= 0 && open.held > 0
  }
}

extension UInt128 {
  /// As a signed number, at most the largest.
  var clamped: Int128 { Int128(clamping: self) }
}

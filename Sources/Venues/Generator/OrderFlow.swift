import Events

/// The traders of one instrument and their book. Each action is one trader's:
/// - *makers* keep a bid and an ask around the fair value, wider when the market is nervous;
/// - *noise traders* place, cut and cancel limit orders and send market orders, whose side tends to
///   repeat, as parts of larger orders do;
/// - *momentum traders* buy what rose and sell what fell;
/// - *informed traders* take quotes that the fair value has left behind.
///
/// Actions arrive as a self-exciting (Hawkes) process: two thirds come by themselves, at a rate that
/// follows the hour, the rest answer earlier ones. The mixture is a small zero-intelligence market (Smith,
/// Farmer, Gillemot and Krishnamurthy 2003) with makers and informed traders (Glosten and Milgrom 1985).
struct OrderFlow {
  private static let makers = 6
  /// Time constant of the answers, in units of 1,024 ns: half a second.
  private static let memory: Int64 = 488_281

  let market: GeneratedMarket
  var book: FlowBook
  private(set) var fair: FairValue
  var chance: SeededRandom
  /// Additional rate by answers to earlier actions, per second × 2^16.
  private var excitement: Int64 = 0
  /// Nervousness of the whole market, × 2^16.
  private var level = FixedPoint.one
  /// Slow average of the middle price, in ticks × 2^16.
  private var average: Int64
  private var lastSide = Side.buy

  init(_ market: GeneratedMarket, seed: UInt64) {
    self.market = market
    book = FlowBook(owners: 2 * Self.makers)
    fair = FairValue(market, seed: seed)
    chance = SeededRandom(seed: seed, stream: 2 * UInt64(market.instrument.id.raw) + 2)
    average = fair.now
  }

  /// Middle of the best prices, in ticks × 2^16; the fair value where a side is empty.
  var middle: Int64 {
    guard book.bestBid != FlowBook.noBid, book.bestAsk != FlowBook.noAsk else { return fair.now }
    return (book.bestBid + book.bestAsk) << 15
  }

  /// The hidden value takes a step.
  mutating func step(_ factor: borrowing CommonFactor, activity: Int64) {
    level = factor.level
    if fair.advance(factor, activity: activity) { excitement += 6 * rate(activity: activity) }
    average += (middle - average) >> 8
  }

  mutating func passNight() {
    fair.jumpOvernight(steps: market.session.length / CommonFactor.step)
    excitement = 0
    average = fair.now
  }

  /// Nanoseconds until the next action.
  /// - Parameters:
  ///   - elapsed: nanoseconds since the last one.
  ///   - activity: of the hour, relative to the mean, × 2^8.
  mutating func pause(after elapsed: Int64, activity: Int64) -> Int64 {
    let ceiling = 30 * Int64(market.activity) << 16
    excitement = min(excitement, ceiling) * Self.memory / (Self.memory + (elapsed >> 10))
    let rate = max(rate(activity: activity) + excitement, 1)
    return max(chance.exponential() * 1_000_000_000 / rate, 1)
  }

  /// Rate of actions that come by themselves, per second × 2^16.
  private func rate(activity: Int64) -> Int64 { (Int64(market.activity) << 8) * activity * 2 / 3 }

  /// A trader acts; what follows is in the book's log.
  mutating func act(_ ids: inout UInt64) {
    let trades = book.log.count
    if !takeStaleQuote() {
      switch chance.below(100) {
      case 0..<50: requote(&ids)
      case 50..<96:
        if chance.below(book.live.count + 150) * 4 < book.live.count * 3 {
          withdraw()
        } else {
          placeLimit(&ids)
        }
      case 96..<99: trade(side: chance.below(100) < 65 ? lastSide : lastSide.opposite)
      default: followTrend()
      }
    }
    let isTrade = book.log[trades...].contains { $0.kind == .trade }
    // In units per second: a trade is answered by one action on average, others by a quarter.
    excitement += isTrade ? FixedPoint.one << 1 : FixedPoint.one >> 1
  }

  /// Makers and some patient orders, for the opening.
  mutating func fill(_ ids: inout UInt64) {
    for _ in 0..<4 { for maker in 0..<Self.makers { requote(maker, &ids) } }
    for _ in 0..<160 { placeLimit(&ids) }
  }

  private mutating func requote(_ ids: inout UInt64) { requote(chance.below(Self.makers), &ids) }

  private mutating func requote(_ maker: Int, _ ids: inout UInt64) {
    let view = fair.now + chance.gaussian() * 2 / 5
    // Half the spread, wider in nervous times (by the root) and for the makers further back.
    let half =
      ((Int64(market.spread) * 3_277 * FixedPoint.squareRoot(level << 16)) >> 16)
      + Int64(maker) * 26_214
    let bid = min((view - half) >> 16, book.bestAsk == FlowBook.noAsk ? .max : book.bestAsk - 1)
    requote(.buy, tick: bid, owner: 2 * maker, &ids)
    let ask = max(
      (view + half + FixedPoint.one - 1) >> 16,
      book.bestBid == FlowBook.noBid ? .min : book.bestBid + 1)
    requote(.sell, tick: ask, owner: 2 * maker + 1, &ids)
  }

  private mutating func requote(_ side: Side, tick: Int64, owner: Int, _ ids: inout UInt64) {
    let slot = book.quotes[owner]
    let size = drawSize() * 2
    if slot == FlowBook.none {
      add(side, tick: tick, size: size, owner: Int16(owner), &ids)
      return
    }
    let order = book.orders[Int(slot)]
    if order.tick == tick {
      if chance.oneIn(8) && order.size != size { book.modify(slot, tick: tick, size: size) }
    } else if chance.oneIn(2) {
      book.modify(slot, tick: tick, size: size)
    } else {
      book.remove(slot)
      add(side, tick: tick, size: size, owner: Int16(owner), &ids)
    }
  }

  private mutating func placeLimit(_ ids: inout UInt64) {
    let side: Side = chance.oneIn(2) ? .buy : .sell
    // Half of the orders join the best price or its neighbour; a few are far away.
    var distance = Int64(max(chance.next().trailingZeroBitCount - 1, 0) * 2 + chance.below(3))
    if chance.oneIn(16) { distance += 10 + Int64(chance.below(150)) }
    let tick: Int64
    if side == .buy {
      let best = book.bestBid == FlowBook.noBid ? (fair.now >> 16) - 1 : book.bestBid
      tick = min(best + 1 - distance, book.bestAsk == FlowBook.noAsk ? .max : book.bestAsk - 1)
    } else {
      let best = book.bestAsk == FlowBook.noAsk ? (fair.now >> 16) + 1 : book.bestAsk
      tick = max(best - 1 + distance, book.bestBid == FlowBook.noBid ? .min : book.bestBid + 1)
    }
    add(side, tick: tick, size: drawSize(), owner: FlowBook.noOwner, &ids)
  }

  private mutating func add(
    _ side: Side, tick: Int64, size: Int64, owner: Int16, _ ids: inout UInt64
  ) {
    if book.add(side, tick: tick, size: size, owner: owner, id: ids) { ids += 1 }
  }

  /// A noise trader cancels or cuts an order of his.
  private mutating func withdraw() {
    guard !book.live.isEmpty else { return }
    let slot = book.live[chance.below(book.live.count)]
    let order = book.orders[Int(slot)]
    guard order.owner == FlowBook.noOwner else { return }
    if order.size > 1 && chance.oneIn(4) {
      book.reduce(slot, by: max(order.size / 2, 1))
    } else {
      book.remove(slot)
    }
  }

  /// A market order of a noise trader; it gives up five ticks away from the best price.
  private mutating func trade(side: Side) {
    let best = side == .buy ? book.bestAsk : book.bestBid
    guard best != FlowBook.noAsk, best != FlowBook.noBid else { return }
    _ = book.take(side, size: drawSize(), limit: best + 5 * side.sign)
    lastSide = side
  }

  private mutating func followTrend() {
    let trend = middle - average
    if trend > 2 * FixedPoint.one { trade(side: .buy) }
    if trend < -2 * FixedPoint.one { trade(side: .sell) }
  }

  /// An informed trader looks and takes what is offered on the wrong side of the fair value.
  private mutating func takeStaleQuote() -> Bool {
    guard chance.below(100) < 12 else { return false }
    let margin = FixedPoint.one * 3 / 10
    let size = Int64(market.size) * 10
    if book.bestAsk != FlowBook.noAsk, fair.now - margin > book.bestAsk << 16 {
      _ = book.take(.buy, size: size, limit: (fair.now - margin) >> 16)
      return true
    }
    if book.bestBid != FlowBook.noBid, fair.now + margin < book.bestBid << 16 {
      _ = book.take(.sell, size: size, limit: (fair.now + margin + FixedPoint.one - 1) >> 16)
      return true
    }
    return false
  }

  /// Sizes as traders choose them: mostly the usual one and round multiples, sometimes odd or large.
  private mutating func drawSize() -> Int64 {
    let usual = Int64(market.size)
    switch chance.below(16) {
    case 0..<6: return usual
    case 6..<9: return usual * 2
    case 9: return usual * 3
    case 10: return usual * 5
    case 11: return chance.oneIn(4) ? usual * 20 : usual * 4
    case 12..<14: return max(usual / 2, 1)
    default: return 1 + Int64(chance.below(Int(usual)))
    }
  }
}

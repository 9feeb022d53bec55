import Trading

/// The strategies that Daybook ships, by the names configurations use.
public enum Catalog {
  public static let shipped: [StrategyKind] = [
    StrategyKind(name: "ema-cross", version: "1", type: EmaCross.self),
    StrategyKind(name: "market-maker", version: "1", type: MarketMaker.self),
    StrategyKind(name: "manual", version: "1", type: Manual.self),
    StrategyKind(name: "signal-follower", version: "1", type: SignalFollower.self),
  ]
}

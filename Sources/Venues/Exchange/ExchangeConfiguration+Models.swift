import Events

extension ExchangeConfiguration {
  /// The models in force with their parameters, for reports: general ones, then each venue's and each
  /// instrument's own.
  public var models: [(name: String, text: String)] {
    var models: [(name: String, text: String)] = []
    Self.add("", latency, fees, fills, overflow, slippage, faults, to: &models)
    models.append(("queue", queue.description))
    models.append(("allocation", allocation.description))
    models.append(("self_trades", selfTrades.description))
    models.append(("bar_path", barPath.description))
    let share = decimalText(Int128(participation), scale: 4)
    models.append(("participation", participation == 0 ? "no bound" : "\(share) %"))
    for venue in venues {
      Self.add(
        "\(venue.name).", venue.latency, venue.fees, venue.fills, venue.overflow, venue.slippage,
        venue.faults, to: &models)
    }
    for rules in exceptions {
      Self.add(
        "instrument.\(rules.instrument).", nil, rules.fees, rules.fills, nil, rules.slippage, nil,
        to: &models)
    }
    return models
  }

  private static func add(
    _ prefix: String, _ latency: Latency?, _ fees: FeeModel?, _ fills: FillModel?,
    _ overflow: Overflow?, _ slippage: Slippage?, _ faults: Faults?,
    to models: inout [(name: String, text: String)]
  ) {
    if let fills { models.append((prefix + "fill_model", fills.description)) }
    if let overflow { models.append((prefix + "overflow", overflow.description)) }
    if let latency {
      models.append((prefix + "entry_latency", latency.entry.description))
      models.append((prefix + "response_latency", latency.response.description))
      models.append((prefix + "feed_latency", latency.feed.description))
    }
    if let fees { models.append((prefix + "fees", fees.description)) }
    if let slippage { models.append((prefix + "slippage", slippage.description)) }
    if let faults { models.append((prefix + "faults", faults.description)) }
  }
}

extension FillModel: CustomStringConvertible {
  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .book: "book"
    case .touch: "touch"
    case .bar(.nextOpen): "bar-next-open"
    case .bar(.lastClose): "bar-last-close"
    case .lean: "lean"
    }
  }
}

extension Overflow: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fillAtTop: "fill-at-top"
    case .cancel: "cancel"
    }
  }
}

extension QueueModel: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exact: "exact"
    case .riskAverse: "risk-averse"
    case .power(let exponent): "power-\(exponent)"
    case .logarithmic: "logarithmic"
    }
  }
}

extension Allocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .priceTime: "price-time"
    case .cme: "cme"
    case .proRata(let top, let minimum):
      "pro-rata from \(minimum) lots" + (top ? ", top order first" : "")
    }
  }
}

extension SelfTradePrevention: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "none"
    case .cancelNewest: "cancel-newest"
    case .cancelOldest: "cancel-oldest"
    case .cancelBoth: "cancel-both"
    case .decrement: "decrement"
    }
  }
}

extension BarPath: CustomStringConvertible {
  public var description: String {
    switch self {
    case .byDistance: "by-distance"
    case .lowFirst: "low-first"
    case .highFirst: "high-first"
    }
  }
}

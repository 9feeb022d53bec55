import Events
import Projections

/// What a client of WebSockets can subscribe to. An entry may belong to several.
struct Channels: OptionSet, Sendable, Hashable {
  var rawValue: UInt8

  static let marketData = Channels(rawValue: 1)
  static let orders = Channels(rawValue: 2)
  static let trades = Channels(rawValue: 4)
  static let alerts = Channels(rawValue: 8)
  static let every: Channels = [.marketData, .orders, .trades, .alerts]

  /// Each on its own, with its name and what a token must allow.
  static let all: [(channel: Channels, name: String, permission: Permission)] = [
    (.marketData, "market-data", .readMarket), (.orders, "orders", .readTrading),
    (.trades, "trades", .readTrading), (.alerts, "alerts", .readTrading),
  ]

  /// The channels that entries of a kind are sent on.
  init(of kind: EntryKind) { self = Self.table[Int(kind.rawValue)] }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  private static let table: [Channels] = (0...255).map { raw in
    guard let kind = EntryKind(rawValue: UInt8(raw)) else { return [] }
    var channels: Channels = []
    if kind.isMarket { channels.insert(.marketData) }
    if Reads.tradeKinds.contains(kind) { channels.insert(.trades) }
    if AlertRow.kinds.contains(kind) { channels.insert(.alerts) }
    switch kind {
    case .instrument, .reference, .imbalance, .priceBand: channels.insert(.marketData)
    case .accepted, .rejected, .filled, .cancelled, .replaced, .expired, .requestRejected,
      .orderStatus, .triggered, .busted, .corrected, .refused, .submitted, .held, .released,
      .ended, .routed, .cancelRequested, .replaceRequested:
      channels.insert(.orders)
    default: break
    }
    return channels
  }
}

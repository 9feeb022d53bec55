import Events
import Foundation

/// What one strategy of a run came to: its trades from flat to flat, and their figures by currency.
public struct StrategyResults: Codable, Sendable {
  private static let listed = 1000

  public var strategy: String
  public var closed: Int
  /// Under way at the end; in no figure.
  public var open: Int
  public var figures: [RunReport.TradeFigures]
  /// The last that were closed, in order.
  public var trades: [RunReport.Trade]
  /// How many came before those.
  public var omitted: Int

  /// - Parameter strategies: all names, by their ids.
  public init(_ record: TradingRecord, of strategy: StrategyID, _ strategies: [String]) {
    let trips = record.trips.closed.filter { $0.strategy == strategy }
    self.strategy =
      strategy.index < strategies.count ? strategies[strategy.index] : "\(strategy.raw)"
    closed = trips.count
    open = record.trips.open.count { $0.strategy == strategy }
    figures = TradeStatistics.byCurrency(trips).map(RunReport.TradeFigures.init)
    trades = trips.suffix(Self.listed).map { RunReport.Trade($0, strategies) }
    omitted = max(0, trips.count - Self.listed)
  }

  /// As JSON, keys in alphabetical order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self)
  }
}

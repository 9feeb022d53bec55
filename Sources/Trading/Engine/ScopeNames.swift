import Events

/// Scopes in words, as the control socket takes and the API tells them: `strategy momo`.
public struct ScopeNames: Sendable {
  private let strategies: [String]
  private let instruments: [Instrument]
  private let accounts: [String]

  /// - Parameters:
  ///   - strategies: names by id.
  ///   - accounts: names by id.
  public init(strategies: [String], instruments: [Instrument], accounts: [String]) {
    self.strategies = strategies
    self.instruments = instruments
    self.accounts = accounts
  }

  public init(_ engine: borrowing Engine) {
    self.init(
      strategies: engine.strategyNames,
      instruments: engine.market.instruments.compactMap { $0 },
      accounts: engine.market.portfolio.accounts.map(\.name))
  }

  public func text(_ scope: Scope) -> String {
    scope.kind == .all ? "all" : "\(scope.kind.name) \(name(scope) ?? "#\(scope.id)")"
  }

  private func name(_ scope: Scope) -> String? {
    let index = Int(clamping: scope.id)
    switch scope.kind {
    case .all: return nil
    case .strategy: return index < strategies.count ? strategies[index] : nil
    case .instrument: return instruments.first { $0.id.index == index }?.symbol
    case .venue: return instruments.first { Int($0.venue.raw) == index }?.venueName
    case .account: return index < accounts.count ? accounts[index] : nil
    case .order: return OrderID(scope.id).description
    }
  }
}

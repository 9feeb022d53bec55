import Alerting
import Events
import Monitoring
import Trading

extension Follower {
  /// What the monitor cannot know by itself.
  var outside: Monitor.Outside {
    Monitor.Outside(
      follower: { [self] in
        let now = progress
        let failure = now.failure ?? now.divergence
        // While it reads what was there before, it is behind as a matter of course.
        guard now.isReady || failure != nil else { return nil }
        return Reading.Follower(applied: now.applied, head: now.head, failure: failure)
      },
      worths: { [self] in (try? withState { (engine, _) in engine.worths }) ?? [] },
      gains: { [self] in (try? withState { (engine, _) in engine.gains }) ?? [] })
  }
}

extension Engine {
  /// What accounts are worth: in one currency where they have one, else in each.
  fileprivate var worths: [Reading.Worth] {
    market.portfolio.accounts.enumerated().flatMap { index, account in
      let id = AccountID(UInt16(index))
      if let currency = account.currency, let worth = market.worth(of: id) {
        return [Reading.Worth(account: account.name, currency: currency, equity: worth)]
      }
      return market.valuations(of: id).map {
        Reading.Worth(account: account.name, currency: $0.currency, equity: $0.equity)
      }
    }
  }

  /// What strategies have gained in each currency, not gained yet and less fees included.
  fileprivate var gains: [Reading.Worth] {
    var gains: [Reading.Worth] = []
    let names = strategyNames
    for holding in holdings {
      let (name, currency) = (names[holding.strategy.index], holding.instrument.currency)
      let position = holding.position
      let open = position.unrealised(at: holding.mark, of: holding.instrument) ?? .zero
      let gain = position.realised + open - position.fees
      if let index = gains.firstIndex(where: { $0.account == name && $0.currency == currency }) {
        gains[index].equity += gain
      } else {
        gains.append(Reading.Worth(account: name, currency: currency, equity: gain))
      }
    }
    return gains
  }
}

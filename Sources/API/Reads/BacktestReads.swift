import Events
import Foundation
import Reporting
import Synchronization
import Trading

/// The trading record of a journal up to an entry, kept because all strategies' results come from it.
final class RecordShelf: Sendable {
  private let kept = Mutex<(sequence: UInt64, record: TradingRecord)?>(nil)

  /// - Parameter make: reads the record; it may take long, so others who ask meanwhile do so, too.
  func record(at sequence: UInt64, _ make: () throws(Problem) -> TradingRecord) throws(Problem)
    -> TradingRecord
  {
    if let found = kept.withLock({ $0 }), found.sequence == sequence { return found.record }
    let record = try make()
    kept.withLock { $0 = (sequence, record) }
    return record
  }
}

extension Reads {
  func backtestRoutes(_ shelf: RecordShelf) -> [Route] {
    [
      Route(
        method: .get, path: "/api/internal/v1/backtest/results/{strategyId}",
        name: "getBacktestResults",
        summary: "Closed trades and their figures of a strategy, from flat to flat.",
        permission: .readJournal, answers: "strategy, closed, figures, trades"
      ) { call throws(Problem) in
        let name = call.variable("strategyId")
        return try await pools.slowly { () throws(Problem) in
          let (strategies, sequence) = try follower.withState { (engine, sequence) in
            (engine.strategyNames, sequence)
          }
          guard let index = strategies.firstIndex(of: name) else {
            throw .missing(
              "unknown_strategy",
              "There is no strategy `\(name)`. There are \(strategies.joined(separator: ", ")).")
          }
          let record = try shelf.record(at: sequence) { () throws(Problem) in
            try read { try TradingRecord(reader) }
          }
          let results = StrategyResults(record, of: StrategyID(UInt16(index)), strategies)
          return Answer(text: try read { String(decoding: try results.json(), as: UTF8.self) })
        }
      }
    ]
  }
}

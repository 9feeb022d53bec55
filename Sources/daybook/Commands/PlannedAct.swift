import ArgumentParser
import Events
import Sequencing

/// What a person does at a moment of a backtest: `2014-06-06T15:00 kill all`,
/// `2014-06-06T15:00 halt strategy momo spreads are wide`.
struct PlannedAct: ExpressibleByArgument, Equatable {
  var time: Instant
  var act: OperatorAct.Act
  /// Nil for all.
  var strategy: String?
  var reason: String

  init?(argument: String) {
    var words = argument.split(separator: " ").map(String.init)[...]
    guard let time = words.popFirst().flatMap({ Instant($0) }), let act = words.popFirst(),
      let scope = words.popFirst()
    else { return nil }
    switch act {
    case "halt": self.act = .halt
    case "resume": self.act = .resume
    case "kill": self.act = .kill
    case "enable": self.act = .enable
    default: return nil
    }
    self.time = time
    switch scope {
    case "all": strategy = nil
    case "strategy":
      guard let name = words.popFirst() else { return nil }
      strategy = name
    default: return nil
    }
    reason = words.joined(separator: " ")
  }

  /// The act, of whoever runs the program.
  /// - Parameter strategies: their names, by id.
  /// - Throws: `Failure` if there is no such strategy.
  func act(_ strategies: [String]) throws -> Backtest.TimedAct {
    var scope = Scope.all
    if let strategy {
      guard let index = strategies.firstIndex(of: strategy) else {
        throw Failure(
          .usage,
          "--act: there is no strategy `\(strategy)`; configured are "
            + "\(strategies.joined(separator: ", ")).")
      }
      scope = Scope(.strategy, UInt64(index))
    }
    let subject = environment("USER") ?? "unknown"
    return Backtest.TimedAct(
      at: time,
      OperatorAct(
        act: act, scope: scope, subject: subject, reason: reason.isEmpty ? "planned" : reason))
  }
}

import ArgumentParser
import Events
import Sequencing
import Serving

/// What a person does at a moment of a backtest: `2014-06-06T15:00 kill all`,
/// `2014-06-06T15:00 halt strategy momo spreads are wide`,
/// `2014-06-06T15:00 close strategy momo XNAS:AAPL 15 lots 17,23 for the tax year`.
struct PlannedAct: ExpressibleByArgument, Equatable {
  /// What is closed, as it was written.
  struct Closing: Equatable {
    var symbol: String
    var quantity: Decimal
    /// Sequences of the entries that opened them.
    var lots: [UInt64] = []
  }

  var time: Instant
  var act: OperatorAct.Act
  /// Nil for all.
  var strategy: String?
  var closing: Closing?
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
    case "block": self.act = .block
    case "enable": self.act = .enable
    case "close": self.act = .close
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
    if self.act == .close {
      guard strategy != nil, let closing = Self.closing(&words) else { return nil }
      self.closing = closing
    }
    reason = words.joined(separator: " ")
  }

  /// Takes `SYMBOL QUANTITY`, and `lots N,N` if it follows.
  private static func closing(_ words: inout ArraySlice<String>) -> Closing? {
    guard let symbol = words.popFirst(), let quantity = words.popFirst().flatMap({ Decimal($0) }),
      quantity.mantissa > 0
    else { return nil }
    var closing = Closing(symbol: symbol, quantity: quantity)
    guard words.first == "lots" else { return closing }
    words.removeFirst()
    guard let names = words.popFirst()?.split(separator: ",", omittingEmptySubsequences: false)
    else { return nil }
    closing.lots = names.compactMap { UInt64($0) }
    return closing.lots.count == names.count && names.count <= OrderTerms.maxLots ? closing : nil
  }

  /// The act, of whoever runs the program.
  /// - Parameters:
  ///   - strategies: their names, by id.
  ///   - instrument: finds one by its name.
  /// - Throws: `Failure` if there is no such strategy or instrument, or the quantity has more decimals than it.
  func act(_ strategies: [String], _ instrument: (String) throws -> Instrument) throws
    -> Backtest.TimedAct
  {
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
    let subject = SystemUser.current
    return Backtest.TimedAct(
      at: time,
      OperatorAct(
        act: act, scope: scope, subject: subject, reason: reason.isEmpty ? "planned" : reason,
        closing: try closing.map { try Self.scaled($0, to: instrument($0.symbol)) }))
  }

  private static func scaled(_ closing: Closing, to instrument: Instrument) throws
    -> OperatorAct.Closing
  {
    let (whole, rest) = (Int128(closing.quantity.mantissa) * power(Int(instrument.quantityScale)))
      .quotientAndRemainder(dividingBy: power(Int(closing.quantity.scale)))
    guard rest == 0, whole <= Int128(Quantity.limit) else {
      throw Failure(
        .usage,
        "--act: \(closing.quantity) is no quantity of \(instrument.symbol), which has "
          + "\(instrument.quantityScale) decimals.")
    }
    return OperatorAct.Closing(
      instrument: instrument.id, quantity: Quantity(Int64(whole)), lots: closing.lots)
  }
}

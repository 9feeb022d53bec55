import ArgumentParser
import Events
import Journaling
import Reporting
import Sequencing
import Strategies
import Trading

/// A balance as people name it: `main:USD`, the cash of an account, or `main:USD:fees`.
struct BalanceName: ExpressibleByArgument, Equatable {
  var account: String
  var currency: String
  var ledger = Ledger.Account.cash

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), !parts.contains("") else { return nil }
    (account, currency) = (parts[0], parts[1])
    guard parts.count == 3 else { return }
    guard let found = Ledger.Account.allCases.first(where: { "\($0)" == parts[2] }) else {
      return nil
    }
    ledger = found
  }

  var text: String { "\(account):\(currency):\(ledger)" }
}

/// Which postings led to a balance.
struct BalanceView {
  private let history: BalanceHistory
  /// How many postings there are, with those that are not shown.
  private let count: Int

  /// Replays the journal from its start up to a place.
  /// - Throws: `Failure` if there is no such account, or replay diverges.
  init(
    _ name: BalanceName, in reader: JournalReader, at place: Place, last shown: Int,
    _ options: PrintOptions
  ) throws {
    let end = try place.last(in: reader)
    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    var history = BalanceHistory(of: name.account, name.currency, name.ledger)
    var progress = Progress("replay", total: end, isQuiet: options.quiet)
    try replay.run(
      reader, through: end, verify: false,
      progress: { done in
        Interruption.obey()
        progress.update(done)
      },
      watch: { engine, header, _ in
        history.note(engine, header)
        return .distantFuture
      })
    progress.finish()
    if let divergence = replay.divergence {
      throw Failure(
        .found,
        "\(reader.path): replay diverges at \(sequenceText(divergence.sequence)); "
          + "use the daybook that wrote the journal (engine \(reader.meta.engine)).")
    }
    guard history.accounts.contains(name.account) else {
      throw Failure(
        .noInput,
        "\(reader.path): there is no account `\(name.account)`"
          + (history.accounts.isEmpty
            ? "; nothing is configured by then."
            : "; it has \(history.accounts.joined(separator: ", "))."))
    }
    count = history.postings.count
    try history.describe(last: shown, in: reader)
    self.history = history
  }

  var json: JSON {
    .object([
      ("account", .string(history.account)), ("currency", .string(history.currency)),
      ("ledger", .string("\(history.ledger)")),
      ("balance", .string(moneyText(history.postings.last?.balance ?? .zero))),
      ("pending", .string(moneyText(history.postings.last?.pending ?? .zero))),
      ("count", .number(UInt64(count))),
      (
        "postings",
        .array(
          history.postings.map { posting in
            .object([
              ("seq", .number(posting.sequence)), ("time", .string(posting.time.text)),
              ("cause", .number(posting.cause)), ("kind", .string(posting.label)),
              ("change", .string(moneyText(posting.change))),
              ("balance", .string(moneyText(posting.balance))),
              ("pending", .string(moneyText(posting.pending))), ("text", .string(posting.text)),
            ])
          })
      ),
    ])
  }

  func lines(_ style: Style) -> [String] {
    let balance = history.postings.last?.balance ?? .zero
    let title =
      "\(history.account)  \(history.ledger)  \(grouped(decimal: moneyText(balance))) "
      + history.currency
    guard !history.postings.isEmpty else {
      return [style(title, .strong), style("no entry has moved it", .quiet)]
    }
    var table = Table([
      ("seq", .right), ("time", .left), ("change", .right), ("balance", .right),
      ("pending", .right), ("cause", .right), ("", .left), ("", .left),
    ])
    for posting in history.postings {
      table.row(
        sequenceText(posting.sequence),
        "\(posting.time.dateText) \(posting.time.timeText(digits: 3))",
        moneyText(posting.change),
        moneyText(posting.balance), posting.pending == .zero ? "" : moneyText(posting.pending),
        posting.cause == 0 ? "" : sequenceText(posting.cause), posting.label, posting.text)
    }
    let before = count - history.postings.count
    return [style(title, .strong)] + table.lines(style)
      + (before > 0
        ? [style("\(grouped(before)) postings before these; --last \(count) shows all", .quiet)]
        : [])
  }
}

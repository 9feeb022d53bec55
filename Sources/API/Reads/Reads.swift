import Events
import Foundation
import Journaling
import Projections
import Reporting
import Sequencing
import Trading

/// What reading endpoints have in common: the state at the head or as of an entry, and pages of entries.
struct Reads: Sendable {
  /// Longest time in seconds that a state of the past may take.
  static let longestReplay = 20.0
  static let asOf = Parameter(
    name: "as_of_seq", type: "integer", bounds: 1...UInt64.max,
    summary: "Everything as it was after this entry.")
  /// Of a list that knows the head only.
  static let list = [
    Parameter(
      name: "after_seq", type: "integer", bounds: 0...UInt64.max,
      summary: "Go on after this sequence; 0 at first."),
    Parameter(
      name: "limit", type: "integer", bounds: 1...1000,
      summary: "At most so many; 100 if not given."),
  ]
  static let page = list + [asOf]
  /// Entries that the read model may be behind the journal for lists to come from it.
  static let mostBehindModel: UInt64 = 10_000

  let follower: Follower
  let projector: Projector
  let pools: Pools
  let clock: TimeSource

  var reader: JournalReader { follower.reader }

  /// Reads the journal.
  func read<R>(_ body: () throws -> R) throws(Problem) -> R {
    do {
      return try body()
    } catch let problem as Problem {
      throw problem
    } catch let error as JournalError {
      throw .unavailable("journal_unreadable", error.description)
    } catch let error as SequencingError {
      throw .unavailable("state_unavailable", error.description)
    } catch {
      throw Problem(status: 500, code: "failed", detail: "\(error)")
    }
  }

  /// Sequence of the journal's last entry.
  func head() throws(Problem) -> UInt64 {
    try read { try reader.lastSequence() }
  }

  /// The entry as of which a call asks; nil for the head.
  func asOf(_ call: Call) throws(Problem) -> UInt64? {
    guard let sequence = try call.number(Self.asOf) else { return nil }
    let head = try head()
    guard sequence <= head else {
      throw .malformed(
        "beyond_head", "The journal ends at #\(head).",
        [.init(name: Self.asOf.name, what: "is after the last entry")])
    }
    return sequence
  }

  /// Answers from the state at the head, or as of an entry.
  /// - Parameter body: makes the answer's fields from the engine and the sequence of its last entry.
  func state(
    _ call: Call,
    _ body: @escaping @Sendable (borrowing Engine, UInt64) throws(Problem) -> [(String, JSON)]
  ) async throws(Problem) -> Answer {
    guard let sequence = try asOf(call) else {
      return try await pools.quickly { () throws(Problem) in
        try follower.withState { (engine, sequence) throws(Problem) in
          Answer(.object(stamp(sequence) + (try body(engine, sequence))))
        }
      }
    }
    return try await pools.slowly { () throws(Problem) in
      try past(sequence) { (engine) throws(Problem) in
        Answer(.object(stamp(sequence) + (try body(engine, sequence))))
      }
    }
  }

  /// Rows of a list, each with its sequence, and up to where they were looked for.
  typealias Listed = (rows: [(UInt64, JSON)], through: UInt64)

  /// Answers with a page of the read model, if it may: nobody asks for the past, and it is near the head.
  func listed(
    _ call: Call, more: @escaping @Sendable () -> [(String, JSON)] = { [] },
    _ body: @escaping @Sendable (ReadModel, Page) throws(ReadModelError) -> Listed
  ) async throws(Problem) -> Answer? {
    guard try asOf(call) == nil, let model = projector.model else { return nil }
    return try await pools.quickly { () throws(Problem) in
      let page = try Page(call, self)
      do throws(ReadModelError) {
        let found = try body(model, page)
        guard found.through.addingReportingOverflow(Self.mostBehindModel).partialValue >= page.head
        else { return nil }
        return page.answer(found, more())
      } catch {
        projector.report(error)
        return nil
      }
    }
  }

  /// Answers with a page of what only the read model keeps.
  func kept(
    _ call: Call, _ body: @escaping @Sendable (ReadModel, Page) throws(ReadModelError) -> Listed
  ) async throws(Problem) -> Answer {
    try await pools.quickly { () throws(Problem) in
      guard let model = projector.model else {
        throw .unavailable(
          "read_model_unavailable", projector.progress.failure ?? "The read model is being opened.")
      }
      let page = try Page(call, self)
      do throws(ReadModelError) { return page.answer(try body(model, page)) } catch {
        projector.report(error)
        throw .unavailable("read_model_unavailable", error.description)
      }
    }
  }

  private func stamp(_ sequence: UInt64) -> [(String, JSON)] {
    [("as_of_seq", .number(sequence)), ("head_seq", .number(follower.progress.head))]
  }

  /// Lends the engine as it was after an entry. O(entries after the snapshot before it).
  func past<R>(_ sequence: UInt64, _ body: (borrowing Engine) throws(Problem) -> R)
    throws(Problem) -> R
  {
    let start = clock.monotonic()
    let replay: Replay?
    do throws(SequencingError) {
      replay = try Replay.state(of: reader, at: sequence, catalog: follower.catalog) { _, _ in
        clock.monotonic() - start < Self.longestReplay
      }
    } catch {
      throw .unavailable("state_unavailable", error.description)
    }
    guard let replay else {
      throw Problem(
        status: 503, code: "too_far",
        detail: "The state after #\(sequence) cannot be made again within \(Self.longestReplay) s, "
          + "since no snapshot is near. `daybook inspect --at` takes the time it needs.")
    }
    return try body(replay.engine)
  }
}

/// One page of a list.
struct Page: Sendable {
  /// The sequence after which it begins.
  var after: UInt64
  var limit: Int
  /// The last sequence that it may look at.
  var through: UInt64
  var head: UInt64

  /// - Throws: a problem if the parameters cannot be read.
  init(_ call: Call, _ reads: Reads) throws(Problem) {
    after = try call.number(Reads.list[0]) ?? 0
    limit = Int(try call.number(Reads.list[1]) ?? 100)
    head = try reads.head()
    through = try reads.asOf(call) ?? head
  }

  /// The list as it is answered, of rows of the read model.
  func answer(_ found: Reads.Listed, _ more: [(String, JSON)] = []) -> Answer {
    var page = self
    page.through = found.through
    let isLast = found.rows.count < limit
    let last = found.rows.last?.0 ?? after
    return page.answer(
      found.rows.map(\.1), next: isLast ? max(found.through, last) : last, more)
  }

  /// The list as it is answered.
  /// - Parameters:
  ///   - next: where the next page goes on.
  ///   - more: further fields.
  func answer(_ data: [JSON], next: UInt64, _ more: [(String, JSON)] = []) -> Answer {
    Answer(
      .object(
        [
          ("data", .array(data)), ("next_after_seq", .number(next)), ("head_seq", .number(head)),
          ("as_of_seq", .number(through)),
        ] + more))
  }
}

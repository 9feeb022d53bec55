import Testing

@testable import Venues

struct BinanceBookTests {
  /// One message: a snapshot's id, or a diff's `U`, `u` and, of a perpetual, `pu`.
  enum Step {
    case snapshot(Int64)
    case spot(Int64, Int64)
    case perpetual(Int64, Int64, Int64)
  }

  /// What becomes of each: t taken, s stale, a applied, k kept, d dropped, G a gap.
  private func run(_ steps: [Step]) -> String {
    var book = BinanceBook()
    return steps.map { step in
      switch step {
      case .snapshot(let id):
        switch book.snapshot(id) {
        case .take:
          book.clearKept()
          return "t"
        case .stale: return "s"
        case .gap: return "G"
        }
      case .spot(let first, let last): return receive(first, last, nil, &book)
      case .perpetual(let first, let last, let previous):
        return receive(first, last, previous, &book)
      }
    }.joined()
  }

  private func receive(
    _ first: Int64, _ last: Int64, _ previous: Int64?, _ book: inout BinanceBook
  ) -> String {
    let verdict = book.receive(first: first, last: last, previous: previous)
    switch verdict {
    case .apply: return "a"
    case .drop: return "d"
    case .keep, .gap: break
    }
    _ = book.keep(
      BinanceBook.Diff(
        first: first, last: last, previous: previous, time: .epoch, line: 1, file: 0, text: [],
        asks: 0))
    return verdict == .keep ? "k" : "G"
  }

  @Test(
    arguments: [
      // Spot: U <= lastUpdateId + 1 <= u, then U is at most the next one.
      ([.snapshot(100), .spot(101, 104), .spot(105, 105)], "taa"),
      ([.snapshot(100), .spot(95, 101), .spot(102, 103)], "taa"),
      ([.snapshot(100), .spot(90, 100), .spot(101, 102)], "tda"),
      ([.snapshot(100), .spot(102, 104)], "tG"),
      ([.spot(90, 100), .spot(101, 101), .snapshot(100), .spot(102, 102)], "kkta"),
      // Perpetual: U <= lastUpdateId <= u of the first, pu of those behind it.
      ([.snapshot(100), .perpetual(95, 101, 94), .perpetual(103, 104, 101)], "taa"),
      ([.snapshot(100), .perpetual(90, 99, 89), .perpetual(100, 101, 99)], "tda"),
      ([.snapshot(100), .perpetual(95, 100, 94), .perpetual(103, 104, 100)], "taa"),
      ([.snapshot(100), .perpetual(100, 100, 99), .perpetual(100, 100, 99)], "tad"),
      ([.snapshot(100), .perpetual(95, 101, 94), .perpetual(103, 104, 102)], "taG"),
      ([.snapshot(100), .perpetual(95, 101, 94), .perpetual(101, 104, 100)], "taG"),
      // The one before it ended where the snapshot was made, or earlier: nothing is missing.
      ([.snapshot(100), .perpetual(105, 109, 100), .perpetual(111, 112, 109)], "taa"),
      ([.snapshot(100), .perpetual(105, 109, 98)], "ta"),
      ([.snapshot(100), .perpetual(105, 109, 101)], "tG"),
      // The snapshot stands before the diff that bridges it, or behind it, or between.
      ([.perpetual(90, 93, 89), .snapshot(100), .perpetual(94, 101, 93)], "kta"),
      ([.perpetual(90, 93, 89), .perpetual(94, 101, 93), .snapshot(100)], "kkt"),
      ([.perpetual(95, 100, 94), .snapshot(100), .perpetual(103, 104, 100)], "kta"),
      ([.perpetual(95, 101, 94), .perpetual(103, 104, 102), .snapshot(100)], "kkG"),
      // Two recorders: of those that wait, what comes again or late is put in its place.
      (
        [
          .perpetual(5, 9, 4), .perpetual(10, 14, 9), .perpetual(10, 14, 9), .snapshot(14),
          .perpetual(10, 14, 9), .perpetual(15, 18, 14),
        ], "kkdtda"
      ),
      (
        [
          .perpetual(15, 18, 14), .perpetual(10, 14, 9), .perpetual(15, 18, 14), .snapshot(12),
          .perpetual(19, 20, 18),
        ], "kkdta"
      ),
      ([.spot(11, 14), .spot(5, 10), .spot(11, 14), .snapshot(10), .spot(15, 15)], "kkdta"),
      ([.spot(6, 10), .spot(1, 10), .spot(11, 14), .snapshot(3), .spot(15, 15)], "kkkta"),
      ([.spot(1, 4), .spot(7, 9), .snapshot(4), .spot(5, 6), .snapshot(4)], "kkGkt"),
      // Another snapshot while the book is known.
      (
        [
          .snapshot(100), .perpetual(95, 101, 94), .snapshot(110), .perpetual(103, 105, 101),
          .perpetual(106, 112, 105), .perpetual(113, 114, 112),
        ], "tatdaa"
      ),
      (
        [
          .snapshot(100), .perpetual(95, 101, 94), .snapshot(101), .perpetual(95, 101, 94),
          .perpetual(104, 105, 101),
        ], "tatda"
      ), ([.snapshot(100), .perpetual(95, 101, 94), .snapshot(99)], "tas"),
    ] as [([Step], String)])
  func `what becomes of each message`(steps: [Step], verdicts: String) {
    #expect(run(steps) == verdicts)
  }

  @Test func `a book that was lost goes on once nothing is missing`() {
    for isRecoverable in [true, false] {
      var book = BinanceBook(isRecoverable: isRecoverable)
      #expect(book.snapshot(10) == .take)
      #expect(receive(14, 15, nil, &book) == "G")
      var isResumed = book.resume()
      #expect(!isResumed)
      #expect(receive(18, 19, nil, &book) == "k")
      #expect(receive(5, 10, nil, &book) == (isRecoverable ? "d" : "k"))
      #expect(receive(11, 13, nil, &book) == "k")
      // Between 15 and 18 one more is missing.
      isResumed = book.resume()
      #expect(!isResumed)
      #expect(receive(16, 17, nil, &book) == "k")
      isResumed = book.resume()
      #expect(isResumed == isRecoverable && book.isLive == isRecoverable)
      guard isRecoverable else { continue }
      #expect(book.kept.map(\.last) == [13, 15, 17, 19])
      book.clearKept()
      #expect(receive(20, 20, nil, &book) == "a")
      #expect(receive(25, 25, nil, &book) == "G")
      // Where the levels of then are not kept any more, only a snapshot helps.
      book.forgetLoss()
      #expect(receive(21, 24, nil, &book) == "k")
      isResumed = book.resume()
      #expect(!isResumed)
    }
  }
}

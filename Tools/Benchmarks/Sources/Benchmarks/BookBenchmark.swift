import Books
import Events

/// Keeping an order-by-order book.
enum BookBenchmark {
  static func run(_ bench: Bench) {
    for (live, goal) in [(10_000, 15.0 as Double?), (100_000, nil)] {
      let feed = OrderFeed(live: live, messages: 2_000_000)
      var bytes = 0.0
      let seconds = median(
        (0..<bench.rounds).map { _ in
          var book = MarketBook(InstrumentID(0))
          for change in feed.opening { _ = book.apply(change) }
          precondition(book.best.bid < book.best.ask)
          let elapsed = timed { rebuild(&book, feed.messages) }
          bytes = Double(feed.messages.count * MemoryLayout<OrderChange>.stride)
          return elapsed
        })
      bench.report(
        "L3 rebuild, \(live / 1_000) K live orders",
        Double(feed.messages.count) / seconds.cpu / 1e6, "M messages/s",
        of: ("memcpy", bytes / seconds.cpu / bench.limits.memcpy), goal: goal.map { .atLeast($0) })
    }
  }

  @inline(never)
  private static func rebuild(_ book: inout MarketBook, _ messages: [OrderChange]) {
    for change in messages {
      let outcome = book.apply(change)
      precondition(!outcome.contains(.unknownOrder))
    }
  }
}

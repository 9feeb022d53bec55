import Books
import Events
import Testing
import Venues

/// What generated prices have in common with real ones (Cont 2001, "stylized facts"), in wide bands.
@Suite struct RealismTests {
  /// Two shares over two and a half hours, their middle prices every ten seconds.
  private struct Series {
    var middles: [[Double]] = [[], []]
    var spreads: [Int64: Int] = [:]
    var signals: [(sample: Int, score: Double)] = []
  }

  private static func series(_ seed: UInt64) -> Series {
    var settings = GeneratorConfiguration.standard(
      seed: seed, start: MarketGeneratorTests.monday)
    settings.markets = [
      .equity(0, "ALFA", output: .quotes), .equity(1, "BRVO", price: 9_000, output: .quotes),
    ]
    for index in 0..<2 {
      settings.markets[index].session.length = 9_000_000_000_000
      settings.markets[index].activity = 15
    }
    var books = settings.markets.map { MarketBook($0.instrument.id) }
    var series = Series()
    var sampled: Int64 = 0
    var generator = MarketGenerator(settings)
    while let next = generator.next() {
      let sample = next.time.nanoseconds / 10_000_000_000
      if sample != sampled && books.allSatisfy(\.best.isTwoSided) {
        sampled = sample
        for index in 0..<2 { series.middles[index].append(Double(books[index].best.middle.raw)) }
      }
      switch next.observation {
      case .market(let event):
        _ = books[event.instrument.index].apply(event)
        let best = books[0].best
        if best.isTwoSided { series.spreads[best.ask.raw - best.bid.raw, default: 0] += 1 }
      case .signal(let signal) where signal.instrument.index == 0:
        series.signals.append((series.middles[0].count, Double(signal.score)))
      default: break
      }
    }
    return series
  }

  private static func correlation(_ a: some Collection<Double>, _ b: some Collection<Double>)
    -> Double
  {
    let count = Double(min(a.count, b.count))
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return ab / (aa * bb).squareRoot()
  }

  @Test func `returns, volatility, spreads and signals look like a market's`() {
    var (own, size, cross, tails, opinion) = (0.0, 0.0, 0.0, 0.0, 0.0)
    let seeds: [UInt64] = [1, 2, 3]
    for seed in seeds {
      let series = Self.series(seed)
      let returns = series.middles.map { middles in
        zip(middles, middles.dropFirst()).map { $1 - $0 }
      }
      let r = returns[0]
      #expect(r.count > 850)
      own += Self.correlation(r.dropLast(), r.dropFirst())
      let sizes = r.map(abs)
      for lag in 1...5 { size += Self.correlation(sizes.dropLast(lag), sizes.dropFirst(lag)) / 5 }
      cross += Self.correlation(r, returns[1])
      let second = r.map { $0 * $0 }.reduce(0, +) / Double(r.count)
      tails += r.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(r.count) / (second * second)
      let heard = series.signals.filter { $0.sample > 0 && $0.sample + 6 < series.middles[0].count }
      opinion += Self.correlation(
        heard.map(\.score),
        heard.map { series.middles[0][$0.sample + 5] - series.middles[0][$0.sample - 1] })

      let all = series.spreads.values.reduce(0, +)
      let few = series.spreads.filter { $0.key <= 5 }.values.reduce(0, +)
      #expect(series.spreads.keys.allSatisfy { $0 >= 1 })
      #expect(few * 100 > all * 90)
    }
    let count = Double(seeds.count)
    #expect(abs(own / count) < 0.1)
    #expect(size / count > 0.03)
    #expect((0.15...0.7).contains(cross / count))
    #expect(tails / count > 3.2)
    #expect((0.2...0.6).contains(opinion / count))
  }
}

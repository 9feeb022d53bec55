import Testing

@testable import Monitoring

struct MetricsTextTests {
  @Test func `families and samples are written as Prometheus reads them`() {
    var text = MetricsText()
    text.begin("a_total", .counter, "Of things.")
    text.sample(3, ["kind": "x\"y\\z\n"])
    text.sample(UInt64.max)
    text.single("b", .gauge, "One.", -1)
    text.begin("c_seconds", .histogram, "A latency.")
    text.histogram(
      DaemonStatus.Latency(
        count: 9, sum: 1_500_000_000, buckets: [(10_000, 2), (1_000_000_000, 8)]))
    #expect(
      text.text == """
        # HELP a_total Of things.
        # TYPE a_total counter
        a_total{kind="x\\"y\\\\z\\n"} 3
        a_total 18446744073709551615
        # HELP b One.
        # TYPE b gauge
        b -1
        # HELP c_seconds A latency.
        # TYPE c_seconds histogram
        c_seconds_bucket{le="0.00001"} 2
        c_seconds_bucket{le="1"} 8
        c_seconds_bucket{le="+Inf"} 9
        c_seconds_sum 1.5
        c_seconds_count 9

        """)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.000000001"), (10_000, "0.00001"), (1_000_000_000, "1"),
    (12_340_000_000, "12.34"),
  ])
  func `nanoseconds become seconds without rounding`(_ value: UInt64, _ text: String) {
    #expect(MetricsText.seconds(value) == text)
  }

  @Test func `a drawdown is what is below the highest gain`() {
    let book = PeakBook()
    func note(_ units: Int64) -> Int128 {
      book.note([.init(account: "momo", currency: "USD", equity: .init(units: units))])[0].drawdown
        / 1_000_000_000_000
    }
    #expect([-5, 3, 1, 4, -4].map(note) == [0, 0, 2, 0, 8])
  }
}

import Events
import Testing

@testable import Venues

struct DateTextTests {
  private func instant(_ text: some Sequence<UInt8>) -> Instant? {
    let bytes = Array(text)
    return TimeFormat.iso8601.instant(bytes.span, 0..<bytes.count, zone: .utc)
  }

  @Test(arguments: [
    ("2013-02-01 00:00:00+00:00", 1_359_676_800), ("2013-02-01T01:00:00+01:00", 1_359_676_800),
    ("2013-02-01T01:00:00+01", 1_359_676_800), ("2013-01-31 19:00-05", 1_359_676_800),
    ("2013-02-01 01:00+0100", 1_359_676_800),
    ("2013-02-01", 1_359_676_800), ("2013-02-01 00:00", 1_359_676_800),
    ("2013-01-31 19:00:00-0500", 1_359_676_800), ("2013-02-01T00:00:00Z", 1_359_676_800),
  ])
  func `dates with separators`(text: String, seconds: Int64) {
    #expect(instant(text.utf8) == Instant(nanoseconds: seconds * 1_000_000_000))
  }

  @Test(arguments: [
    "", "2013", "2013-13-01", "2013-02-29", "2013-02-01 24:00:00", "2013-02-01 00:60",
    "2013-02-01 00:00:00.", "2013-02-01 00:00:00.1234567890", "2013-02-01 00:00:00+1", "20130201",
    "2013-02-01x", "1600-01-01", "2013-02-01 00:00:00 UTC", "٢٠١٣-02-01",
  ])
  func `what is no date is refused`(text: String) {
    #expect(instant(text.utf8) == nil)
  }
}

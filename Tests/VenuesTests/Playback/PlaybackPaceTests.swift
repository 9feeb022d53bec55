import Events
import Testing
import Venues

@Suite struct PlaybackPaceTests {
  @Test(
    arguments: [
      ("1", .times(1_000)), ("60x", .times(60_000)), ("0.5", .times(500)), ("0.001x", .times(1)),
      ("1000000", .times(1_000_000_000)), ("max", .unpaced), ("step", .stepwise), ("0", nil),
      ("-1", nil), ("1000001", nil), ("0.0001", nil), ("fast", nil), ("", nil), ("x", nil),
      ("9223372036854775807", nil), ("1e3", nil),
    ] as [(String, PlaybackPace?)])
  func `a speed is a number, max or step`(_ text: String, _ pace: PlaybackPace?) {
    #expect(PlaybackPace(text) == pace)
  }

  @Test(
    arguments: [
      ("", .ticks(1)), ("  ", .ticks(1)), ("17", .ticks(17)), ("quit", .quit),
      ("run", .run(.realTime)), ("run 10", .run(.times(10_000))), ("run max", .run(.unpaced)),
      ("+30s", .further(30_000_000_000)), ("+1.5m", .further(90_000_000_000)),
      ("+5ms", .further(5_000_000)),
      ("to 1970-01-01T00:00:01", .until(Instant(nanoseconds: 1_000_000_000))),
      ("0", nil), ("-3", nil), ("run step", nil), ("run away", nil), ("to", nil), ("to then", nil),
      ("+", nil), ("+s", nil), ("+0s", nil), ("+9999999999999h", nil), ("go on", nil),
      ("99999999999999999999", nil),
    ] as [(String, PlaybackOrder?)])
  func `a line says what comes`(_ line: String, _ order: PlaybackOrder?) {
    #expect(PlaybackOrder(line) == order)
  }
}

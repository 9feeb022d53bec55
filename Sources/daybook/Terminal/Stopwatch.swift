import Events
import Sequencing

/// Time since it was made, by a clock that nobody sets.
struct Stopwatch: Sendable {
  private let start = LiveClock.system.steady()

  var seconds: Double { Double(LiveClock.system.steady() - start) / 1e9 }

  /// The time of day, which only the door may ask for.
  static var wallClock: Instant { LiveClock.system.now() }
}

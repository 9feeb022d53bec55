import Alerting
import Events
import Synchronization

/// The highest gains that were seen, so that drawdowns can be told.
final class PeakBook: Sendable {
  private let peaks = Mutex<[Reading.Worth]>([])

  /// Takes note of gains.
  /// - Returns: each with how far it is below its peak, in money's integers.
  func note(_ gains: [Reading.Worth]) -> [(gain: Reading.Worth, drawdown: Int128)] {
    peaks.withLock { peaks in
      gains.map { gain in
        guard
          let index = peaks.firstIndex(where: {
            $0.account == gain.account && $0.currency == gain.currency
          })
        else {
          peaks.append(gain)
          return (gain, 0)
        }
        peaks[index].equity = max(peaks[index].equity, gain.equity)
        let (drawdown, isBeyond) = peaks[index].equity.raw.subtractingReportingOverflow(
          gain.equity.raw)
        return (gain, isBeyond ? .max : drawdown)
      }
    }
  }
}

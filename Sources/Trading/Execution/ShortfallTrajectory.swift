import Events

/// The optimal trajectory of Almgren and Chriss: what is left of a position after each of `count` equal
/// intervals, when linear impact is weighed against the risk of waiting.
///
/// In discrete time the optimum is the solution of x(j−1) − 2 x(j) + x(j+1) = (κ̃τ)² x(j), x(0) = 1,
/// x(n) = 0, which in closed form is x(j) = sinh(κ(T − jτ)) / sinh(κT) with 2 (cosh κτ − 1) = (κ̃τ)²
/// and κ̃² = λσ² / (η − γτ/2). The recurrence is followed from the end instead of taking sinh: it needs
/// additions and multiplications of positive numbers only, which IEEE 754 rounds alike everywhere, and
/// it is the closed form's own definition, not an approximation of it.
///
/// Relative error of each value: at most 20 n × 2^-53 (each of at most n steps rounds a sum of positive
/// terms, and magnifies what (κ̃τ)² was off by). A value below 2^-400 may be 0.
///
/// R. Almgren and N. Chriss, Optimal execution of portfolio transactions, Journal of Risk 3 (2000),
/// section 2.2.
enum ShortfallTrajectory {
  /// (κ̃τ)² of a market; 0 if there is no aversion or no risk, which gives equal parts.
  /// - Parameters:
  ///   - aversion: λ, per unit of money; at least 0.
  ///   - volatility: σ, money per unit of quantity and square root of a unit of time; at least 0.
  ///   - impact: η, money per unit of quantity, per unit of quantity and time; above 0.
  ///   - permanent: γ, money per unit of quantity, per unit of quantity; at least 0.
  ///   - interval: τ, in units of time; above 0.
  /// - Returns: nil if the impact less what is permanent is not positive, or the result is not finite.
  static func urgency(
    aversion: Double, volatility: Double, impact: Double, permanent: Double, interval: Double
  ) -> Double? {
    let adjusted = impact - permanent * interval / 2
    guard adjusted > 0 else { return nil }
    let urgency = aversion * volatility * volatility / adjusted * interval * interval
    return urgency >= 0 && urgency < 1e100 ? urgency : nil
  }

  /// The share that is left after each interval: n values, never rising, the last 0. O(n).
  /// - Parameter urgency: (κ̃τ)², at least 0, below 10^100.
  static func remaining(after count: Int, urgency: Double) -> [Double] {
    precondition(count > 0 && urgency >= 0 && urgency < 1e100)
    // sinh(κmτ) / sinh(κτ) for m = 0 … n, growing from the end of the plan to its start.
    var sines: [Double] = [0, 1]
    sines.reserveCapacity(count + 1)
    var difference = 1.0
    for step in 1..<max(count, 2) {
      difference += urgency * sines[step]
      sines.append(sines[step] + difference)
      if sines[step + 1] > large {
        // Only ratios matter, and a power of two rescales without rounding. Those before one that has
        // become 0 are 0 as well, as is the first.
        difference *= small
        var index = step + 1
        while sines[index] > 0 {
          sines[index] *= small
          index -= 1
        }
      }
    }
    return (1...count).map { sines[count - $0] / sines[count] }
  }

  private static let large = Double(sign: .plus, exponent: 500, significand: 1)
  private static let small = Double(sign: .plus, exponent: -500, significand: 1)
}

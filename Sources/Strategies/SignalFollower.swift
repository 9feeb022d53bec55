import Events
import Trading

/// Follows the signals of a model: long above `enter`, short below −`enter`, flat when the score is
/// within ± `exit`.
///
/// Parameters: `size`; `enter` and `exit`, scores with 0 ≤ exit ≤ enter; `model`, the only model that is
/// listened to (default: any).
public struct SignalFollower: Strategy {
  private let size: Int64
  private let sizeScale: UInt8
  private let enter: Int64
  private let exit: Int64
  private let model: String?

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    let size = try parameters.positive("size")
    (self.size, sizeScale) = (size.mantissa, size.scale)
    enter = try Self.score("enter", &parameters)
    exit = try Self.score("exit", &parameters)
    guard exit <= enter else { throw parameters.error("exit", "is above enter") }
    model = parameters.text("model")
  }

  private static func score(_ key: String, _ parameters: inout Parameters)
    throws(ConfigurationError) -> Int64
  {
    let text = try parameters.requiredText(key)
    guard case .success(let value) = parseDecimal(text.utf8, scale: Signal.scoreScale), value >= 0
    else { throw parameters.error(key, "`\(text)` is not a score from 0 on with up to 9 decimals") }
    return value
  }

  public mutating func onSignal(_ signal: Signal, in market: borrowing Market) -> Intent {
    if let model, signal.model != model { return .hold }
    guard
      let quantity = market.quantity(
        Decimal(mantissa: size, scale: sizeScale), of: signal.instrument)
    else { return .hold }
    func reason(_ text: String, _ threshold: Int64) -> Reason {
      let scale = UInt8(Signal.scoreScale)
      return Reason(
        text,
        values: [
          Reason.Value("score", Decimal(mantissa: signal.score, scale: scale)),
          Reason.Value("threshold", Decimal(mantissa: threshold, scale: scale)),
        ])
    }
    if signal.score > enter {
      return .target(
        signal.instrument, quantity, because: reason("score above the threshold", enter))
    }
    if signal.score < -enter {
      return .target(
        signal.instrument, -quantity, because: reason("score below the threshold", -enter))
    }
    if signal.score.magnitude <= UInt64(exit), market.committed(signal.instrument) != .zero {
      return .target(signal.instrument, .zero, because: reason("score near zero", exit))
    }
    return .hold
  }
}

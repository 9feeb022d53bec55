import Events

/// A child that an execution wants sent: a limit order of the parent's strategy, with the parent in its
/// terms, which takes the same way through the gate as any order.
public struct ChildOrder: Equatable, Sendable {
  public var leg: Execution.Leg
  public var instrument: InstrumentID
  public var side: Side
  /// Whole lots, above 0.
  public var quantity: Quantity
  /// The limit. Of a routed child the parent's limit (`none` without one): the router finds the prices.
  public var price: Price
  public var timeInForce: TimeInForce
  /// It is to be split over venues, leaving those of `excluded` out; see `Router`.
  public var isRouted: Bool
  /// How often this quantity was routed before.
  public var round: UInt16
  public var excluded: [InstrumentID]
  /// Why now and why so much.
  public var reason: Reason
}

extension Execution {
  /// What the engine is to do; `wake` is called again until there is nothing.
  public enum WakeAction: Equatable, Sendable {
    case nothing
    /// Take the child through the gate, and say what became of it: `childSent`, `childRefused`, or for a
    /// routed one first `routed`.
    case send(ChildOrder)
    /// Ask for the cancel of a child that is at a venue.
    case cancel(OrderID)
    /// The parent ends: nothing of it is outstanding.
    case complete(EndCause)
  }

  /// Whether `wake` is to be called now.
  public enum Attention: Equatable, Sendable {
    case none
    case wake
  }

  /// The market as the execution needs it.
  public struct View: Equatable, Sendable, BitwiseCopyable {
    /// Best bid and ask of the parent's instrument.
    public var best: Quote
    /// Of the second leg's instrument; anything without one.
    public var second: Quote

    public init(best: Quote, second: Quote? = nil) {
      self.best = best
      self.second =
        second
        ?? Quote(instrument: .none, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
    }
  }

  public enum Leg: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case first = 1
    /// Of pairs.
    case second = 2
  }
}

extension Quote {
  /// The price that an order of a side would take; `none` if nobody offers it.
  func opposite(of side: Side) -> Price { side == .buy ? ask : bid }

  /// The best price of the order's own side.
  func own(_ side: Side) -> Price { side == .buy ? bid : ask }
}

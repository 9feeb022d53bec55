import Events

/// A trade from flat to flat: all fills of a strategy in an instrument from the first that opens a position
/// to the one that closes it. A fill through zero ends one trade and begins the next.
public struct RoundTrip: Equatable, Sendable {
  public let account: AccountID
  public let strategy: StrategyID
  public let instrument: Instrument
  /// Buy for a long position, sell for a short one.
  public let side: Side
  /// Sequences of the entries of the first and the last fill.
  public let first: UInt64
  public private(set) var last: UInt64
  public let start: Instant
  public private(set) var end: Instant
  /// The largest position.
  public private(set) var quantity = Quantity.zero
  public private(set) var fills = 0
  /// Before fees, in the instrument's currency.
  public private(set) var gross = Money.zero
  /// In the instrument's currency.
  public private(set) var fees = Money.zero
  /// Whether there were fees in other currencies, which are in no figure.
  public private(set) var hasOtherFees = false
  /// What is held, signed.
  private(set) var held = Quantity.zero
  /// Sums of what was bought into and out of the position: quantity and value, both positive.
  private var entered: (quantity: Int128, value: Money) = (0, .zero)
  private var left: (quantity: Int128, value: Money) = (0, .zero)

  /// After fees.
  public var net: Money { gross - fees }
  public var isClosed: Bool { held == .zero }
  /// Between the first and the last fill, in nanoseconds.
  public var holding: Int64 { end.since(start) }

  init(
    _ ticket: OrderTicket, side: Side, _ instrument: Instrument, at header: EntryHeader
  ) {
    account = ticket.account
    strategy = ticket.strategy
    self.instrument = instrument
    self.side = side
    first = header.sequence
    last = header.sequence
    start = header.receiveTime
    end = header.receiveTime
  }

  public static func == (a: Self, b: Self) -> Bool {
    (a.account, a.strategy, a.instrument, a.side, a.first, a.last)
      == (b.account, b.strategy, b.instrument, b.side, b.first, b.last)
      && (a.quantity, a.fills, a.gross, a.fees, a.held)
        == (b.quantity, b.fills, b.gross, b.fees, b.held)
  }

  /// Takes a fill, or the part of it that belongs to the trade.
  /// - Returns: false, with nothing changed, if its value is out of range.
  mutating func take(
    _ signed: Quantity, at price: Price, fee: Money, isOwnFee: Bool, _ header: EntryHeader
  ) -> Bool {
    guard let value = Money.notional(price, signed, of: instrument) else { return false }
    held = held + signed
    gross -= value
    if isOwnFee { fees += fee } else if fee != .zero { hasOtherFees = true }
    if (signed.raw > 0) == (side == .buy) {
      entered = (entered.quantity + Int128(signed.raw.magnitude), entered.value + value.magnitude)
    } else {
      left = (left.quantity + Int128(signed.raw.magnitude), left.value + value.magnitude)
    }
    quantity = max(quantity, Quantity(Int64(clamping: held.raw.magnitude)))
    fills += 1
    last = header.sequence
    end = header.receiveTime
    return true
  }

  /// Average price of the way in, in units of the instrument's price.
  public var entryPrice: Double? { price(entered) }
  /// Average price of the way out.
  public var exitPrice: Double? { price(left) }

  private func price(_ sum: (quantity: Int128, value: Money)) -> Double? {
    guard sum.quantity > 0 else { return nil }
    let units = Double(sum.quantity) / binaryPower(Int(instrument.quantityScale))
    return Double(sum.value.raw) / 1e12 / units / (Double(instrument.multiplier) / 1e9)
  }
}

import Events
import Trading

/// A trade from flat to flat: all fills of a strategy in an instrument from the first that opens a position
/// to the one that closes it. A fill through zero ends one trade and begins the next. What moves a position
/// without a fill belongs to it: splits, ends of contracts, exercises, assignments and deliveries.
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
  /// Sums of what was traded into and out of the position: quantity, positive, and notional, which has the
  /// sign of the prices.
  private var entered: (quantity: Int128, value: Money) = (0, .zero)
  private var left: (quantity: Int128, value: Money) = (0, .zero)

  /// After fees.
  public var net: Money { gross - fees }
  public var isClosed: Bool { held == .zero }
  /// Between the first and the last fill, in nanoseconds.
  public var holding: Int64 { end.since(start) }

  init(
    _ holder: RoundTrips.Holder, side: Side, _ instrument: Instrument, at header: EntryHeader
  ) {
    account = holder.account
    strategy = holder.strategy
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
    guard let value = Money.cost(price, signed, of: instrument) else { return false }
    take(signed, for: value, header)
    if isOwnFee { fees += fee } else if fee != .zero { hasOtherFees = true }
    fills += 1
    return true
  }

  /// Takes a change of the position that cost so much.
  mutating func take(_ signed: Quantity, for value: Money, _ header: EntryHeader) {
    held = held + signed
    gross -= value
    let size = Int128(signed.raw.magnitude)
    let notional = (signed.raw < 0) != (instrument.kind == .inverse) ? -value : value
    if (signed.raw > 0) == (side == .buy) {
      entered = (entered.quantity + size, entered.value + notional)
    } else {
      left = (left.quantity + size, left.value + notional)
    }
    quantity = max(quantity, Quantity(Int64(clamping: held.raw.magnitude)))
    note(header)
  }

  /// A split leaves the value and changes the units: all quantities so far are told in the new ones. What
  /// was less than a unit is sold.
  mutating func split(to new: Quantity, cash: Money, _ header: EntryHeader) {
    let old = Int128(held.raw)
    func scaled(_ quantity: Int128) -> Int128 { quantity * Int128(new.raw) / old }
    if new != .zero {
      entered.quantity = scaled(entered.quantity)
      left.quantity = scaled(left.quantity)
      quantity = Quantity(Int64(clamping: scaled(Int128(quantity.raw))))
    }
    held = new
    gross += cash
    note(header)
  }

  /// Adds a charge of the instrument's currency to the fees.
  mutating func charge(_ fee: Money) { fees += fee }

  private mutating func note(_ header: EntryHeader) {
    last = header.sequence
    end = header.receiveTime
  }

  /// Average price of the way in, in units of the instrument's price; nil if there is none.
  public var entryPrice: Double? { price(entered) }
  /// Average price of the way out.
  public var exitPrice: Double? { price(left) }

  private func price(_ sum: (quantity: Int128, value: Money)) -> Double? {
    guard sum.quantity > 0 else { return nil }
    let units = Double(sum.quantity) / binaryPower(Int(instrument.quantityScale))
    return instrument.price(ofUnits: units, worth: sum.value)
  }
}

/// What an instrument is.
public enum InstrumentClass: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case equity = 1
  case future = 2
  case option = 3
  case forex = 4
  case crypto = 5
  case perpetual = 6
  case index = 7
  /// A contract on a coin that settles in the coin: its prices and multiplier are in another currency, so
  /// that it is worth quantity × multiplier / price coins. Perpetual, or with an expiry.
  case inverse = 8
  /// A root's futures as one: orders go to the contract that is in front (`rolled`).
  case continuous = 9

  /// Whether a fill moves the notional in cash (a security) or only profit and loss (a contract).
  public var isSettledInFull: Bool {
    switch self {
    case .equity, .option, .forex, .crypto: true
    case .future, .perpetual, .index, .inverse, .continuous: false
    }
  }

  /// Whether its price is that of one currency in another.
  public var isPair: Bool { self == .forex || self == .crypto || self == .inverse }

  /// Whether longs and shorts pay each other funding.
  public var isFunded: Bool { self == .perpetual || self == .inverse }
}

/// The definition of an instrument: its names, scales and steps.
public struct Instrument: Equatable, Sendable {
  /// Digits of `multiplier` after the point.
  public static let multiplierScale: UInt8 = 9

  public var id: InstrumentID
  public var venue: VenueID
  /// Name of the venue, a market identifier code where there is one: `XNAS`.
  public var venueName: String
  /// The venue's name of the instrument: `AAPL`, `ESH4`, `BTCUSDT`.
  public var symbol: String
  public var kind: InstrumentClass
  /// What is bought, for currency pairs; of an inverse contract the currency of its prices and multiplier;
  /// otherwise empty.
  public var base: String
  /// Currency of settlement, and of prices but for inverse contracts: `BTC` of one on bitcoin.
  public var currency: String
  /// Digits of prices after the point, 0 to 9.
  public var priceScale: UInt8
  /// Digits of quantities after the point, 0 to 9.
  public var quantityScale: UInt8
  /// Smallest step of an order's price, above 0.
  public var tickSize: Price
  /// Smallest step of an order's quantity, above 0.
  public var lotSize: Quantity
  /// Units of currency per price point and unit of quantity, × 10^9; of an inverse contract what a unit of
  /// quantity is worth in the currency of its prices.
  public var multiplier: Int64
  /// End of life, or `Instant.epoch` for none.
  public var expiry: Instant
  /// Of an option: what it is on, and how it is exercised. Where it is not known, nothing is.
  public var option: OptionTerms?
  /// What `symbol` was when the run was configured, if it was renamed since, else empty. No part of a definition.
  public var formerSymbol = ""

  public init(
    id: InstrumentID, venue: VenueID = VenueID(0), venueName: String, symbol: String,
    kind: InstrumentClass, base: String = "", currency: String, priceScale: UInt8,
    quantityScale: UInt8, tickSize: Price = Price(1), lotSize: Quantity = Quantity(1),
    multiplier: Int64 = 1_000_000_000, expiry: Instant = .epoch, option: OptionTerms? = nil
  ) {
    self.id = id
    self.venue = venue
    self.venueName = venueName
    self.symbol = symbol
    self.kind = kind
    self.base = base
    self.currency = currency
    self.priceScale = priceScale
    self.quantityScale = quantityScale
    self.tickSize = tickSize
    self.lotSize = lotSize
    self.multiplier = multiplier
    self.expiry = expiry
    self.option = option
  }

  /// The numbers of a definition, without its names: plain bytes, for what is done with every order.
  public struct Terms: Equatable, Sendable, BitwiseCopyable {
    public var venue: VenueID
    public var kind: InstrumentClass
    public var priceScale: UInt8
    public var quantityScale: UInt8
    public var tickSize: Price
    public var lotSize: Quantity
    public var multiplier: Int64
    public var expiry: Instant
  }

  public var terms: Terms {
    Terms(
      venue: venue, kind: kind, priceScale: priceScale, quantityScale: quantityScale,
      tickSize: tickSize, lotSize: lotSize, multiplier: multiplier, expiry: expiry)
  }

  /// What is wrong with the definition, or nil.
  public var problem: String? {
    if symbol.isEmpty { return "the symbol is empty" }
    if priceScale > 9 || quantityScale > 9 { return "a scale above 9" }
    if tickSize.raw <= 0 || tickSize.raw > Price.limit { return "the tick size is not positive" }
    if lotSize.raw <= 0 || lotSize.raw > Quantity.limit { return "the lot size is not positive" }
    if multiplier <= 0 { return "the multiplier is not positive" }
    if currency.isEmpty { return "the currency is empty" }
    if kind == .inverse, base.isEmpty || base == currency {
      return "an inverse contract has the currency of its prices as base, and settles in another"
    }
    if let option, kind != .option || option.strike.isNone || option.underlying.isEmpty {
      return "terms of an option that fit no option"
    }
    return nil
  }

  /// A price as people read it.
  public func text(_ price: Price) -> String {
    price.isNone ? "–" : decimalText(Int128(price.raw), scale: Int(priceScale))
  }

  /// A quantity as people read it.
  public func text(_ quantity: Quantity) -> String {
    decimalText(Int128(quantity.raw), scale: Int(quantityScale))
  }
}

import Events

/// What venues publish of an instrument beside its book, as of now.
public struct References: Equatable, Sendable, BitwiseCopyable {
  public internal(set) var mark: Price = .none
  public internal(set) var index: Price = .none
  public internal(set) var settlement: Price = .none
  public internal(set) var previousClose: Price = .none
  /// The next funding rate, × 10^9, and when it is paid; nil if none was told.
  public internal(set) var funding: (rate: Int64, time: Instant)?
  public internal(set) var openInterest: Quantity = .zero
  public internal(set) var isShortSaleRestricted = false
  /// Bounds of prices; absent where there is none.
  public internal(set) var lowerBand: Price = .none
  public internal(set) var upperBand: Price = .none
  /// What the auction under way would do.
  public internal(set) var imbalance: AuctionImbalance?

  public static func == (a: References, b: References) -> Bool {
    a.mark == b.mark && a.index == b.index && a.settlement == b.settlement
      && a.previousClose == b.previousClose && a.funding?.rate == b.funding?.rate
      && a.funding?.time == b.funding?.time && a.openInterest == b.openInterest
      && a.isShortSaleRestricted == b.isShortSaleRestricted && a.lowerBand == b.lowerBand
      && a.upperBand == b.upperBand && a.imbalance == b.imbalance
  }

  mutating func take(_ value: ReferenceValue) {
    switch value.field {
    case .mark: mark = Price(value.value)
    case .index: index = Price(value.value)
    case .settlement: settlement = Price(value.value)
    case .previousClose: previousClose = Price(value.value)
    case .fundingRate: funding = (value.value, value.effective)
    case .openInterest: openInterest = Quantity(value.value)
    case .shortSaleRestricted: isShortSaleRestricted = value.value != 0
    }
  }

  mutating func take(_ band: PriceBand) { (lowerBand, upperBand) = (band.lower, band.upper) }

  /// Whether a limit is beyond the band.
  func isBeyondBand(_ side: Side, _ price: Price) -> Bool {
    side == .buy
      ? !upperBand.isNone && price > upperBand : !lowerBand.isNone && price < lowerBand
  }

  func encode(to out: inout ByteBuffer) {
    for price in [mark, index, settlement, previousClose, lowerBand, upperBand] {
      out.append(price.raw)
    }
    out.append(funding?.rate ?? .min)
    out.append(funding?.time.nanoseconds ?? 0)
    out.append(openInterest.raw)
    out.append(UInt8(isShortSaleRestricted ? 1 : 0))
    out.append(UInt8(imbalance == nil ? 0 : 1))
    imbalance?.encodeState(to: &out)
  }

  init() {}

  init(_ input: inout ByteReader) throws(Damage) {
    mark = Price(try input.read(Int64.self))
    index = Price(try input.read(Int64.self))
    settlement = Price(try input.read(Int64.self))
    previousClose = Price(try input.read(Int64.self))
    lowerBand = Price(try input.read(Int64.self))
    upperBand = Price(try input.read(Int64.self))
    let rate = try input.read(Int64.self)
    let time = Instant(nanoseconds: try input.read(Int64.self))
    funding = rate == .min ? nil : (rate, time)
    openInterest = Quantity(try input.read(Int64.self))
    isShortSaleRestricted = try input.read(UInt8.self) != 0
    imbalance = try input.read(UInt8.self) != 0 ? try AuctionImbalance(state: &input) : nil
  }
}

import Events

/// How much of what was sent to each venue to be filled at once was: the router's fill rates.
public struct FillHistory: Equatable, Sendable {
  public struct Venue: Equatable, Sendable, BitwiseCopyable {
    public var instrument: InstrumentID
    /// Quantities of orders that have ended.
    public private(set) var sent: Int64 = 0
    public private(set) var filled: Int64 = 0

    init(_ instrument: InstrumentID) { self.instrument = instrument }

    /// Share that was filled × 10^9, rounded down; 10^9 where nothing was sent.
    public var rate: Int64 {
      guard sent > 0 else { return 1_000_000_000 }
      return Int64(Int128(filled) * 1_000_000_000 / Int128(sent))
    }

    mutating func note(sent quantity: Quantity, filled part: Quantity) {
      // Halved before sums can overflow: the old counts less then, and the rate stays.
      while sent > Quantity.limit {
        sent /= 2
        filled /= 2
      }
      let quantity = max(0, min(quantity.raw, Quantity.limit))
      sent += quantity
      filled = min(sent, filled + max(0, min(part.raw, quantity)))
    }

    fileprivate init(_ input: inout ByteReader) throws(Damage) {
      instrument = InstrumentID(try input.read(UInt16.self))
      sent = try input.read(Int64.self)
      filled = try input.read(Int64.self)
      guard 0 <= filled, filled <= sent, sent <= 2 * Quantity.limit else {
        throw Damage(at: input.offset, "a venue's fills")
      }
    }
  }

  /// In order of instruments.
  public private(set) var venues: [Venue] = []

  public init() {}

  /// Share × 10^9 of what was sent there that was filled. O(log venues).
  public func rate(of instrument: InstrumentID) -> Int64 {
    let index = place(of: instrument)
    let isKnown = index < venues.count && venues[index].instrument == instrument
    return isKnown ? venues[index].rate : 1_000_000_000
  }

  /// Notes a routed child that ended.
  public mutating func note(_ instrument: InstrumentID, sent: Quantity, filled: Quantity) {
    let index = place(of: instrument)
    if index == venues.count || venues[index].instrument != instrument {
      venues.insert(Venue(instrument), at: index)
    }
    venues[index].note(sent: sent, filled: filled)
  }

  private func place(of instrument: InstrumentID) -> Int {
    var (low, high) = (0, venues.count)
    while low < high {
      let middle = (low + high) / 2
      if venues[middle].instrument < instrument { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt16(venues.count))
    for venue in venues {
      out.append(venue.instrument.raw)
      out.append(venue.sent)
      out.append(venue.filled)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt16.self)) {
      let start = input.offset
      let venue = try Venue(&input)
      guard venues.last.map({ $0.instrument < venue.instrument }) ?? true else {
        throw Damage(at: start, "venues out of order")
      }
      venues.append(venue)
    }
  }
}

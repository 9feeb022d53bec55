import Events

/// An instrument as the records of a file name it.
struct DBNInstrument: BitwiseCopyable {
  /// Databento's number.
  var number: UInt32
  /// Of whom the records are; 0 where the data set is one venue.
  var publisher: UInt16
  /// First and last moment at which the number means this instrument.
  var first: Instant
  var last: Instant
  /// None for one that is not asked for.
  var id: InstrumentID
  var kind = InstrumentClass.future
  /// A price × 10^-9 divided by this has the instrument's scale.
  var divisor: Int64 = 1
  /// A size multiplied by this has the instrument's quantity scale.
  var sizeFactor: Int64 = 1
  /// Digits of prices after the point.
  var priceDigits = 0
  /// Other numbers stand for it at other times.
  var isContinuous = false
  /// Prices below this, in the instrument's scale, cannot be.
  var leastPrice = -Price.limit
  /// The last record said that its book may be wrong (F_MAYBE_BAD_BOOK).
  var isDoubted = false
}

/// The instruments met in a file, by Databento's number. Looking up the one met last costs nothing.
struct DBNInstruments {
  private var items: [DBNInstrument] = []
  private var latest = 0

  /// - Returns: the place of an instrument, or nil if it was not met yet.
  @inline(__always)
  mutating func place(_ number: UInt32, _ publisher: UInt16, at time: Instant) -> Int? {
    if latest < items.count, items[latest].number == number,
      items[latest].publisher == publisher, holds(latest, time)
    {
      return latest
    }
    return search(number, publisher, at: time)
  }

  subscript(place: Int) -> DBNInstrument { items[place] }

  var count: Int { items.count }

  /// Notes whether an instrument's book may be wrong.
  mutating func doubt(_ place: Int, _ isDoubted: Bool) { items[place].isDoubted = isDoubted }

  private func holds(_ place: Int, _ time: Instant) -> Bool {
    time >= items[place].first && time <= items[place].last
  }

  @inline(never)
  private mutating func search(_ number: UInt32, _ publisher: UInt16, at time: Instant) -> Int? {
    // Newest first: the same number may come again with another meaning.
    for place in items.indices.reversed()
    where items[place].number == number && items[place].publisher == publisher
      && holds(place, time)
    {
      latest = place
      return place
    }
    return nil
  }

  /// From here on a number means something else.
  mutating func forget(_ number: UInt32) {
    for place in items.indices where items[place].number == number {
      items[place].last = Instant(nanoseconds: .min)
    }
  }

  mutating func append(_ item: DBNInstrument) -> Int {
    items.append(item)
    latest = items.count - 1
    return latest
  }
}

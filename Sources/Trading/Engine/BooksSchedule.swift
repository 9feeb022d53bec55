import Events

/// What the books have to see to by time alone.
struct BooksSchedule: Equatable, Sendable {
  /// A payment of funding that was announced.
  struct Funding: Equatable, Sendable, BitwiseCopyable {
    var instrument: InstrumentID
    /// Share of the value that longs pay, × 10^9.
    var rate: Int64
    var time: Instant
  }

  /// One for each instrument at most, in order of instruments.
  private(set) var fundings: [Funding] = []
  /// The midnight, UTC, through which charges by the day are next to be booked.
  var accrued = Instant.distantFuture
  /// When margins are looked at again, by the first entry from then on.
  var look = Instant.distantFuture
  /// When something is to be done next; found again from the state after a restart.
  var next = Instant.distantFuture

  /// Takes note of a rate; a later word on an instrument replaces an earlier one.
  mutating func announce(_ funding: Funding) {
    fundings.removeAll { $0.instrument == funding.instrument }
    let place = fundings.firstIndex { $0.instrument > funding.instrument } ?? fundings.count
    fundings.insert(funding, at: place)
    next = min(next, funding.time)
  }

  /// Takes out what is due.
  mutating func takeFundings(through time: Instant) -> [Funding] {
    let due = fundings.filter { $0.time <= time }
    if !due.isEmpty { fundings.removeAll { $0.time <= time } }
    return due
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(fundings.count))
    for funding in fundings {
      out.append(funding.instrument.raw)
      out.append(funding.rate)
      out.append(funding.time.nanoseconds)
    }
    out.append(accrued.nanoseconds)
    out.append(look.nanoseconds)
  }

  init() {}

  init(_ input: inout ByteReader) throws(Damage) {
    for _ in 0..<(try input.read(UInt32.self)) {
      announce(
        Funding(
          instrument: InstrumentID(try input.read(UInt16.self)), rate: try input.read(Int64.self),
          time: Instant(nanoseconds: try input.read(Int64.self))))
    }
    accrued = Instant(nanoseconds: try input.read(Int64.self))
    look = Instant(nanoseconds: try input.read(Int64.self))
  }
}

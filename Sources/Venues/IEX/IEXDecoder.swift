import Events

/// Decodes captures of IEX's multicast feeds TOPS 1.6 and DEEP 1.0: best prices or price levels,
/// trades, trading status, auctions, and what the venue says of its securities.
///
/// The receive time is the capture's, the event time the message's. A gap in the sequence numbers of
/// DEEP empties its books. Sequence numbers and what is known of securities go on from file to file. Trades that are
/// broken later stay; the break is told as data quality.
/// Source: IEX, "TOPS Specification" and "DEEP Specification".
public struct IEXDecoder: StreamDecoder {
  public static let venue = "IEXG"

  /// What is kept of one security.
  struct Security {
    var instrument: Instrument
    /// A price × 10^4 times this has the instrument's scale.
    var priceFactor: Int64
    var sizeFactor: Int64
    /// What the status messages say, and whether IEX alone halted it.
    var regulatory: TradingStatus?
    var isHalted = false
    /// What was last given.
    var status: TradingStatus?
    var isRestricted: Bool?
    var hasDepth = false
  }

  var securities: [Security] = []
  /// Places by the eight bytes of the symbol; looked up only.
  private var places: [UInt64: Int] = [:]
  private let symbol: String?
  private var captures = [PacketCapture()]
  /// The file in hand.
  private var file = 0
  private var sequences = IEXSequences()
  private var lastReceive = Instant.epoch

  /// - Parameter symbol: the only security to take; nil for all.
  public init(symbol: String? = nil) { self.symbol = symbol?.uppercased() }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    captures[file].begin()
    while let packet = try captures[file].next(bytes, isEnd: isEnd) {
      switch try Datagram(packet, bytes) {
      case .other(let name): batch.skip(name)
      case .payload(let payload):
        try datagram(bytes, payload, packet, registry: &registry, into: &batch)
      }
    }
    return captures[file].offset
  }

  public mutating func enter(file: Int) {
    while captures.count <= file { captures.append(PacketCapture()) }
    self.file = file
  }

  public func due(_ bytes: Span<UInt8>, isEnd: Bool, before bound: Instant) -> (
    length: Int, next: Instant?
  ) {
    var capture = captures[file]
    capture.begin()
    var length = 0
    // What is wrong with a packet is told by who decodes it.
    while let packet = try? capture.next(bytes, isEnd: false) {
      if packet.time >= bound { return (length, packet.time) }
      length = capture.offset
    }
    return (bytes.count, nil)
  }

  public func firstStamp(_ bytes: Span<UInt8>) -> Instant? {
    var capture = PacketCapture()
    return (try? capture.next(bytes, isEnd: false))?.time
  }

  private mutating func datagram(
    _ bytes: Span<UInt8>, _ payload: Range<Int>, _ packet: CapturedPacket,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let segment = IEXSegment(bytes, payload) else {
      batch.skip("datagram of another protocol")
      return
    }
    // Where the packet lies in the file, less where it lies in the bytes.
    let shift = packet.place - packet.data.lowerBound
    guard segment.payloadLength <= payload.count - IEXSegment.length else {
      throw DecodeError(
        .byte(packet.place),
        "a segment of \(segment.payloadLength) bytes in a datagram of \(payload.count)")
    }
    guard let verdict = sequences.receive(segment) else {
      throw DecodeError(.byte(packet.place), "a segment with an impossible sequence number")
    }
    let receive = received(packet, into: &batch)
    let skipped = heed(verdict, segment, receive, into: &batch)
    if segment.count == 0 { batch.skip("heartbeat") }
    var position = payload.lowerBound + IEXSegment.length
    let end = position + segment.payloadLength
    for index in 0..<segment.count {
      guard end - position >= 2 else {
        throw DecodeError(
          .byte(shift + position), "a segment with less than its \(segment.count) messages")
      }
      let length = Int(bytes.u16(position))
      guard length > 0, length <= end - position - 2 else {
        throw DecodeError(.byte(shift + position), "a message of \(length) bytes")
      }
      let start = position + 2
      position = start + length
      if index < skipped { continue }
      try message(
        bytes.extracting(start..<position), at: shift + start, segment.feed, receive,
        registry: &registry, into: &batch)
    }
    guard position == end else {
      throw DecodeError(
        .byte(shift + position), "a segment with more than its \(segment.count) messages")
    }
  }

  private mutating func received(_ packet: CapturedPacket, into batch: inout DecodedBatch)
    -> Instant
  {
    if packet.time >= lastReceive {
      lastReceive = packet.time
    } else {
      batch.note(
        .outOfOrder, of: .none, expected: UInt64(clamping: lastReceive.nanoseconds),
        actual: UInt64(clamping: packet.time.nanoseconds), event: packet.time,
        receive: lastReceive, "byte \(packet.place): time of capture goes back")
    }
    return lastReceive
  }

  /// - Returns: how many messages came before.
  private mutating func heed(
    _ verdict: IEXSequences.Verdict, _ segment: IEXSegment, _ receive: Instant,
    into batch: inout DecodedBatch
  ) -> Int {
    switch verdict {
    case .take(let skipped):
      if skipped > 0 {
        batch.note(
          .duplicate, of: .none, expected: UInt64(segment.first) + UInt64(skipped),
          actual: UInt64(segment.first), event: receive, receive: receive,
          "\(skipped) messages again; left out")
      }
      return skipped
    case .gap(let expected):
      batch.note(
        .gap, of: .none, expected: UInt64(expected), actual: UInt64(segment.first),
        event: receive, receive: receive, "messages are missing")
      if segment.feed == .deep { clearBooks(receive, into: &batch) }
      return 0
    case .begin:
      if segment.feed == .deep { clearBooks(receive, into: &batch) }
      return 0
    }
  }

  private mutating func clearBooks(_ time: Instant, into batch: inout DecodedBatch) {
    for place in securities.indices where securities[place].hasDepth {
      securities[place].hasDepth = false
      let clear = DepthChange(
        instrument: securities[place].instrument.id, action: .clear, side: .none)
      batch.append(.depth(clear), event: time, receive: time)
    }
  }

  /// The place of a security, which is registered when it is met first; nil for one not asked for.
  mutating func place(
    _ message: Span<UInt8>, at offset: Int, time: Instant?, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int? {
    let key = message.u64(10)
    if let place = places[key] { return place < 0 ? nil : place }
    var end = 18
    while end > 10, message[end - 1] == UInt8(ascii: " ") { end -= 1 }
    for index in 10..<end where message[index] <= 0x20 || message[index] > 0x7E {
      throw DecodeError(.byte(offset), "symbol \(shown(message.extracting(10..<18)))")
    }
    guard end > 10 else { throw DecodeError(.byte(offset), "a message without a symbol") }
    let name = text(message, 10..<end)
    if let symbol, symbol != name.uppercased() {
      registry.passOver(name)
      places[key] = -1
      return nil
    }
    var proposal = InstrumentProposal(
      venueName: Self.venue, symbol: name, kind: .equity, priceScale: 4, quantityScale: 0)
    proposal.tickSize = 10_000_000
    registry.isDefined(at: time)
    let instrument = try registry.register(proposal)
    guard instrument.priceScale >= 4 else {
      throw DecodeError(
        .source, "\(name) has price scale \(instrument.priceScale); its prices need 4")
    }
    securities.append(
      Security(
        instrument: instrument, priceFactor: Int64(power(Int(instrument.priceScale) - 4)),
        sizeFactor: Int64(power(Int(instrument.quantityScale)))))
    places[key] = securities.count - 1
    return securities.count - 1
  }
}

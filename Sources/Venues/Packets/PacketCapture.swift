import Events

/// A captured packet: where it lies in the bytes offered, and when it was seen.
struct CapturedPacket: Equatable {
  var time: Instant
  var data: Range<Int>
  /// Offset of its record in the file.
  var place: Int
  /// What the data begin with. Source: "LINKTYPE" values of tcpdump.
  var link: UInt16
  /// Whether all of the packet was captured.
  var isWhole: Bool
}

/// Reads packets one after another from a capture file, in the classic form (pcap, with microseconds or
/// nanoseconds) or in blocks (pcapng), of either byte order.
/// Source: IETF drafts draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
struct PacketCapture: Sendable {
  /// Longest block or packet taken: more is no capture but damage.
  static let longest = 16 << 20

  private enum Form {
    case classic(ByteOrder, nanosecondsPerUnit: Int64, link: UInt16)
    case blocks(ByteOrder)
  }
  private struct Interface {
    var link: UInt16
    var resolution = Resolution.decimal(6)
    /// Added to the stamps.
    var offset: Int64 = 0
  }
  /// What a stamp counts.
  private enum Resolution {
    /// Tenths of a second, hundredths, and so on.
    case decimal(Int)
    /// Halves, quarters, and so on.
    case binary(Int)
  }

  private var form: Form?
  private var interfaces: [Interface] = []
  /// Bytes of the file before those offered.
  private var before = 0

  /// Offset in the bytes offered up to which all was taken.
  private(set) var offset = 0

  /// Begins with new bytes: those behind what was taken before, and more.
  mutating func begin() {
    before += offset
    offset = 0
  }

  func place(_ offset: Int) -> DecodeError.Place { .byte(before + offset) }

  /// The next packet, or nil if it is not all there.
  /// - Throws: the place and reason if the bytes are no capture.
  mutating func next(_ bytes: Span<UInt8>, isEnd: Bool) throws(DecodeError) -> CapturedPacket? {
    while true {
      guard let length = try length(bytes), length <= bytes.count - offset else {
        if isEnd, offset < bytes.count || form == nil {
          throw DecodeError(place(offset), "the file ends inside a header or packet")
        }
        return nil
      }
      let start = offset
      offset += length
      if let packet = try record(bytes, start, length) { return packet }
    }
  }

  /// Length of the header, record or block at the offset; nil if the bytes do not tell it yet.
  private func length(_ bytes: Span<UInt8>) throws(DecodeError) -> Int? {
    let left = bytes.count - offset
    guard left >= 4 else { return nil }
    switch form {
    case nil:
      if bytes.u32(offset) == Self.sectionHeader { return try blockLength(bytes, .little) }
      guard Self.classicForm(bytes.u32(offset)) != nil else {
        throw DecodeError(place(offset), "neither pcap nor pcapng: unknown first four bytes")
      }
      return 24
    case .classic(let order, _, _):
      guard left >= 16 else { return nil }
      let captured = Int(order.u32(bytes, offset + 8))
      guard captured <= Self.longest else {
        throw DecodeError(place(offset), "a packet of \(captured) bytes")
      }
      return 16 + captured
    case .blocks(let order): return try blockLength(bytes, order)
    }
  }

  private static let sectionHeader: UInt32 = 0x0A0D_0D0A

  private static func classicForm(_ magic: UInt32) -> (order: ByteOrder, unit: Int64)? {
    switch magic {
    case 0xA1B2_C3D4: (.little, Nanoseconds.microsecond)
    case 0xD4C3_B2A1: (.big, Nanoseconds.microsecond)
    case 0xA1B2_3C4D: (.little, 1)
    case 0x4D3C_B2A1: (.big, 1)
    default: nil
    }
  }

  private func blockLength(_ bytes: Span<UInt8>, _ order: ByteOrder) throws(DecodeError) -> Int? {
    guard bytes.count - offset >= 12 else { return nil }
    var order = order
    if bytes.u32(offset) == Self.sectionHeader { order = try sectionOrder(bytes, offset) }
    let length = Int(order.u32(bytes, offset + 4))
    guard length >= 12, length % 4 == 0, length <= Self.longest else {
      throw DecodeError(place(offset), "a block of \(length) bytes")
    }
    return length
  }

  private func sectionOrder(_ bytes: Span<UInt8>, _ start: Int) throws(DecodeError) -> ByteOrder {
    switch bytes.u32(start + 8) {
    case 0x1A2B_3C4D: return .little
    case 0x4D3C_2B1A: return .big
    default: throw DecodeError(place(start), "a section header without its byte order")
    }
  }

  private mutating func record(_ bytes: Span<UInt8>, _ start: Int, _ length: Int)
    throws(DecodeError) -> CapturedPacket?
  {
    switch form {
    case .classic(let order, let unit, let link):
      let seconds = Int64(order.u32(bytes, start))
      let fraction = Int64(order.u32(bytes, start + 4)) * unit
      guard fraction < Nanoseconds.second else {
        throw DecodeError(place(start), "a time with more than a second behind the second")
      }
      return CapturedPacket(
        time: Instant(nanoseconds: seconds * Nanoseconds.second + fraction),
        data: (start + 16)..<(start + length), place: before + start, link: link,
        isWhole: order.u32(bytes, start + 8) >= order.u32(bytes, start + 12))
    case nil where bytes.u32(start) != Self.sectionHeader:
      guard let (order, unit) = Self.classicForm(bytes.u32(start)) else { return nil }
      // The upper bits hold flags of the frame check sequence.
      let link = UInt16(truncatingIfNeeded: order.u32(bytes, start + 20))
      form = .classic(order, nanosecondsPerUnit: unit, link: link)
      return nil
    case nil: return try block(bytes, start, length, .little)
    case .blocks(let order): return try block(bytes, start, length, order)
    }
  }
}

extension PacketCapture {
  private mutating func block(
    _ bytes: Span<UInt8>, _ start: Int, _ length: Int, _ current: ByteOrder
  ) throws(DecodeError) -> CapturedPacket? {
    var order = current
    let isSection = bytes.u32(start) == Self.sectionHeader
    if isSection { order = try sectionOrder(bytes, start) }
    guard Int(order.u32(bytes, start + length - 4)) == length else {
      throw DecodeError(place(start), "a block whose two lengths differ")
    }
    if isSection {
      form = .blocks(order)
      interfaces = []
      return nil
    }
    let end = start + length - 4
    switch order.u32(bytes, start) {
    case 1:
      try addInterface(bytes, (start + 8)..<end, order)
      return nil
    case 2: return try packet(bytes, start, end, order, isOld: true)
    case 3: throw DecodeError(place(start), "a simple packet block, which has no time")
    case 6: return try packet(bytes, start, end, order, isOld: false)
    default: return nil
    }
  }

  /// An interface description: link type, reserved, longest packet, options.
  private mutating func addInterface(
    _ bytes: Span<UInt8>, _ body: Range<Int>, _ order: ByteOrder
  ) throws(DecodeError) {
    guard body.count >= 8 else {
      throw DecodeError(
        place(body.lowerBound - 8), "an interface description of \(body.count) bytes")
    }
    var interface = Interface(link: order.u16(bytes, body.lowerBound))
    var option = body.lowerBound + 8
    while body.upperBound - option >= 4 {
      let code = order.u16(bytes, option)
      let length = Int(order.u16(bytes, option + 2))
      let value = option + 4
      if code == 0 { break }
      guard length <= body.upperBound - value else {
        throw DecodeError(place(option), "an option that ends behind its block")
      }
      if code == 9, length >= 1 {
        let exponent = Int(bytes[value] & 0x7F)
        guard exponent <= (bytes[value] < 0x80 ? 18 : 63) else {
          throw DecodeError(place(option), "a resolution of times that is too fine")
        }
        interface.resolution = bytes[value] < 0x80 ? .decimal(exponent) : .binary(exponent)
      } else if code == 14, length >= 8 {
        let seconds = Int64(bitPattern: order.u64(bytes, value))
        let (offset, overflow) = seconds.multipliedReportingOverflow(by: Nanoseconds.second)
        guard !overflow else { throw DecodeError(place(option), "an offset of times too large") }
        interface.offset = offset
      }
      option = value + (length + 3) / 4 * 4
    }
    interfaces.append(interface)
  }

  private func packet(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ order: ByteOrder, isOld: Bool
  ) throws(DecodeError) -> CapturedPacket? {
    guard end - start >= 28 else {
      throw DecodeError(place(start), "a packet block of \(end + 4 - start) bytes")
    }
    let number =
      isOld ? Int(order.u16(bytes, start + 8)) : Int(order.u32(bytes, start + 8))
    guard number < interfaces.count else {
      throw DecodeError(place(start), "a packet of interface \(number), which is not described")
    }
    let captured = Int(order.u32(bytes, start + 20))
    guard captured <= end - (start + 28) else {
      throw DecodeError(place(start), "a packet of \(captured) bytes that ends behind its block")
    }
    let stamp = UInt64(order.u32(bytes, start + 12)) << 32 | UInt64(order.u32(bytes, start + 16))
    guard let time = moment(stamp, interfaces[number]) else {
      throw DecodeError(place(start), "a time that cannot be")
    }
    return CapturedPacket(
      time: time, data: (start + 28)..<(start + 28 + captured), place: before + start,
      link: interfaces[number].link,
      isWhole: captured >= Int(order.u32(bytes, start + 24)))
  }

  private func moment(_ stamp: UInt64, _ interface: Interface) -> Instant? {
    let nanoseconds: UInt128
    switch interface.resolution {
    case .decimal(let digits) where digits <= 9:
      nanoseconds = UInt128(stamp) * UInt128(power(9 - digits))
    case .decimal(let digits): nanoseconds = UInt128(stamp) / UInt128(power(digits - 9))
    case .binary(let bits): nanoseconds = UInt128(stamp) * 1_000_000_000 >> UInt128(bits)
    }
    guard let whole = Int64(exactly: nanoseconds) else { return nil }
    let (time, overflow) = whole.addingReportingOverflow(interface.offset)
    return overflow || time < 0 ? nil : Instant(nanoseconds: time)
  }
}

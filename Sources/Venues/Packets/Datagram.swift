/// What a captured packet carries.
enum Datagram: Equatable {
  /// The payload of a UDP datagram over IPv4.
  case payload(Range<Int>)
  /// Something else, by name.
  case other(String)

  /// Looks into Ethernet (with VLAN tags) and IPv4. Source: IEEE 802.3 and 802.1Q, RFC 791, RFC 768.
  /// - Throws: the place and reason if lengths contradict each other, or if the packet was cut.
  init(_ packet: CapturedPacket, _ bytes: Span<UInt8>) throws(DecodeError) {
    func damaged(_ reason: String) -> DecodeError {
      DecodeError(
        .byte(packet.place), packet.isWhole ? reason : "a packet that was cut when captured")
    }
    var start = packet.data.lowerBound
    let end = packet.data.upperBound
    switch packet.link {
    case 1:
      guard end - start >= 14 else { throw damaged("an Ethernet frame of \(end - start) bytes") }
      var type = start + 12
      while end - type >= 6, Self.isTag(ByteOrder.big.u16(bytes, type)) { type += 4 }
      guard ByteOrder.big.u16(bytes, type) == 0x0800 else {
        self = .other("packet that is not IPv4")
        return
      }
      start = type + 2
    case 101, 228: break
    default:
      throw DecodeError(
        .byte(packet.place), "link type \(packet.link) is neither Ethernet (1) nor IP (101, 228)")
    }
    guard end - start >= 20, bytes[start] >> 4 == 4 else {
      throw damaged("an IPv4 packet without its header")
    }
    let header = Int(bytes[start] & 0x0F) * 4
    let total = Int(ByteOrder.big.u16(bytes, start + 2))
    guard header >= 20, total >= header, total <= end - start else {
      throw damaged("an IPv4 packet of \(total) bytes in a frame of \(end - start)")
    }
    // The lower 14 bits: more fragments follow, or this is not the first.
    guard ByteOrder.big.u16(bytes, start + 6) & 0x3FFF == 0 else {
      self = .other("fragment of an IPv4 packet")
      return
    }
    guard bytes[start + 9] == 17 else {
      self = .other("packet that is not UDP")
      return
    }
    let datagram = start + header
    guard total - header >= 8 else { throw damaged("a UDP datagram without its header") }
    let length = Int(ByteOrder.big.u16(bytes, datagram + 4))
    guard length >= 8, length <= total - header else {
      throw damaged("a UDP datagram of \(length) bytes in \(total - header)")
    }
    self = .payload((datagram + 8)..<(datagram + length))
  }

  private static func isTag(_ type: UInt16) -> Bool { type == 0x8100 || type == 0x88A8 }
}

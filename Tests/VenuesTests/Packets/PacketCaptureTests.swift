import Events
import Testing

@testable import Venues

/// Captures made by hand, in every form.
struct CaptureBytes {
  var order = ByteOrder.little

  func number(_ value: UInt64, _ width: Int) -> [UInt8] {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    return order == .little ? bytes : bytes.reversed()
  }

  /// A classic file: packets of nanoseconds since 1970 and their data.
  func classic(
    _ packets: [(time: UInt64, data: [UInt8])], isNanosecond: Bool = false, link: UInt64 = 1
  ) -> [UInt8] {
    var file = number(isNanosecond ? 0xA1B2_3C4D : 0xA1B2_C3D4, 4) + number(2, 2) + number(4, 2)
    file += number(0, 8) + number(65_535, 4) + number(link, 4)
    for (time, data) in packets {
      let fraction = time % 1_000_000_000 / (isNanosecond ? 1 : 1000)
      file += number(time / 1_000_000_000, 4) + number(fraction, 4)
      file += number(UInt64(data.count), 4) + number(UInt64(data.count), 4) + data
    }
    return file
  }

  func block(_ type: UInt64, _ body: [UInt8]) -> [UInt8] {
    let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    let length = number(UInt64(padded.count + 12), 4)
    return number(type, 4) + length + padded + length
  }

  var section: [UInt8] {
    block(0x0A0D_0D0A, number(0x1A2B_3C4D, 4) + number(1, 4) + number(.max, 8))
  }

  func interface(options: [UInt8] = []) -> [UInt8] {
    block(1, number(1, 2) + number(0, 2) + number(0, 4) + options)
  }

  func packet(_ stamp: UInt64, _ data: [UInt8], interface: UInt64 = 0) -> [UInt8] {
    let length = number(UInt64(data.count), 4)
    return block(
      6,
      number(interface, 4) + number(stamp >> 32, 4) + number(stamp & 0xFFFF_FFFF, 4) + length
        + length + data)
  }
}

/// A UDP datagram in IPv4 in Ethernet, perhaps with a VLAN tag.
func frame(_ payload: [UInt8], isTagged: Bool = false, proto: UInt8 = 17, fragment: UInt16 = 0)
  -> [UInt8]
{
  let bytes = CaptureBytes(order: .big)
  var frame = [UInt8](repeating: 1, count: 12)
  if isTagged { frame += [0x81, 0, 0, 7] }
  frame += [0x08, 0x00, 0x45, 0] + bytes.number(UInt64(28 + payload.count), 2)
  frame += [0, 0] + bytes.number(UInt64(fragment), 2) + [64, proto, 0, 0] + [10, 0, 0, 1]
  frame += [233, 0, 0, 1] + bytes.number(4000, 2) + bytes.number(16_642, 2)
  return frame + bytes.number(UInt64(8 + payload.count), 2) + [0, 0] + payload
}

struct PacketCaptureTests {
  private func packets(_ bytes: [UInt8]) throws -> [(time: Int64, data: [UInt8])] {
    var capture = PacketCapture()
    var packets: [(time: Int64, data: [UInt8])] = []
    capture.begin()
    while let packet = try capture.next(bytes.span, isEnd: true) {
      packets.append((packet.time.nanoseconds, Array(bytes[packet.data])))
    }
    return packets
  }

  private let time: UInt64 = 1_499_697_138_433_824_000

  @Test(arguments: [
    (ByteOrder.little, false), (.little, true), (.big, false), (.big, true),
  ])
  func `classic files are read in both byte orders and resolutions`(
    order: ByteOrder, isNanosecond: Bool
  ) throws {
    let file = CaptureBytes(order: order).classic(
      [(time, [1, 2, 3]), (time + 5000, [])], isNanosecond: isNanosecond)
    let found = try packets(file)
    #expect(found.map(\.time) == [Int64(time), Int64(time) + 5000])
    #expect(found.map(\.data) == [[1, 2, 3], []])
  }

  @Test(arguments: [ByteOrder.little, .big])
  func `blocks are read in both byte orders, unknown ones passed over`(order: ByteOrder) throws {
    let bytes = CaptureBytes(order: order)
    let file =
      bytes.section + bytes.interface() + bytes.block(5, [1, 2, 3]) + bytes.packet(time / 1000, [7])
      + bytes.section + bytes.interface() + bytes.packet(1, [8, 9])
    let found = try packets(file)
    #expect(found.map(\.time) == [Int64(time), 1000])
    #expect(found.map(\.data) == [[7], [8, 9]])
  }

  @Test(
    arguments: [
      ([9, 0, 1, 0, 9, 0, 0, 0], 5), ([9, 0, 1, 0, 12, 0, 0, 0], 0),
      ([9, 0, 1, 0, 0x81, 0, 0, 0], 2_500_000_000),
      ([14, 0, 8, 0, 2, 0, 0, 0, 0, 0, 0, 0], 2_000_005_000),
      ([1, 0, 2, 0, 65, 66, 0, 0, 9, 0, 1, 0, 3, 0, 0, 0], 5_000_000), ([0, 0, 0, 0], 5000),
    ] as [([UInt8], Int64)])
  func `an interface's options say what a time counts`(options: [UInt8], time: Int64) throws {
    let bytes = CaptureBytes()
    let file = bytes.section + bytes.interface(options: options) + bytes.packet(5, [1])
    #expect(try packets(file).map(\.time) == [time])
  }

  @Test func `what is no capture is refused with its place`() {
    let bytes = CaptureBytes()
    let good = bytes.section + bytes.interface()
    var twoLengths = good + bytes.packet(5, [1])
    twoLengths[twoLengths.count - 4] ^= 1
    var huge = bytes.classic([(time, [1])])
    huge[35] = 0x7F
    let cases: [([UInt8], Int)] = [
      ([], 0), ([1, 2, 3], 0), ([1, 2, 3, 4, 5], 0), (good + [6, 0, 0, 0], good.count),
      (good + bytes.packet(5, [1], interface: 1), good.count), (twoLengths, good.count),
      (good + bytes.block(3, [1, 0, 0, 0, 1]), good.count), (good + bytes.block(6, []), good.count),
      (good + [6, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0], good.count),
      (bytes.classic([(time, [1, 2])]).dropLast(), 24), (huge, 24),
      (bytes.section + bytes.interface(options: [9, 0, 1, 0, 19, 0, 0, 0]), 28 + 16),
      (bytes.section + bytes.interface(options: [9, 0, 99, 0, 19, 0, 0, 0]), 28 + 16),
    ]
    for (file, place) in cases {
      #expect("\(place): \(file.count) bytes") {
        try packets(file)
      } throws: { error in
        (error as? DecodeError)?.place == .byte(place)
      }
    }
  }

  @Test func `a datagram is found behind its headers, anything else named`() throws {
    func datagram(_ data: [UInt8], link: UInt16 = 1, isWhole: Bool = true) throws -> Datagram {
      let packet = CapturedPacket(
        time: .epoch, data: 0..<data.count, place: 77, link: link, isWhole: isWhole)
      return try Datagram(packet, data.span)
    }
    #expect(try datagram(frame([1, 2, 3])) == .payload(42..<45))
    #expect(try datagram(frame([1, 2, 3], isTagged: true)) == .payload(46..<49))
    #expect(try datagram(Array(frame([1, 2, 3]).dropFirst(14)), link: 101) == .payload(28..<31))
    // Ethernet fills short frames up.
    #expect(try datagram(frame([1]) + [0, 0, 0]) == .payload(42..<43))
    #expect(try datagram(frame([1], proto: 6)) == .other("packet that is not UDP"))
    #expect(try datagram(frame([1], fragment: 0x2000)) == .other("fragment of an IPv4 packet"))
    var arp = frame([1])
    arp[13] = 6
    #expect(try datagram(arp) == .other("packet that is not IPv4"))
    for length in [0, 13, 20, 33, 36, 41, 44] {
      #expect("\(length) bytes") {
        try datagram(Array(frame([1, 2, 3]).prefix(length)))
      } throws: { error in
        (error as? DecodeError)?.place == .byte(77)
      }
    }
    #expect {
      try datagram(Array(frame([1, 2, 3]).prefix(44)), isWhole: false)
    } throws: { error in
      (error as? DecodeError)?.reason == "a packet that was cut when captured"
    }
    #expect(throws: DecodeError.self) { try datagram(frame([1]), link: 113) }
  }
}

import Events
import Foundation
import Importing
import Testing

/// Captures of IEX that are one day together.
@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct IEXCaptureTests {
  /// The recording's header, and its packets with theirs.
  private static let capture: (header: Data, packets: [Data]) = {
    guard let bytes = try? SharedData.unzipped(SharedData.path("iex-tops/TOPS16.pcapng.gz")) else {
      return (Data(), [])
    }
    var packets: [Data] = []
    var place = 24
    while place + 16 <= bytes.count {
      let length = bytes[place + 8..<place + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
      packets.append(bytes[place..<place + 16 + length])
      place += 16 + length
    }
    return (bytes[..<24], packets)
  }()

  private func imported(_ parts: [Range<Int>]) throws -> (sink: Collected, counts: ImportCounts) {
    let scratch = try Scratch()
    let paths = try parts.enumerated().map { index, part in
      let path = "\(scratch.path)/\(index).pcap"
      let packets = Self.capture.packets[part].reduce(into: Self.capture.header) { $0 += $1 }
      try packets.write(to: URL(fileURLWithPath: path))
      return path
    }
    return try collect(ImportRequest(format: .iex, paths: paths))
  }

  /// Parts of the recording, in the order in which they are named.
  @Test(arguments: [[0..<7000, 7000..<9000], [7000..<9000, 0..<7000], [0..<7000, 6000..<9000]])
  func `files go on from each other, and what two have counts once`(parts: [Range<Int>]) throws {
    let (whole, _) = try imported([0..<9000])
    let (sink, counts) = try imported(parts)
    #expect(sink.market == whole.market)
    #expect(counts[.gap] == 0)
    let isOverlapping = parts.map(\.count).reduce(0, +) > 9000
    #expect((counts[.duplicate] > 0) == isOverlapping)
  }

  @Test func `packets that no file has are a gap`() throws {
    let (_, counts) = try imported([0..<7000, 8000..<9000])
    #expect(counts[.gap] > 0)
  }
}

import Events
import Foundation
import Importing
import Testing

/// Zip archives whose entries are compressed files themselves, stored as they are.
struct ZipTests {
  private static func little(_ number: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    return ~crc
  }

  /// An archive of entries that are not compressed. Source: PKWARE, APPNOTE 4.3.
  static func zip(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var files: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let sizes =
        little(checksum(bytes), 4) + little(UInt32(bytes.count), 4)
        + little(UInt32(bytes.count), 4) + little(UInt32(name.utf8.count), 2) + little(0, 2)
      let common = little(20, 2) + little(0, 2) + little(0, 2) + little(0x5821_0000, 4) + sizes
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2)
        + little(0, 2) + little(0, 4) + little(UInt32(files.count), 4) + Array(name.utf8)
      files += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
    }
    let count = UInt32(entries.count)
    return files + directory + little(0x0605_4B50, 4) + little(0, 4) + little(count, 2)
      + little(count, 2) + little(UInt32(directory.count), 4) + little(UInt32(files.count), 4)
      + little(0, 2)
  }

  /// A gzip member whose bytes are stored as they are. Source: RFC 1951, 1952.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length, 2) + little(~length, 2)
      + bytes + little(checksum(bytes), 4) + little(length, 4)
  }

  /// A zstd frame of one raw block. Source: RFC 8878.
  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    let header = UInt32(bytes.count) << 3 | 1
    return [0x28, 0xB5, 0x2F, 0xFD, 0xA0] + little(UInt32(bytes.count), 4) + little(header, 3)
      + bytes
  }

  private func imported(_ format: ImportFormat, _ name: String, _ bytes: [UInt8]) throws -> (
    sink: Collected, counts: ImportCounts
  ) {
    let scratch = try Scratch()
    var request = ImportRequest(format: format, paths: [try scratch.write(name, bytes)])
    if format == .csv {
      let map = """
        kind = "trade"
        time = "time"
        price = "price"
        size = "size"
        time_format = "unix_s"
        """
      request.mapPaths = [try scratch.write("a.map", Array(map.utf8))]
    }
    return try collect(request)
  }

  private func why(_ format: ImportFormat, _ bytes: [UInt8]) -> String {
    do {
      _ = try imported(format, "a.zip", bytes)
      return ""
    } catch {
      return "\(error)"
    }
  }

  private static func trades(_ number: UInt32, _ offsets: [UInt64]) -> [UInt8] {
    DBNBytes.file(
      offsets.flatMap {
        DBNBytes.trade(
          4_800_000_000_000 + Int64($0) * 250_000_000, number: number, at: DBNBytes.time + $0)
      }, [.init("ESH4", 5), .init("NQH4", 6)], schema: 4)
  }

  @Test func `entries of each kind are read, and merged in order of time`() throws {
    let bytes = Self.zip([
      ("day/a.dbn.zst", Self.zstd(Self.trades(5, [1, 4, 7]))),
      ("day/b.dbn.gz", Self.gzip(Self.trades(6, [2, 5]))), ("c.dbn", Self.trades(5, [3, 6])),
      ("metadata.json", Array("{}".utf8)), ("empty.dbn.zst.txt", []),
    ])
    let (sink, counts) = try imported(.dbn, "a.zip", bytes)
    let times = sink.items.compactMap { item -> Int64? in
      if case .market = item.observation {
        item.event.nanoseconds - Int64(DBNBytes.time)
      } else {
        nil
      }
    }
    #expect(times == [1, 2, 3, 4, 5, 6, 7])
    #expect(sink.instruments.map(\.symbol) == ["ESH4", "NQH4"])
    #expect(counts.skipped.items.map(\.reason) == ["file of another kind"])
    #expect(counts.skipped.items.map(\.count) == [2])
    #expect(counts.bytes == bytes.count)
  }

  @Test func `a definition in one entry counts for the others`() throws {
    let definition = DBNBytes.file(
      DBNBytes.definition(.init(symbol: "ESH4", number: 5, tickValue: 6_250_000_000)), [],
      schema: 9)
    let bytes = Self.zip([
      ("a.dbn.zst", Self.zstd(Self.trades(5, [1]))), ("z.dbn.zst", Self.zstd(definition)),
    ])
    let sink = try imported(.dbn, "a.zip", bytes).sink
    #expect(sink.instruments.map(\.multiplier) == [25_000_000_000])
  }

  @Test func `a trade that two entries tell is taken once`() throws {
    let trades = Self.trades(5, [1, 2])
    let bytes = Self.zip([("a.dbn", trades), ("b.dbn.zst", Self.zstd(trades))])
    let counts = try imported(.dbn, "a.zip", bytes).counts
    #expect(counts[.trade] == 2)
    #expect(counts[.duplicate] == 2)
  }

  @Test(arguments: ["AAA.csv", "AAA.csv.gz", "AAA.csv.zst"])
  func `text in an archive may be compressed too`(name: String) throws {
    let text = Array("time,price,size\n1700000000,10.5,3\n1700000001,10.6,4\n".utf8)
    let packed =
      name.hasSuffix("gz") ? Self.gzip(text) : name.hasSuffix("zst") ? Self.zstd(text) : text
    let (sink, counts) = try imported(.csv, "x.zip", Self.zip([(name, packed)]))
    #expect(sink.instruments.map(\.symbol) == ["AAA"])
    #expect(counts[.trade] == 2)
  }

  @Test func `an archive that was cut or continued is told, zeros behind it are nothing`() {
    let whole = Self.zip([("a.dbn", Self.trades(5, [1])), ("b.dbn", Self.trades(6, [2]))])
    #expect(why(.dbn, whole) == "")
    #expect(why(.dbn, whole + [UInt8](repeating: 0, count: 600)) == "")
    for cut in [1, 21, 22, 60, 100, 150] {
      #expect(why(.dbn, Array(whole.dropLast(cut))).contains("does not end as one does"), "\(cut)")
    }
    for more in ["x", "junkjunk"] {
      #expect(why(.dbn, whole + Array(more.utf8)).contains("does not end as one does"))
    }
  }

  @Test func `damage inside an entry is told`() {
    let trades = Self.trades(5, [1, 2])
    var changed = Self.gzip(trades)
    changed[40] ^= 1
    #expect(why(.dbn, Self.zip([("a.dbn.gz", changed)])).contains("incorrect data check"))
    let cut = [UInt8](Self.gzip(trades).dropLast(9))
    #expect(why(.dbn, Self.zip([("a.dbn.gz", cut)])).contains("end too early"))
    let half = [UInt8](Self.zstd(trades).dropLast(9))
    #expect(why(.dbn, Self.zip([("a.dbn.zst", half)])).contains("cannot be decompressed"))
    var around = Self.zip([("a.dbn.zst", Self.zstd(trades))])
    around[60] ^= 1
    #expect(why(.dbn, around).contains("cannot be decompressed"))
    #expect(why(.dbn, Self.zip([("a.txt", Array("hello there".utf8))])).contains("not a DBN file"))
    #expect(why(.dbn, Self.zip([("a.dbn.zst", [])])) != "")
  }
}

import Events
import Foundation
import Importing

/// Writes DBN files, so that tests need none from outside.
enum DBNBytes {
  /// 2024-01-02T14:30:00Z.
  static let time: UInt64 = 1_704_205_800_000_000_000
  static let day: UInt64 = 86_400_000_000_000
  static let none = UInt64(Int64.max)

  static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
  }

  static func padded(_ text: String, _ width: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes + [UInt8](repeating: 0, count: width - bytes.count)
  }

  /// A symbol and the numbers that stand for it, each from a day of January 2024 to before another.
  struct Mapping {
    var symbol: String
    var numbers: [(first: Int, end: Int, number: UInt32)]

    init(_ symbol: String, _ number: UInt32) { self.init(symbol, [(1, 31, number)]) }

    init(_ symbol: String, _ numbers: [(first: Int, end: Int, number: UInt32)]) {
      (self.symbol, self.numbers) = (symbol, numbers)
    }
  }

  /// A file of version 2.
  static func file(
    _ records: [UInt8], _ mappings: [Mapping], schema: UInt64 = 0, dataset: String = "GLBX.MDP3",
    end: UInt64 = .max
  ) -> [UInt8] {
    var head = padded(dataset, 16) + little(schema, 2) + little(0, 8) + little(end, 8)
    head += little(0, 8) + [1, 0, 0] + little(71, 2) + little(0, 53 + 4 + 12)
    head += little(UInt64(mappings.count), 4)
    for mapping in mappings {
      head += padded(mapping.symbol, 71) + little(UInt64(mapping.numbers.count), 4)
      for item in mapping.numbers {
        head +=
          little(UInt64(20_240_100 + item.first), 4) + little(UInt64(20_240_100 + item.end), 4)
        head += padded(String(item.number), 71)
      }
    }
    return Array("DBN".utf8) + [2] + little(UInt64(head.count), 4) + head + records
  }

  static func head(
    _ type: UInt8, _ length: Int, _ number: UInt32, _ time: UInt64, publisher: UInt16 = 1
  ) -> [UInt8] {
    [UInt8(length / 4), type] + little(UInt64(publisher), 2) + little(UInt64(number), 4)
      + little(time, 8)
  }

  static func order(
    _ action: Character, _ side: Character, _ id: UInt64, _ price: Int64, number: UInt32,
    at time: UInt64 = time, received: UInt64? = nil, publisher: UInt16 = 1, flags: UInt8 = 128,
    size: UInt64 = 3
  ) -> [UInt8] {
    head(0xA0, 56, number, time, publisher: publisher) + little(id, 8)
      + little(UInt64(bitPattern: price), 8) + little(size, 4)
      + [flags, 0, action.asciiValue ?? 0, side.asciiValue ?? 0]
      + little(received ?? time + 1000, 8)
      + little(0, 8)
  }

  static func trade(
    _ price: Int64, number: UInt32, at time: UInt64 = time, publisher: UInt16 = 1,
    action: Character = "T", side: Character = "B", received: UInt64? = nil
  ) -> [UInt8] {
    head(0, 48, number, time, publisher: publisher) + little(UInt64(bitPattern: price), 8)
      + little(5, 4) + [action.asciiValue ?? 0, side.asciiValue ?? 0, 128, 0]
      + little(received ?? time + 1000, 8) + little(0, 8)
  }

  /// A change of trading, and whether short sales are restricted.
  static func status(
    _ action: UInt16, number: UInt32, at time: UInt64 = time, received: UInt64? = nil,
    shortSales: Character = "~"
  ) -> [UInt8] {
    head(0x12, 40, number, time) + little(received ?? time + 1000, 8) + little(UInt64(action), 2)
      + little(0, 4) + Array("~~".utf8) + [shortSales.asciiValue ?? 0] + little(0, 7)
  }

  /// A statistic of version 3, or one of version 2.
  static func statistic(
    _ kind: UInt16, _ price: Int64, quantity: Int64 = .max, number: UInt32, at time: UInt64 = time,
    received: UInt64? = nil, isWide: Bool = true
  ) -> [UInt8] {
    head(0x18, isWide ? 80 : 64, number, time) + little(received ?? time + 1000, 8)
      + little(time, 8) + little(UInt64(bitPattern: price), 8)
      + little(UInt64(bitPattern: quantity), isWide ? 8 : 4) + little(0, 8)
      + little(UInt64(kind), 2) + little(0, 2) + [1] + little(0, isWide ? 19 : 7)
  }

  /// A live session's word of what a number stands for, in the layout of a version.
  static func mapping(
    _ number: UInt32, _ asked: String, _ found: String, version: Int = 3, at time: UInt64 = time
  ) -> [UInt8] {
    let names =
      version == 1
      ? padded(asked, 22) + padded(found, 22) + little(0, 4)
      : [1] + padded(asked, 71) + [1] + padded(found, 71)
    let record = names + little(time, 8) + little(time + day, 8)
    return head(0x16, 16 + record.count, number, time) + record
  }

  /// Best prices after an event.
  static func quote(
    _ bid: Int64, _ ask: Int64, number: UInt32, at time: UInt64 = time, publisher: UInt16 = 1,
    received: UInt64? = nil, type: UInt8 = 1
  ) -> [UInt8] {
    head(type, 80, number, time, publisher: publisher) + little(UInt64(bitPattern: bid), 8)
      + little(5, 4) + Array("AB".utf8) + [128, 0] + little(received ?? time + 1000, 8)
      + little(0, 8)
      + little(UInt64(bitPattern: bid), 8) + little(UInt64(bitPattern: ask), 8) + little(7, 4)
      + little(8, 4) + little(0, 8)
  }

  /// A bar of a minute.
  static func bar(
    _ price: Int64, number: UInt32, at time: UInt64 = time, publisher: UInt16 = 1
  ) -> [UInt8] {
    let bytes = little(UInt64(bitPattern: price), 8)
    return head(0x21, 56, number, time, publisher: publisher) + bytes + bytes + bytes + bytes
      + little(9, 8)
  }

  /// What a definition says, with what most tests leave alone. Numbers × 10^9.
  struct Definition {
    var symbol: String
    var number: UInt32
    var tick: UInt64 = 250_000_000
    var tickValue: UInt64 = 12_500_000_000
    var size: UInt64 = 50_000_000_000
    var venue = "XCME"
    var kind: Character = "F"
    var currency = "USD"
    var strike = DBNBytes.none
    var underlying = ""
    var classification = "FFXXSX"
    /// Nanoseconds since 1970.
    var expiry: UInt64 = 1_710_509_400_000_000_000
  }

  /// A definition in the layout of a version. Source: Databento, "Instrument definitions" schema.
  static func definition(
    _ said: Definition, version: Int = 2, at time: UInt64 = time
  ) -> [UInt8] {
    let length = [1: 360, 2: 400, 3: 520][version] ?? 400
    var record = head(0x13, length, said.number, time)
    record += [UInt8](repeating: 0, count: length - 16)
    func put(_ offset: Int, _ bytes: [UInt8]) {
      record.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }
    let size = version == 3 ? 80 : 88
    put(16, little(time, 8))
    put(24, little(said.tick, 8))
    put(40, little(said.expiry, 8))
    put(size, little(said.size, 8))
    put(size + 8, little(said.tickValue, 8))
    put([1: 328, 2: 112, 3: 104][version] ?? 0, little(said.strike, 8))
    put(version == 3 ? 224 : 186, padded(said.currency, 4))
    put(version == 3 ? 238 : 200, padded(said.symbol, version == 1 ? 22 : 71))
    put([1: 243, 2: 292, 3: 330][version] ?? 0, padded(said.venue, 5))
    put([1: 255, 2: 304, 3: 346][version] ?? 0, padded(said.classification, 7))
    put([1: 300, 2: 349, 3: 391][version] ?? 0, padded(said.underlying, 21))
    put([1: 325, 2: 374, 3: 487][version] ?? 0, [said.kind.asciiValue ?? 0])
    return record
  }
}

extension Scratch {
  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let full = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: full))
    return full
  }
}

/// What an import of DBN files, given together, gives.
func importedDBN(_ files: [[UInt8]], map: String? = nil, known: [Instrument] = []) throws -> (
  sink: Collected, counts: ImportCounts
) {
  let scratch = try Scratch()
  var paths: [String] = []
  for (index, bytes) in files.enumerated() {
    paths.append(try scratch.write("f\(index).dbn", bytes))
  }
  var request = ImportRequest(format: .dbn, paths: paths)
  if let map { request.mapPaths = [try scratch.write("a.map", map)] }
  request.known = known
  return try collect(request)
}

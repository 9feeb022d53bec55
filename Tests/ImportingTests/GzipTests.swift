import Foundation
import Importing
import Testing

/// gzip files that are whole, in several members, and damaged.
struct GzipTests {
  private let text = "34200,1,1,5,100,1\n34201,1,2,5,101,1\n"

  /// A member whose text is stored as it is. Source: RFC 1951, 1952.
  private func member(_ text: String) -> [UInt8] {
    let bytes = [UInt8](text.utf8)
    func little(_ number: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    let length = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length, 2) + little(~length, 2)
      + bytes
      + little(~crc, 4) + little(length, 4)
  }

  /// Orders found, or why there are none.
  private func orders(_ bytes: [UInt8]) throws -> String {
    let scratch = try Scratch()
    let path = scratch.path + "/AAPL_2012-06-21_34200000_57600000_message_10.csv.gz"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      return "\(try collect(ImportRequest(format: .lobster, paths: [path])).counts[.orderAdd])"
    } catch let error as ImportError {
      #expect(error.isDataError)
      return error.description
    }
  }

  @Test func `whole files, several members and zeros behind them are read`() throws {
    #expect(try orders(member(text)) == "2")
    #expect(try orders(member(text) + member("34202,1,3,5,101,1\n")) == "3")
    #expect(try orders(member(text) + [UInt8](repeating: 0, count: 600)) == "2")
    #expect(try orders(member(text) + member("") + member("34202,1,3,5,101,1\n")) == "3")
  }

  @Test func `a changed byte, another length, a cut and rubbish behind the end are told`() throws {
    var changed = member(text)
    changed[30] ^= 1
    #expect(try orders(changed).contains("incorrect data check"))
    var longer = member(text)
    longer[longer.count - 4] += 1
    #expect(try orders(longer).contains("incorrect length check"))
    for count in [1, 4, 8, 20] {
      #expect(try orders([UInt8](member(text).dropLast(count))).contains("end too early"))
    }
    #expect(try orders(member(text) + [1, 2, 3]).contains("behind the end"))
    let half = [UInt8](member(text).prefix(12))
    #expect(try orders(member(text) + half).contains("end too early"))
  }
}

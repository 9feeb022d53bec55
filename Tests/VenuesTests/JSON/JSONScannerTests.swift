import Foundation
import Testing

@testable import Venues

struct JSONScannerTests {
  /// Scans to the end; nil if it is JSON, else the reason.
  private func problem(_ bytes: [UInt8]) -> String? {
    var scanner = JSONScanner(0..<bytes.count)
    do {
      while try scanner.next(bytes.span) != .end {}
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [
    "0", "-0", "1.5e-10", "\"\"", "[]", "{}", " [ 1 , 2 ] ", "{\"a\":{\"b\":[true,false,null]}}",
    "\"\\u00e9\\ud83d\\ude00\\n\\/\"", "\"é😀\"", "[[[[]]]]", "1E+2", "{\"\":0}",
  ])
  func `texts of the grammar are taken`(text: String) {
    #expect(problem([UInt8](text.utf8)) == nil)
  }

  @Test(arguments: [
    "", " ", "01", "1.", ".5", "-", "1e", "+1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}", "[1}", "{\"a\":1]", "\"", "\"\\x\"", "\"\\u12g4\"",
    "\"\\u12", "\"\t\"", "tru", "nul", "True", "1 2", "[]]", "{}{}", "'a'", "[\"a\" : 1]", "NaN",
    "\u{FEFF}1", "//c\n1",
  ])
  func `what is not of the grammar is refused`(text: String) {
    #expect(problem([UInt8](text.utf8)) != nil)
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xE2, 0x82],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xE0, 0x9F, 0x80, 0x22],
    ] as [[UInt8]])
  func `strings that are not UTF-8 are refused`(bytes: [UInt8]) {
    #expect(problem(bytes) != nil)
  }

  @Test func `64 levels are taken, 65 are not`() {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
    }
    #expect(problem(nested(64)) == nil)
    #expect(problem(nested(65)) == "more than 64 levels deep")
  }

  @Test func `escapes are resolved`() throws {
    let bytes = [UInt8](#""a\"\\\/\b\f\n\r\té😀\ud800x""#.utf8)
    var scanner = JSONScanner(0..<bytes.count)
    guard case .string(let text) = try scanner.next(bytes.span) else {
      Issue.record("no string")
      return
    }
    let resolved = text.string(bytes.span)
    #expect(resolved == "a\"\\/\u{8}\u{c}\n\r\té😀\u{FFFD}x")
  }

  @Test func `mutated messages never trap and agree with Foundation on what is JSON`() {
    let seedText = #"{"stream":"x@depth","data":{"e":"depthUpdate","E":172,"b":[["1.0","2"],[]]}}"#
    var mutation = Mutation(seed: 7)
    for _ in 0..<3000 {
      let bytes = mutation.apply(to: [UInt8](seedText.utf8))
      if problem(bytes) == nil {
        // Foundation is laxer in places; what is taken here, it takes too.
        let object = try? JSONSerialization.jsonObject(
          with: Data(bytes), options: .fragmentsAllowed)
        #expect(object != nil, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }
}

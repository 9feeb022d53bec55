import Events
import Foundation
import Testing
import Venues

/// Drop copies as FIX trade capture reports.
@Suite struct TradeCaptureReportTests {
  /// A message of `tag=value|…` after the frame's first two fields, with length and checksum put right.
  static func message(_ body: String) -> String {
    let fields = body.replacing("|", with: "\u{1}")
    let start = "8=FIX.4.4\u{1}9=\(fields.utf8.count)\u{1}" + fields
    let sum = start.utf8.reduce(0 as UInt8, &+)
    return start + "10=" + String(repeating: "0", count: 3 - "\(sum)".count) + "\(sum)\u{1}"
  }

  static let header = "35=AE|49=BRK|56=US|34=2|52=20240305-15:00:06|"
  static let trade =
    header
    + "571=T1|487=0|570=N|17=2|32=100|31=99.98|75=20240305|60=20240305-15:00:05.250|55=SHR|207=XTST|"
    + "552=1|54=1|37=V9|11=ord-17|12=0.35|13=3|479=USD|"

  static func read(_ bodies: String...) throws(StatementFault) -> Statement {
    try TradeCaptureReports.read(Array(bodies.map { message($0) + "\n" }.joined().utf8))
  }

  @Test func `a report is an execution`() throws {
    let logon = Self.message("35=A|49=BRK|56=US|34=1|52=20240305-00:00:00|98=0|108=30|")
    let text = logon + "\r\n" + Self.message(Self.trade)
    let statement = try TradeCaptureReports.read(Array(text.utf8))
    #expect(statement.format == .fix)
    #expect(statement.from.text == "2024-03-05T00:00:00.000000000Z")
    #expect(statement.to.text == "2024-03-06T00:00:00.000000000Z")
    let line = try #require(statement.lines.first)
    #expect(statement.lines.count == 1 && line.subject == .execution && line.line == 2)
    #expect(line.instrument == "XTST:SHR" && line.side == .buy)
    #expect("\(line.quantity)" == "100" && line.price.map { "\($0)" } == "99.98")
    #expect(line.fee.map { "\($0)" } == "0.35" && line.currency == "USD")
    #expect(line.order == OrderID(17) && line.execution == 2)
    #expect(line.date == CivilDate(year: 2024, month: 3, day: 5))
  }

  @Test func `names that are not ours match by what was traded`() throws {
    let statement = try Self.read(
      Self.trade.replacing("ord-17", with: "CL-9").replacing("|17=2|", with: "|17=AB3|")
        .replacing("207=XTST|", with: "").replacing("12=0.35|13=3|479=USD|", with: "")
        .replacing("54=1", with: "54=5"))
    let line = try #require(statement.lines.first)
    #expect(line.order == .none && line.execution == nil && line.fee == nil)
    #expect(line.instrument == "SHR" && line.side == .sell)
  }

  @Test func `reports are cancelled, replaced and sent again`() throws {
    let second = Self.trade.replacing("571=T1", with: "571=T2")
    let cancel = second.replacing("487=0", with: "487=1|572=T1")
    let replace = second.replacing("487=0", with: "487=2|572=T1").replacing("32=100", with: "32=90")
    let again = Self.trade.replacing("34=2|", with: "34=2|43=Y|")
    #expect(try Self.read(Self.trade, cancel).lines.isEmpty)
    #expect(try Self.read(Self.trade, replace).lines.map { "\($0.quantity)" } == ["90"])
    #expect(try Self.read(Self.trade, again).lines.count == 1)
    #expect(try Self.read(Self.trade, second).lines.count == 2)
  }

  /// What is replaced in the report, by what, and the fault.
  @Test(
    arguments: [
      ("35=AE", "35=8", "tag 35: `8` is no trade capture report (AE)"),
      ("|34=2", "", "tag 34 is missing"), ("|49=BRK", "", "tag 49 is missing"),
      ("|52=20240305-15:00:06", "", "tag 52 is missing"),
      ("52=20240305-15:00:06", "52=2024-03-05", "tag 52: `2024-03-05` is not a time in UTC"),
      ("|571=T1", "", "tag 571 is missing"),
      ("571=T1", "571=T1|571=T2", "tag 571 is there twice"),
      ("487=0", "487=9", "tag 487: `9` is not new, cancel or replace"),
      ("487=0", "487=1|572=T0", "tag 572 names no report before it"),
      ("|32=100", "", "tag 32 is missing"), ("32=100", "32=+100", "tag 32: `+100` is not"),
      ("32=100", "32=0", "tag 32 is not above 0"), ("31=99.98", "31=9e1", "tag 31: `9e1` is not"),
      ("75=20240305", "75=20240231", "tag 75: `20240231` is not a date"),
      ("75=20240305", "75=240305", "tag 75: `240305` is not a date"),
      ("60=20240305-15:00:05.250", "60=15:00", "tag 60: `15:00` is not a time in UTC"),
      ("|55=SHR", "", "tag 55 is missing"), ("552=1", "552=2", "tag 552: a report must have one"),
      ("54=1", "54=7", "tag 54: `7` is no side"), ("54=1|", "", "tag 54 is missing"),
      ("13=3", "13=1", "tag 13: the commission must be an amount (3)"),
      ("479=USD|", "", "tag 15 is missing"), ("12=0.35", "136=1|137=5|138=USD|139=1", "tag 136:"),
      ("17=2", "17=", "tag 17 has no value"), ("17=2", "x=2", "there is no tag=value where one"),
      ("17=2", "017=2", "there is no tag=value"),
    ] as [(String, String, String)])
  func `what is missing or wrong is a fault with line and tag`(
    old: String, new: String, fault: String
  ) {
    #expect(Self.trade.contains(old))
    do throws(StatementFault) {
      let other = Self.trade.replacing("571=T1", with: "571=T9")
      let read = try Self.read(other, Self.trade.replacing(old, with: new))
      Issue.record("read \(read.lines.count) lines")
    } catch {
      #expect(error.what.contains(fault), "\(error)")
      #expect(error.line == 2)
    }
  }

  /// What is replaced in the whole message, so that length or checksum are wrong.
  @Test(
    arguments: [
      ("32=100", "32=101", "tag 10: the checksum is"), ("10=", "10=9", "tag 10: the checksum is"),
      ("9=", "9=1", "tag 9: the body is not"), ("9=", "9=x", "tag 9: `x"),
      ("\u{1}9=", "\u{1}5=", "tag 9 must be where tag 5 is"),
      ("8=FIX.4.4", "8=XML", "tag 8: `XML` is no version of FIX"),
      ("\u{1}35=", "\u{1}36=", "tag 35 must be where tag 36 is"),
      ("55=SHR", "55=S\nR", "tag 55: the line ends in its value"),
    ])
  func `a frame that is wrong is a fault`(old: String, new: String, fault: String) throws {
    let text = Self.message(Self.trade)
    let place = try #require(text.range(of: old))
    do throws(StatementFault) {
      _ = try TradeCaptureReports.read(Array(text.replacingCharacters(in: place, with: new).utf8))
      Issue.record("it was read")
    } catch {
      #expect(error.what.contains(fault), "\(error)")
      #expect(error.line == 1)
    }
  }

  @Test func `a file that ends too early, or has no report, is a fault`() {
    let bytes = Array(Self.message(Self.trade).utf8)
    for length in 0..<bytes.count {
      #expect(throws: StatementFault.self) {
        try TradeCaptureReports.read(Array(bytes[..<length]))
      }
    }
    #expect(throws: StatementFault(1, "the file has no trade capture report")) {
      try TradeCaptureReports.read([])
    }
    #expect(throws: StatementFault.self) { try Self.read(Self.trade, Self.trade) }
  }

  @Test func `damaged files are read or refused, never worse`() {
    let good = Array((Self.message(Self.trade) + "\n" + Self.message(Self.trade)).utf8)
    var random = SeededRandom(seed: 84, stream: 0)
    for _ in 0..<4000 {
      // With the checksum put right where that can be done, so that what is behind it is met too.
      let body = String(decoding: mutated(Array(Self.trade.utf8), &random), as: UTF8.self)
      for bytes in [mutated(good, &random), Array(Self.message(body).utf8)] {
        do throws(StatementFault) { _ = try TradeCaptureReports.read(bytes) } catch {
          #expect(error.line >= 1 && !error.what.isEmpty)
        }
      }
    }
  }
}

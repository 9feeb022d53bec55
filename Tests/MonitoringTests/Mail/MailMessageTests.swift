import Events
import Foundation
import Testing

@testable import Monitoring

struct MailMessageTests {
  private static func mail(subject: String = "s", body: String = "b") -> MailMessage {
    MailMessage(
      from: "d@example.com", to: ["a@example.com", "b@example.com"], subject: subject, body: body,
      time: Messages.start, identity: "disk.low/1")
  }

  private static func text(_ mail: MailMessage) -> String {
    String(decoding: mail.data, as: UTF8.self)
  }

  @Test func `a plain mail, byte by byte`() {
    #expect(
      Self.text(Self.mail(subject: "[daybook] warning disk.low", body: "one\ntwo\n"))
        == [
          "From: d@example.com", "To: a@example.com, b@example.com",
          "Subject: [daybook] warning disk.low", "Date: Mon, 05 Jan 2026 14:30:00 +0000",
          "Message-ID: <disk.low/1@daybook>", "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=utf-8", "Auto-Submitted: auto-generated",
          "Content-Transfer-Encoding: 7bit", "", "one", "two", "",
        ].joined(separator: "\r\n"))
  }

  @Test(arguments: [
    "x\r\nBcc: evil@example.com", "x\nBcc: evil@example.com", "x\rBcc: evil@example.com",
    "x\u{0}\u{85}Bcc: evil@example.com", "x\u{2028}Bcc: evil@example.com",
    "é\r\nBcc: evil@example.com", "\r\n\r\nbody",
  ])
  func `nothing in a subject begins another header`(_ subject: String) {
    let head = Self.text(Self.mail(subject: subject)).components(separatedBy: "\r\n\r\n")[0]
    let names = head.components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }.map {
      $0.prefix { $0 != ":" }
    }
    #expect(
      names == [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Auto-Submitted", "Content-Transfer-Encoding",
      ])
    #expect(!head.contains("\nBcc") && !head.contains("\rBcc"))
  }

  @Test func `other letters go in encoded words that hold whole characters`() throws {
    let subject = String(repeating: "käse €🙂", count: 12)
    let head = Self.text(Self.mail(subject: subject)).components(separatedBy: "Subject: ")[1]
      .components(separatedBy: "\r\nDate")[0]
    var decoded = ""
    for word in head.components(separatedBy: "\r\n ") {
      #expect(word.utf8.count <= 75)
      let inner = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
      let data = try #require(Data(base64Encoded: String(inner)))
      decoded += try #require(String(data: data, encoding: .utf8))
    }
    #expect(decoded == subject)
  }

  @Test(arguments: ["käse\n.\n", String(repeating: "x", count: 999), "a\u{0}b"])
  func `a body that is not plain goes as base64 in short lines`(_ body: String) throws {
    let parts = Self.text(Self.mail(body: body)).components(separatedBy: "\r\n\r\n")
    #expect(parts[0].hasSuffix("base64"))
    let lines = parts[1].components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 76 })
    #expect(Data(base64Encoded: lines.joined()) == Data(body.utf8))
  }

  @Test func `base64 is Foundation's`() {
    for count in 0..<100 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
      #expect(
        String(decoding: MailMessage.encode(bytes), as: UTF8.self)
          == Data(bytes).base64EncodedString())
    }
  }

  @Test(arguments: [
    ("2026-01-05T14:30:00Z", "Mon, 05 Jan 2026 14:30:00 +0000"),
    ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
    ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
    ("2024-02-29T01:02:03.9Z", "Thu, 29 Feb 2024 01:02:03 +0000"),
  ])
  func `dates are those of mails`(_ time: String, _ text: String) throws {
    #expect(MailMessage.date(try #require(Instant(time))) == text)
  }
}

import Events
import Foundation
import Logging
import Testing

@testable import Monitoring

struct LogTests {
  private static func line(
    _ metadata: Logger.Metadata, own: Logger.Metadata = [:], message: Logger.Message = "request"
  ) -> String {
    var handler = JSONLogHandler(label: "daybook-api")
    handler.metadata = own
    return handler.line(
      LogEvent(
        level: .info, message: message, error: nil, metadata: metadata, source: "t", file: "f",
        function: "g", line: 1), at: Messages.start
    ).text
  }

  @Test func `a line is one JSON object: what is always there first, then by name`() {
    #expect(
      Self.line(["subject": "ann", "seq": "17", "path": "/api/v1/halts", "trace_id": ""])
        == #"{"time":"2026-01-05T14:30:00.000000000Z","level":"info","logger":"daybook-api","#
        + #""message":"request","seq":17,"path":"/api/v1/halts","subject":"ann"}"#)
  }

  @Test func `no text breaks a line, and the event's own words go before the logger's`() throws {
    let text = Self.line(["a": "x\ny\"\u{1}"], own: ["a": "z", "b": "w"], message: "m\r\n")
    #expect(!text.contains("\n"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["a"] as? String == "x\ny\"\u{1}")
    #expect(object["b"] as? String == "w")
    #expect(object["message"] as? String == "m\r\n")
  }

  @Test func `lines go out whole`() throws {
    let pipe = Pipe()
    var log = Logger(label: "t") {
      JSONLogHandler(label: $0, descriptor: pipe.fileHandleForWriting.fileDescriptor)
    }
    log.logLevel = .notice
    log.info("unheard")
    log.warning("heard", metadata: ["seq": "3"])
    log.error("heard too", error: DeliveryFailure(text: "a secret may stand here"))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains(#""message":"heard","seq":3"#))
    #expect(lines[1].hasSuffix(#""error":"DeliveryFailure"}"#), "an error's text is not logged")
  }
}

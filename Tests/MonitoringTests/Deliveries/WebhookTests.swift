import Alerting
import AsyncHTTPClient
import Events
import Foundation
import Logging
import Sequencing
import Testing

@testable import Monitoring

/// Alerts to a real HTTP server.
struct WebhookTests {
  private static func carrier(_ receiver: Receiver, key: [UInt8]? = nil) -> WebhookCarrier {
    WebhookCarrier(
      url: "http://127.0.0.1:\(receiver.port)/hook", key: key, client: .shared,
      body: { key == nil ? $0.chat.text : $0.json.text })
  }

  @Test func `a message is JSON, signed so that openssl says the same`() async throws {
    let receiver = try await Receiver.start()
    let message = Messages.opened(.venueDisconnected, "XSIM", "line \"cut\"\n")
    try await Self.carrier(receiver, key: Array("hunter2".utf8)).carry(message)
    let request = try #require(receiver.requests.first)
    #expect(request.uri == "/hook")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["daybook-delivery"] == message.delivery)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
    #expect(object["occasion"] as? String == "opened")
    let alert = try #require(object["alert"] as? [String: Any])
    #expect(alert["id"] as? String == "venue.disconnected:XSIM")
    #expect(alert["severity"] as? String == "critical")
    #expect(alert["detail"] as? String == "line \"cut\"\n")
    #expect(alert["seq"] as? Int == 17)
    #expect(alert["runbook"] as? String == "docs/operating.md#venuedisconnected")
    let signature = try #require(request.headers["daybook-signature"])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["dgst", "-sha256", "-hmac", "hunter2"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let seconds = Messages.start.nanoseconds / 1_000_000_000
    try input.fileHandleForWriting.write(contentsOf: Data("\(seconds).\(request.body)".utf8))
    try input.fileHandleForWriting.close()
    let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let digest = try #require(line.split(separator: " ").last?.split(separator: "\n").first)
    #expect(signature == "t=\(seconds),v1=\(digest)")
    try await receiver.stop()
  }

  @Test func `a chat gets one text without marks of its own`() async throws {
    let receiver = try await Receiver.start()
    try await Self.carrier(receiver).carry(Messages.opened(.diskLow, "", "<!channel> & more"))
    let request = try #require(receiver.requests.first)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: String])
    #expect(
      object == [
        "text": "WARNING disk.low opened: the journal's disk is almost full: "
          + "&lt;!channel&gt; &amp; more (#17)\ndocs/operating.md#disklow"
      ])
    #expect(request.headers["daybook-signature"] == nil)
    try await receiver.stop()
  }

  @Test(arguments: [
    (500, false), (503, false), (429, false), (408, false), (400, true), (404, true), (302, true),
  ])
  func `a refusal is for good or not by its status`(_ status: Int, _ isFinal: Bool) async throws {
    let receiver = try await Receiver.start([.init(statusCode: status)])
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await Self.carrier(receiver).carry(Messages.opened())
    }
    #expect(failure == DeliveryFailure(text: "answered \(status)", isFinal: isFinal))
    try await receiver.stop()
  }

  @Test func `nobody there is a failure to be tried again, which does not name the address`()
    async
    throws
  {
    let receiver = try await Receiver.start()
    let carrier = Self.carrier(receiver)
    try await receiver.stop()
    let failure = await #expect(throws: DeliveryFailure.self) {
      try await carrier.carry(Messages.opened())
    }
    #expect(failure?.isFinal == false)
    #expect(failure?.text.contains("hook") == false)
  }

  @Test func `a courier tries again until it is delivered, and in order`() async throws {
    let receiver = try await Receiver.start([.internalServerError, .serviceUnavailable])
    let courier = Courier(
      SinkSettings(
        name: "webhook.ops", way: .webhook(url: "", secret: .environment("X")), least: .warning),
      Self.carrier(receiver), clock: { LiveClock.system.now() },
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { await courier.run() }
    let now = LiveClock.system.now()
    courier.offer(Messages.opened(.feedFaulty, "ALFA", "gap", at: now))
    courier.offer(Messages.opened(.diskLow, at: now))
    courier.offer(Messages.opened(.daemonGone, at: now))
    await receiver.wait(for: 4)
    courier.stop()
    await running.value
    let ids = try receiver.requests.map { request in
      try #require(
        try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: String])[
          "text"]?.split(separator: " ")[1]
    }
    #expect(
      ids == ["disk.low", "disk.low", "disk.low", "daemon.gone"],
      "what is less grave than asked for is not told")
    #expect(courier.figures.lost == 0)
    try await receiver.stop()
  }
}

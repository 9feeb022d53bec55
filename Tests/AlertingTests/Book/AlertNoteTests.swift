import Events
import Testing

@testable import Alerting

struct AlertNoteTests {
  static let notes: [(AlertNote, String)] = [
    (
      .opened(key: "disk.low", .critical, detail: "1 of 2: almost: full"),
      "alert opened disk.low critical: 1 of 2: almost: full"
    ),
    (.resolved(key: "feed.stale:ALFA"), "alert resolved feed.stale:ALFA"),
    (
      .acknowledged(key: "venue.disconnected:XSIM", note: "called them: they know"),
      "alert acknowledged venue.disconnected:XSIM: called them: they know"
    ),
    (
      .silenced(
        target: "feed.stale", until: Instant("2026-01-05T15:00:00Z")!, note: "maintenance"),
      "alert silenced feed.stale until 2026-01-05T15:00:00.000000000Z: maintenance"
    ),
    (.acknowledged(key: "disk.low", note: ""), "alert acknowledged disk.low: "),
  ]

  @Test(arguments: notes)
  func `a note is read as it was written`(_ note: AlertNote, _ text: String) {
    #expect(note.text == text)
    #expect(AlertNote(text) == note)
  }

  @Test(arguments: [
    "", "alert", "alert opened", "alert opened disk.low", "alert opened disk.low grave: x",
    "alert opened disk.high critical: x", "alert resolved", "alert resolved disk.low now",
    "alert resolved nothing", "alert acknowledged disk.low", "alert acknowledged disk.low by me: x",
    "alert silenced disk.low: x", "alert silenced disk.low until tomorrow: x",
    "alert forgot disk.low",
    "Alert resolved disk.low", "stop: alert resolved disk.low", "alert  resolved disk.low",
  ])
  func `any other note is none of alerts`(_ text: String) {
    #expect(AlertNote(text) == nil)
  }

  @Test func `subjects with anything in them make keys without spaces`() {
    for subject in ["ES Z6", "é", "a/b", "\n", "100 %", "a: b", "\u{0}"] {
      let key = Finding.key(.feedStale, subject)
      #expect(key.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") })
      let note = AlertNote.acknowledged(key: key, note: "x")
      #expect(AlertNote(note.text) == note)
    }
    #expect(Finding.key(.feedStale, "a b") != Finding.key(.feedStale, "a~20b"))
  }

  @Test func `kinds have names of their own, and are found by them`() {
    #expect(Set(AlertKind.all.map(\.name)).count == AlertKind.all.count)
    for kind in AlertKind.all { #expect(AlertKind(named: kind.name) == kind) }
    #expect(AlertKind.diskLow.runbook == "docs/operating.md#disklow")
  }
}

import Events
import Testing

@testable import daybook

struct PlaceTests {
  @Test(arguments: ["18442905", "#18442905", "18,442,905", "#18,442,905"])
  func `a sequence is read in every form it is printed in`(_ text: String) {
    #expect(Place(argument: text) == .sequence(18_442_905))
    #expect(Place(argument: text)?.description == "#18,442,905")
  }

  @Test func `times and the end are places`() {
    #expect(Place(argument: "end") == .end)
    #expect(Place(argument: "2026-01-05") == .moment(Instant("2026-01-05")!))
    #expect(
      Place(argument: "2026-01-05T14:30:00.5Z") == .moment(Instant("2026-01-05T14:30:00.5")!))
  }

  @Test(arguments: ["", "-1", "#", "yesterday", "2026-13-01", "99999999999999999999", "1.5"])
  func `what is neither is refused`(_ text: String) {
    #expect(Place(argument: text) == nil)
  }

  @Test(arguments: [
    ("17", Subject.order(OrderID(17))), ("ord-17", .order(OrderID(17))),
    ("hedge-7", .given("hedge-7")), ("#1,017", .entry(1017)), ("0", nil), ("ord-", nil),
    ("#0", nil),
    ("a b", nil),
  ])
  func `an order or an entry can be explained`(_ text: String, _ subject: Subject?) {
    #expect(Subject(argument: text) == subject)
  }
}

import Events
import Testing

struct FourEyesTests {
  @Test(arguments: [
    ("ann, approved by bob", "ann", "bob"), ("a b, approved by c", "a b", "c"),
    ("x, approved by y, approved by z", "x", "y, approved by z"),
  ])
  func `two persons are read from a subject`(_ text: String, _ first: String, _ second: String) {
    let pair = FourEyes(text)
    #expect(pair == FourEyes(proposer: first, approver: second))
    #expect(pair?.subject == text)
  }

  @Test(arguments: [
    "", "ann", "ann, approved by ", ", approved by bob", "ann, approved by ann",
    "ann,approved by bob",
  ])
  func `one person, or one twice, is no pair`(_ text: String) { #expect(FourEyes(text) == nil) }
}

import Testing

@testable import daybook

struct TOMLPositionsTests {
  private let text = #"""
    # head
    top = 1

    [a]
    b.c = "x # no comment"   # comment
    'd e' = [ 1,
      "two]", # ]
      [3] ]
    f = { g = 1.50, "h.i" = { j = 'k' } }
    m = """
    [not.a.table]
    n = 1
    """
    [a.deep.'er x']
      last = +1_000.5
    [[list]]
    x = 1
    """#

  private func position(_ path: String...) -> String? {
    TOMLPositions(text).position(of: path)?.description
  }

  @Test(arguments: [
    (["top"], "2:1"), (["a", "b", "c"], "5:1"), (["a", "d e"], "6:1"), (["a", "f"], "9:1"),
    (["a", "f", "g"], "9:7"), (["a", "f", "h.i", "j"], "9:27"), (["a", "m"], "10:1"),
    (["a", "deep", "er x"], "14:2"), (["a", "deep", "er x", "last"], "15:3"), (["list"], "16:3"),
    (["a"], "4:2"), (["a", "deep"], "14:2"), (["a", "unknown"], "4:2"), (["none"], nil),
  ])
  func `a key is found where it is written`(_ path: [String], _ place: String?) {
    #expect(TOMLPositions(text).position(of: path)?.description == place)
  }

  @Test(arguments: [
    (["top"], "1"), (["a", "b", "c"], "\"x # no comment\""), (["a", "f", "g"], "1.50"),
    (["a", "deep", "er x", "last"], "+1_000.5"),
    (["a", "m"], "\"\"\"\n[not.a.table]\nn = 1\n\"\"\""),
  ])
  func `a value is given as it is written`(_ path: [String], _ source: String) {
    #expect(TOMLPositions(text).source(of: path) == source)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "", "[", "a", "a =", "\"", "a = [", "a = {", "a = \"\"\"", "]\n=\n", "[[[\n#", "a = [}",
      "a = [1 }, ]", "a = {]", "a = {]}", "a = [{]}", "a = [[}]",
      "a = " + String(repeating: "[", count: 100_000),
      "a = " + String(repeating: "{b=", count: 100_000),
    ])
  func `what is no TOML neither traps nor loops`(_ text: String) {
    #expect(TOMLPositions(text).position(of: ["nothing here"]) == nil)
  }
}

import Testing

@testable import Configuring

struct TOMLPositionTests {
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

  private func node(_ path: [String]) throws -> (TOMLDocument, Int)? {
    let document = try TOMLReader.read(text)
    return document.node(at: path).map { (document, $0) }
  }

  @Test(arguments: [
    (["top"], "2:1"), (["a", "b", "c"], "5:1"), (["a", "d e"], "6:1"), (["a", "f"], "9:1"),
    (["a", "f", "g"], "9:7"), (["a", "f", "h.i", "j"], "9:27"), (["a", "m"], "10:1"),
    (["a", "deep", "er x"], "14:2"), (["a", "deep", "er x", "last"], "15:3"), (["list"], "16:3"),
    (["a"], "4:2"), (["a", "deep"], "14:2"), (["a", "unknown"], nil), (["none"], nil),
    (["list", "x"], nil),
  ])
  func `a key is found where it is written`(_ path: [String], _ place: String?) throws {
    let found = try node(path).map { $0.nodes[$1].position.description }
    #expect(found == place)
  }

  @Test(arguments: [
    (["top"], "1"), (["a", "b", "c"], "\"x # no comment\""), (["a", "f", "g"], "1.50"),
    (["a", "f"], "{ g = 1.50, \"h.i\" = { j = 'k' } }"), (["a", "f", "h.i"], "{ j = 'k' }"),
    (["a", "d e"], "[ 1,\n  \"two]\", # ]\n  [3] ]"), (["a", "deep", "er x", "last"], "+1_000.5"),
    (["a", "m"], "\"\"\"\n[not.a.table]\nn = 1\n\"\"\""), (["a"], ""),
  ])
  func `a value is given as it is written`(_ path: [String], _ source: String) throws {
    let (document, node) = try #require(try node(path))
    #expect(document.source(of: node) == source)
  }

  @Test func `elements are found where they are written`() throws {
    let (document, node) = try #require(try node(["a", "d e"]))
    let elements = document.nodes[node].children.map { document.nodes[$0] }
    #expect(elements.map(\.position.description) == ["6:11", "7:3", "8:3"])
    #expect(elements.map(\.isInArray) == [true, true, true])
  }

  @Test func `leaves come in the order of the file, without tables and elements`() throws {
    let document = try TOMLReader.read(text)
    #expect(
      document.leaves.map { document.path(of: $0).joined(separator: "/") } == [
        "top", "a/b/c", "a/d e", "a/f/g", "a/f/h.i/j", "a/m", "a/deep/er x/last", "list",
      ])
  }

  @Test(arguments: [
    ("a = 1", "1:5"), ("\u{FEFF}a = 1", "1:5"), ("\r\n\r\na = 1", "3:5"),
    ("\"é\" = 1", "1:7"), ("\"e\u{301}\" = 1", "1:7"),
    ("\"\u{1F468}\u{200D}\u{1F469}\" = 1", "1:7"),
    ("'''\n", nil), ("b = '''\né\n''' # x\na = 1", "4:5"), ("b = [ # é\n]\n\t a = 1", "3:7"),
    ("b = {c = \"é\", d = 1}\na = 1", "2:5"),
  ])
  func `columns are counted in characters`(_ text: String, _ place: String?) throws {
    let document = try? TOMLReader.read(text)
    let last = document?.nodes.last?.valuePosition.description
    #expect(last == place)
  }

  @Test func `a table of its own heading is found there, not where it was first named`() throws {
    let document = try TOMLReader.read("[a.b]\nc = 1\n[a]\nd = 1\n")
    let node = try #require(document.node(at: ["a"]))
    #expect(document.nodes[node].position == TextPosition(line: 3, column: 2))
  }
}

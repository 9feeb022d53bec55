/// Seeded documents, right and wrong.
struct TOMLMutations {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  /// A document of the standard's parts with one to three changes: a byte, a cut, a repeat, a piece.
  mutating func mutation() -> String {
    var bytes = Array(Self.documents[next(Self.documents.count)].utf8)
    for _ in 0...next(3) {
      let place = next(bytes.count)
      switch next(5) {
      case 0: bytes[place] = Array("[]{}=\"'.,#\n\r\t x0_-+:eTZ\\\u{1}".utf8)[next(25)]
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(next(20)), at: place)
      case 3: bytes.removeSubrange(place..<min(place + next(12), bytes.count))
      default: bytes.insert(contentsOf: Self.pieces[next(Self.pieces.count)].utf8, at: place)
      }
      if bytes.isEmpty { bytes = [UInt8(ascii: "\n")] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A few lines over three names, so that headings and keys meet.
  mutating func structure() -> String {
    (0...next(6)).map { _ in line() }.joined(separator: "\n")
  }

  private mutating func line() -> String {
    switch next(6) {
    case 0, 1: "[" + path() + "]"
    case 2: "[[" + path() + "]]"
    default: path() + " = " + value(next(3))
    }
  }

  private mutating func path() -> String {
    (0...next(3)).map { _ in ["a", "b", "c", "'a'"][next(4)] }.joined(separator: ".")
  }

  private mutating func value(_ depth: Int) -> String {
    switch next(depth == 0 ? 2 : 5) {
    case 0, 1: ["1", "true", "'x'", "[]", "{}"][next(5)]
    case 2: "[" + value(depth - 1) + ", " + value(depth - 1) + "]"
    default:
      "{" + path() + " = " + value(depth - 1) + ", " + path() + " = " + value(depth - 1) + "}"
    }
  }

  private static let pieces = [
    "\"\"\"", "'''", "\"", "'", "[[", "]]", "[a]\n", "[a.b]\n", "\n", "\r\n", "\r", "\\u00e9",
    "\\U0010FFFF",
    "\\uD800", "\\\n", "\\", "0x", "0o7", "0b1", "_", "e5", ".5", "+", "-", "inf", "nan", "true",
    "1979-05-27", "T07:32:00", " 07:32:00.25", "Z", "+01:30", "# c\n", ", ", "{ x = 1 }", "[1, 2]",
    " ",
    "\t", "é", "\u{2028}", "\u{7F}", "\u{0}", "99999999999999999999", "a = 1\n", "a.b = 1\n", "= ",
  ]

  /// Every part of the standard is in one of these.
  static let documents = [
    """
    # A configuration
    top = 1
    [account]
    cash = ["100000 USD", "5 BTC"] # two
    [risk]
    order.max_notional = "50000 USD"
    order.max_rate = 100
    [risk.instrument.ALFA]
    position.max_quantity = 500
    [strategy."ema-1"]
    instruments = [
      "ALFA",  # the first
      'BRVO',
    ]
    size = 0.10
    fast = 1_0
    """,
    #"""
    a = "tab\t quote\" slash\\ \u00e9 \U0001F600 end"
    b = 'C:\path'
    c = """
    one
    two \
       three ""quoted""
    """
    d = '''
    it's \n raw'''
    "é key".'x.y' . z = ""
    e = """"x""""
    """#,
    """
    i = [0, +1, -17, 1_000, 0xDEAD_beef, 0o755, 0b1101, 9223372036854775807]
    f = [1.0, -0.01, 5e+22, 1E06, -2E-2, 6.626e-3_4, inf, -inf, nan]
    t = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.999-07:00, 1979-05-27T07:32:00]
    u = 1979-05-27
    v = 07:32:00.5
    w = 2000-02-29 23:59:59
    x = true
    y = false
    """,
    """
    p = { x = 1, y = { z = [1, { w = 2 }] }, q.r = "s" }
    n = [[1, 2], ["a", 'b', []], {}]
    [[fruit]]
    name = "apple"
    [fruit.physical]
    color = "red"
    [[fruit.variety]]
    name = "red delicious"
    [[fruit.variety]]
    name = "granny smith"
    [[fruit]]
    name = "banana"
    [a.b.c]
    d.e = 1
    d.f = 2
    [a]
    g = 3
    [a.b.c.d.h]
    """,
    "a = 1\r\n[t]\r\nb = \"\"\"\r\nx\r\ny\\\r\n z\"\"\"\r\nc = [\r\n1,\r\n2 ]\r\n# end\r\n",
  ]
}

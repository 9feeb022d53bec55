import Testing

@testable import Configuring

/// What TOML 1.0 allows, section by section of the standard.
struct TOMLValueTests {
  static let lines: [TOMLCase] = [
    TOMLCase("", "{}"),
    TOMLCase("\n\n", "{}"),
    TOMLCase(" \t\r\n  # c\r\n", "{}"),
    TOMLCase("# tab\there, é and \u{1F600}", "{}"),
    TOMLCase("\u{FEFF}a = 1", "{a=1}"),
    TOMLCase("a=1#c", "{a=1}"),
    TOMLCase("\t a\t=\t1\t# c\n", "{a=1}"),
    TOMLCase("a = 1\r\nb = 2\r\n", "{a=1,b=2}"),
  ]

  static let keys: [TOMLCase] = [
    TOMLCase("bare_key-9 = 1", "{bare_key-9=1}"),
    TOMLCase("1234 = 1", "{1234=1}"),
    TOMLCase("-_ = 1", "{-_=1}"),
    TOMLCase("\"a b\" = 1", "{\"a b\"=1}"),
    TOMLCase("'a\\b' = 1", "{\"a\\5c;b\"=1}"),
    TOMLCase("\"\" = 1", "{\"\"=1}"),
    TOMLCase("'' = 1", "{\"\"=1}"),
    TOMLCase("\"\\u0061\" = 1", "{a=1}"),
    TOMLCase("\"é\" = 1\n\"e\u{301}\" = 2", "{\"\\e9;\"=1,\"e\\301;\"=2}"),
    TOMLCase("a.b.c = 1", "{a={b={c=1}}}"),
    TOMLCase("a . \"b.c\" .d = 1", "{a={\"b.c\"={d=1}}}"),
    TOMLCase("3.14159 = \"pi\"", "{3={14159=\"pi\"}}"),
    TOMLCase("a.b = 1\nc = 2\na.d = 3", "{a={b=1,d=3},c=2}"),
    TOMLCase("true = 1\ninf = 2", "{true=1,inf=2}"),
  ]

  static let strings: [TOMLCase] = [
    TOMLCase("a = \"\"", "{a=\"\"}"),
    TOMLCase("a = \"x # y\"", "{a=\"x # y\"}"),
    TOMLCase("a = \"\t\"", "{a=\"\\9;\"}"),
    TOMLCase(#"a = "\b\t\n\f\r\"\\""#, #"{a="\8;\9;\a;\c;\d;\22;\5c;"}"#),
    TOMLCase(
      #"a = "\u00e9\U0001F600\uD7FF\uE000\U0010FFFF""#, #"{a="\e9;\1f600;\d7ff;\e000;\10ffff;"}"#),
    TOMLCase("a = \"é\u{1F600}\u{85}\u{2028}\"", #"{a="\e9;\1f600;\85;\2028;"}"#),
    TOMLCase("a = ''", "{a=\"\"}"),
    TOMLCase(#"a = 'C:\x "y"'"#, #"{a="C:\5c;x \22;y\22;"}"#),
    TOMLCase("a = \"\"\"\"\"\"", "{a=\"\"}"),
    TOMLCase("a = \"\"\"\nx\ny\"\"\"", "{a=\"x\\a;y\"}"),
    TOMLCase("a = \"\"\"\n\nx\"\"\"", "{a=\"\\a;x\"}"),
    TOMLCase("a = \"\"\"\r\nx\r\ny\"\"\"", "{a=\"x\\a;y\"}"),
    TOMLCase("a = \"\"\"x\\\n  \n\t y\"\"\"", "{a=\"xy\"}"),
    TOMLCase("a = \"\"\"x\\  \r\n\r\n y\"\"\"", "{a=\"xy\"}"),
    TOMLCase("a = \"\"\"\\\n\"\"\"", "{a=\"\"}"),
    TOMLCase("a = \"\"\"x \\\\\ny\"\"\"", "{a=\"x \\5c;\\a;y\"}"),
    TOMLCase("a = \"\"\"x\"y\"\"z\"\"\"", "{a=\"x\\22;y\\22;\\22;z\"}"),
    TOMLCase("a = \"\"\"\"x\"\"\"\"", "{a=\"\\22;x\\22;\"}"),
    TOMLCase("a = \"\"\"x\"\"\"\"\"", "{a=\"x\\22;\\22;\"}"),
    TOMLCase("a = \"\"\"\\\"\"\"\"", "{a=\"\\22;\"}"),
    TOMLCase("a = ''''''", "{a=\"\"}"),
    TOMLCase("a = '''\nx\\\n'y''z'''", "{a=\"x\\5c;\\a;'y''z\"}"),
    TOMLCase("a = '''x'''''", "{a=\"x''\"}"),
    TOMLCase("a = '''\\u0041'''", "{a=\"\\5c;u0041\"}"),
  ]

  static let numbers: [TOMLCase] = [
    TOMLCase("a = 0", "{a=0}"),
    TOMLCase("a = +0", "{a=0}"),
    TOMLCase("a = -0", "{a=0}"),
    TOMLCase("a = +99", "{a=99}"),
    TOMLCase("a = -17", "{a=-17}"),
    TOMLCase("a = 1_000_0", "{a=10000}"),
    TOMLCase("a = 9223372036854775807", "{a=9223372036854775807}"),
    TOMLCase("a = -9223372036854775808", "{a=-9223372036854775808}"),
    TOMLCase("a = 0xDEAD_beef", "{a=3735928559}"),
    TOMLCase("a = 0x00", "{a=0}"),
    TOMLCase("a = 0x7fffffffffffffff", "{a=9223372036854775807}"),
    TOMLCase("a = 0o0_755", "{a=493}"),
    TOMLCase("a = 0b1101_0110", "{a=214}"),
    TOMLCase("a = 1.0", "{a=~1.0}"),
    TOMLCase("a = +1_0.0_1", "{a=~+1_0.0_1}"),
    TOMLCase("a = -0.0", "{a=~-0.0}"),
    TOMLCase("a = 5e+22", "{a=~5e+22}"),
    TOMLCase("a = 1E06", "{a=~1E06}"),
    TOMLCase("a = 0e0", "{a=~0e0}"),
    TOMLCase("a = 6.626e-3_4", "{a=~6.626e-3_4}"),
    TOMLCase("a = [inf, +inf, -inf, nan, +nan, -nan]", "{a=[~inf,~+inf,~-inf,~nan,~+nan,~-nan]}"),
    TOMLCase("a = true\nb = false", "{a=true,b=false}"),
  ]

  static let times: [TOMLCase] = [
    TOMLCase("a = 1979-05-27T07:32:00Z", "{a=@1979-05-27T07:32:00Z}"),
    TOMLCase("a = 1979-05-27 07:32:00z # c", "{a=@1979-05-27 07:32:00z}"),
    TOMLCase("a = 1979-05-27t00:32:00.9999999-07:00", "{a=@1979-05-27t00:32:00.9999999-07:00}"),
    TOMLCase("a = 1979-05-27T07:32:00", "{a=@1979-05-27T07:32:00}"),
    TOMLCase("a = [1979-05-27,2000-02-29 ]", "{a=[@1979-05-27,@2000-02-29]}"),
    TOMLCase("a = 07:32:00.5", "{a=@07:32:00.5}"),
    TOMLCase("a = 1998-12-31T23:59:60Z", "{a=@1998-12-31T23:59:60Z}"),
  ]

  static let arrays: [TOMLCase] = [
    TOMLCase("a = []", "{a=[]}"),
    TOMLCase("a = [ ]", "{a=[]}"),
    TOMLCase("a = [# c\n]", "{a=[]}"),
    TOMLCase("a = [1,2,]", "{a=[1,2]}"),
    TOMLCase("a = [\n 1 # one\n ,\r\n# two\n 2 ,\n]", "{a=[1,2]}"),
    TOMLCase("a = [1, 'x', [2.5, []], {b = 1}]", "{a=[1,\"x\",[~2.5,[]],{b=1}]}"),
    TOMLCase("a = [\"x, y\", \"]\"]", "{a=[\"x, y\",\"]\"]}"),
    TOMLCase("a = [[\n'''x\n''']]", "{a=[[\"x\\a;\"]]}"),
    TOMLCase("a = {}", "{a={}}"),
    TOMLCase("a = { }", "{a={}}"),
    TOMLCase("a = { b = 1, c.d = 2 , c.e = { f = [\n3\n] } }", "{a={b=1,c={d=2,e={f=[3]}}}}"),
    TOMLCase("a = {b = '''\n'''}", "{a={b=\"\"}}"),
    TOMLCase("a = [{b = 1}, {b = 2}]", "{a=[{b=1},{b=2}]}"),
  ]

  static let tables: [TOMLCase] = [
    TOMLCase("[a]", "{a={}}"),
    TOMLCase("  [ a . 'b c' ]  # c\nd = 1", "{a={\"b c\"={d=1}}}"),
    TOMLCase("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1},d=2}}"),
    TOMLCase("x = 1\n[a]\nb.c = 1\nb.d = 2", "{x=1,a={b={c=1,d=2}}}"),
    TOMLCase("[a]\nb.c.d = 1\n[a.b.e]\nf = 2", "{a={b={c={d=1},e={f=2}}}}"),
    TOMLCase("a.b = 1\n[a.c]\nd = 2", "{a={b=1,c={d=2}}}"),
    TOMLCase("[x.y.z]\n[x]\ny.k = 1", "{x={y={z={},k=1}}}"),
    TOMLCase("[a]\n[b]\n[a.c]", "{a={c={}},b={}}"),
    TOMLCase("[[a]]\nb = 1\n[[a]]\n[[ a ]]\nb = 2", "{a=[{b=1},{},{b=2}]}"),
    TOMLCase("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2", "{a=[{b={c=1}},{b={c=2}}]}"),
    TOMLCase("[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\n[[a]]\n[[a.b]]", "{a=[{b=[{c=1},{}]},{b=[{}]}]}"),
    TOMLCase("[[a.b]]\n[a]\nc = 1", "{a={b=[{}],c=1}}"),
  ]

  @Test(arguments: lines + keys + strings + numbers + times + arrays + tables)
  func `a valid document is read`(_ item: TOMLCase) throws {
    #expect(try TOMLReader.read(item.text).line() == item.outcome)
  }

  @Test(arguments: [
    ("1979-05-27T07:32:00Z", TOMLValue.offsetDateTime),
    ("1979-05-27 07:32:00-01:00", .offsetDateTime), ("1979-05-27T07:32:00", .localDateTime),
    ("1979-05-27", .localDate), ("07:32:00", .localTime), ("1e3", .decimal), ("inf", .decimal),
    ("[]", .array), ("{}", .table(.inline)),
  ])
  func `a value has its kind and is kept as written`(_ text: String, _ value: TOMLValue) throws {
    let document = try TOMLReader.read("x = 1\nkey = \(text) # end\n")
    let node = try #require(document.node(at: ["key"]))
    #expect(document.nodes[node].value == value)
    #expect(document.source(of: node) == text)
    #expect(document.nodes[node].position == TextPosition(line: 2, column: 1))
    #expect(document.nodes[node].valuePosition == TextPosition(line: 2, column: 7))
  }
}

import Testing

@testable import Configuring

/// What TOML 1.0 refuses: where the fault is and what is said of it.
struct TOMLFaultTests {
  static let characters: [TOMLCase] = [
    TOMLCase("a = \"\u{0}\"", "1:6 U+0000"),
    TOMLCase("a = \"é\u{7F}\"", "1:7 U+007F"),
    TOMLCase("a = '\u{1F}'", "1:6 U+001F"),
    TOMLCase("a = '''\n\u{8}'''", "2:1 write it in double quotes as \\u0008"),
    TOMLCase("# \u{B}", "1:3 U+000B"),
    TOMLCase("a = 1 # é\rb = 2", "1:10 a carriage return without a line feed"),
    TOMLCase("a = 1\r", "1:6 a carriage return"),
    TOMLCase("\ra = 1", "1:1 a carriage return"),
    TOMLCase("a = \"x\r\"", "1:7 a carriage return"),
    TOMLCase("a = \"\"\"x\r\"\"\"", "1:9 a carriage return"),
    TOMLCase("a = [1\r]", "1:7 a carriage return"),
    TOMLCase("a = {b = 1\r}", "1:11 a carriage return"),
    TOMLCase("a = 1\n\u{FEFF}b = 2", "2:1 where a name is wanted"),
    TOMLCase("a\u{A0}= 1", "1:2 cannot stand in a name without quotes"),
  ]

  static let names: [TOMLCase] = [
    TOMLCase("= 1", "1:1 `=` where a name is wanted"),
    TOMLCase("a", "1:2 the end of the file after the name a, where = is wanted"),
    TOMLCase("a\n= 1", "1:2 the end of the line after the name a"),
    TOMLCase("a b = 1", "1:3 `b` after the name a"),
    TOMLCase("\"a b\" 1", "1:7 after the name \"a b\""),
    TOMLCase("a. = 1", "1:4 a name is missing beside the point"),
    TOMLCase(".a = 1", "1:1 `.` where a name is wanted"),
    TOMLCase("a..b = 1", "1:3 a name is missing"),
    TOMLCase("é = 1", "1:1 `é` where a name is wanted"),
    TOMLCase("aé = 1", "1:2 `é` cannot stand in a name"),
    TOMLCase("a.é = 1", "1:3 `é` cannot stand in a name"),
    TOMLCase("\"\"\"a\"\"\" = 1", "1:3 after the name \"\", where = is wanted"),
    TOMLCase("\"a\nb\" = 1", "1:1 does not end on its line"),
    TOMLCase("'a = 1", "1:1 close it with '"),
    TOMLCase("[]", "1:2 a table's heading needs a name, as in [risk]"),
    TOMLCase("[ ]", "1:3 needs a name"),
    TOMLCase("[", "1:2 needs a name"),
    TOMLCase("[.a]", "1:2 needs a name"),
    TOMLCase("[a.]", "1:4 a name is missing beside the point"),
    TOMLCase("[a..b]", "1:4 a name is missing beside the point"),
    TOMLCase("[a", "1:3 the end of the file in a table's heading"),
    TOMLCase("[a\n]", "1:3 the end of the line in a table's heading"),
    TOMLCase("[a b]", "1:4 `b` in a table's heading"),
    TOMLCase("[a] b = 1", "1:5 `b` after the value"),
    TOMLCase("[[a]", "1:5 close it with ]"),
    TOMLCase("[[a] ]", "1:5 ` ` in a table's heading"),
    TOMLCase("[ [a]]", "1:3 needs a name"),
    TOMLCase("[a]]", "1:4 `]` after the value"),
    TOMLCase("[[]]", "1:3 needs a name"),
    TOMLCase("]", "1:1 `]` where a name is wanted"),
  ]

  static let values: [TOMLCase] = [
    TOMLCase("a =", "1:4 the end of the file where a value is wanted"),
    TOMLCase("a = # c", "1:5 `#` where a value is wanted"),
    TOMLCase("a =\n1", "1:4 the end of the line where a value is wanted"),
    TOMLCase("a = = 1", "1:5 `=` where a value is wanted"),
    TOMLCase("a = SPY", "1:5 `SPY` is no value; put text in quotes"),
    TOMLCase("a = True", "1:5 `True` is no value"),
    TOMLCase("a = “x”", "1:5 `“x”` is no value"),
    TOMLCase("a = 1 b = 2", "1:7 `b` after the value; begin a new line"),
    TOMLCase("a = 1 2", "1:7 `2` after the value"),
    TOMLCase("a = \"x\" \"y\"", "1:9 `\"` after the value"),
    TOMLCase("a = 1,5", "1:6 `,` after the value"),
    TOMLCase("a = 1\u{7}", "1:6 the control character U+0007 after the value"),
    TOMLCase("a = 007", "1:5 `007` begins with a 0"),
    TOMLCase("a = -01", "1:5 `-01` begins with a 0"),
    TOMLCase("a = 0_1", "1:5 begins with a 0"),
    TOMLCase("a = 03.5", "1:5 begins with a 0"),
    TOMLCase("a = 1__0", "1:5 an underscore that is not between two digits"),
    TOMLCase("a = 1_", "1:5 an underscore"),
    TOMLCase("a = _1", "1:5 `_1` is no value"),
    TOMLCase("a = 1_.5", "1:5 an underscore"),
    TOMLCase("a = 1._5", "1:5 an underscore"),
    TOMLCase("a = 1.5e_3", "1:5 an underscore"),
    TOMLCase("a = 0x_1", "1:5 an underscore"),
    TOMLCase("a = .5", "1:5 `.5` is not a number"),
    TOMLCase("a = 5.", "1:5 `5.` is not a number"),
    TOMLCase("a = 1.e3", "1:5 is not a number"),
    TOMLCase("a = 1e", "1:5 is not a number"),
    TOMLCase("a = 1e1.5", "1:5 is not a number"),
    TOMLCase("a = 1.2.3", "1:5 is not a number"),
    TOMLCase("a = +-1", "1:5 is not a number"),
    TOMLCase("a = -", "1:5 is not a number"),
    TOMLCase("a = +true", "1:5 is not a number"),
    TOMLCase("a = 0x", "1:5 is not a number"),
    TOMLCase("a = 0xg", "1:5 is not a number"),
    TOMLCase("a = 0XFF", "1:5 is not a number"),
    TOMLCase("a = -0x1", "1:5 is not a number"),
    TOMLCase("a = 0o8", "1:5 is not a number"),
    TOMLCase("a = 0b2", "1:5 is not a number"),
    TOMLCase("a = 50_USD", "1:5 `50_USD`"),
    TOMLCase("a = 9223372036854775808", "1:5 too large for a whole number of 64 bits"),
    TOMLCase("a = -9223372036854775809", "1:5 too large"),
    TOMLCase("a = 0x8000000000000000", "1:5 too large"),
    TOMLCase("a = Inf", "1:5 `Inf` is no value"),
    TOMLCase("a = 2026-13-01", "1:5 `2026-13-01` is not a date or time that exists"),
    TOMLCase("a = 2026-02-29", "1:5 is not a date"),
    TOMLCase("a = 1900-02-29", "1:5 is not a date"),
    TOMLCase("a = 2026-04-00", "1:5 is not a date"),
    TOMLCase("a = 2026-1-1", "1:5 is not a date"),
    TOMLCase("a = 2026-01-01T", "1:5 is not a date"),
    TOMLCase("a = 2026-01-01 0", "1:5 `2026-01-01 0` is not a date"),
    TOMLCase("a = 2026-01-01T24:00:00", "1:5 is not a date"),
    TOMLCase("a = 2026-01-01T00:00:00.", "1:5 is not a date"),
    TOMLCase("a = 2026-01-01T00:00:00+24:00", "1:5 is not a date"),
    TOMLCase("a = 2026-01-01T00:00:00ZZ", "1:5 is not a date"),
    TOMLCase("a = 07:32", "1:5 is not a date or time"),
    TOMLCase("a = 07:60:00", "1:5 is not a date or time"),
    TOMLCase("a = 07:00:61", "1:5 is not a date or time"),
    TOMLCase("a = 07:32:00Z", "1:5 is not a date or time"),
    TOMLCase(
      "a = 1" + String(repeating: "x", count: 99), "1:5 `1\(String(repeating: "x", count: 39))…`"),
  ]

  static let strings: [TOMLCase] = [
    TOMLCase("a = \"x", "1:5 the string that begins here does not end on its line"),
    TOMLCase("a = \"x\nb\"", "1:5 close it with \""),
    TOMLCase("a = \"x\\\n\"", "1:5 does not end on its line"),
    TOMLCase("a = 'x\n'", "1:5 close it with '"),
    TOMLCase("a = 'it's'", "1:9 `s` after the value"),
    TOMLCase("a = \"\"\"x\n\"\"", "1:5 the string of several lines that begins here does not end"),
    TOMLCase("a = '''x\n''", "1:5 close it with '''"),
    TOMLCase("a = \"\"\"x\"\"\"\"\"\"", "1:14 `\"` after the value"),
    TOMLCase(#"a = "C:\q""#, #"1:8 `\q` is no escape; known are \b"#),
    TOMLCase(#"a = "\é""#, #"1:6 `\é` is no escape"#),
    TOMLCase("a = \"\\\u{1}\"", #"1:6 `\U+0001` is no escape"#),
    TOMLCase("a = \"\"\"x\\ y\"\"\"", #"1:9 `\ ` is no escape"#),
    TOMLCase(#"a = "\x41""#, #"1:6 `\x` is no escape"#),
    TOMLCase(#"a = "\u12""#, #"1:6 `\u12` lacks digits"#),
    TOMLCase(#"a = "\U0001F60""#, #"1:6 `\U0001F60` lacks digits"#),
    TOMLCase(#"a = "\uD800""#, #"1:6 `\uD800` is no Unicode character"#),
    TOMLCase(#"a = "\U00110000""#, "1:6 is no Unicode character"),
    TOMLCase("a = \"\\", "1:5 does not end"),
  ]

  static let nesting: [TOMLCase] = [
    TOMLCase("a = [1, 2", "1:5 the list that begins here does not end; close it with ]"),
    TOMLCase("a = [\n[1],\n[2\n", "3:1 the list that begins here"),
    TOMLCase("a = [1 2]", "1:8 `2` in a list where , or ] is wanted"),
    TOMLCase("a = [,]", "1:6 `,` where a value is wanted"),
    TOMLCase("a = [1,,2]", "1:8 `,` where a value is wanted"),
    TOMLCase("a = [1 }, ]", "1:8 `}` in a list"),
    TOMLCase("a = [}", "1:6 `}` where a value is wanted"),
    TOMLCase("a = [b = 1]", "1:6 `b` is no value"),
    TOMLCase("a = {b = 1", "1:5 the table that begins here does not end on its line"),
    TOMLCase("a = {", "1:5 the table that begins here"),
    TOMLCase("a = {\nb = 1}", "1:5 the table that begins here"),
    TOMLCase("a = {b = 1,\nc = 2}", "1:5 the table that begins here"),
    TOMLCase("a = {b = 1 # c\n}", "1:12 `#` in a table in braces"),
    TOMLCase("a = {b = 1,}", "1:12 a comma before }; leave it out"),
    TOMLCase("a = {,}", "1:6 `,` where a name is wanted"),
    TOMLCase("a = {b = 1 c = 2}", "1:12 `c` in a table in braces where , or } is wanted"),
    TOMLCase("a = {b}", "1:7 `}` after the name b"),
    TOMLCase("a = {]}", "1:6 `]` where a name is wanted"),
  ]

  static let tables: [TOMLCase] = [
    TOMLCase("a = 1\na = 2", "2:1 a is there twice, first at 1:1; remove one"),
    TOMLCase("a = 1\n\"a\" = 2", "2:1 a is there twice"),
    TOMLCase("'' = 1\n\"\" = 2", "2:1 \"\" is there twice"),
    TOMLCase("'a\"' = 1\n'a\"' = 2", #"2:1 "a\"" is there twice"#),
    TOMLCase("\"\\\\\\u001B\" = 1\n\"\\\\\\u001B\" = 2", "2:1 \"\\\\\\u001B\" is there twice"),
    TOMLCase("[a]\nb = 1\n'b' = 2", "3:1 a.b is there twice, first at 2:1"),
    TOMLCase("[a]\n[b]\n [ a ]", "3:4 the table [a] is there twice, first at 1:2"),
    TOMLCase("[a.b]\n[a]\n[a.b]", "3:2 the table [a.b] is there twice, first at 1:2"),
    TOMLCase("[a.b]\n[a]\nb = 1", "3:1 a.b is there twice, first at 1:2"),
    TOMLCase("[a.b.c]\n[a]\nb.c.d = 1", "3:1 [a.b.c] has its own heading, at 1:2"),
    TOMLCase("a = 1\na.b = 2", "2:1 a is a value, at 1:1, and cannot be a table too"),
    TOMLCase("a = 1\n[a]", "2:2 a is a value, at 1:1"),
    TOMLCase("a = 1\n[a.b]", "2:2 a is a value, at 1:1"),
    TOMLCase("a = 1\n[[a]]", "2:3 a is a value, at 1:1"),
    TOMLCase("a = []\n[[a]]", "2:3 a is a value, at 1:1"),
    TOMLCase("a = [{}]\n[a.b]", "2:2 a is a value, at 1:1"),
    TOMLCase("a = [{}]\na.b = 1", "2:1 a is a value, at 1:1"),
    TOMLCase("a.b = 1\n[a]", "2:2 a is already a table by the key at 1:1"),
    TOMLCase("[a]\nb.c = 1\n[a.b]", "3:2 a.b is already a table by the key at 2:1"),
    TOMLCase("[a]\nb.c = 1\n[[a.b]]", "3:3 a.b is already a table by the key"),
    TOMLCase("[x.y.z]\n[x]\ny.k = 1\n[x.y]", "4:2 x.y is already a table by the key"),
    TOMLCase("a.b = 1\na = 2", "2:1 a is there twice, first at 1:1"),
    TOMLCase("a = {b = 1}\na.c = 2", "2:1 a is a table in braces, at 1:1, and takes no more"),
    TOMLCase("a = {b = {}}\n[a.b.c]", "2:2 a is a table in braces"),
    TOMLCase("a = {}\n[a]", "2:2 a is a table in braces"),
    TOMLCase("a = {}\n[[a]]", "2:3 a is a table in braces"),
    TOMLCase("a = {b = 1, b = 2}", "1:13 a.b is there twice, first at 1:6"),
    TOMLCase("a = {b = {c = 1}, b.d = 2}", "1:19 a.b is a table in braces, at 1:6"),
    TOMLCase("a = {b.c = 1, b = 2}", "1:15 a.b is there twice"),
    TOMLCase("a = [{b = 1, b = 2}]", "1:14 is there twice"),
    TOMLCase("[a]\n[[a]]", "2:3 the table [a] is there twice"),
    TOMLCase("[a.b]\n[[a]]", "2:3 the table [a] is there twice"),
    TOMLCase("[[a]]\n[a]", "2:2 a is a list of tables, at 1:3; add one with [[a]]"),
    TOMLCase("[[a.b]]\n[a]\nb.c = 2", "3:1 a.b is a list of tables"),
    TOMLCase("[[a]]\n[a.b]\n[a.b]", "3:2 the table [a.b] is there twice, first at 2:2"),
    TOMLCase("[[a]]\nb = 1\nb = 2", "3:1 a.b is there twice"),
  ]

  @Test(arguments: characters + names + values + strings + nesting + tables)
  func `a fault is told with its place, its reason and a way out`(_ item: TOMLCase) throws {
    let error = try #require(throws: TOMLError.self) { try TOMLReader.read(item.text) }
    let parts = item.outcome.split(separator: " ", maxSplits: 1)
    #expect(error.position.description == parts[0], "\(error)")
    #expect(error.fault.description.contains(parts[1]), "\(error.fault.description)")
  }

  struct Nest: Sendable {
    var before: String
    var level: String
    var inside: String
    var after: String
    /// The most levels.
    var most: Int

    func text(_ count: Int) -> String {
      before + String(repeating: level, count: count) + inside
        + String(repeating: after, count: count)
    }
  }

  @Test(arguments: [
    Nest(before: "a = ", level: "[", inside: "", after: "]", most: 256),
    Nest(before: "a = ", level: "{b = ", inside: "1", after: "}", most: 255),
    Nest(before: "a = ", level: "[{b = ", inside: "1", after: "}]", most: 127),
    Nest(before: "", level: "a.", inside: "a = 1", after: "", most: 255),
    Nest(before: "[", level: "a.", inside: "a]", after: "", most: 255),
    Nest(before: "[[", level: "a.", inside: "a]]", after: "", most: 254),
  ])
  func `nesting ends at its bound`(_ nest: Nest) throws {
    #expect(throws: Never.self) { try TOMLReader.read(nest.text(nest.most)) }
    for count in [nest.most + 1, 100_000] {
      let error = try #require(throws: TOMLError.self) { try TOMLReader.read(nest.text(count)) }
      #expect(error.fault == .tooDeep)
    }
  }
}

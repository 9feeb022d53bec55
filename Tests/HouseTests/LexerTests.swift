import Testing

struct LexerTests {
  @Test(arguments: [
    ("let a = 1 // b", ["let", "a", "=", "1"]),
    ("/* a /* b */ c */ d", ["d"]),
    (#""a // b" c"#, ["a // b", "c"]),
    (#""a\"b" c"#, ["a\"b", "c"]),
    (#""a\(b("c"))d" e"#, ["ad", "b", "(", "c", ")", "e"]),
    (##"#"a"b\(c)\#(d)"# e"##, [##"a"b\(c)"##, "d", "e"]),
    ("\"\"\"\na \"b\"\n\"\"\" c", ["\na \"b\"\n", "c"]),
    ("func `a print is fine`() {}", ["func", "a print is fine", "(", ")", "{", "}"]),
    ("f(/a\"b/) + \"c\"", ["f", "(", "/a\"b/", ")", "+", "c"]),
    ("a / b / c", ["a", "/", "b", "/", "c"]),
    ("\"never closed\nlet x", ["never closed", "let", "x"]),
  ])
  func `source splits into tokens`(_ text: String, _ expected: [String]) {
    #expect(Lexer(text).tokens.map(\.text) == expected)
  }

  @Test func `tokens and comments know their lines`() {
    let lexer = Lexer("a\n/* b\nc */ d // e\n\"\"\"\n\n\"\"\" f")
    #expect(lexer.tokens.map(\.line) == [1, 3, 4, 6])
    #expect(lexer.comments.map(\.line) == [2, 3])
  }

  @Test(arguments: [
    "\"", "\"\"\"", "#\"", "/*", "`", "\\", "\"\\(", "\"\\", "#", "/", "func", "import", ")))", "{",
  ])
  func `source that ends too early does no harm`(_ text: String) {
    let file = SourceFile(path: "Sources/Trading/Snippet.swift", text: text)
    for rule in Rule.all { #expect(rule.findings(in: file).isEmpty, "\(rule.name)") }
  }

  @Test func `functions are measured from their first line to their last`() {
    let text = """
      protocol P { func a() }
      struct S {
        init(b: () -> Int = { 1 }) {
        }
        func c<T>(
          d: T
        ) throws(E) -> [T] {
          self.init(b: { 2 })
        }
      }
      """
    let functions = SourceFile(path: "Sources/Trading/S.swift", text: text).functions
    #expect(functions.map(\.name) == ["init", "c"])
    #expect(functions.map(\.line) == [3, 5])
    #expect(functions.map(\.length) == [2, 5])
  }

  @Test func `imports of every form are seen`() {
    let text = "import A\n@testable import B\nimport struct C.D\npublic import E\nlet x = M.import"
    let imports = SourceFile(path: "Sources/Trading/S.swift", text: text).imports
    #expect(imports.map(\.module) == ["A", "B", "C", "E"])
    #expect(imports.map(\.line) == [1, 2, 3, 4])
  }
}

extension Rule {
  /// What holds for the whole house.
  static let general: [Rule] = [
    Rule(
      "at most \(longestFile) lines a file",
      because: "a longer file holds two nouns: name the second and give it its own file",
      in: .everySwiftFile,
      find: { file in
        file.lineCount > longestFile ? [(longestFile + 1, "\(file.lineCount) lines")] : []
      },
      bites: [String(repeating: "let x = 0\n", count: longestFile + 1)],
      spares: [String(repeating: "let x = 0\n", count: longestFile)]),
    Rule(
      "at most \(longestFunction) lines a function",
      because: "what does not fit on a screen is not seen at once",
      in: .everySwiftFile,
      find: { file in
        file.functions.filter { $0.length > longestFunction }
          .map { ($0.line, "`\($0.name)`, \($0.length) lines,") }
      },
      bites: [
        "func f() {\n" + String(repeating: "g()\n", count: longestFunction - 1) + "}\n",
        "init(_ a: () -> Int = { 1 }) {\n" + String(repeating: "\n", count: longestFunction) + "}",
      ],
      spares: [
        "func f() {\n" + String(repeating: "g()\n", count: longestFunction - 2) + "}\n",
        "protocol P {\nfunc f()\nfunc g()\n}\n" + String(repeating: "\n", count: longestFunction)
          + "struct S {}",
      ]),
    Rule(
      "names say what a thing is",
      because: "a place for things without a name hides the missing concept: find it",
      in: .everySwiftFile,
      find: either(vaguePath, vagueType),
      bites: [
        "struct OrderManager {}", "enum StringUtils {}", "final class Helper {}",
        "protocol OrdersCommon {}",
      ],
      spares: [
        "let manager = FileManager.default", "struct CommonFactor {}", "extension FileManager {}",
      ]),
    Rule(
      "no unfinished work",
      because: "finish it, leave it out, or open an issue",
      in: .everySwiftFile,
      find: comments(saying: [
        "todo", "fixme", "xxx", "hack", "for now", "placeholder", "do this later",
        "not implemented", "not yet implemented", "implement later", "fix later", "later:",
      ]),
      bites: ["// TODO: sort", "/* FIXME */", "// good enough for now", "/// Not implemented."],
      spares: ["/// The moment a minute later.", "let s = \"TODO\""]),
    Rule(
      "no machine's paths",
      because: "the code runs on machines we have not seen",
      in: .everySwiftFile,
      find: text(["/home/", "/work/", "/root/", "/Users/"]),
      bites: ["let p = \"/home/ann/journal\"", "// see /work/notes", "let p = \"/root/x\""],
      spares: ["let p = \"Journals/Samples\""]),
    Rule(
      "no fixed temporary folder",
      because: "take the folder as an argument, or two runs meet there",
      in: .sources,
      find: text(["/tmp/"]),
      bites: ["let p = \"/tmp/journal\""]),
    Rule(
      "no swallowed error",
      because: "an error nobody hears of is a wrong answer",
      in: .everySwiftFile,
      find: either(sequence("catch { }"), sequence("catch _ { }")),
      bites: ["do { try f() } catch {}", "do { try f() } catch { /* fine */ }"],
      spares: ["do { try f() } catch { report(error) }"]),
    Rule(
      "no trap on an outcome",
      because: "an operating error is a typed throw, a broken promise a precondition",
      in: .sources,
      find: either(calls(["fatalError"]), sequence("try !"), sequence("as !")),
      bites: ["fatalError()", "let x = try! f()", "let y = x as! Int"],
      spares: ["precondition(n > 0)", "let x = try? f()", "// fatalError()"]),
    Rule(
      "test names are sentences",
      because: "a failing name must say what is no longer true",
      in: .tests,
      find: plainTestNames,
      bites: ["@Test func overfill() {}", "@Test(arguments: [1]) func f(_ n: Int) {}"],
      spares: ["@Test func `a fill beyond the order is refused`() {}"]),
  ]

  static let all = pure + general
}

let longestFile = 400
let longestFunction = 70
private let vagueNames = ["Utils", "Util", "Utilities", "Helpers", "Helper", "Common", "Manager"]

private func isVague(_ name: String) -> Bool {
  vagueNames.contains { vague in
    // Only as the last word: that is the noun. A `CommonFactor` is a factor.
    name == vague.lowercased() || name.hasSuffix(vague)
  }
}

private let vaguePath: @Sendable (SourceFile) -> [Rule.Match] = { file in
  file.path.split(separator: "/").map { $0.split(separator: ".").first.map(String.init) ?? "" }
    .filter(isVague).map { (1, "the name \($0)") }
}

private let vagueType: @Sendable (SourceFile) -> [Rule.Match] = { file in
  let declarations: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
  return file.tokens.indices.dropFirst().compactMap { index in
    guard declarations.contains(file.tokens[index - 1].text),
      file.tokens[index].kind == .word, isVague(file.tokens[index].text)
    else { return nil }
    return (file.tokens[index].line, "the name `\(file.tokens[index].text)`")
  }
}

private let plainTestNames: @Sendable (SourceFile) -> [Rule.Match] = { file in
  file.tokens.indices.dropFirst().compactMap { index in
    guard file.tokens[index].isWord("Test"), file.tokens[index - 1].isSymbol("@"),
      let function = file.tokens[index...].firstIndex(where: { $0.isWord("func") }),
      file.tokens.indices.contains(function + 1), file.tokens[function + 1].kind == .word
    else { return nil }
    return (file.tokens[function].line, "`\(file.tokens[function + 1].text)`")
  }
}

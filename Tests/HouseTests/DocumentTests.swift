import Testing

/// Pages must not point at what is not there.
struct DocumentTests {
  let house = House.own

  @Test func `every relative link leads somewhere`() throws {
    let paths = house.paths.filter { $0.hasSuffix(".md") }
    #expect(paths.contains("ARCHITECTURE.md"))
    for path in paths {
      let page = Document(path: path, text: try house.text(path))
      for link in page.links {
        guard !link.target.hasPrefix("../"), house.has(link.target) else {
          Finding(path: path, line: link.line, what: "\(link.target) does not exist").record()
          continue
        }
        guard let heading = link.heading, link.target.hasSuffix(".md") else { continue }
        let other = Document(path: link.target, text: try house.text(link.target))
        if !other.headings.contains(heading) {
          let what = "\(link.target) has no heading #\(heading)"
          Finding(path: path, line: link.line, what: what).record()
        }
      }
    }
  }

  @Test func `every page that the code names exists`() {
    for file in house.sources {
      for comment in file.comments {
        for match in comment.text.matches(of: /docs\/[A-Za-z0-9_-]+\.md/)
        where !house.has(String(match.0)) {
          Finding(path: file.path, line: comment.line, what: "\(match.0) does not exist").record()
        }
      }
    }
  }

  @Test func `every directory and page at the top is in place`() {
    for path in [
      "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".swift-format",
      ".ci/run", "Package.swift", "Sources", "Tests", "Tools", "docs/glossary.md",
      "docs/determinism.md", "docs/journal-format.md",
    ] where !house.has(path) {
      Finding(path: path, line: 1, what: "missing").record()
    }
  }

  @Test func `links are found where they stand`() {
    let page = Document(
      path: "docs/a.md",
      text: """
        # First heading: `x`

        See [b](b.md), [c](../C.md#one-two), [d](#first-heading-x), [e](https://e.org/f.md).
        ```
        [not](a-link.md)
        ```
        `[nor](this.md)` but [this](../../out.md)
        """)
    #expect(
      page.links == [
        .init(line: 3, target: "docs/b.md", heading: nil),
        .init(line: 3, target: "C.md", heading: "one-two"),
        .init(line: 3, target: "docs/a.md", heading: "first-heading-x"),
        .init(line: 7, target: "../out.md", heading: nil),
      ])
    #expect(page.headings == ["first-heading-x"])
  }
}

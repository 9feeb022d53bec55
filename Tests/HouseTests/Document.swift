/// A Markdown page and what it points at.
struct Document: Sendable {
  var path: String
  var text: String

  /// A relative link: where it stands and what it names.
  struct Link: Equatable, Sendable {
    var line: Int
    /// Path from the package's root; the page's own path for a link to one of its headings.
    var target: String
    /// The heading after `#`, if any.
    var heading: String?
  }

  /// Relative links outside code.
  var links: [Link] {
    prose.flatMap { number, line in
      line.matches(of: /\]\(([^()\s]+)\)/).compactMap { match -> Link? in
        let written = String(match.1)
        if written.contains("://") || written.hasPrefix("mailto:") { return nil }
        let parts = written.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        return Link(
          line: number, target: parts[0].isEmpty ? path : resolve(String(parts[0])),
          heading: parts.count > 1 ? String(parts[1]) : nil)
      }
    }
  }

  /// The names under which headings can be linked to.
  var headings: Set<String> {
    Set(prose.filter { $0.line.hasPrefix("#") }.map { Self.anchor(String($0.line)) })
  }

  /// Lines outside fenced code, numbered from 1, inline code blanked.
  private var prose: [(number: Int, line: Substring)] {
    var isCode = false
    var lines: [(Int, Substring)] = []
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in all.enumerated() {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isCode.toggle()
      } else if !isCode {
        lines.append((index + 1, line.hasPrefix("#") ? line : line.replacing(/`[^`]*`/, with: "")))
      }
    }
    return lines
  }

  /// Resolves a path as written on this page.
  private func resolve(_ written: String) -> String {
    var parts = path.split(separator: "/").dropLast().map(String.init)
    for part in written.split(separator: "/") {
      if part == ".." {
        // A link that climbs out of the package keeps its dots, and so is found missing.
        if parts.isEmpty || parts.last == ".." { parts.append("..") } else { parts.removeLast() }
      } else if part != "." {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  /// A heading's name in links, as GitHub and others make it.
  private static func anchor(_ heading: String) -> String {
    let title = heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
    return String(
      title.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
        .map { $0 == " " ? "-" : $0 })
  }
}

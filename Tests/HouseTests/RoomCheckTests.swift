import Testing

/// Holds ARCHITECTURE.md, Package.swift, Sources and Tests against each other.
struct RoomCheckTests {
  let house = House.own

  @Test func `the table of rooms can be read`() {
    for finding in house.table.findings { finding.record() }
  }

  @Test func `imports go inward`() {
    for finding in RoomCheck.rings(house.table) { finding.record() }
  }

  @Test func `every room has a row and every row a room`() {
    for finding in RoomCheck.folders(house.table, sources: house.rooms) { finding.record() }
  }

  @Test func `the manifest and the table agree`() {
    for finding in RoomCheck.manifest(house.manifest, house.table) { finding.record() }
  }

  @Test func `every import is allowed by the table`() {
    for file in house.sources {
      for finding in RoomCheck.imports(file, house.table) { finding.record() }
    }
  }

  @Test func `every room is mirrored by its tests`() {
    let tests = house.folders(of: "Tests")
    for finding in RoomCheck.mirrors(house.table, tests: tests, house.manifest) { finding.record() }
  }

  @Test func `no empty file holds a place that is taken`() {
    for finding in RoomCheck.leftovers(house.sources) { finding.record() }
  }
}

/// Proves that each check finds what it is there to find.
struct RoomCheckSelfTests {
  let table = RoomTable(
    markdown: """
      # A house

      | ring | target | purpose | may import |
      |---|---|---|---|
      | C | `CLMDB` | the store | – |
      | 1 words | Events | values | – |
      | 2 pure | Trading | orders | Events |
      | 3 store | Journaling | the journal | Events, CLMDB, Glibc |
      | 6 door | daybook | the command line | Journaling, ArgumentParser |
      """)

  @Test func `a table is read with its lines`() {
    #expect(table.findings.isEmpty)
    #expect(table.rows.map(\.target) == ["CLMDB", "Events", "Trading", "Journaling", "daybook"])
    #expect(table.rows.map(\.ring) == [0, 1, 2, 3, 6])
    #expect(table["Journaling"]?.line == 8)
    #expect(table["Journaling"]?.dependencies == ["Events", "CLMDB"])
  }

  @Test(arguments: [
    "", "| ring | target |\n|---|---|\n| 1 | Events |",
    header + "| 9 | Events | values | – |", header + "| 1 | Events | values |",
    header + "| 1 | Events | values | – |\n| 1 | Events | again | – |",
  ])
  func `a table that cannot be read is found`(_ markdown: String) {
    #expect(!RoomTable(markdown: markdown).findings.isEmpty)
  }

  @Test(arguments: [
    "| 1 | Events | values | Journaling |\n| 3 | Journaling | journal | – |",
    "| 2 | Trading | orders | CLMDB |\n| C | CLMDB | store | – |",
    "| 2 | Trading | orders | Foundation |",
    "| 2 | Trading | orders | Collections |",
  ])
  func `an import that goes outward is found`(_ rows: String) {
    #expect(RoomCheck.rings(RoomTable(markdown: header + rows)).count == 1)
  }

  @Test func `rings in order are fine`() {
    #expect(RoomCheck.rings(table).isEmpty)
  }

  @Test func `a room without a row and a row without a room are found`() {
    let sources = ["CLMDB", "Events", "Serving", "Trading", "daybook"]
    let findings = RoomCheck.folders(table, sources: sources).map(\.description)
    #expect(findings.count == 2)
    #expect(findings[0].hasPrefix("ARCHITECTURE.md:8: Sources/Journaling does not exist"))
    #expect(findings[1].hasPrefix("Sources/Serving:1: Serving has no row"))
  }

  @Test func `an import that the table does not allow is found`() {
    let text = "import Events\n@testable import Journaling\nimport struct CLMDB.MDB_val\n"
    let file = SourceFile(path: "Sources/Trading/Order.swift", text: text)
    #expect(
      RoomCheck.imports(file, table) == [
        Finding(
          path: "Sources/Trading/Order.swift", line: 2,
          what: "Trading may not import Journaling: see line 7 of ARCHITECTURE.md"),
        Finding(
          path: "Sources/Trading/Order.swift", line: 3,
          what: "Trading may not import CLMDB: see line 7 of ARCHITECTURE.md"),
      ])
  }

  @Test func `a manifest that disagrees is found`() {
    let manifest = Manifest(SourceFile(path: "Package.swift", text: sampleManifest))
    let findings = RoomCheck.manifest(manifest, table).map(\.description)
    #expect(findings.count == 2)
    #expect(findings[0].contains("Package.swift:9: Trading"))
    #expect(findings[0].hasSuffix("only here CLMDB; only there Events;"))
    #expect(findings[1] == "Package.swift:1: no target Journaling")
  }

  @Test func `a manifest is read`() {
    let manifest = Manifest(SourceFile(path: "Package.swift", text: sampleManifest))
    #expect(
      manifest.entries.map(\.name) == ["CLMDB", "Events", "Trading", "daybook", "EventsTests"])
    #expect(manifest["daybook"]?.dependencies == ["Journaling", "ArgumentParser"])
    #expect(manifest["EventsTests"]?.dependencies == ["Events"])
  }

  @Test func `a room without tests is found`() {
    let manifest = Manifest(SourceFile(path: "Package.swift", text: sampleManifest))
    let findings = RoomCheck.mirrors(table, tests: ["EventsTests", "TradingTests"], manifest)
    #expect(findings.map(\.line) == [7, 8, 9])
  }

  @Test func `an empty file beside real ones is found`() {
    let empty = SourceFile(path: "Sources/Trading/Room.swift", text: "// To come.\n")
    let full = SourceFile(path: "Sources/Trading/Orders/Order.swift", text: "struct Order {}\n")
    #expect(RoomCheck.leftovers([empty]).isEmpty)
    #expect(RoomCheck.leftovers([empty, full]).map(\.path) == ["Sources/Trading/Room.swift"])
  }
}

private let header = "| ring | target | purpose | may import |\n|---|---|---|---|\n"

private let sampleManifest = """
  import PackageDescription
  func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
  }
  let package = Package(
    name: "daybook",
    targets: [
      .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]), room("Events"),
      room("Trading", ["CLMDB"]),
      .executableTarget(
        name: "daybook",
        dependencies: [
          .target(name: "Journaling"),
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: settings),
      tests("EventsTests", ["Events"]),
    ])
  """

// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with: Swift 6, no warning passes, unsafe code is marked.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies,
    swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
}

let package = Package(
  name: "daybook",
  products: [
    .library(
      name: "DaybookCore",
      targets: [
        "Events", "Books", "Calendars", "Trading", "Strategies", "Venues", "Journaling",
        "Sequencing",
      ]),
    .executable(name: "daybook", targets: ["daybook"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

    room("Events"),
    room("Books", ["Events", "Calendars"]),
    room("Calendars", ["Events"]),
    room("Trading", ["Events", "Books", "Calendars"]),
    room("Strategies", ["Events", "Books", "Trading"]),
    room("Venues", ["Events", "Books"]),
    room("Journaling", ["Events", "CLMDB", "COpenSSL", "CZstd"]),
    room("Importing", ["Events", "Books", "Venues", "Journaling", "CArchive"]),
    room(
      "Sequencing",
      [
        "Events", "Books", "Calendars", "Trading", "Venues", "Journaling",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    room("Serving", ["Events", "Trading", "Venues", "Journaling", "Sequencing"]),
    room(
      "Reporting", ["Events", "Books", "Calendars", "Trading", "Journaling", "Sequencing"]),

    .executableTarget(
      name: "daybook",
      dependencies: [
        "Events", "Books", "Calendars", "Trading", "Strategies", "Venues", "Journaling",
        "Importing",
        "Sequencing", "Reporting", "Serving",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    tests("EventsTests", ["Events"]),
    tests("BooksTests", ["Books", "Calendars", "Events"]),
    tests("CalendarsTests", ["Calendars", "Events"]),
    .target(
      name: "Scenarios",
      dependencies: [
        "Events", "Books", "Trading", "Strategies", "Venues", "Journaling", "Sequencing",
      ], path: "Tests/Scenarios",
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    tests("TradingTests", ["Trading", "Strategies", "Events", "Books", "Calendars", "Scenarios"]),
    tests("StrategiesTests", ["Strategies", "Trading", "Events", "Books", "Scenarios"]),
    tests("VenuesTests", ["Venues", "Events", "Books"]),
    tests("JournalingTests", ["Journaling", "Events", "CrashWriter"]),
    .target(name: "DiskLog", path: "Tests/DiskLog"),
    .executableTarget(
      name: "CrashWriter", dependencies: ["Journaling", "Events", "DiskLog"],
      path: "Tests/CrashWriter",
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    tests("ImportingTests", ["Importing", "Venues", "Journaling", "Events", "Books"]),
    tests(
      "SequencingTests",
      [
        "Sequencing", "Strategies", "Trading", "Venues", "Journaling", "Calendars", "Events",
        "Importing", "Scenarios",
      ]),
    tests(
      "SimulationTests",
      ["Sequencing", "Strategies", "Trading", "Venues", "Journaling", "Events", "Scenarios"]),
    tests(
      "GoldenTests", ["Sequencing", "Strategies", "Trading", "Venues", "Events", "Scenarios"]),
    tests(
      "ReportingTests",
      [
        "Reporting", "Sequencing", "Trading", "Calendars", "Events", "Journaling", "Importing",
        "Scenarios",
      ]),
    tests(
      "ServingTests",
      [
        "Serving", "Sequencing", "Strategies", "Trading", "Venues", "Journaling", "Events",
        "Scenarios",
      ]),
    tests(
      "DaybookTests",
      ["daybook", "Events", "Trading", "Venues", "Journaling", "Sequencing", "Serving"]),
    tests("HouseTests", []),
  ]
)

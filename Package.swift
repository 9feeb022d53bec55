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

/// Set where only the core is built and tested: the server's packages take longer to build than all the
/// rest, and no research command needs them.
let isCoreOnly = Context.environment["DAYBOOK_CORE_ONLY"] != nil

let package = Package(
  name: "daybook",
  products: [
    .library(
      name: "DaybookCore",
      targets: [
        "Events", "Books", "Calendars", "Trading", "Strategies", "Venues", "Journaling",
        "Sequencing", "Serving",
      ]),
    .executable(name: "daybook", targets: ["daybook"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CGlibc"),
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

    room("Events"),
    room("Books", ["Events", "Calendars"]),
    room("Calendars", ["Events"]),
    room("Trading", ["Events", "Books", "Calendars"]),
    room("Configuring", ["Events", "Trading"]),
    room("Alerting", ["Events", "Calendars", "Trading"]),
    room("Strategies", ["Events", "Books", "Trading"]),
    room("Venues", ["Events", "Books"]),
    room("Journaling", ["Events", "CGlibc", "CLMDB", "COpenSSL", "CZstd"]),
    room("Importing", ["Events", "Books", "Venues", "Journaling", "CArchive", "CZlib"]),
    room(
      "Sequencing",
      [
        "Events", "Books", "Calendars", "Trading", "Venues", "Journaling", "CGlibc",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    room("Serving", ["Events", "Trading", "Venues", "Journaling", "Sequencing"]),
    room(
      "Reporting", ["Events", "Books", "Calendars", "Trading", "Journaling", "Sequencing"]),

    .executableTarget(
      name: "daybook",
      dependencies: [
        "Events", "Books", "Calendars", "Trading", "Strategies", "Venues", "Journaling",
        "Importing", "Configuring", "Alerting",
        "Sequencing", "Reporting", "Serving",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    tests("EventsTests", ["Events"]),
    tests("ConfiguringTests", ["Configuring"]),
    tests("AlertingTests", ["Alerting", "Events", "Trading"]),
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
      [
        "daybook", "Configuring", "Alerting", "Events", "Trading", "Venues", "Journaling",
        "Sequencing", "Serving",
      ]),
    tests("HouseTests", []),
  ]
)

/// The server: a process of its own, so that whoever reads can never slow the core.
let serverPackages: [Package.Dependency] = [
  .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
  .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
  .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
  .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
  .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
  .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
  .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
  .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
]

let serverTargets: [Target] = [
  room(
    "Monitoring",
    [
      "Events", "Alerting", "Journaling", "Reporting", "Sequencing", "Serving",
      .product(name: "AsyncHTTPClient", package: "async-http-client"),
      .product(name: "Crypto", package: "swift-crypto"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
    ]),
  room(
    "Projections",
    ["Events", "Books", "Trading", "Journaling", .product(name: "GRDB", package: "GRDB.swift")]),
  room(
    "API",
    [
      "Events", "Books", "Trading", "Journaling", "Projections", "Sequencing", "Reporting",
      "Serving", "Alerting", "Monitoring", "CZlib",
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HummingbirdHTTP2", package: "hummingbird"),
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "JWTKit", package: "jwt-kit"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      .product(name: "NIOWebSocket", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "NIOTLS", package: "swift-nio"),
    ]),
  .executableTarget(
    name: "daybook-api",
    dependencies: [
      "API", "Projections", "Alerting", "Configuring", "Monitoring", "Trading", "Strategies",
      "Journaling",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
    ],
    swiftSettings: settings),

  tests(
    "ProjectionsTests",
    [
      "Projections", "Events", "Trading", "Strategies", "Journaling", "Sequencing", "Scenarios",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  tests(
    "MonitoringTests",
    [
      "Monitoring", "Alerting", "Events", "Trading", "Strategies", "Venues", "Journaling",
      "Sequencing", "Serving", "Scenarios",
      .product(name: "AsyncHTTPClient", package: "async-http-client"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
    ]),

  tests(
    "APITests",
    [
      "API", "Projections", "Alerting", "Monitoring", "Events", "Trading", "Strategies",
      "Journaling", "Sequencing", "Reporting", "Scenarios",
      .product(name: "GRDB", package: "GRDB.swift"),
      .product(name: "JWTKit", package: "jwt-kit"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ]),
  tests(
    "DaybookApiTests",
    [
      "daybook", "daybook-api", "Events", "Journaling", "Scenarios",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
]

if !isCoreOnly {
  package.dependencies += serverPackages
  package.targets += serverTargets
  package.products.append(.executable(name: "daybook-api", targets: ["daybook-api"]))
}

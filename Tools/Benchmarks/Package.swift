// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "daybook-benchmarks",
  dependencies: [.package(name: "daybook", path: "../..")],
  targets: [
    .target(
      name: "CPackedLMDB", cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("lmdb")]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: ["CPackedLMDB", .product(name: "DaybookCore", package: "daybook")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
      ]),
  ]
)

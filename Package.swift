// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// For what is pure and hot: compiled for speed although deploy/package compiles the rest for size.
let fast: [SwiftSetting] = strict + [.unsafeFlags(["-Xfrontend", "-O"], .when(configuration: .release))]

/// Each target depends only on targets listed before it.
let package = Package(
    name: "gatehouse",
    // Exact, so that everybody builds what was tested: what writes policies must not change by itself.
    dependencies: [
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        .target(name: "LambdaRuntime", swiftSettings: strict),
        .target(name: "LosslessJSON", swiftSettings: fast),
        .target(name: "AWSSigning", swiftSettings: fast),
        .target(
            name: "AWSClient",
            dependencies: [
                "AWSSigning", "LosslessJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "AWSOperations",
            dependencies: ["AWSSigning", "AWSClient", "LosslessJSON"],
            swiftSettings: strict
        ),
        .target(name: "Policies", dependencies: ["LosslessJSON"], swiftSettings: fast),
        .target(name: "Findings", dependencies: ["LosslessJSON", "Policies"], swiftSettings: fast),
        .target(name: "Rules", dependencies: ["LosslessJSON", "Policies", "Findings"], swiftSettings: fast),
        .target(
            name: "Handlers",
            dependencies: [
                "AWSSigning", "AWSClient", "AWSOperations", "LosslessJSON", "Policies", "Findings", "Rules",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SimulatedAccount",
            dependencies: ["AWSSigning", "AWSClient", "AWSOperations", "LosslessJSON", "Policies"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bootstrap",
            dependencies: [
                "LambdaRuntime", "AWSClient", "Handlers", "LosslessJSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "gatehouse",
            dependencies: [
                "AWSClient", "AWSOperations", "AWSSigning", "Handlers", "Findings", "LosslessJSON", "Policies", "Rules",
                "SimulatedAccount",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "micro-benchmarks",
            dependencies: ["LosslessJSON", "Policies", "Findings", "Rules"],
            path: "Tests/Benchmarks/Micro",
            swiftSettings: strict
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "LambdaRuntimeTests", dependencies: ["LambdaRuntime", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AWSSigningTests",
            dependencies: ["AWSSigning"],
            exclude: ["digests.py", "goldens.py", "goldens.txt"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient", "AWSSigning", "LosslessJSON", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            exclude: ["Support/endpoints.py", "Support/endpoints.txt"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AWSOperationsTests",
            dependencies: ["AWSSigning", "AWSClient", "AWSOperations", "LosslessJSON"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HandlersTests",
            dependencies: [
                "AWSSigning", "AWSClient", "AWSOperations", "Findings", "Handlers", "LosslessJSON", "Policies", "Rules",
                "SimulatedAccount", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatedAccountTests",
            dependencies: ["AWSClient", "AWSOperations", "LosslessJSON", "SimulatedAccount"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FindingsTests",
            dependencies: ["Findings", "LosslessJSON", "Policies", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RulesTests",
            dependencies: ["Findings", "LosslessJSON", "Policies", "Rules", "TestSupport"],
            exclude: ["access-levels.txt", "RuleFiles"],
            swiftSettings: strict
        ),
        .testTarget(name: "LosslessJSONTests", dependencies: ["LosslessJSON", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "PoliciesTests",
            dependencies: ["LosslessJSON", "Policies", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FixtureTests",
            dependencies: [
                "AWSSigning", "AWSClient", "Handlers", "LosslessJSON", "Policies", "SimulatedAccount",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)

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
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        .target(name: "Basics", swiftSettings: fast),
        .target(name: "LambdaRuntime", swiftSettings: strict),
        .target(name: "LosslessJSON", dependencies: ["Basics"], swiftSettings: fast),
        .target(name: "AWSSigning", dependencies: ["Basics"], swiftSettings: fast),
        .target(
            name: "AWSClient",
            dependencies: [
                "AWSSigning", "Basics", "LosslessJSON",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "AWSOperations",
            dependencies: ["Basics", "AWSSigning", "AWSClient", "LosslessJSON"],
            swiftSettings: strict
        ),
        .target(name: "Policies", dependencies: ["Basics", "LosslessJSON"], swiftSettings: fast),
        .target(name: "Findings", dependencies: ["Basics", "LosslessJSON", "Policies"], swiftSettings: fast),
        .target(name: "Rules", dependencies: ["Basics", "LosslessJSON", "Policies", "Findings"], swiftSettings: fast),
        .target(
            name: "Messages",
            dependencies: ["Basics", "LosslessJSON", "Policies", "Findings", "Rules"],
            swiftSettings: strict
        ),
        .target(
            name: "ResourceTypes",
            dependencies: [
                "Basics", "AWSClient", "AWSOperations", "LosslessJSON", "Policies", "Findings", "Messages",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Ledger",
            dependencies: ["Basics", "AWSSigning", "AWSClient", "AWSOperations", "LosslessJSON"],
            swiftSettings: strict
        ),
        .target(
            name: "Handlers",
            dependencies: [
                "Basics", "AWSClient", "AWSOperations", "LosslessJSON", "Policies", "Findings", "Rules",
                "Messages", "ResourceTypes", "Ledger",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SimulatedAccount",
            dependencies: ["Basics", "AWSClient", "AWSOperations", "LosslessJSON", "Policies"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bootstrap",
            dependencies: [
                "Basics", "LambdaRuntime", "AWSClient", "Handlers", "LosslessJSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "gatehouse",
            dependencies: [
                "AWSClient", "AWSOperations", "AWSSigning", "Basics", "Handlers", "Findings", "Ledger", "LosslessJSON",
                "Messages", "Policies", "ResourceTypes", "Rules", "SimulatedAccount",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "micro-benchmarks",
            dependencies: ["LosslessJSON", "Policies", "Findings", "Rules"],
            path: "Tests/Benchmarks/Micro",
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["LosslessJSON"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "Fuzzing",
            dependencies: [
                "AWSClient", "AWSOperations", "AWSSigning", "Basics", "Findings", "Handlers", "LambdaRuntime", "Ledger",
                "LosslessJSON", "Messages", "Policies", "ResourceTypes", "Rules", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Fuzz/Fuzzing",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: ["Fuzzing", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Fuzz/Command",
            swiftSettings: strict
        ),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzzing"], swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "LambdaRuntimeTests", dependencies: ["LambdaRuntime", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AWSSigningTests",
            dependencies: ["Basics", "AWSSigning"],
            exclude: ["digests.py", "goldens.py", "goldens.txt"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "Basics", "AWSClient", "AWSSigning", "LosslessJSON", "TestSupport",
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
            dependencies: ["Basics", "AWSSigning", "AWSClient", "AWSOperations", "LosslessJSON"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Basics", "AWSClient", "AWSOperations", "Ledger", "LosslessJSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HandlersTests",
            dependencies: [
                "Basics", "AWSSigning", "AWSClient", "AWSOperations", "Findings", "Handlers", "Ledger", "LosslessJSON",
                "Messages", "Policies", "ResourceTypes", "Rules", "SimulatedAccount", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatedAccountTests",
            dependencies: ["Basics", "AWSClient", "AWSOperations", "LosslessJSON", "SimulatedAccount"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FindingsTests",
            dependencies: ["Basics", "Findings", "LosslessJSON", "Policies", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RulesTests",
            dependencies: ["Basics", "Findings", "LosslessJSON", "Policies", "Rules", "TestSupport"],
            exclude: ["access-levels.txt", "RuleFiles"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LosslessJSONTests",
            dependencies: ["Basics", "LosslessJSON", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ResourceTypesTests",
            dependencies: [
                "Basics", "AWSClient", "AWSOperations", "LosslessJSON", "Policies", "ResourceTypes", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PoliciesTests",
            dependencies: ["Basics", "LosslessJSON", "Policies", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatehouseTests",
            dependencies: [
                "gatehouse", "AWSClient", "Basics", "Findings", "Handlers", "LosslessJSON", "Messages", "Policies",
                "Rules",
                "SimulatedAccount",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FixtureTests",
            dependencies: [
                "Basics", "AWSSigning", "AWSClient", "Handlers", "Ledger", "LosslessJSON", "Policies",
                "SimulatedAccount",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)

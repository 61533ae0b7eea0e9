// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { Target.Dependency.product(name: $0, package: "swift-nio") }
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "sheaf",
    products: [
        .executable(name: "sheaf", targets: ["sheaf"]),
        .executable(name: "sheaf-supervisor", targets: ["sheaf-supervisor"]),
        .executable(name: "sheaf-steampipe", targets: ["sheaf-steampipe"]),
        .executable(name: "sheaf-gateway", targets: ["sheaf-gateway"]),
        // Preloaded by the crash tests; no part of what users build.
        .library(name: "SheafCrashShim", type: .dynamic, targets: ["SheafCrashShim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "3.12.3"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // System libraries and the calls of Linux that Swift cannot reach by itself.
        .systemLibrary(name: "Clibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "Clibarchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "Clibzstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "Clibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "Clibz", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),
        // The files of `templates/`, embedded.
        .target(name: "CTemplates"),
        // The schemas of the manifest language, embedded into the program by the C compiler.
        .target(name: "CManifestSchemas", exclude: ["meta"]),

        // Values that every layer shares, and the ports that join layers.
        .target(name: "SheafModel", dependencies: [crypto], swiftSettings: strict),
        // Linux itself: durable files, locks, process identity, signals. No Foundation.
        .target(name: "SheafSystem", dependencies: ["CLinux"], swiftSettings: strict),
        // The files that the executor and a supervisor process exchange. No Foundation.
        .target(name: "SheafSupervision", swiftSettings: strict),

        // Manifest text to diagnostics and a resolved bundle.
        .target(
            name: "SheafManifest",
            dependencies: ["SheafModel", "CManifestSchemas", yams],
            exclude: ["Kinds", "Stacks"],
            swiftSettings: strict
        ),
        // Git and directories to reproducible archives and back; the content store.
        .target(
            name: "SheafArchive",
            dependencies: [
                "SheafModel", "SheafSystem", "CLinux", "Clibgit2", "Clibarchive", "Clibzstd", "Clibdeflate",
                "Clibz", crypto,
            ],
            swiftSettings: strict
        ),
        // SQLite: revisions, inventory, journal, leases.
        .target(name: "SheafStore", dependencies: ["SheafModel", "SheafSystem", grdb], swiftSettings: strict),
        // The wire protocol of PostgreSQL, and a client.
        .target(name: "SheafPostgres", dependencies: ["SheafSystem", crypto], swiftSettings: strict),
        // Plan, transaction, recovery; the Executor port.
        .target(name: "SheafEngine", dependencies: ["SheafModel", "SheafStore", "SheafSystem"], swiftSettings: strict),
        // The local executor: a controller a kind, containers, supervision.
        .target(
            name: "SheafExecutor",
            dependencies: ["SheafModel", "SheafSystem", "SheafSupervision", "SheafEngine", "CLinux", subprocess],
            swiftSettings: strict
        ),
        // The SteamPipe engine on PostgreSQL: connections, plugins, the host of foreign tables.
        .target(
            name: "SheafSteampipe",
            dependencies: ["SheafPostgres", "SheafSystem", "CLinux", yams],
            swiftSettings: strict
        ),
        // The one way in: HTTP by path and TCP by port, to whichever instances are live.
        .target(
            name: "SheafGateway",
            dependencies: ["SheafSupervision", "SheafSystem"] + nio,
            swiftSettings: strict
        ),

        .executableTarget(
            name: "sheaf-supervisor",
            dependencies: ["SheafSupervision", "SheafSystem", "CLinux"],
            swiftSettings: strict,
            // Without shared libraries to load and relocate it starts in less than half the time.
            linkerSettings: [.unsafeFlags(["-static-executable"], .when(configuration: .release))]
        ),
        .executableTarget(name: "sheaf-steampipe", dependencies: ["SheafSteampipe"], swiftSettings: strict),
        .executableTarget(name: "sheaf-gateway", dependencies: ["SheafGateway"], swiftSettings: strict),
        .executableTarget(
            name: "sheaf",
            dependencies: [
                "SheafModel", "SheafManifest", "SheafArchive", "SheafStore", "SheafEngine", "SheafExecutor",
                "SheafPostgres", "SheafSystem", "CLinux", "CTemplates", arguments,
            ],
            swiftSettings: strict
        ),

        .target(name: "SheafCrashShim", path: "Tests/SheafCrashShim"),
        .target(
            name: "SheafTestSupport",
            dependencies: ["SheafModel", "SheafSystem", "SheafArchive"],
            path: "Tests/SheafTestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafModelTests",
            dependencies: ["SheafModel", "SheafSystem", "SheafTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafManifestTests",
            dependencies: ["SheafManifest", "SheafTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafArchiveTests",
            dependencies: ["SheafArchive", "SheafModel", "SheafSystem", "SheafTestSupport", subprocess],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafStoreTests",
            dependencies: ["SheafModel", "SheafStore", "SheafTestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafEngineTests",
            dependencies: ["SheafEngine", "SheafStore", "SheafSystem", "SheafTestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafExecutorTests",
            dependencies: [
                "SheafExecutor", "SheafSupervision", "SheafSystem", "SheafTestSupport", "CLinux", subprocess,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafSteampipeTests",
            dependencies: ["SheafSteampipe", "SheafPostgres", "SheafSystem", "SheafTestSupport", subprocess],
            swiftSettings: strict
        ),
        .testTarget(name: "SheafPostgresTests", dependencies: ["SheafPostgres", "SheafSystem"], swiftSettings: strict),
        .testTarget(
            name: "SheafGatewayTests",
            dependencies: ["SheafGateway", "SheafSupervision", "SheafSystem", "SheafTestSupport"] + nio,
            swiftSettings: strict
        ),
        .testTarget(
            name: "SheafCommandTests",
            dependencies: [
                "sheaf", "SheafModel", "SheafArchive", "SheafEngine", "SheafPostgres", "SheafSystem",
                "SheafTestSupport", yams,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "SheafTestSupport", "SheafArchive", "SheafModel", "SheafSystem", "SheafSupervision", subprocess,
            ],
            swiftSettings: strict
        ),
    ]
)

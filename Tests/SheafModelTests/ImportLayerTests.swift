import FoundationEssentials
import Testing

/// Holds the `import` lines of every target against the table in `docs/architecture.md`.
@Suite struct ImportLayerTests {
    private static let allowed: [String: Set<String>] = [
        "SheafModel": ["Crypto"],
        "SheafSystem": ["CLinux"],
        "SheafSupervision": [],
        "SheafManifest": ["SheafModel", "CManifestSchemas", "CYaml"],
        "SheafArchive": [
            "SheafModel", "SheafSystem", "CLinux", "Clibgit2", "Clibarchive", "Clibzstd", "Clibdeflate", "Clibz",
            "Crypto",
        ],
        "SheafStore": ["SheafModel", "SheafSystem", "GRDB"],
        "SheafPostgres": ["SheafSystem", "Crypto"],
        "SheafSteampipe": ["SheafPostgres", "SheafSystem", "CLinux", "Yams"],
        "SheafEngine": ["SheafModel", "SheafSystem", "SheafStore"],
        "SheafExecutor": [
            "SheafModel", "SheafSystem", "SheafSupervision", "SheafEngine", "CLinux", "Subprocess", "SystemPackage",
        ],
        "sheaf-supervisor": ["SheafSupervision", "SheafSystem", "CLinux"],
        "sheaf-steampipe": ["SheafSteampipe"],
        "SheafGateway": ["SheafSupervision", "SheafSystem", "NIOCore", "NIOPosix", "NIOHTTP1"],
        "sheaf-gateway": ["SheafGateway"],
    ]

    /// Modules of the toolchain; `Foundation` itself is not among them.
    private static let toolchain: Set = ["FoundationEssentials", "Glibc", "Synchronization", "Dispatch"]

    @Test(arguments: allowed.keys.sorted())
    func aTargetImportsOnlyWhatItsLayerMay(target: String) throws {
        let allowed = try #require(Self.allowed[target])
        let root = "\(Self.repository)/Sources/\(target)"
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".swift") {
            let text = try String(contentsOf: URL(filePath: "\(root)/\(path)"), encoding: .utf8)
            for module in Self.imports(of: text) {
                #expect(
                    allowed.contains(module) || Self.toolchain.contains(module),
                    "\(target)/\(path) imports \(module)"
                )
            }
        }
    }

    @Test(arguments: ["SheafSystem", "SheafSupervision", "sheaf-supervisor"])
    func theSupervisorLinksNoFoundation(target: String) throws {
        let root = "\(Self.repository)/Sources/\(target)"
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".swift") {
            let text = try String(contentsOf: URL(filePath: "\(root)/\(path)"), encoding: .utf8)
            #expect(!text.contains("import Foundation"), "\(target)/\(path)")
        }
    }

    private static func imports(of text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").drop {
                ["package", "public", "internal", "private", "@preconcurrency"].contains($0)
            }
            guard words.first == "import", let name = words.dropFirst().last else { return nil }
            return String(name.split(separator: ".").first ?? name)
        }
    }

    private static let repository: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()
}

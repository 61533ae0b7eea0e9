import FoundationEssentials
import SheafSystem

/// Programs that some tests need; where they are required, as in CI, nothing is skipped.
enum Engines {
    enum Engine {
        case podman, postgres, dbt
    }

    /// Whether the tests that need an engine run: it is there, or it must be.
    static func has(_ engine: Engine) -> Bool {
        if ProcessInfo.processInfo.environment["SHEAF_REQUIRE_ENGINES"] == "1" { return true }
        return switch engine {
        case .podman: isProgram("podman") && isProgram("busybox")
        case .postgres: isProgram("psql") && !postgresFolders.isEmpty
        case .dbt: isProgram("dbt") || FileManager.default.isExecutableFile(atPath: "\(ownDbt)/dbt")
        }
    }

    /// Where `scripts/install-dbt.sh` puts dbt.
    private static let ownDbt = "\(Site.repository)/.build/tools/dbt/bin"

    /// A `PATH` on which dbt is found, if it is anywhere.
    static var pathWithDbt: String { "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):\(ownDbt)" }

    /// Whether this process may mount file systems (`CAP_SYS_ADMIN`, bit 21 of `/proc/self/status`, `CapEff`).
    static var canMount: Bool {
        let line = TextFile.read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) } ?? 0
        return mask & (1 << 21) != 0
    }

    private static var postgresFolders: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    }

    private static func isProgram(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}

import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Subprocess
import SystemPackage
import Testing

/// A scratch `SHEAF_HOME` with a bundle beside it, driven through the real program.
final class Site: Sendable {
    let scratch: ScratchDirectory

    /// The folder of the built programs: `SHEAF_BUILT`, else what the tests themselves were built as.
    static let built: String =
        ProcessInfo.processInfo.environment["SHEAF_BUILT"]
        ?? "\(repository)/.build/\(isDebug ? "debug" : "release")"

    /// The root of the repository.
    static let repository: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(4)
        return "/" + parts.joined(separator: "/")
    }()

    #if DEBUG
        private static let isDebug = true
    #else
        private static let isDebug = false
    #endif

    init() throws { scratch = try ScratchDirectory("site") }

    var home: String { scratch.path("home") }
    var bundle: String { scratch.path("bundle") }

    /// What a command left: its exit code, or 128 + the signal that ended it, and its words.
    struct Result: Sendable {
        var code: Int32
        var output: String
        var errors: String
    }

    /// Runs `sheaf` with the scratch home.
    @discardableResult
    func sheaf(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
        try await run("\(Self.built)/sheaf", arguments, environment: environment)
    }

    /// Runs any program in the scratch folder.
    @discardableResult
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> Result {
        var values: [Environment.Key: String] = ["SHEAF_HOME": home, "NO_COLOR": "1"]
        for (key, value) in environment { values[Environment.Key(stringLiteral: key)] = value }
        let record = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments),
            environment: .inherit.updating(values.mapValues { Optional($0) }),
            workingDirectory: FilePath(scratch.path),
            output: .string(limit: 16 << 20),
            error: .string(limit: 16 << 20)
        )
        let code: Int32 =
            switch record.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Result(code: code, output: record.standardOutput, errors: record.standardError)
    }

    /// Writes a file of the bundle.
    func write(_ path: String, _ text: String) throws {
        let full = "\(bundle)/\(path)"
        let folder = String(full[..<(full.lastIndex(of: "/") ?? full.startIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: full))
    }

    /// Copies an example bundle, with its ports replaced by free ones.
    func copy(_ name: String, ports: [Int: Int]) throws {
        let root = "\(Self.repository)/bundles/\(name)"
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            guard let text = try? String(contentsOf: URL(filePath: "\(root)/\(path)"), encoding: .utf8) else {
                continue
            }
            var replaced = text
            for (old, new) in ports { replaced = replaced.replacing("\(old)", with: "\(new)") }
            try write(path, replaced)
        }
    }

    /// Makes the bundle's folder a git repository with everything committed.
    func commit(_ message: String = "work", tag: String? = nil) async throws {
        let identity = [
            "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.org", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        ]
        var commands = [["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", message]]
        if let tag { commands.append(["tag", tag]) }
        for command in commands {
            let result = try await run("git", ["-C", bundle] + command, environment: identity)
            try #require(result.code == 0, "git \(command): \(result.errors)")
        }
    }

    // MARK: What is really there

    /// The processes of this site: all whose environment says so, supervisors included.
    func processes() -> [ProcessIdentity] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap { pid in
            guard belongsToSite(pid) else { return nil }
            return ProcessIdentity(of: pid)
        }
    }

    private func belongsToSite(_ pid: Int32) -> Bool {
        if TextFile.read("/proc/\(pid)/environ")?.contains("SHEAF_INCARNATION=\(home)/") == true { return true }
        let command = TextFile.read("/proc/\(pid)/cmdline") ?? ""
        return command.contains("sheaf-supervisor") && command.contains("\(home)/")
    }

    /// The incarnation folders, as `workspace/kind/name/generation`.
    func incarnations() throws -> [String] {
        let root = "\(home)/workloads"
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.split(separator: "/").count == 4 }.sorted()
    }

    /// What `status` says of a bundle.
    func status(of bundle: String) async throws -> StatusReport {
        try #require(await statusIfKnown(of: bundle), "'\(bundle)' is not known")
    }

    /// What `status` says of a bundle; nil when it was never applied.
    func statusIfKnown(of bundle: String) async throws -> StatusReport? {
        let result = try await sheaf("status", bundle, "--output", "json")
        guard result.code == 0 else { return nil }
        return try JSONDecoder().decode(StatusReport.self, from: Data(result.output.utf8))
    }

    /// Ends whatever a failed test left running.
    func end() {
        for process in processes() { process.signal(9) }
    }

    deinit { end() }
}

/// `sheaf status BUNDLE --output json`.
struct StatusReport: Decodable, Hashable {
    struct Revision: Decodable, Hashable {
        var number: Int
        var state: String
        var operation: String
    }

    struct Resource: Decodable, Hashable {
        var resource: String
        var status: String
        var runtime: String
        var generation: Int
        var pids: [Int32]
        var location: String?
    }

    var revision: Revision?
    var openTransaction: String?
    var resources: [Resource]

    subscript(resource: String) -> Resource? { resources.first { $0.resource == resource } }
}

extension ProcessIdentity {
    /// Whether this is the supervisor of an incarnation whose folder has a text in its path.
    func isSupervisor(of folder: String) -> Bool {
        let command = TextFile.read("/proc/\(pid)/cmdline") ?? ""
        return command.contains("sheaf-supervisor") && command.contains(folder)
    }
}

import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem

/// A home of its own for one test; what runs below it is ended with it.
final class Scratch: Sendable {
    let home: String
    let content = MemoryContent()
    let executor: LocalExecutor
    let patience: Patience

    static let tools: ToolPaths = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return ToolPaths(beside: "/\(root)/.build/debug/sheaf")
    }()

    static let environment: [String: String] = [
        "PATH": String(cString: getenv("PATH") ?? strdup("/usr/bin:/bin")),
        "HOME": "/root", "USER": "tester",
    ]

    /// - Parameters:
    ///   - patience: How long the executor waits for what should take no time.
    ///   - variables: Of the user, above those of all tests.
    /// - Throws: When the home cannot be made.
    init(patience: Patience = Patience(), variables: [String: String] = [:]) throws {
        home = "/tmp/sheaf-executor-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        self.patience = patience
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        executor = LocalExecutor(
            home: home,
            tools: Self.tools,
            content: content,
            secrets: NoSecrets(),
            environment: Self.environment.merging(variables) { $1 },
            patience: patience
        )
    }

    deinit {
        // Processes that a failed test has left are found by the folder in their marker.
        for pid in ProcessTable.pids() {
            guard let text = TextFile.read("/proc/\(pid)/environ"),
                text.contains("\(IncarnationPaths.markerKey)=\(home)")
            else { continue }
            kill(pid, SIGKILL)
        }
        // A folder that stays in /tmp harms no other test.
        try? FileManager.default.removeItem(atPath: home)
    }

    func incarnation(of instance: ResourceInstance) -> Incarnation {
        Incarnation(resource: instance.resource.id, files: executor.files(of: instance), patience: patience)
    }

    func log(of instance: ResourceInstance, process: String = IncarnationFiles.mainProcess) -> String {
        TextFile.read(executor.files(of: instance).lastLog(of: process)) ?? ""
    }

    /// Goes through prepare and perform.
    @discardableResult
    func apply(_ step: Step, resources: [ResolvedResource] = []) async throws -> Step {
        var step = step
        step.facts = try await executor.prepare(step, resources: MemoryDirectory(resources))
        try await executor.perform(step)
        return step
    }

    /// The names below the home, without the folders that never go away.
    var leftovers: [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: home)) ?? ["the home itself is gone"]
        let staying = ["workloads", "volumes", "runs", "names", "names/hosts", "images"]
        return all.filter { !staying.contains($0) && !$0.hasPrefix("images/") }.sorted()
    }

    /// The processes that carry the marker of an incarnation.
    func processes(of instance: ResourceInstance) -> [ProcessIdentity] {
        ProcessTable.processes(withEnvironment: executor.files(of: instance).supervision.marker)
    }
}

/// Content kept in memory.
final class MemoryContent: ContentSource {
    private let blobs = Locked<[Digest: [UInt8]]>([:])

    func keep(_ text: String) -> Digest { keep(Array(text.utf8)) }

    func keep(_ bytes: [UInt8]) -> Digest {
        let digest = Digest(of: bytes)
        blobs.update { $0[digest] = bytes }
        return digest
    }

    func content(_ digest: Digest) throws -> [UInt8] {
        guard let bytes = blobs.value[digest] else { throw ExecutorError(.missingContent, "no \(digest)") }
        return bytes
    }
}

struct MemoryDirectory: ResourceDirectory {
    let resources: [ResourceID: ResolvedResource]

    init(_ resources: [ResolvedResource]) {
        self.resources = Dictionary(resources.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    func resource(_ id: ResourceID) throws -> ResolvedResource? { resources[id] }
}

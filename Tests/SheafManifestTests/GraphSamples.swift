import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

/// Bundles whose graphs the tests look at.
enum GraphSamples {
    /// An item with an inline manifest in the workspace `shop`.
    static func item(_ id: String, _ kind: String, _ section: String, _ more: String = "") -> String {
        """
          - id: \(id)
            workspace: shop\(more.isEmpty ? "" : "\n    " + more)
            spec: {name: \(id), version: v1, type: \(kind), \(kind): \(section)}

        """
    }

    static let secret = "{type: key-value, acl: r, data: {a: b}}"
    static let volume = "{size: 1Gi, accessMode: ReadWriteOnce, type: temp}"

    static func workload(_ more: String = "") -> String {
        "{stack: container, compute: runnable-default\(more.isEmpty ? "" : ", " + more)}"
    }

    static func graph(_ files: [String: String], includesImplied: Bool = true) throws -> ResourceGraph {
        let resolution = try BundleResolver(files: MemoryFiles(files: files)).resolve()
        let errors = resolution.diagnostics.filter { $0.severity == .error }.map(\.message)
        return try #require(ResourceGraph(resolution, includesImplied: includesImplied), "\(errors)")
    }

    static func graph(_ items: String..., includesImplied: Bool = true) throws -> ResourceGraph {
        let text = "name: shop\nversion: v1beta\ntype: bundle\nbundle:\n  resources:\n" + items.joined()
        return try graph(["bundle.yaml": text], includesImplied: includesImplied)
    }

    /// All that a graph can show: every origin, a nested bundle, jobs, something unused, missing and against the order.
    static func everything(includesImplied: Bool = true) throws -> ResourceGraph {
        try graph(
            [
                "bundle.yaml": Bundles.bundle(
                    item("old-key", "secret", secret),
                    item("password", "secret", secret),
                    item("files", "volume", volume, "dependencies: [early]"),
                    item("early", "worker", workload("tempVolume: files")),
                    item("db", "service", workload("servicePort: 5432, dataosSecrets: [{name: password}]")),
                    "  - {id: inner, file: inner/bundle.yaml, dependencies: [db]}\n",
                    item(
                        "web",
                        "service",
                        workload("servicePort: 80, envs: {CACHE: 'http://cache.shop.svc.cluster.local:81'}"),
                        "dependencies: [inner]\n    dependencyConditions: "
                            + "[{resourceId: inner, status: {is: [active]}}]"
                    )
                ),
                "inner/bundle.yaml": Bundles.bundle(
                    item(
                        "load",
                        "workflow",
                        "{dag: [{name: fetch, spec: \(workload("envs: {IN: 'dataos://lake:raw/x'}"))}, "
                            + "{name: store, dependencies: [fetch], spec: \(workload())}]}"
                    ),
                    item(
                        "cache",
                        "service",
                        workload("servicePort: 81"),
                        "dependencies: [load]\n    dependencyConditions: [{resourceId: load, runtime: {is: [succeeded]}}]"
                    ),
                    name: "feed"
                ),
            ],
            includesImplied: includesImplied
        )
    }

    /// A bundle of workers, each of which waits for some before it; equal seeds give equal bundles.
    static func workers(_ count: Int, seed: UInt64, edges: Int = 2) -> ResourceGraph {
        var numbers = SeededNumbers(seed: seed)
        let ids = (0..<count).map { ResourceID(kind: .worker, workspace: nil, name: "worker-\($0)") }
        let resources = (0..<count).map { number in
            let needs = (0..<edges).compactMap { _ in
                number == 0 || Int.random(in: 0..<4, using: &numbers) == 0
                    ? nil : ids[Int.random(in: max(0, number - 60)..<number, using: &numbers)]
            }
            return BundleBuilder.worker("worker-\(number)", needs: Array(Set(needs)).sorted())
        }
        return ResourceGraph(bundle: BundleBuilder.bundle(resources), links: [:])
    }

    /// A graph in which each node waits for those that a function names.
    static func chainOf(_ count: Int, needs: (Int) -> [Int]) -> ResourceGraph {
        let ids = (0..<count).map { ResourceID(kind: .worker, workspace: nil, name: "worker-\($0)") }
        let resources = (0..<count).map { number in
            BundleBuilder.worker("worker-\(number)", needs: needs(number).map { ids[$0] })
        }
        return ResourceGraph(bundle: BundleBuilder.bundle(resources), links: [:])
    }
}

/// Numbers that are the same for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

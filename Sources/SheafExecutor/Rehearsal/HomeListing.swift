package import SheafModel
import SheafSupervision
import SheafSystem

/// What a home holds of some resources: what they are, what runs, the files of their incarnations, the data of volumes.
///
/// It leaves out what differs from one incarnation to the next of the same definition: the number of the generation and
/// what is made from it, logs, scratch, and process numbers. Copies of the data of volumes are not looked at: a change
/// takes them, and nothing takes them back.
package struct HomeListing: Hashable, Sendable {
    /// One way in which two listings differ.
    package struct Difference: Codable, Hashable, Sendable {
        package enum Action: String, Codable, Sendable { case added, removed, changed }

        package var action: Action
        /// Such as `volume shop/data/prices.csv`.
        package var what: String
    }

    /// What there is, by name; of files digests, which are compared and never shown.
    private var facts: [String: String] = [:]

    /// Nothing at all, as before a first apply.
    package init() {}

    /// Looks at a home; blocks while it reads every volume.
    ///
    /// - Parameters:
    ///   - home: The absolute path of the home.
    ///   - live: What is live there.
    /// - Throws: `ExecutorError` when something cannot be read.
    package init(of home: String, live: [ResourceInstance]) throws {
        let home = ExecutorHome(home)
        for instance in live {
            let id = instance.resource.id
            facts["resource \(id)"] = Digest(of: try CanonicalJSON.encode(instance.resource)).hex
            guard [.service, .worker, .workflow].contains(id.kind) else { continue }
            try addWorkload(instance, files: home.files(of: instance))
        }
        try addIncarnations(of: home, live: live)
        try FileFacts(root: home.volumes, name: "volume", skipping: home.snapshots).forEach { facts[$0] = $1 }
    }

    /// What a later listing has that this one has not, and the other way round, by name.
    package func differences(to later: HomeListing) -> [Difference] {
        let added = later.facts.keys.filter { facts[$0] == nil }.map { Difference(action: .added, what: $0) }
        let removed = facts.keys.filter { later.facts[$0] == nil }.map { Difference(action: .removed, what: $0) }
        let changed = facts.filter { entry in later.facts[entry.key].map { $0 != entry.value } ?? false }
            .map { Difference(action: .changed, what: $0.key) }
        return (added + removed + changed).sorted { ($0.what, $0.action.rawValue) < ($1.what, $1.action.rawValue) }
    }

    /// How many things were looked at.
    package var count: Int { facts.count }

    private mutating func addWorkload(_ instance: ResourceInstance, files: IncarnationFiles) throws {
        let id = instance.resource.id
        let plan = files.plan
        facts["launch plan of \(id)"] = plan.map { Digest(of: Self.lasting($0, instance, files).encoded()).hex }
        // Whether jobs have run is for a rollback to leave alone; services and workers have to run as before.
        if id.kind != .workflow {
            let running = files.status?.processes.filter { $0.state == .running }.map(\.name) ?? []
            facts["processes of \(id)"] = running.joined(separator: " ")
        }
        for (name, folder) in [("config", files.config), ("secret", files.secretFiles)] {
            let tree = FileFacts(root: folder, name: "\(name) of \(id)", replacing: files.folder)
            try tree.forEach { facts[$0] = $1 }
        }
    }

    /// How many folders each workload has, and what runs without belonging to a live one.
    private mutating func addIncarnations(of home: ExecutorHome, live: [ResourceInstance]) throws {
        var counts: [String: Int] = [:]
        let folders = try FileFacts(root: home.workloads, name: "").folders(atDepth: 4)
        for folder in folders { counts[FileTree.parent(of: folder), default: 0] += 1 }
        for (workload, count) in counts { facts["folders of \(workload)"] = String(count) }
        let expected = Set(live.map { home.files(of: $0).supervision.marker })
        let overlapping = live.filter { $0.resource.id.kind == .workflow }.map {
            home.files(of: $0).overlapMarkerPrefix
        }
        let prefix = "\(IncarnationPaths.markerKey)=\(home.workloads)/"
        for pid in ProcessTable.pids() {
            let entries = TextFile.read("/proc/\(pid)/environ")?.split(separator: "\0").map(String.init) ?? []
            guard let marker = entries.first(where: { $0.hasPrefix(prefix) }), !expected.contains(marker),
                !overlapping.contains(where: marker.hasPrefix)
            else { continue }
            facts["stray process of \(marker.dropFirst(prefix.count))"] = "there"
        }
    }

    /// The plan without what names its generation.
    private static func lasting(_ plan: LaunchPlan, _ instance: ResourceInstance, _ files: IncarnationFiles)
        -> LaunchPlan
    {
        let passing: Set = ["DATAOS_STAMP", "DATAOS_RUN_ID", "DATAOS_UID", "POD_NAME"]
        let number = String(instance.generation)
        let ports = files.ports?.all.map(String.init) ?? []
        func lasting(_ text: String) -> String {
            ports.reduce(text) { $0.replacing($1, with: "PORT") }.replacing(files.folder, with: "FOLDER").replacing(
                "-g\(number)",
                with: "-gN"
            )
            .replacing("sheaf.generation=\(number)", with: "sheaf.generation=N")
        }
        return LaunchPlan(
            processes: plan.processes.map { process in
                var process = process
                process.arguments = process.arguments.map(lasting)
                process.cleanup = process.cleanup.map(lasting)
                process.environment = process.environment.filter { !passing.contains($0.key) }.mapValues(lasting)
                process.workingDirectory = lasting(process.workingDirectory)
                process.logPath = lasting(process.logPath)
                process.veils = process.veils.map(lasting)
                for index in process.mounts.indices {
                    process.mounts[index].source = lasting(process.mounts[index].source)
                    process.mounts[index].target = lasting(process.mounts[index].target)
                }
                return process
            }
        )
    }
}

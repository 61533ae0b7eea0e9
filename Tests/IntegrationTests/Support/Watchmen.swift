import FoundationEssentials
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// A bundle of workers that notice when they run twice, and that count what they say.
///
/// Each takes a lock that only one process of it can have, and writes every line to its log and then to a file beside,
/// so that what stands there must stand in the log, whatever is killed in between.
struct Watchmen {
    static let bundle = "watch"
    let names: [String]
    let site: Site

    init(_ count: Int, on site: Site) throws {
        names = (1...count).map { "watchman-\($0)" }
        self.site = site
        try FileManager.default.createDirectory(atPath: site.scratch.path("notes"), withIntermediateDirectories: true)
        let items = names.map { name in
            """
                - id: \(name)
                  workspace: watch
                  spec:
                    name: \(name)
                    version: v1beta
                    type: worker
                    worker:
                      stack: container
                      compute: runnable-default
                      stackSpec:
                        command: [/bin/sh, -c]
                        arguments:
                          - |
                            exec 9>>"\(notes(name)).lock"
                            if ! flock -n 9; then echo "$$ ran twice" >>"\(notes(name)).twice"; exit 1; fi
                            n=0
                            while :; do
                              n=$((n+1)); echo "line $$ $n"; echo "line $$ $n" >>"\(notes(name)).said"
                              sleep 0.02
                            done

            """
        }
        let head = """
            name: \(Self.bundle)
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: watch
                  layer: user
              resources:

            """
        try site.write("bundle.yaml", head + items.joined())
    }

    private func notes(_ name: String) -> String { site.scratch.path("notes/\(name)") }

    func files(_ name: String) -> IncarnationPaths {
        IncarnationPaths(folder: "\(site.home)/workloads/watch/worker/\(name)/1")
    }

    /// What the supervisor of one has recorded.
    func status(_ name: String) -> SupervisorStatus? {
        let changes = TextFile.read(files(name).changes)
        return TextFile.read(files(name).status).flatMap { try? SupervisorStatus(decoding: $0, changes: changes) }
    }

    /// The supervisor of one, while it lives.
    func supervisor(_ name: String) -> ProcessIdentity? {
        guard let status = status(name) else { return nil }
        let identity = ProcessIdentity(pid: status.supervisorPid, startTime: status.supervisorStartTime)
        return identity.isAlive && status.bootID == ProcessIdentity.bootID ? identity : nil
    }

    /// The process of one that runs now.
    func process(_ name: String) -> ProcessIdentity? {
        guard let process = status(name)?.processes.first, process.state == .running, let pid = process.pid else {
            return nil
        }
        let identity = ProcessIdentity(pid: pid, startTime: process.startTime ?? 0)
        return identity.isAlive ? identity : nil
    }

    /// Whether all are there, each with one process.
    var areAllOnDuty: Bool { names.allSatisfy { supervisor($0) != nil && process($0) != nil } }

    /// Nobody has ever run twice, nothing that was said is missing in the logs, and no zombie is left.
    func check() throws {
        for name in names {
            #expect(TextFile.read("\(notes(name)).twice") == nil, "\(name) ran twice")
            let said = (TextFile.read("\(notes(name)).said") ?? "").split(separator: "\n")
            let log = "\(files(name).folder)/log/main.log"
            let written = Set(
                ((TextFile.read(log + IncarnationPaths.earlierLogSuffix) ?? "") + (TextFile.read(log) ?? "")).split(
                    separator: "\n"
                )
            )
            #expect(!said.isEmpty)
            #expect(said.allSatisfy(written.contains), "the log of \(name) misses lines")
        }
    }

    /// The children of the supervisors that have ended and are not collected.
    var zombies: [Int32] {
        names.compactMap(supervisor).flatMap { ProcessTable.children(of: $0.pid) }
            .filter { TextFile.read("/proc/\($0)/stat")?.contains(") Z ") == true }
    }
}

import FoundationEssentials
import Glibc
import SheafSystem
import SheafTestSupport
import Testing

/// What `status` and `logs` say of what a supervisor does.
@Suite struct SupervisionJourneyTests {
    private struct Report: Decodable {
        struct Resource: Decodable {
            struct Process: Decodable {
                var name: String
                var state: String
                var attempts: Int
                var started: String?
                var ended: String?
                var exitCode: Int32?
                var signal: Int32?
            }

            var runtime: String
            var processes: [Process]?
        }

        var resources: [Resource]
    }

    private func process(of site: Site) async throws -> Report.Resource.Process {
        let result = try await site.sheaf("status", "talk", "--output", "json")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        return try #require(report.resources.first?.processes?.first)
    }

    @Test func aLongLogIsShownAndAttemptsAreCounted() async throws {
        let site = try Site()
        defer { site.end() }
        try site.write(
            "bundle.yaml",
            """
            name: talk
            version: v1beta
            type: bundle
            bundle:
              workspaces:
                - name: talk
                  layer: user
              resources:
                - id: talker
                  workspace: talk
                  spec:
                    name: talker
                    version: v1beta
                    type: worker
                    worker:
                      stack: container
                      compute: runnable-default
                      properties: {sheaf.dev/log-limit: 64KiB}
                      stackSpec:
                        command: [/bin/sh, -c]
                        arguments: ["seq 1 100000; exec sleep 1000"]

            """
        )
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        let log = "\(site.home)/workloads/talk/worker/talker/1/log/main.log"
        #expect(try await eventually { blocks(of: log).map { $0 > 0 && $0 < 400 } ?? false })
        let shown = try await site.sheaf("logs", "worker:talker")
        #expect(shown.code == 0)
        let numbers = shown.output.split(separator: "\n").map { Int($0) }
        #expect(numbers.last == 100_000)
        #expect(numbers.count > 1000 && numbers.allSatisfy { $0 != nil }, "what was given back is not shown")
        #expect(try await site.sheaf("logs", "worker:talker", "--tail", "2").output == "99999\n100000\n")

        let first = try await process(of: site)
        #expect(first.name == "main")
        #expect(first.state == "running")
        #expect(first.attempts == 1)
        #expect(first.started != nil)
        let pid = try #require(try await site.status(of: "talk").resources.first?.pids.first)
        try #require(ProcessIdentity(of: pid)).signal(9)
        #expect(try await eventually { try await process(of: site).attempts == 2 })
        let second = try await process(of: site)
        #expect(second.signal == 9)
        #expect(second.ended != nil)
        let text = try await site.sheaf("status", "talk").output
        #expect(text.contains("started 2 times, last ended by signal 9"), "\(text)")
        // Both the log that was put aside and the new one are shown.
        #expect(
            try await eventually {
                let lines = try await site.sheaf("logs", "worker:talker").output.split(separator: "\n")
                return lines.count { $0 == "100000" } == 2
            }
        )
    }

    /// Of 512 bytes; nil where there is no such file.
    private func blocks(of path: String) -> Int? {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_blocks) : nil
    }
}

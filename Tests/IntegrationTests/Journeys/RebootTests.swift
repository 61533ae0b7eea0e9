import FoundationEssentials
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// What `sheaf recover` does when the machine was started anew.
@Suite struct RebootTests {
    /// What a boot leaves of the records of what ran.
    enum Leftover: CaseIterable {
        case nothing, recordsOfAnotherBoot
    }

    @Test(arguments: Leftover.allCases) func recoverBringsBackWhatRan(_ leftover: Leftover) async throws {
        let site = try Site()
        defer { site.end() }
        let watchmen = try Watchmen(3, on: site)
        try await CrashOperation.succeed(site, ["apply", site.bundle])
        let before = try await site.status(of: Watchmen.bundle)
        #expect(before.resources.map(\.runtime) == ["running:1", "running:1", "running:1"])
        // A supervisor that is about to start something again must not get the chance.
        let all = site.processes()
        for process in all where process.isSupervisor(of: site.home) { process.signal(9) }
        for process in site.processes() { process.signal(9) }
        for process in all { #expect(process.waitForEnd(atMost: .seconds(60))) }
        for name in watchmen.names { try await reboot(watchmen.files(name), leftover) }
        #expect(try await site.status(of: Watchmen.bundle).resources.allSatisfy { $0.status == "error" })

        let recovery = try await site.sheaf("recover")
        #expect(recovery.code == 0, "\(recovery.errors)")
        for name in watchmen.names { #expect(recovery.output.contains("worker:\(name):watch is started again")) }
        #expect(try await eventually { watchmen.areAllOnDuty })
        let after = try await site.status(of: Watchmen.bundle)
        #expect(after.revision == before.revision)
        #expect(after.resources.map(\.generation) == before.resources.map(\.generation))
        #expect(try await site.sheaf("recover").output == "nothing to recover\n")
        try watchmen.check()
        try await CrashOperation.succeed(site, ["delete", Watchmen.bundle])
        #expect(site.processes().isEmpty)
    }

    private func reboot(_ files: IncarnationPaths, _ leftover: Leftover) async throws {
        switch leftover {
        case .nothing:
            for name in try FileManager.default.contentsOfDirectory(atPath: files.runFolder) {
                try FileManager.default.removeItem(atPath: "\(files.runFolder)/\(name)")
            }
        case .recordsOfAnotherBoot:
            // The number and the time of the start have come again: they are of this process, which must not be hit.
            let text = try #require(TextFile.read(files.status))
            var status = try SupervisorStatus(decoding: text, changes: TextFile.read(files.changes))
            let myself = ProcessIdentity.current
            (status.supervisorPid, status.supervisorStartTime) = (myself.pid, myself.startTime)
            status.bootID = "of-the-boot-before"
            try DurableFile.write(status.encoded(), to: files.status)
        }
    }
}

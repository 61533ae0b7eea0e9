import FoundationEssentials
import SheafSystem
import Testing

/// What must hold whenever no transaction is open: one revision, whole, and nothing besides.
enum Consistency {
    /// Checks the site against what `status` says is live.
    ///
    /// - Returns: The report that was checked.
    @discardableResult
    static func check(_ site: Site, _ comment: Comment) async throws -> StatusReport {
        let report = try await site.status(of: Scenario.name)
        #expect(report.openTransaction == nil, comment)
        for resource in report.resources where isLongRunning(resource) {
            #expect(resource.status == "active", "\(comment): \(resource)")
            #expect(resource.runtime == "running:1", "\(comment): \(resource)")
            for pid in resource.pids { #expect(ProcessIdentity(of: pid) != nil, "\(comment): \(resource)") }
        }
        let expected = report.resources.compactMap(folder).sorted()
        #expect(try site.incarnations() == expected, comment)
        let known = Set(report.resources.flatMap(\.pids))
        let strays = site.processes().map(\.pid).filter { pid in
            !known.contains(pid) && TextFile.read("/proc/\(pid)/cmdline")?.contains("sheaf-supervisor") == false
        }
        #expect(strays.isEmpty, "\(comment): strays \(strays)")
        return report
    }

    /// Recovers, and checks that one revision is live, whole, and that untouched processes are the same.
    ///
    /// - Parameters:
    ///   - site: Where `sheaf` was killed.
    ///   - before: What was live before the operation that was killed; nil when nothing was.
    ///   - comment: Says in a failure when it was killed.
    /// - Throws: When a command cannot be run at all.
    static func checkRecovery(of site: Site, before: StatusReport?, _ comment: Comment) async throws {
        let recovered = try await site.sheaf("recover")
        #expect(recovered.code == 0, "\(comment): \(recovered.errors)")
        guard try await site.statusIfKnown(of: Scenario.name) != nil else {
            // Nothing was ever recorded: then nothing may be there.
            #expect(try site.incarnations() == [], comment)
            #expect(site.processes().isEmpty, comment)
            return
        }
        let after = try await check(site, comment)
        if let before, after.revision?.number == before.revision?.number {
            #expect(after.resources.map(\.generation) == before.resources.map(\.generation), comment)
        }
        if let steady = before?["worker:steady:trialspace"], let now = after["worker:steady:trialspace"],
            steady.generation == now.generation
        {
            #expect(steady.pids == now.pids, comment)
        }
        let history = try await site.sheaf("history", "--verify")
        #expect(history.code == 0, "\(comment): \(history.errors)")
        let again = try await site.sheaf("recover")
        #expect(again.code == 0 && again.output.contains("nothing to recover"), "\(comment): \(again)")
    }

    private static func isLongRunning(_ resource: StatusReport.Resource) -> Bool {
        resource.resource.hasPrefix("worker:") || resource.resource.hasPrefix("service:")
    }

    /// The incarnation folder that a resource has to have; nil when it has none.
    static func folder(_ resource: StatusReport.Resource) -> String? {
        let parts = resource.resource.split(separator: ":")
        guard parts.count == 3, ["worker", "service", "workflow"].contains(parts[0]) else { return nil }
        return "\(parts[2])/\(parts[0])/\(parts[1])/\(resource.generation)"
    }
}

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

    private static func isLongRunning(_ resource: StatusReport.Resource) -> Bool {
        resource.resource.hasPrefix("worker:") || resource.resource.hasPrefix("service:")
    }

    private static func folder(_ resource: StatusReport.Resource) -> String? {
        let parts = resource.resource.split(separator: ":")
        guard parts.count == 3, ["worker", "service", "workflow"].contains(parts[0]) else { return nil }
        return "\(parts[2])/\(parts[0])/\(parts[1])/\(resource.generation)"
    }
}

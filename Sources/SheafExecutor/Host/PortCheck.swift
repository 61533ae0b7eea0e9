import SheafModel
import SheafSupervision
import SheafSystem

/// That a port of this machine can be had.
enum PortCheck {
    /// - Throws: `ExecutorError` with `port-taken`, naming the holder where it can be seen, or `port-forbidden`.
    static func requireFree(_ port: Int, for title: String, home: ExecutorHome) throws {
        switch PortProbe.availability(port) {
        case .free: return
        case .forbidden:
            throw ExecutorError(
                .portForbidden,
                "cannot run \(title): this user may not listen on port \(port)",
                hint: "choose a port from 1024 on"
            )
        case .taken:
            throw ExecutorError(
                .portTaken,
                "cannot run \(title): \(holder(of: port, home: home))",
                hint: "end what has the port, or choose another one"
            )
        }
    }

    /// That no stranger has a port which one workload hands over to another.
    ///
    /// - Throws: `ExecutorError` with `port-taken`, naming the holder.
    static func requireNoStranger(_ port: Int, for title: String, home: ExecutorHome) throws {
        guard let stranger = stranger(on: port, home: home) else { return }
        throw ExecutorError(.portTaken, "cannot run \(title): \(stranger)", hint: "end what has the port")
    }

    /// Who listens on a port and is no workload of a home, in words; nil when nobody is, or it cannot be told.
    static func stranger(on port: Int, home: ExecutorHome) -> String? {
        guard let holder = PortProbe.holder(of: port), !isWorkload(holder.pid, of: home) else { return nil }
        return "process \(holder.pid) (\(holder.command)) listens on its port \(port)"
    }

    /// Whether a process carries the marker of an incarnation of a home, or one above it does.
    private static func isWorkload(_ pid: Int32, of home: ExecutorHome) -> Bool {
        workload(above: pid, of: home) != nil
    }

    /// The workload of a home that a process belongs to; nil for a stranger.
    private static func workload(above pid: Int32, of home: ExecutorHome) -> ResourceID? {
        let marker = "\(IncarnationPaths.markerKey)=\(home.workloads)/"
        var current: Int32? = pid
        while let process = current, process > 1 {
            let entries = TextFile.read("/proc/\(process)/environ")?.split(separator: "\0") ?? []
            if let entry = entries.first(where: { $0.hasPrefix(marker) }) {
                return home.workload(in: String(entry.dropFirst(IncarnationPaths.markerPrefix.utf8.count)))
            }
            current = ProcessTable.parent(of: process)
        }
        return nil
    }

    private static func holder(of port: Int, home: ExecutorHome) -> String {
        if let holder = PortProbe.holder(of: port) {
            let process = "process \(holder.pid) (\(holder.command))"
            let workload = workload(above: holder.pid, of: home)
            return "\(workload.map { "\($0), \(process)," } ?? process) listens on port \(port)"
        }
        if PortProbe.hasListener(port) { return "a process of another user listens on port \(port)" }
        // The near end of a connection has a port too, of those that the kernel gives away.
        return "a connection uses port \(port)"
    }
}

/// That a port of this machine can be had.
enum PortCheck {
    /// - Throws: `ExecutorError` with `port-taken`, naming the holder where it can be seen, or `port-forbidden`.
    static func requireFree(_ port: Int, for title: String) throws {
        switch PortProbe.availability(port) {
        case .free: return
        case .forbidden:
            throw ExecutorError(
                .portForbidden,
                "cannot run \(title): this user may not listen on port \(port)",
                hint: "choose a port from 1024 on"
            )
        case .taken:
            let holder =
                PortProbe.holder(of: port).map { "process \($0.pid) (\($0.command))" } ?? "another user's process"
            throw ExecutorError(
                .portTaken,
                "cannot run \(title): \(holder) listens on port \(port)",
                hint: "end that process, or choose another servicePort"
            )
        }
    }
}

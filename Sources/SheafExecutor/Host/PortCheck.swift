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
            throw ExecutorError(
                .portTaken,
                "cannot run \(title): \(holder(of: port))",
                hint: "end what has the port, or choose another servicePort"
            )
        }
    }

    private static func holder(of port: Int) -> String {
        if let holder = PortProbe.holder(of: port) {
            return "process \(holder.pid) (\(holder.command)) listens on port \(port)"
        }
        if PortProbe.hasListener(port) { return "a process of another user listens on port \(port)" }
        // The near end of a connection has a port too, of those that the kernel gives away.
        return "a connection uses port \(port)"
    }
}

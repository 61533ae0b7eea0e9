import Glibc
import SheafSupervision
import SheafSystem

/// The program `sheaf-gateway FOLDER`: serves until it is told to end.
package enum GatewayProgram {
    /// - Parameter arguments: The program's name and the folder of the gateway.
    /// - Returns: The exit code.
    package static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 2, arguments[1].hasPrefix("/") else {
            GatewayLog.note("usage: sheaf-gateway FOLDER, an absolute path")
            return 64
        }
        let paths = GatewayPaths(folder: arguments[1])
        // Before there are threads, so that all of them leave the signals to this one.
        var signals = blockedSignals()
        raiseDescriptorLimit()
        do {
            let server = try GatewayServer(paths)
            try BlockingThread.start { follow(paths.routes, server) }.detach()
            while true {
                switch sigwaitinfo(&signals, nil) {
                case SIGHUP: server.reload()
                case SIGTERM, SIGINT:
                    try server.end()
                    return 0
                default: continue
                }
            }
        } catch {
            GatewayLog.note("cannot serve: \(error)")
            return 1
        }
    }

    /// Reads the routes again whenever a file of them changes.
    private static func follow(_ routes: String, _ server: GatewayServer) {
        do throws(SystemError) {
            let watch = try FolderWatch(routes, seesReaders: false)
            while true {
                // Also at first: a file may have changed before it was watched.
                server.reload()
                watch.wait(atMost: .seconds(3600))
            }
        } catch {
            GatewayLog.note("cannot follow the routes: \(error)")
            exit(1)
        }
    }

    private static func blockedSignals() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGHUP, SIGTERM, SIGINT] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        return signals
    }

    /// Each request has two connections, and the usual limit is 1,024.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// One run of a command that tells whether a workload is well, where and as what the workload's process runs.
struct CommandProbe: Sendable {
    /// How people know the command.
    let shown: String
    let words: [String]
    let plan: ProcessPlan
    /// The entry by which everything that belongs to the workload is found.
    let marker: String
    let timeout: Duration
    /// Nil where nothing that it says may be shown.
    let redaction: Redaction?

    /// How much of what it says is kept.
    private static let outputLimit = 65_536

    /// Why the workload is not well, in words; nil when the command ends with 0.
    ///
    /// Blocks for the timeout at most; what the command has started ends with it.
    var failure: String? {
        let deadline = ContinuousClock.now + timeout
        var pipe: [Int32] = [-1, -1]
        guard sheaf_pipe(&pipe) == 0 else { return "'\(shown)' was not run: \(SystemError("pipe").reason)" }
        defer { close(pipe[0]) }
        let started = start(output: pipe[1])
        close(pipe[1])
        guard started.pid > 0 else {
            return "'\(shown)' was not run: \(SystemError("start", number: started.number).reason)"
        }
        let handle = sheaf_pidfd_open(started.pid)
        defer { if handle >= 0 { close(handle) } }
        let output = read(pipe[0], while: handle, until: deadline)
        // All of its group, before its number can be another's.
        kill(-started.pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(started.pid, &status, 0) < 0, errno == EINTR {}
        guard let output else { return "'\(shown)' did not end within \(timeout.inWords)\(lastLine(of: []))" }
        let code = sheaf_exit_code(status)
        if code == 0 { return nil }
        let end = code > 0 ? "exit code \(code)" : "signal \(sheaf_exit_signal(status))"
        return "'\(shown)' ended with \(end)\(lastLine(of: output))"
    }

    private func lastLine(of output: [UInt8]) -> String {
        guard let redaction else { return "" }
        let lines = redaction.redact(String(decoding: output, as: UTF8.self)).split(separator: "\n")
        return lines.last.map { ": \($0)" } ?? ""
    }

    private func start(output: Int32) -> (pid: Int32, number: Int32) {
        let input = sheaf_open("/dev/null", O_RDONLY | O_CLOEXEC, 0)
        guard input >= 0 else { return (-1, errno) }
        defer { close(input) }
        let arguments = words.map { strdup($0) } + [nil]
        let entries = plan.environment.map { strdup("\($0.key)=\($0.value)") } + [strdup(marker), nil]
        defer { for text in arguments + entries { free(text) } }
        var failure = sheaf_spawn_failure()
        let pid = plan.workingDirectory.withCString { directory in
            plan.isolation.withPointer { isolation in
                var request = sheaf_spawn_request()
                request.directory = directory
                request.standard_input = input
                request.standard_output = output
                request.standard_error = output
                request.new_session = true
                request.death_signal = SIGKILL
                request.umask = Int32(plan.umask & 0o777)
                request.isolation = isolation
                return arguments.withUnsafeBufferPointer { arguments in
                    entries.withUnsafeBufferPointer { entries in
                        request.arguments = arguments.baseAddress
                        request.environment = entries.baseAddress
                        return sheaf_spawn(&request, &failure)
                    }
                }
            }
        }
        return (pid, failure.number)
    }

    /// What a command says until it ends; nil when the deadline comes first.
    private func read(_ output: Int32, while handle: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var entries = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: handle, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let ready = poll(&entries, 2, deadline.millisecondsLeft)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0, .now < deadline else { return nil }
            if entries[0].revents != 0 {
                let count = Glibc.read(output, &buffer, buffer.count)
                if count > 0 {
                    bytes = (bytes + buffer[..<count]).suffix(Self.outputLimit)
                    continue
                }
                entries[0].fd = -1
            }
            // What it has written before its end was read above.
            if entries[1].revents != 0 { return bytes }
        }
    }
}

extension ProcessPlan {
    /// How the process differs from its host.
    var isolation: ChildIsolation {
        ChildIsolation(
            mounts: mounts.map { ($0.source, $0.target, $0.isReadOnly, $0.isOptional) },
            veils: veils,
            user: user.map { ($0.id, $0.group, $0.groups) }
        )
    }
}

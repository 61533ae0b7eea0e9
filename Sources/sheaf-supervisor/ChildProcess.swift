import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// Starting processes and looking after those that ended.
enum ChildProcess {
    /// Starts a program in a session of its own, which dies with the supervisor.
    ///
    /// - Returns: Its pid once it has been exec'ed.
    /// - Throws: `StartError` with the reason in words.
    static func start(
        _ plan: ProcessPlan,
        arguments: [String],
        marker: String,
        limits: [ProcessPlan.Limit],
        groups: [Int32] = []
    ) throws(StartError) -> Int32 {
        let output = sheaf_open(plan.logPath, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw StartError("cannot write \(plan.logPath): \(SystemError("open").reason)") }
        defer { close(output) }
        guard null >= 0 else { throw StartError("cannot start \(plan.name): /dev/null cannot be opened") }
        let environment = plan.environment.map { "\($0.key)=\($0.value)" }.sorted() + [marker]
        let limits = limits.map { sheaf_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
        var failure = sheaf_spawn_failure()
        let pid = withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                plan.workingDirectory.withCString { directory in
                    withBuffers(limits, groups) { limits, groups in
                        plan.isolation.withPointer { isolation in
                            var request = sheaf_spawn_request(
                                arguments: arguments,
                                environment: environment,
                                directory: directory,
                                standard_input: null,
                                standard_output: output,
                                standard_error: output,
                                search_path: false,
                                new_session: true,
                                death_signal: SIGKILL,
                                // The kernel looks at no other bits.
                                umask: Int32(plan.umask & 0o777),
                                limits: limits.baseAddress,
                                limit_count: limits.count,
                                groups: groups.baseAddress,
                                group_count: groups.count,
                                isolation: isolation
                            )
                            return sheaf_spawn(&request, &failure)
                        }
                    }
                }
            }
        }
        guard pid > 0 else {
            let isTransient = failure.number == EAGAIN || failure.number == ENOMEM
            throw StartError(Self.problem(failure, plan: plan, arguments: arguments), isTransient: isTransient)
        }
        return pid
    }

    /// What the processes read, opened once for all of them.
    private static let null = sheaf_open("/dev/null", O_RDONLY | O_CLOEXEC, 0)

    /// Whether this process has any children, ended ones that nobody has collected included.
    static var areThereAny: Bool { sheaf_next_ended_child() >= 0 }

    /// A child that has ended.
    ///
    /// - Parameter isLeader: Whether the rest of a process group is to be killed, before its number can be reused.
    /// - Returns: nil when no child has ended.
    static func collect(isLeader: (Int32) -> Bool) -> (pid: Int32, exit: ProcessStatus.Exit)? {
        let pid = sheaf_next_ended_child()
        guard pid > 0 else { return nil }
        if isLeader(pid) { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = sheaf_exit_code(status)
        return (pid, code >= 0 ? .code(code) : .signal(sheaf_exit_signal(status)))
    }

    private static func problem(_ failure: sheaf_spawn_failure, plan: ProcessPlan, arguments: [String]) -> String {
        let reason = SystemError("start", number: failure.number).reason
        return switch failure.step {
        case SHEAF_STEP_EXEC: "cannot run \(arguments.first ?? ""): \(reason)"
        case SHEAF_STEP_DIRECTORY: "cannot enter \(plan.workingDirectory): \(reason)"
        case SHEAF_STEP_GROUP: "cannot limit the memory or the processors of \(plan.name): \(reason)"
        case SHEAF_STEP_LIMIT: "cannot set a limit for \(plan.name): \(reason)"
        case SHEAF_STEP_ISOLATE: "cannot give \(plan.name) its mounts and its user: \(reason)"
        default: "cannot start \(plan.name): \(reason)"
        }
    }

    private static func withBuffers<Result>(
        _ limits: [sheaf_limit],
        _ groups: [Int32],
        _ body: (UnsafeBufferPointer<sheaf_limit>, UnsafeBufferPointer<Int32>) -> Result
    ) -> Result {
        limits.withUnsafeBufferPointer { limits in groups.withUnsafeBufferPointer { body(limits, $0) } }
    }

    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { buffer in
            // The buffer ends with nil, so it is never empty and always has an address.
            guard let base = buffer.baseAddress else {
                preconditionFailure("an array that is not empty has an address")
            }
            return body(base)
        }
    }
}

extension ProcessPlan {
    /// How the process differs from the supervisor.
    var isolation: ChildIsolation {
        ChildIsolation(
            mounts: mounts.map { ($0.source, $0.target, $0.isReadOnly, $0.isOptional) },
            veils: veils,
            user: user.map { ($0.id, $0.group, $0.groups) }
        )
    }
}

/// Why a process could not be started, as one line.
struct StartError: Error {
    let description: String
    /// Whether the machine only had no room at that moment.
    let isTransient: Bool

    init(_ description: String, isTransient: Bool = false) {
        self.description = description
        self.isTransient = isTransient
    }
}

import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// The way from a command line to a supervisor in the background.
///
/// The process that was started stays in the foreground until the first processes have been exec'ed or could not be, and
/// ends with 0 or with 1 and one line on standard error. The supervisor itself is its child.
enum Entrance {
    static func enter(_ arguments: [String]) -> Int32 {
        guard arguments.count == 2, arguments[1].utf8.first == UInt8(ascii: "/") else {
            report("usage: sheaf-supervisor FOLDER, an absolute path")
            return 64
        }
        let paths = IncarnationPaths(folder: arguments[1])
        guard hasLock(paths) else {
            report("\(paths.lock) is not inherited, locked, as descriptor \(IncarnationPaths.lockDescriptor)")
            return 1
        }
        guard let text = TextFile.read(paths.launch) ?? TextFile.read(paths.earlierLaunch) else {
            report("cannot read \(paths.launch)")
            return 1
        }
        do throws(FormatError) {
            let plan = try LaunchPlan(decoding: text)
            let run = try RunInstruction(paths)
            let followed = run.map { plan.following($0.order) } ?? plan
            return fork(into: Supervisor(plan: followed, paths: paths, instruction: run))
        } catch {
            report("cannot use \(paths.launch): \(error)")
            return 1
        }
    }

    /// Writes one line to standard error.
    static func report(_ text: String) {
        let line = Array("\(text)\n".utf8)
        // Standard error is all there is to complain to, so a failure has no other place to go.
        _ = write(2, line, line.count)
    }

    /// Whether the inherited descriptor is the incarnation's lock, and holds it.
    private static func hasLock(_ paths: IncarnationPaths) -> Bool {
        let descriptor = IncarnationPaths.lockDescriptor
        var inherited = stat()
        var named = stat()
        guard fstat(descriptor, &inherited) == 0, stat(paths.lock, &named) == 0 else { return false }
        guard inherited.st_dev == named.st_dev, inherited.st_ino == named.st_ino else { return false }
        // A lock that this description holds already is simply confirmed.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        // The processes must not inherit it: the lock ends with the supervisor.
        return sheaf_set_close_on_exec(descriptor, true) == 0
    }

    private static func fork(into supervisor: Supervisor) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard sheaf_pipe(&ends) == 0 else {
            report("cannot start: \(SystemError("pipe").reason)")
            return 1
        }
        switch sheaf_fork() {
        case -1:
            report("cannot start: \(SystemError("fork").reason)")
            return 1
        case 0:
            close(ends[0])
            return supervisor.run { problem in
                finishHandshake(on: ends[1], problem: problem)
            }
        default:
            close(ends[1])
            return awaitHandshake(on: ends[0])
        }
    }

    /// Tells the foreground how it went, and lets go of the standard error that came from there.
    private static func finishHandshake(on descriptor: Int32, problem: String?) {
        if let problem {
            report(problem)
        } else {
            var byte: UInt8 = 1
            // A foreground that is gone needs no answer.
            _ = write(descriptor, &byte, 1)
        }
        let null = sheaf_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        if null >= 0 { dup2(null, 2) }
        if null > 2 { close(null) }
        close(descriptor)
    }

    private static func awaitHandshake(on descriptor: Int32) -> Int32 {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            // Without a byte there was a problem, which stands on standard error already.
            return count == 1 ? 0 : 1
        }
    }
}

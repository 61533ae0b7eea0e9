import CLinux
import Glibc

/// A program that a user asked for, in the foreground of his terminal.
package struct ForegroundProcess: Sendable {
    /// How it ended.
    package enum End: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    private let pid: Int32
    private let identity: ProcessIdentity?

    /// Starts a program in the process group of this one, so that Ctrl-C reaches it too.
    ///
    /// It has the standard input and the standard error of this process, and writes its standard output to that error:
    /// standard output is for the result of the command that started it.
    /// - Parameters:
    ///   - program: A path.
    ///   - arguments: Without the program's own name.
    ///   - environment: All of it, as `KEY=value`.
    /// - Throws: `SystemError` when it cannot be started.
    package init(_ program: String, arguments: [String], environment: [String]) throws(SystemError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var entries = environment.map { strdup($0) } + [nil]
        defer { for pointer in words + entries { free(pointer) } }
        var pid: Int32 = 0
        let number = posix_spawn(&pid, program, &actions, &attributes, &words, &entries)
        guard number == 0 else { throw SystemError("run \(program)", number: number) }
        self.pid = pid
        identity = ProcessIdentity(of: pid)
    }

    /// Sends a signal; nothing happens when it has ended.
    package func signal(_ number: Int32) { identity?.signal(number) }

    /// Blocks until it has ended; is called once.
    package func wait() -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = sheaf_exit_signal(status)
        return signal > 0 ? .signalled(signal) : .exited(sheaf_exit_code(status))
    }
}

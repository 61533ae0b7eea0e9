import CLinux
import Glibc

/// Starting a program that outlives its starter.
package enum DetachedProcess {
    /// How a program that goes to the background by itself has answered.
    package struct Answer: Hashable, Sendable {
        /// Of the foreground part; -1 when a signal ended it.
        package var exitCode: Int32
        /// What it wrote on standard error, at most 64 KiB.
        package var standardError: String
    }

    /// Starts a program in a new session with no more than one inherited descriptor, and blocks until its foreground part has ended.
    ///
    /// Standard input and output are `/dev/null`, all signals have their default action and none is blocked.
    /// - Parameters:
    ///   - program: An absolute path.
    ///   - arguments: Without the program's own name.
    ///   - environment: All of it, as `KEY=value`.
    ///   - descriptor: Is passed on to the program.
    ///   - inheritedAs: The number of the descriptor there.
    ///   - limit: After this the foreground part is killed.
    /// - Returns: nil when the limit was reached.
    /// - Throws: `SystemError` when the program cannot be started at all.
    package static func start(
        _ program: String,
        arguments: [String],
        environment: [String],
        passing descriptor: Int32,
        inheritedAs: Int32,
        limit: Duration
    ) throws(SystemError) -> Answer? {
        // Copies with high numbers, so that arranging 0 to 3 in the child overwrites none of them.
        let passed = sheaf_duplicate(descriptor, 16)
        guard passed >= 0 else { throw SystemError("duplicate a descriptor") }
        defer { close(passed) }
        var pipe: [Int32] = [-1, -1]
        guard sheaf_pipe(&pipe) == 0 else { throw SystemError("make a pipe") }
        let reading = pipe[0]
        let writing = sheaf_duplicate(pipe[1], 16)
        let number = errno
        close(pipe[1])
        defer { close(reading) }
        guard writing >= 0 else { throw SystemError("make a pipe", number: number) }
        let pid: Int32
        do throws(SystemError) {
            pid = try spawn(program, [program] + arguments, environment, (writing, 2), (passed, inheritedAs))
            close(writing)
        } catch {
            close(writing)
            throw error
        }
        let deadline = ContinuousClock.now + limit
        let text = readAll(reading, until: deadline)
        if text == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return text.map {
            Answer(exitCode: sheaf_exit_code(status), standardError: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Starts a program in a new session, with none of this process's descriptors, and returns at once.
    ///
    /// Standard input and output are `/dev/null`, all signals have their default action and none is blocked.
    /// - Parameters:
    ///   - program: An absolute path.
    ///   - arguments: Without the program's own name.
    ///   - environment: All of it, as `KEY=value`.
    ///   - log: Standard error is appended to this file; is made when missing, mode 0600.
    /// - Returns: Its number.
    /// - Throws: `SystemError` when the log cannot be opened or the program cannot be started.
    @discardableResult
    package static func launch(
        _ program: String,
        arguments: [String],
        environment: [String],
        log: String
    ) throws(SystemError) -> Int32 {
        let descriptor = sheaf_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("write \(log)") }
        defer { close(descriptor) }
        return try spawn(program, [program] + arguments, environment, (descriptor, 2))
    }

    private static func spawn(
        _ program: String,
        _ arguments: [String],
        _ environment: [String],
        _ moves: (from: Int32, to: Int32)...
    ) throws(SystemError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        for move in moves { posix_spawn_file_actions_adddup2(&actions, move.from, move.to) }
        // It outlives this process, whose caller may have left a lock or a pipe open that must not.
        sheaf_close_from(&actions, (moves.map(\.to).max() ?? 1) + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(sheaf_spawn_flags()))
        var words = arguments.map { strdup($0) } + [nil]
        var entries = environment.map { strdup($0) } + [nil]
        defer { for pointer in words + entries { free(pointer) } }
        var pid: Int32 = 0
        let number = posix_spawn(&pid, program, &actions, &attributes, &words, &entries)
        guard number == 0 else { throw SystemError("run \(program)", number: number) }
        return pid
    }

    /// Reads until the end of the stream; nil when the deadline came first.
    private static func readAll(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = max(deadline - .now, .zero).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, Int32(clamping: milliseconds))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes }
            if bytes.count < 65_536 { bytes += buffer[..<count] }
        }
    }
}

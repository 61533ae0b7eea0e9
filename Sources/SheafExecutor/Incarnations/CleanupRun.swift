import CLinux
import Glibc
import SheafSupervision

/// Runs the cleanup of a process whose supervisor was killed.
enum CleanupRun {
    /// Runs it and blocks until it has ended, at most half a minute; its output goes to the log of the process.
    ///
    /// A cleanup that fails leaves something behind that only its own tool can name, so its words are in that log.
    static func run(_ process: ProcessPlan) {
        guard let program = process.cleanup.first else { return }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, process.logPath, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        sheaf_close_from(&actions, 3)
        var words = process.cleanup.map { strdup($0) } + [nil]
        var entries = process.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + entries { free(pointer) } }
        var pid: Int32 = 0
        guard posix_spawn(&pid, program, &actions, nil, &words, &entries) == 0 else { return }
        let handle = sheaf_pidfd_open(pid)
        if handle >= 0 {
            var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, Int32(limit.components.seconds) * 1000) == 0 { kill(pid, SIGKILL) }
            close(handle)
        }
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    /// As long as a supervisor lets it run.
    static let limit: Duration = .seconds(30)
}

#define _GNU_SOURCE
#include "CLinux.h"
#include <spawn.h>
#include <sys/stat.h>

int sheaf_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int sheaf_spawn_flags(void) { return POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF; }

pid_t sheaf_next_ended_child(void) {
    siginfo_t info = {0};
    // WNOWAIT leaves the zombie, so that its number stays its own until the caller has dealt with its group.
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        if (errno != EINTR) return -1;
    }
    return info.si_pid;
}

// Between fork and exec; only calls that are safe after fork.
static void run_child(const struct sheaf_child *child, pid_t parent, enum sheaf_step *step) {
    *step = SHEAF_STEP_START;
    if (setsid() < 0) return;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return;
    // The parent may have ended before the call above; then nobody would ever kill this process.
    if (getppid() != parent) _exit(127);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return;
    umask(child->umask);
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, 0) < 0 || dup2(child->output, 1) < 0 || dup2(child->output, 2) < 0) return;
    // Nothing of the parent may leak into the child, above all not the lock.
    const unsigned int close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC
    if (syscall(SYS_close_range, 3u, ~0u, close_on_exec) != 0 && errno != ENOSYS && errno != EINVAL) return;
    *step = SHEAF_STEP_LIMIT;
    for (size_t index = 0; index < child->limit_count; index++) {
        struct rlimit limit = {child->limits[index].soft, child->limits[index].hard};
        if (setrlimit(child->limits[index].resource, &limit) != 0) return;
    }
    *step = SHEAF_STEP_DIRECTORY;
    if (chdir(child->directory) != 0) return;
    *step = SHEAF_STEP_EXEC;
    execve(child->arguments[0], child->arguments, child->environment);
}

pid_t sheaf_start_child(const struct sheaf_child *child, enum sheaf_step *step) {
    int report[2];
    *step = SHEAF_STEP_START;
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        run_child(child, parent, step);
        int message[2] = {errno, *step};
        ssize_t written = write(report[1], message, sizeof message);
        (void)written;
        _exit(127);
    }
    int number = errno;
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        errno = number;
        return -1;
    }
    int message[2];
    ssize_t count;
    // The pipe closes without a word when exec succeeds.
    do count = read(report[0], message, sizeof message);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count != sizeof message) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    *step = (enum sheaf_step)message[1];
    errno = message[0];
    return -1;
}

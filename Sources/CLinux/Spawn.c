#define _GNU_SOURCE
#include "Spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { first_free_descriptor = 3 };

// A descriptor that arranging the standard streams does not overwrite.
static int lift(int descriptor) {
    if (descriptor >= first_free_descriptor) return descriptor;
    return fcntl(descriptor, F_DUPFD_CLOEXEC, first_free_descriptor);
}

static int arrange_streams(const struct sheaf_spawn_request *request) {
    int streams[] = {request->standard_input, request->standard_output, request->standard_error};
    for (int number = 0; number < first_free_descriptor; number++) {
        if (streams[number] != number && (streams[number] = lift(streams[number])) < 0) return -1;
    }
    for (int number = 0; number < first_free_descriptor; number++) {
        // dup2 onto itself would leave close-on-exec set.
        int result = streams[number] == number ? fcntl(number, F_SETFD, 0) : dup2(streams[number], number);
        if (result < 0) return -1;
    }
    // Nothing else of the parent may leak into the child, above all no lock. Old kernels lack the call or its flag.
    const unsigned int close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC
    if (syscall(SYS_close_range, (unsigned)first_free_descriptor, ~0u, close_on_exec) == 0) return 0;
    return errno == ENOSYS || errno == EINVAL ? 0 : -1;
}

static int reset_signals(void) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

// The signal for the death of the parent, which may have ended before: then nobody would ever send it.
static int follow(pid_t parent, int death_signal) {
    if (prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0) return -1;
    if (getppid() != parent) _exit(127);
    return 0;
}

// Between fork and exec; only calls that are safe after fork. Returns only when a step fails.
static void run_child(const struct sheaf_spawn_request *request, pid_t parent, enum sheaf_step *step) {
    *step = SHEAF_STEP_START;
    if ((request->new_session ? setsid() : setpgid(0, 0)) < 0) return;
    if (follow(parent, request->death_signal) != 0) return;
    if (reset_signals() != 0) return;
    *step = SHEAF_STEP_ISOLATE;
    if (request->isolation && sheaf_isolate_mounts(request->isolation) != 0) return;
    *step = SHEAF_STEP_START;
    if (request->umask >= 0) umask((mode_t)request->umask);
    if (arrange_streams(request) != 0) return;
    *step = SHEAF_STEP_LIMIT;
    for (size_t index = 0; index < request->limit_count; index++) {
        struct rlimit limit = {request->limits[index].soft, request->limits[index].hard};
        if (setrlimit(request->limits[index].resource, &limit) != 0) return;
    }
    *step = SHEAF_STEP_DIRECTORY;
    if (request->directory && chdir(request->directory) != 0) return;
    *step = SHEAF_STEP_ISOLATE;
    if (request->isolation) {
        if (sheaf_switch_user(request->isolation) != 0) return;
        // Another user, or a user namespace, has cleared it.
        if (follow(parent, request->death_signal) != 0) return;
    }
    *step = SHEAF_STEP_EXEC;
    if (request->search_path) {
        execvpe(request->arguments[0], request->arguments, request->environment);
    } else {
        // Unlike execvpe, this takes no file of an unknown format for a shell script.
        execve(request->arguments[0], request->arguments, request->environment);
    }
}

// A pipe whose ends are no standard streams, even where this process has closed its own.
static int make_report(int ends[2]) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0) return -1;
    ends[0] = lift(pair[0]);
    ends[1] = lift(pair[1]);
    int number = errno;
    for (int index = 0; index < 2; index++) {
        if (ends[index] != pair[index]) close(pair[index]);
    }
    if (ends[0] >= 0 && ends[1] >= 0) return 0;
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
    errno = number;
    return -1;
}

// The signals of the parent are blocked meanwhile: none of its handlers may run in the child.
static pid_t fork_child(const struct sheaf_spawn_request *request, int report) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        struct sheaf_spawn_failure failure;
        run_child(request, parent, &failure.step);
        failure.number = errno;
        ssize_t written = write(report, &failure, sizeof failure);
        (void)written;
        _exit(127);
    }
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return pid;
}

pid_t sheaf_spawn(const struct sheaf_spawn_request *request, struct sheaf_spawn_failure *failure) {
    int report[2];
    if (make_report(report) != 0) {
        *failure = (struct sheaf_spawn_failure){SHEAF_STEP_START, errno};
        return -1;
    }
    pid_t pid = fork_child(request, report[1]);
    if (pid < 0) *failure = (struct sheaf_spawn_failure){SHEAF_STEP_START, errno};
    close(report[1]);
    if (pid > 0) {
        struct sheaf_spawn_failure told;
        ssize_t count;
        // The pipe closes without a word when exec succeeds.
        do count = read(report[0], &told, sizeof told);
        while (count < 0 && errno == EINTR);
        if (count == sizeof told) {
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
            *failure = told;
            pid = -1;
        }
    }
    close(report[0]);
    return pid;
}

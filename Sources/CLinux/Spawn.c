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
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    // The kernel refuses SIGKILL and SIGSTOP, and the numbers that the C library keeps for itself have no action.
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

// A process joins a group by writing into a file of it.
static int join_groups(const struct sheaf_spawn_request *request) {
    for (size_t index = 0; index < request->group_count; index++) {
        if (write(request->groups[index], "0", 1) != 1) return -1;
    }
    return 0;
}

// The signal for the death of the parent, which may have ended before: then nobody would ever send it.
static int follow(pid_t parent, int death_signal) {
    if (prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0) return -1;
    if (getppid() != parent) _exit(127);
    return 0;
}

// Between vfork and exec: only system calls, and nothing of the parent's memory is changed but the failure.
// Returns only when a step fails.
static void run_child(const struct sheaf_spawn_request *request, pid_t parent, struct sheaf_spawn_failure *failure) {
    failure->step = SHEAF_STEP_START;
    if ((request->new_session ? setsid() : setpgid(0, 0)) < 0) return;
    if (follow(parent, request->death_signal) != 0) return;
    if (reset_signals() != 0) return;
    failure->step = SHEAF_STEP_ISOLATE;
    if (request->isolation && sheaf_isolate_mounts(request->isolation) != 0) return;
    failure->step = SHEAF_STEP_START;
    if (request->umask >= 0) umask((mode_t)request->umask);
    failure->step = SHEAF_STEP_GROUP;
    if (join_groups(request) != 0) return;
    failure->step = SHEAF_STEP_START;
    if (arrange_streams(request) != 0) return;
    failure->step = SHEAF_STEP_LIMIT;
    for (size_t index = 0; index < request->limit_count; index++) {
        struct rlimit limit = {request->limits[index].soft, request->limits[index].hard};
        if (setrlimit(request->limits[index].resource, &limit) != 0) return;
    }
    failure->step = SHEAF_STEP_DIRECTORY;
    if (request->directory && chdir(request->directory) != 0) return;
    failure->step = SHEAF_STEP_ISOLATE;
    if (request->isolation) {
        if (sheaf_switch_user(request->isolation) != 0) return;
        // Another user, or a user namespace, has cleared it.
        if (follow(parent, request->death_signal) != 0) return;
    }
    failure->step = SHEAF_STEP_EXEC;
    if (request->search_path) {
        execvpe(request->arguments[0], request->arguments, request->environment);
    } else {
        // Unlike execvpe, this takes no file of an unknown format for a shell script.
        execve(request->arguments[0], request->arguments, request->environment);
    }
}

pid_t sheaf_spawn(const struct sheaf_spawn_request *request, struct sheaf_spawn_failure *failure) {
    // None of the parent's handlers may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t parent = getpid();
    *failure = (struct sheaf_spawn_failure){SHEAF_STEP_START, 0};
    // The child uses the memory of this process, which stands still until the child has exec'ed or ended: nothing is
    // copied, and a failure is simply there.
    const pid_t pid = vfork();
    if (pid == 0) {
        run_child(request, parent, failure);
        failure->number = errno;
        _exit(127);
    }
    if (pid < 0) failure->number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure->number == 0) return pid;
    if (pid > 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    }
    return -1;
}

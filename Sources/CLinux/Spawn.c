#define _GNU_SOURCE
#include "CLinux.h"
#include "Spawn.h"
#include <sys/socket.h>

static int place(int from, int to) {
    // dup2 onto itself would leave close-on-exec set.
    return from == to ? fcntl(to, F_SETFD, 0) : dup2(from, to);
}

static void become(const struct sheaf_spawn_request *request, pid_t parent, int report) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, request->death_signal, 0, 0, 0);
    // The parent may have ended before the line above: then nobody would ever send the signal.
    if (getppid() != parent) _exit(127);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (place(request->standard_input, 0) >= 0 && place(request->standard_output, 1) >= 0
        && place(request->standard_error, 2) >= 0 && (!request->folder || chdir(request->folder) == 0)) {
        execvpe(request->arguments[0], request->arguments, request->environment);
    }
    int number = errno;
    if (write(report, &number, sizeof number) < 0) _exit(126);
    _exit(127);
}

pid_t sheaf_spawn(const struct sheaf_spawn_request *request) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become(request, parent, report[1]);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (child > 0) {
        ssize_t count;
        do count = read(report[0], &failure, sizeof failure); while (count < 0 && errno == EINTR);
        if (count == sizeof failure) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
            child = -1;
        }
    }
    close(report[0]);
    errno = failure;
    return child;
}

int sheaf_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int sheaf_stop_signals(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &stop, NULL) != 0) return -1;
    return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

// The calls of Linux that Swift cannot reach by itself: variadic functions, macros, and fork.
#pragma once
#include <fcntl.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "Spawn.h"

static inline int sheaf_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int sheaf_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}
static inline int sheaf_set_close_on_exec(int descriptor, bool on) {
    return fcntl(descriptor, F_SETFD, on ? FD_CLOEXEC : 0);
}
static inline int sheaf_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int sheaf_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}
static inline int sheaf_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
static inline int sheaf_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

#define _GNU_SOURCE
#include "CLinux.h"
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

int sheaf_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int sheaf_spawn_flags(void) { return POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF; }

int sheaf_close_from(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

pid_t sheaf_next_ended_child(void) {
    siginfo_t info = {0};
    // WNOWAIT leaves the zombie, so that its number stays its own until the caller has dealt with its group.
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        if (errno != EINTR) return -1;
    }
    return info.si_pid;
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

int sheaf_link_anonymous(int descriptor, const char *path) {
    char own[32];
    snprintf(own, sizeof own, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int sheaf_file_identity(const char *path, uint64_t *inode, int64_t *birth) {
    struct statx status;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) != 0) return -1;
    *inode = status.stx_ino;
    const bool is_known = status.stx_mask & STATX_BTIME;
    *birth = is_known ? status.stx_btime.tv_sec * 1000000000LL + status.stx_btime.tv_nsec : 0;
    return 0;
}

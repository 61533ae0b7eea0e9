// The calls of Linux that Swift cannot reach by itself: variadic functions, macros, and fork.
#pragma once
#include <fcntl.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sys/xattr.h>
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
static inline int sheaf_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// A copy of a descriptor with the lowest number from `lowest` on, closed by exec.
static inline int sheaf_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }
/// A pipe whose ends exec closes.
int sheaf_pipe(int ends[2]);
/// The flags of `posix_spawn` for a new session with fresh signals.
int sheaf_spawn_flags(void);
/// Lets a program that `posix_spawn` starts have no descriptor from `lowest` on, whoever opened it.
int sheaf_close_from(posix_spawn_file_actions_t *actions, int lowest);
static inline pid_t sheaf_fork(void) { return fork(); }
/// The exit code in a wait status, or -1 when a signal ended the process.
static inline int sheaf_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
/// The signal in a wait status, or 0 when the process exited by itself.
static inline int sheaf_exit_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
/// A child that has ended and is not collected yet; 0 when all go on, -1 when there are no children.
pid_t sheaf_next_ended_child(void);

/// A descriptor that becomes readable when SIGINT or SIGTERM arrives; both are blocked from then on.
int sheaf_stop_signals(void);
/// The next connection of a listening socket, closed in children.
int sheaf_accept(int listener);
static inline int sheaf_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline int sheaf_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

// Needs _GNU_SOURCE, which the importer of the header may lack, so the flag is spelt as in <asm-generic/fcntl.h>.
static inline int sheaf_open_anonymous(const char *directory) {
    return open(directory, 020000000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0666);
}
/// Gives a file without a name one that is not taken; only for files of `sheaf_open_anonymous`.
int sheaf_link_anonymous(int descriptor, const char *path);
/// Exchanges two names of the same file system; both must exist.
static inline int sheaf_exchange_names(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */);
}

/// The number of a file or folder on its file system, and its time of birth in nanoseconds, 0 where that is not known.
///
/// The number alone is given to another as soon as the first is removed. Links are not followed.
int sheaf_file_identity(const char *path, uint64_t *inode, int64_t *birth);
/// The flag that opens a name without the right to read what it stands for (`O_PATH`, which needs _GNU_SOURCE).
static inline int sheaf_path_only(void) { return 010000000; }
/// Makes a file share the blocks of another (`FICLONE` of <linux/fs.h>); -1 where the file system cannot.
static inline int sheaf_clone(int to, int from) { return ioctl(to, _IOW(0x94, 9, int), from); }
/// Copies bytes within the kernel; moves both offsets. Returns how many, 0 at the end of the file, or -1.
static inline ssize_t sheaf_copy_range(int from, int64_t *from_offset, int to, int64_t *to_offset, size_t count) {
    return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, count, 0);
}
/// The next place from an offset that holds data, or the next hole; -1 with ENXIO when there is none.
static inline int64_t sheaf_next_data(int descriptor, int64_t from) { return lseek(descriptor, from, 3 /* SEEK_DATA */); }
static inline int64_t sheaf_next_hole(int descriptor, int64_t from) { return lseek(descriptor, from, 4 /* SEEK_HOLE */); }
/// Gives the blocks of a part of a file back to the file system; what stood there reads as zeros, the size stays.
static inline int sheaf_free_blocks(int descriptor, int64_t from, int64_t count) {
    // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE of <linux/falloc.h>; fallocate needs _GNU_SOURCE.
    return (int)syscall(SYS_fallocate, descriptor, 0x02 | 0x01, from, count);
}
/// Writes all of a descriptor's file system to the disk.
static inline int sheaf_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

// The calls of `sheaf` that the crash tests watch, each in place of that of the C library.
//
// What happens at them is in Moments.c, Faults.c and Recorder.c. Besides, with SHEAF_DENY_NAMING=1, a file without a
// name cannot get one, as on file systems that do not have such files; and with SHEAF_FILL_FRAMES_AT=BYTES, no file
// below a folder `frames` can be written from there on: the disk is full.
#define _GNU_SOURCE
#include "Shim.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void name_moment(void) {
    if (getenv("SHEAF_CRASH_NAMES") != NULL) shim_moment();
}

// Gives up a call with an error, if it is to fail.
#define FAIL_IF(condition, call)                      \
    int fault = (condition) ? shim_fault(call) : 0;   \
    if (fault != 0) {                                 \
        errno = fault;                                \
        return -1;                                    \
    }

// The moments around a call, and the call in between.
#define AROUND(moment, type, name, parameters, arguments) \
    type(*real) parameters = dlsym(RTLD_NEXT, #name);     \
    moment();                                             \
    type result = real arguments;                         \
    int number = errno;                                   \
    moment();                                             \
    errno = number;

// MARK: Syncs

static bool is_in_home(int descriptor) {
    char path[PATH_MAX];
    return shim_is_active() && shim_home_path(descriptor, path, sizeof path);
}

#define SYNC(name)                                            \
    int name(int descriptor) {                                \
        FAIL_IF(is_in_home(descriptor), SHIM_SYNC)            \
        AROUND(shim_moment, int, name, (int), (descriptor))   \
        if (result == 0) shim_record_sync(descriptor);        \
        return result;                                        \
    }

SYNC(fdatasync)
SYNC(fsync)

// MARK: Names

#define NAME(moment, folder, path, name, parameters, arguments) \
    int name parameters {                                       \
        FAIL_IF(shim_is_home(folder, path), SHIM_NAME)          \
        AROUND(moment, int, name, parameters, arguments)        \
        return result;                                          \
    }

NAME(shim_moment, AT_FDCWD, from, rename, (const char *from, const char *to), (from, to))
NAME(name_moment, from_folder, from, renameat, (int from_folder, const char *from, int to_folder, const char *to),
     (from_folder, from, to_folder, to))
NAME(name_moment, AT_FDCWD, from, link, (const char *from, const char *to), (from, to))
NAME(name_moment, AT_FDCWD, path, unlink, (const char *path), (path))
NAME(name_moment, folder, path, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
    name_moment();
    int result = -1;
    int number = ENOENT;
    if (!shim_is_active() || getenv("SHEAF_DENY_NAMING") == NULL) {
        result = real(from_folder, from, to_folder, to, flags);
        number = errno;
    }
    name_moment();
    errno = number;
    return result;
}

int mkdir(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    FAIL_IF(shim_is_home(AT_FDCWD, path), SHIM_NAME)
    return real(path, mode);
}

// MARK: Opening and writing

// The mode of a file that is made; the argument is there only then.
#define MODE(flags)                               \
    mode_t mode = 0;                              \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {      \
        va_list rest;                             \
        va_start(rest, flags);                    \
        mode = va_arg(rest, mode_t);              \
        va_end(rest);                             \
    }

#define OPEN(name)                                                           \
    int name(const char *path, int flags, ...) {                             \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);       \
        MODE(flags)                                                          \
        FAIL_IF(shim_is_home(AT_FDCWD, path), SHIM_OPEN)                     \
        return real(path, flags, mode);                                      \
    }

#define OPEN_AT(name)                                                        \
    int name(int folder, const char *path, int flags, ...) {                 \
        int (*real)(int, const char *, int, ...) = dlsym(RTLD_NEXT, #name);  \
        MODE(flags)                                                          \
        FAIL_IF(shim_is_home(folder, path), SHIM_OPEN)                       \
        return real(folder, path, flags, mode);                              \
    }

OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

static bool is_full(int descriptor, off_t offset) {
    const char *text = shim_is_active() ? getenv("SHEAF_FILL_FRAMES_AT") : NULL;
    if (text == NULL || offset < atol(text)) return false;
    char path[PATH_MAX];
    return shim_home_path(descriptor, path, sizeof path) && strstr(path, "/frames/") != NULL;
}

#define WRITE_AT(name)                                                                   \
    ssize_t name(int descriptor, const void *bytes, size_t count, off_t offset) {        \
        ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, #name);     \
        if (is_full(descriptor, offset)) {                                               \
            errno = ENOSPC;                                                              \
            return -1;                                                                   \
        }                                                                                \
        FAIL_IF(is_in_home(descriptor), SHIM_WRITE)                                      \
        return real(descriptor, bytes, count, offset);                                   \
    }

WRITE_AT(pwrite)
WRITE_AT(pwrite64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    FAIL_IF(is_in_home(descriptor), SHIM_WRITE)
    return real(descriptor, bytes, count);
}

// MARK: Processes

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    // Unlike the other calls it returns its error.
    int fault = shim_fault(SHIM_START);
    if (fault != 0) return fault;
    AROUND(shim_moment, int, posix_spawn,
           (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],
            char *const[]),
           (pid, path, actions, attributes, arguments, environment))
    return result;
}

// Kills the process `sheaf` at a chosen moment: just before or just after its N-th call that lasts.
//
// Such calls are syncs of a file (each write of the journal ends with one), renames and starts of processes.
// SHEAF_CRASH_RUN=COMMAND runs a shell command at the chosen moment, and kills nobody.
// With SHEAF_CRASH_NAMES=1, calls that give or take a name (link, unlink, renameat) count too. With SHEAF_DENY_NAMING=1, a file
// without a name cannot get one, as on file systems that do not have such files.
// With SHEAF_FILL_FRAMES_AT=BYTES, no file below a folder `frames` can be written from there on: the disk is full.
// SHEAF_CRASH_AT=N chooses the moment; moments are counted from 1, two for each call. SHEAF_CRASH_COUNT=FILE has the
// number of moments written at the end of a run that was not killed. Processes of other names are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long moments = 0;
static long crash_at = -1;
static bool counts_names = false;

__attribute__((constructor)) static void begin(void) {
    if (strcmp(program_invocation_short_name, "sheaf") != 0) return;
    const char *text = getenv("SHEAF_CRASH_AT");
    crash_at = text ? atol(text) : 0;
    counts_names = getenv("SHEAF_CRASH_NAMES") != NULL;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SHEAF_CRASH_COUNT");
    if (crash_at < 0 || path == NULL) return;
    FILE *file = fopen(path, "w");
    if (file == NULL) return;
    fprintf(file, "%ld\n", atomic_load(&moments));
    fclose(file);
}

static void moment(void) {
    if (crash_at < 0) return;
    if (atomic_fetch_add(&moments, 1) + 1 != crash_at) return;
    const char *command = getenv("SHEAF_CRASH_RUN");
    if (command == NULL || system(command) < 0) kill(getpid(), SIGKILL);
}

static void name_moment(void) {
    if (counts_names) moment();
}

#define AROUND_BY(moment, type, name, parameters, arguments)  \
    type name parameters {                                    \
        type(*real) parameters = dlsym(RTLD_NEXT, #name);     \
        moment();                                             \
        type result = real arguments;                         \
        int number = errno;                                   \
        moment();                                             \
        errno = number;                                       \
        return result;                                        \
    }
#define AROUND(...) AROUND_BY(moment, __VA_ARGS__)

AROUND(int, fdatasync, (int descriptor), (descriptor))
AROUND(int, fsync, (int descriptor), (descriptor))
AROUND(int, rename, (const char *from, const char *to), (from, to))
AROUND(int, posix_spawn,
       (pid_t * pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
        char *const arguments[], char *const environment[]),
       (pid, path, actions, attributes, arguments, environment))

AROUND_BY(name_moment, int, unlink, (const char *path), (path))
AROUND_BY(name_moment, int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
AROUND_BY(name_moment, int, renameat, (int from_folder, const char *from, int to_folder, const char *to),
          (from_folder, from, to_folder, to))
AROUND_BY(name_moment, int, link, (const char *from, const char *to), (from, to))

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
    name_moment();
    int result = -1;
    int number = ENOENT;
    if (crash_at < 0 || getenv("SHEAF_DENY_NAMING") == NULL) {
        result = real(from_folder, from, to_folder, to, flags);
        number = errno;
    }
    name_moment();
    errno = number;
    return result;
}

static bool is_full(int descriptor, off_t offset) {
    const char *text = crash_at < 0 ? NULL : getenv("SHEAF_FILL_FRAMES_AT");
    if (text == NULL || offset < atol(text)) return false;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = 0;
    return strstr(path, "/frames/") != NULL;
}

#define UNLESS_FULL(name)                                                                \
    ssize_t name(int descriptor, const void *bytes, size_t count, off_t offset) {        \
        ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, #name);     \
        if (is_full(descriptor, offset)) {                                               \
            errno = ENOSPC;                                                              \
            return -1;                                                                   \
        }                                                                                \
        return real(descriptor, bytes, count, offset);                                   \
    }

UNLESS_FULL(pwrite)
UNLESS_FULL(pwrite64)

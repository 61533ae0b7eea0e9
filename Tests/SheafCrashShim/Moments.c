// Kills the process `sheaf` at a chosen moment: just before or just after its N-th call that lasts.
//
// Such calls are syncs of a file (each write of the journal ends with one), renames and starts of processes.
// SHEAF_CRASH_RUN=COMMAND runs a shell command at the chosen moment, and kills nobody.
// With SHEAF_CRASH_NAMES=1, calls that give or take a name (link, unlink, renameat) count too.
// SHEAF_CRASH_AT=N chooses the moment; moments are counted from 1, two for each call. SHEAF_CRASH_COUNT=FILE has the
// number of moments written at the end of a run that was not killed.
#define _GNU_SOURCE
#include "Shim.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long moments = 0;
static long crash_at = -1;
static char home[PATH_MAX];

// Before those of the other files, which ask whether the shim is active.
__attribute__((constructor(101))) static void begin(void) {
    if (strcmp(program_invocation_short_name, "sheaf") != 0) return;
    const char *text = getenv("SHEAF_CRASH_AT");
    crash_at = text ? atol(text) : 0;
    const char *folder = getenv("SHEAF_HOME");
    if (folder) snprintf(home, sizeof home, "%s", folder);
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SHEAF_CRASH_COUNT");
    if (crash_at < 0 || path == NULL) return;
    FILE *file = fopen(path, "w");
    if (file == NULL) return;
    fprintf(file, "%ld\n", atomic_load(&moments));
    fclose(file);
}

bool shim_is_active(void) { return crash_at >= 0; }

void shim_moment(void) {
    if (crash_at < 0) return;
    if (atomic_fetch_add(&moments, 1) + 1 != crash_at) return;
    const char *command = getenv("SHEAF_CRASH_RUN");
    if (command == NULL || system(command) < 0) kill(getpid(), SIGKILL);
}

static bool is_below_home(const char *path) {
    size_t length = strlen(home);
    return length > 0 && strncmp(path, home, length) == 0 && (path[length] == '/' || path[length] == 0);
}

bool shim_home_path(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return false;
    path[length] = 0;
    return is_below_home(path);
}

bool shim_is_home(int folder, const char *path) {
    char above[PATH_MAX];
    if (!shim_is_active() || path == NULL) return false;
    return path[0] == '/' ? is_below_home(path) : folder >= 0 && shim_home_path(folder, above, sizeof above);
}

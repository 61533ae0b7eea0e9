// Notes what a power cut would leave of the files below SHEAF_HOME.
//
// With SHEAF_RECORD=FOLDER each sync there is a number from 0, and leaves NUMBER.tree: the sort (file or folder), the
// identity and the path of what was synced, then a line for everything below SHEAF_HOME: its sort, its identity and its
// path. A synced file leaves its content too, as NUMBER.data. An identity is the number of the inode and the time of its
// birth, since numbers come again. The start has start.tree, which names everything below SHEAF_HOME alike.
#define _GNU_SOURCE
#include "Shim.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long syncs = 0;
static FILE *tree;

static void note(int folder, const char *path, int flags, const char *shown) {
    struct statx information;
    if (statx(folder, path, flags, STATX_INO | STATX_TYPE | STATX_BTIME, &information) != 0) return;
    const char *sort = S_ISDIR(information.stx_mode) ? "folder" : "file";
    fprintf(tree, "%s %llu.%lld.%u %s\n", sort, (unsigned long long)information.stx_ino,
            (long long)information.stx_btime.tv_sec, information.stx_btime.tv_nsec, shown);
}

static int visit(const char *path, const struct stat *status, int sort, struct FTW *place) {
    (void)status, (void)sort, (void)place;
    note(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, path);
    return 0;
}

static void copy(const char *from, const char *to) {
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char buffer[1 << 16];
    ssize_t count;
    while (source >= 0 && target >= 0 && (count = read(source, buffer, sizeof buffer)) > 0) {
        if (write(target, buffer, (size_t)count) != count) break;
    }
    if (source >= 0) close(source);
    if (target >= 0) close(target);
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("SHEAF_RECORD"), *home = getenv("SHEAF_HOME");
    char name[PATH_MAX];
    if (!shim_is_active() || folder == NULL || home == NULL) return;
    snprintf(name, sizeof name, "%s/start.tree", folder);
    tree = fopen(name, "w");
    if (tree == NULL) return;
    nftw(home, visit, 16, FTW_PHYS);
    fclose(tree);
}

void shim_record_sync(int descriptor) {
    const char *folder = getenv("SHEAF_RECORD"), *home = getenv("SHEAF_HOME");
    char path[PATH_MAX], name[PATH_MAX], link[64];
    if (!shim_is_active() || folder == NULL || home == NULL) return;
    int number = errno;
    pthread_mutex_lock(&mutex);
    // The folder above SHEAF_HOME counts too: it has the name of SHEAF_HOME.
    bool is_inside = shim_home_path(descriptor, path, sizeof path);
    snprintf(name, sizeof name, "%s/%ld.tree", folder, syncs);
    tree = fopen(name, "w");
    if (tree != NULL) {
        note(descriptor, "", AT_EMPTY_PATH, path);
        nftw(home, visit, 16, FTW_PHYS);
        fclose(tree);
        struct stat status;
        if (is_inside && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            snprintf(name, sizeof name, "%s/%ld.data", folder, syncs);
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            copy(link, name);
        }
        syncs++;
    }
    pthread_mutex_unlock(&mutex);
    errno = number;
}

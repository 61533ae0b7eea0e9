#define _GNU_SOURCE
#include "Isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_text(const char *path, const char *text) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t written = write(descriptor, text, strlen(text));
    int number = errno;
    close(descriptor);
    errno = number;
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

// A user namespace in which the user and the group are who they were before.
static int unshare_as_user(void) {
    char user[32], group[32];
    snprintf(user, sizeof user, "%u %u 1", geteuid(), geteuid());
    snprintf(group, sizeof group, "%u %u 1", getegid(), getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return -1;
    if (write_text("/proc/self/uid_map", user) != 0) return -1;
    // The kernel takes the map of a group only from who has given up the right to change groups.
    if (write_text("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return -1;
    return write_text("/proc/self/gid_map", group);
}

static int unshare_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0 && (errno != EPERM || unshare_as_user() != 0)) return -1;
    // What the host mounts later arrives here too, and nothing from here arrives there.
    return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
}

// For kernels before 5.12; what is mounted below the target stays as it is.
static int remount_read_only(const char *target) {
    struct statvfs status;
    if (statvfs(target, &status) != 0) return -1;
    unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY;
    if (status.f_flag & ST_NOSUID) flags |= MS_NOSUID;
    if (status.f_flag & ST_NODEV) flags |= MS_NODEV;
    if (status.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
    if (status.f_flag & ST_NOATIME) flags |= MS_NOATIME;
    if (status.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
    if (status.f_flag & ST_RELATIME) flags |= MS_RELATIME;
    return mount(NULL, target, NULL, flags, NULL);
}

static int make_read_only(const char *target) {
    // `struct mount_attr` of <linux/mount.h>, which old systems lack.
    const struct {
        uint64_t set, clear, propagation, user_namespace;
    } attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
    const long mount_setattr = 442;
    const unsigned int recursive = 0x8000;  // AT_RECURSIVE
    if (syscall(mount_setattr, AT_FDCWD, target, recursive, &attributes, sizeof attributes) == 0) return 0;
    return errno == ENOSYS ? remount_read_only(target) : -1;
}

static bool is_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool is_veiled(const char *path, const struct sheaf_isolation *isolation) {
    for (size_t index = 0; index < isolation->veil_count; index++) {
        if (is_below(path, isolation->veils[index])) return true;
    }
    return false;
}

static int make_folders(const char *path) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (size_t end = 1; end <= length; end++) {
        if (path[end] != '/' && path[end] != '\0') continue;
        memcpy(part, path, end);
        part[end] = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST) return -1;
    }
    return 0;
}

static int bind(int source, const struct sheaf_mount *entry, const struct sheaf_isolation *isolation) {
    if (is_veiled(entry->target, isolation) && make_folders(entry->target) != 0) return -1;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", source);
    if (mount(path, entry->target, NULL, MS_BIND | MS_REC, NULL) != 0) {
        return entry->optional && errno == ENOENT ? 0 : -1;
    }
    return entry->read_only ? make_read_only(entry->target) : 0;
}

static int arrange_mounts(const struct sheaf_isolation *isolation, int *sources) {
    // All are opened first: a veil or a mount may cover the next one.
    for (size_t index = 0; index < isolation->mount_count; index++) {
        sources[index] = open(isolation->mounts[index].source, O_PATH | O_CLOEXEC);
        if (sources[index] < 0 && !(isolation->mounts[index].optional && errno == ENOENT)) return -1;
    }
    for (size_t index = 0; index < isolation->veil_count; index++) {
        const char *options = "mode=0755,size=1m";
        if (mount("sheaf", isolation->veils[index], "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) return -1;
    }
    for (size_t index = 0; index < isolation->mount_count; index++) {
        if (sources[index] < 0) continue;
        if (bind(sources[index], &isolation->mounts[index], isolation) != 0) return -1;
    }
    return 0;
}

int sheaf_isolate_mounts(const struct sheaf_isolation *isolation) {
    if (isolation->mount_count == 0) return 0;
    if (unshare_mounts() != 0) return -1;
    mode_t before = umask(022);
    int sources[isolation->mount_count];
    for (size_t index = 0; index < isolation->mount_count; index++) sources[index] = -1;
    int result = arrange_mounts(isolation, sources);
    int number = errno;
    for (size_t index = 0; index < isolation->mount_count; index++) {
        if (sources[index] >= 0) close(sources[index]);
    }
    umask(before);
    errno = number;
    return result;
}

int sheaf_switch_user(const struct sheaf_isolation *isolation) {
    if (!isolation->switches_user) return 0;
    // A script that writes to /dev/stdout opens its log again, by name.
    for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++) {
        struct stat status;
        if (fstat(stream, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) continue;
        if (fchown(stream, isolation->user, isolation->group) != 0) return -1;
    }
    // Not by the C library, which would ask all threads of the parent to do the same.
    const uid_t user = isolation->user;
    const gid_t group = isolation->group;
    if (syscall(SYS_setgroups, isolation->group_count, isolation->groups) != 0) return -1;
    if (syscall(SYS_setresgid, group, group, group) != 0) return -1;
    return (int)syscall(SYS_setresuid, user, user, user);
}

bool sheaf_can_isolate(void) {
    pid_t pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
        const struct sheaf_mount entry = {"/etc", "/etc", true, false};
        const struct sheaf_isolation isolation = {.mounts = &entry, .mount_count = 1};
        _exit(sheaf_isolate_mounts(&isolation) == 0 ? 0 : 1);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

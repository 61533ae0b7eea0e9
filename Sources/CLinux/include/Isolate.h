// Setting a child apart from its host: mounts of its own, and another user.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// A file or a folder that a child sees at a place, perhaps its own.
struct sheaf_mount {
    const char *source;
    const char *target;
    bool read_only;
    /// Whether it is left out where there is no source or no target.
    bool optional;
};

/// How a child differs from its host.
struct sheaf_isolation {
    /// Those nearer to the root first.
    const struct sheaf_mount *mounts;
    size_t mount_count;
    /// Folders that the child sees empty, but for its mounts.
    const char *const *veils;
    size_t veil_count;
    bool switches_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
};

/// Gives the calling process a mount namespace and the mounts in it; in a user namespace where it is not root.
///
/// Between fork and exec only. Returns -1 with `errno` when a step fails.
int sheaf_isolate_mounts(const struct sheaf_isolation *isolation);

/// Makes the calling process another user's, for good; nothing happens where none is asked for.
int sheaf_switch_user(const struct sheaf_isolation *isolation);

/// Whether a child of this process may have mounts of its own, found out with one that tries.
bool sheaf_can_isolate(void);

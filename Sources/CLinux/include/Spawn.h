// Starting children that never outlive their parent.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "Isolate.h"

/// A limit for `setrlimit`.
struct sheaf_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// What a child is started with; descriptors are those of the parent, and no others reach the child.
struct sheaf_spawn_request {
    char *const *arguments;
    char *const *environment;
    /// The working directory, or NULL for that of the parent.
    const char *directory;
    int standard_input;
    int standard_output;
    int standard_error;
    /// Whether a program named without a slash is looked up in the PATH of the parent.
    bool search_path;
    /// A session of its own, else only a process group of its own.
    bool new_session;
    /// The signal that the kernel sends the child when the thread that started it ends.
    int death_signal;
    /// The mask for the modes of new files, or -1 for that of the parent.
    int umask;
    const struct sheaf_limit *limits;
    size_t limit_count;
    /// Descriptors of the `cgroup.procs` of the control groups that the child joins.
    const int *groups;
    size_t group_count;
    /// Mounts of its own, and another user; NULL for those of the parent.
    const struct sheaf_isolation *isolation;
};

/// Which step of a start failed.
enum sheaf_step {
    SHEAF_STEP_START,
    SHEAF_STEP_GROUP,
    SHEAF_STEP_LIMIT,
    SHEAF_STEP_DIRECTORY,
    SHEAF_STEP_ISOLATE,
    SHEAF_STEP_EXEC,
};

/// Why a child could not be started.
struct sheaf_spawn_failure {
    enum sheaf_step step;
    /// As in `errno`.
    int number;
};

/// Starts a program with default signal actions, none blocked, and waits for its exec.
///
/// May be called from any thread; the child ends with that thread.
/// Returns its pid, or -1 with `failure` set when it could not be executed; nothing is left of it then.
pid_t sheaf_spawn(const struct sheaf_spawn_request *request, struct sheaf_spawn_failure *failure);

// Starting children that never outlive their parent, and the descriptors that a run loop waits on.
#pragma once
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <unistd.h>

/// What a child is started with; descriptors are those of the parent.
struct sheaf_spawn_request {
    char *const *arguments;
    char *const *environment;
    /// The working directory, or NULL for that of the parent.
    const char *folder;
    int standard_input;
    int standard_output;
    int standard_error;
    /// The signal that the kernel sends the child when the thread that started it ends.
    int death_signal;
};

/// Starts a program, looked up in PATH, in a process group of its own.
///
/// Returns its number, or -1 with errno set, also when the program could not be executed.
pid_t sheaf_spawn(const struct sheaf_spawn_request *request);

/// A descriptor that becomes readable when SIGINT or SIGTERM arrives; both are blocked from then on.
int sheaf_stop_signals(void);
/// The next connection of a listening socket, closed in children.
int sheaf_accept(int listener);
static inline int sheaf_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline int sheaf_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

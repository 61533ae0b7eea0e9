// What the files of the shim share. `sheaf` is the only program in which any of it does anything.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

// Whether this process is `sheaf`.
bool shim_is_active(void);

// The path of an open file or folder; false when it has none below SHEAF_HOME.
bool shim_home_path(int descriptor, char *path, size_t size);

// Whether a path, as it is given to a call, lies below SHEAF_HOME or is it.
bool shim_is_home(int folder, const char *path);

// A moment at which `sheaf` may be killed, see Moments.c.
void shim_moment(void);

enum shim_call { SHIM_OPEN, SHIM_WRITE, SHIM_SYNC, SHIM_NAME, SHIM_START, SHIM_CALLS };

// The error that a call is to fail with, see Faults.c; 0 when it is to go on.
int shim_fault(enum shim_call call);

// Notes what a sync has made durable, see Recorder.c.
void shim_record_sync(int descriptor);

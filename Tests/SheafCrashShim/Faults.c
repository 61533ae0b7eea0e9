// Makes calls of the process `sheaf` fail, those on files below SHEAF_HOME and starts of processes.
//
// SHEAF_FAULT=CALL:N:ERROR has the N-th call fail, counted from 1; SHEAF_FAULT=CALL:N+:ERROR that one and all after it.
// CALL is one of open, write, sync, name and start, ERROR one of EIO, ENOSPC, EMFILE and EAGAIN. With disk as CALL, the
// N-th sync fails, and from there on every write and sync: the disk has gone.
// SHEAF_FAULT_COUNT=FILE has the number of calls of each sort written at the end, one line each.
#define _GNU_SOURCE
#include "Shim.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[SHIM_CALLS] = {"open", "write", "sync", "name", "start"};
static atomic_long counts[SHIM_CALLS];
static int failing_call = -1;
static long first = 0;
static bool goes_on = false;
static bool takes_writes = false;
static int number = 0;

static int error_number(const char *name) {
    if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(name, "EMFILE") == 0) return EMFILE;
    if (strcmp(name, "EAGAIN") == 0) return EAGAIN;
    return EIO;
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("SHEAF_FAULT");
    char call[16], at[16], error[16];
    if (text == NULL || sscanf(text, "%15[^:]:%15[^:]:%15s", call, at, error) != 3) return;
    for (int index = 0; index < SHIM_CALLS; index++) {
        if (strcmp(call, names[index]) == 0) failing_call = index;
    }
    takes_writes = strcmp(call, "disk") == 0;
    if (takes_writes) failing_call = SHIM_SYNC;
    first = atol(at);
    goes_on = takes_writes || strchr(at, '+') != NULL;
    number = error_number(error);
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SHEAF_FAULT_COUNT");
    FILE *file = path && shim_is_active() ? fopen(path, "w") : NULL;
    if (file == NULL) return;
    for (int index = 0; index < SHIM_CALLS; index++) fprintf(file, "%s %ld\n", names[index], atomic_load(&counts[index]));
    fclose(file);
}

int shim_fault(enum shim_call call) {
    if (!shim_is_active()) return 0;
    long count = atomic_fetch_add(&counts[call], 1) + 1;
    if (takes_writes && call == SHIM_WRITE && atomic_load(&counts[SHIM_SYNC]) >= first) return number;
    if ((int)call != failing_call) return 0;
    return count == first || (goes_on && count > first) ? number : 0;
}

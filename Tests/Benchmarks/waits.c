// Preloaded into a program, adds up how long it sleeps: SQLite sleeps while another process has the lock that it needs.
// SHEAF_WAITS=FILE has a line with the milliseconds added at the end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Atomic long long slept = 0;

int nanosleep(const struct timespec *time, struct timespec *left) {
    int (*real)(const struct timespec *, struct timespec *) = dlsym(RTLD_NEXT, "nanosleep");
    slept += time->tv_sec * 1000000LL + time->tv_nsec / 1000;
    return real(time, left);
}

int usleep(useconds_t time) {
    int (*real)(useconds_t) = dlsym(RTLD_NEXT, "usleep");
    slept += time;
    return real(time);
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SHEAF_WAITS");
    if (path == NULL || strcmp(program_invocation_short_name, "sheaf") != 0) return;
    FILE *file = fopen(path, "a");
    if (file == NULL) return;
    fprintf(file, "%.3f\n", slept / 1000.0);
    fclose(file);
}

/* Reads a YAML file and lets libyaml emit its events, nothing else: what every reader of YAML pays at least.
   Usage: emit-events FILE [RUNS]   prints the smallest, the middle and the largest time, in milliseconds. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int emit(const unsigned char *bytes, size_t count)
{
    yaml_parser_t parser;
    yaml_event_t event;
    int done = 0;
    if (!yaml_parser_initialize(&parser)) return 0;
    yaml_parser_set_input_string(&parser, bytes, count);
    while (!done && yaml_parser_parse(&parser, &event)) {
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return done;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments)
{
    int runs = count > 2 ? atoi(arguments[2]) : 10;
    FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
    if (!file || runs < 1 || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "usage: emit-events FILE [RUNS]\n");
        return 64;
    }
    long size = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(size + 1);
    double *times = malloc(runs * sizeof *times);
    if (!bytes || !times || fread(bytes, 1, size, file) != (size_t)size) return 1;
    for (int run = 0; run < runs; run++) {
        double start = now();
        if (!emit(bytes, size)) {
            fprintf(stderr, "emit-events: the file is no valid YAML\n");
            return 65;
        }
        times[run] = now() - start;
    }
    qsort(times, runs, sizeof *times, compare);
    printf("%g %g %g\n", times[0], times[runs / 2], times[runs - 1]);
    free(times);
    free(bytes);
    fclose(file);
    return 0;
}

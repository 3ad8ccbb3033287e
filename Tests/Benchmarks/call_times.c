// How long a program spends in the system calls by which it stores, summed over its threads.
//
//   cc -O2 -shared -fPIC -o call_times.so Tests/Benchmarks/call_times.c -ldl -lpthread
//   CALL_TIMES=times.txt LD_PRELOAD=$PWD/call_times.so uptake serve --config …
//
// Writes the file anew every second: call, number of calls, microseconds in all. Calls that overlap count each.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { large_write, small_write, file_sync, directory_sync, rename_, open_, receive, send_, close_, kinds };
static const char *const names[kinds] = {
    "pwrite of 64 KiB or more", "pwrite of less", "fdatasync", "fsync", "rename", "open", "recv", "send", "close"};
static _Atomic long calls[kinds], nanoseconds[kinds];

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

#define TIMED(kind, result, name, parameters, arguments)                        \
    result name parameters {                                                    \
        static result(*_Atomic next) parameters;                                \
        if (next == NULL) next = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
        const int index = kind;                                                 \
        const long begin = now();                                               \
        const result value = next arguments;                                    \
        nanoseconds[index] += now() - begin;                                    \
        ++calls[index];                                                         \
        return value;                                                           \
    }

#define SIZED(count) ((count) < 1 << 16 ? small_write : large_write)

TIMED(SIZED(count), ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t place), (file, bytes, count, place))
TIMED(SIZED(count), ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t place),
      (file, bytes, count, place))
TIMED(file_sync, int, fdatasync, (int file), (file))
TIMED(directory_sync, int, fsync, (int file), (file))
TIMED(rename_, int, rename, (const char *from, const char *to), (from, to))
TIMED(open_, int, open, (const char *path, int flags, mode_t mode), (path, flags, mode))
TIMED(open_, int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode))
TIMED(receive, ssize_t, recv, (int socket, void *bytes, size_t count, int flags), (socket, bytes, count, flags))
TIMED(send_, ssize_t, send, (int socket, const void *bytes, size_t count, int flags), (socket, bytes, count, flags))
TIMED(close_, int, close, (int file), (file))

static void *report(void *path) {
    for (;;) {
        sleep(1);
        FILE *file = fopen(path, "w");
        if (file == NULL) continue;
        for (int kind = 0; kind < kinds; ++kind)
            fprintf(file, "%-26s %10ld %12.0f\n", names[kind], calls[kind], nanoseconds[kind] / 1e3);
        fclose(file);
    }
    return NULL;
}

__attribute__((constructor)) static void begin(void) {
    pthread_t thread;
    char *path = getenv("CALL_TIMES");
    if (path != NULL) pthread_create(&thread, NULL, report, path);
}

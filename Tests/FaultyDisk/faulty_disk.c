#define _GNU_SOURCE
#include "faulty_disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct faulty_disk *disk;

__attribute__((constructor)) static void map(void) {
    const char *path = getenv("UPTAKE_FAULTY_DISK");
    const int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) disk = mapped;
}

/* The C library's own function, which ours hides. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int concerns(uint32_t operations, const char *path) {
    return disk != NULL && (__atomic_load_n(&disk->operations, __ATOMIC_ACQUIRE) & operations) != 0 &&
           strncmp(path, disk->folder, strlen(disk->folder)) == 0;
}

static int concerns_file(uint32_t operations, int file) {
    if (disk == NULL || (__atomic_load_n(&disk->operations, __ATOMIC_ACQUIRE) & operations) == 0) return 0;
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return concerns(operations, path);
}

static int fail(void) {
    __atomic_fetch_add(&disk->failures, 1, __ATOMIC_RELAXED);
    errno = disk->code;
    return -1;
}

/* How many of so many bytes the disk still takes. */
static size_t granted(int file, size_t count) {
    if (!concerns_file(FAULTY_WRITE, file)) return count;
    const int64_t before = __atomic_fetch_sub(&disk->allowance, (int64_t)count, __ATOMIC_RELAXED);
    return before <= 0 ? 0 : before < (int64_t)count ? (size_t)before : count;
}

ssize_t write(int file, const void *bytes, size_t count) {
    const size_t taken = granted(file, count);
    return taken == 0 && count > 0 ? fail() : NEXT(write)(file, bytes, taken);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    const size_t taken = granted(file, count);
    return taken == 0 && count > 0 ? fail() : NEXT(pwrite)(file, bytes, taken, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    const size_t taken = granted(file, count);
    return taken == 0 && count > 0 ? fail() : NEXT(pwrite64)(file, bytes, taken, offset);
}

int fsync(int file) { return concerns_file(FAULTY_SYNCHRONIZE, file) ? fail() : NEXT(fsync)(file); }
int fdatasync(int file) { return concerns_file(FAULTY_SYNCHRONIZE, file) ? fail() : NEXT(fdatasync)(file); }
int ftruncate(int file, off_t length) {
    return concerns_file(FAULTY_CREATE, file) ? fail() : NEXT(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
    return concerns_file(FAULTY_CREATE, file) ? fail() : NEXT(ftruncate64)(file, length);
}

static int opens_to_write(const char *path, int flags) {
    return (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_ACCMODE) != O_RDONLY ? concerns(FAULTY_CREATE, path) : 0;
}

static mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opens_to_write(path, flags) ? fail() : NEXT(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opens_to_write(path, flags) ? fail() : NEXT(open64)(path, flags, mode);
}

int mkdir(const char *path, mode_t mode) { return concerns(FAULTY_CREATE, path) ? fail() : NEXT(mkdir)(path, mode); }
int unlink(const char *path) { return concerns(FAULTY_CREATE, path) ? fail() : NEXT(unlink)(path); }
int rename(const char *from, const char *to) {
    return concerns(FAULTY_CREATE | FAULTY_RENAME, to) ? fail() : NEXT(rename)(from, to);
}

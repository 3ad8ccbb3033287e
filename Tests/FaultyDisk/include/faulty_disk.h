/* A disk that fails on demand, for a program that knows nothing of it: preloaded (LD_PRELOAD), it stands before the C
 * library's file calls. What is to fail is read, at each call, from a file that the test maps and changes while the
 * program runs; its path is in the environment as UPTAKE_FAULTY_DISK. */
#pragma once
#include <stdint.h>

enum {
    FAULTY_CREATE = 1,      /* open for writing, mkdir, rename, unlink, truncation */
    FAULTY_WRITE = 2,       /* write, once `allowance` bytes have been written */
    FAULTY_SYNCHRONIZE = 4, /* fsync, fdatasync */
    FAULTY_RENAME = 8       /* rename alone */
};

/* The file's content, in the machine's own byte order. */
struct faulty_disk {
    uint32_t operations; /* those that fail; 0 for a sound disk */
    int32_t code;        /* errno of the failures */
    int64_t allowance;   /* bytes that writes may still take; the one that exceeds them is cut short first */
    uint64_t failures;   /* counted up by the program */
    char folder[1000];   /* only files whose paths begin so */
};

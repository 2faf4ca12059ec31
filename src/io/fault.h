/* What can go wrong in the world, and the trail it leaves.
 *
 * Functions that touch the world return enum fault. The first place that sees a fault writes the
 * trail with FAULT or FAULT_ERRNO: kind, text, file and line. TRY passes it up and adds its own
 * line. The loop at the top decides, prints fault_text() and ends with fault_exit_code(): the codes
 * are permanent and listed in docs/exit-codes.md.
 *
 * The trail belongs to the thread. Work done by another thread hands its trail over with
 * fault_trail_copy and fault_trail_adopt. */
#ifndef IO_FAULT_H
#define IO_FAULT_H

#include "base/base.h"

/* constant, name, exit code, what it means. Permanent; append new rows. */
#define FAULT_TABLE(ROW)                                                              \
    ROW(NONE, "none", 0, "no fault")                                                  \
    ROW(USAGE, "usage", 2, "the command line or a parameter is wrong")                \
    ROW(CONFIG, "config", 3, "the configuration is wrong")                            \
    ROW(INPUT, "input", 4, "a file given as input is malformed")                      \
    ROW(LIMIT, "limit", 5, "a configured limit is reached")                           \
    ROW(IO, "io", 10, "the disk or the system reports an error")                      \
    ROW(DISK_FULL, "disk_full", 11, "no space left on the disk")                      \
    ROW(READ_ONLY, "read_only", 12, "the disk is read-only")                          \
    ROW(PERMISSION, "permission", 13, "permission denied")                            \
    ROW(MISSING, "missing", 14, "a file or folder is missing")                        \
    ROW(EXISTS, "exists", 15, "a file or folder exists already")                      \
    ROW(LOCKED, "locked", 16, "another process uses the folder")                      \
    ROW(FOREIGN, "foreign", 17, "a file is not ours or belongs to another venue")     \
    ROW(NEWER, "newer", 18, "a file was written by a newer version")                  \
    ROW(ROT, "rot", 19, "stored bytes are damaged")                                   \
    ROW(FENCED, "fenced", 20, "another writer has taken over")                        \
    ROW(UNAVAILABLE, "unavailable", 21, "the log has stopped after an earlier fault") \
    ROW(DIVERGED, "diverged", 22, "a replay does not reproduce what was recorded")    \
    ROW(POISON, "poison", 23, "the same command ended the process twice")             \
    ROW(TIMEOUT, "timeout", 24, "the other side did not answer in time")              \
    ROW(STOPPED, "stopped", 25, "stopped on request before the work was done")        \
    ROW(UNPROTECTED, "unprotected", 26, "a required protection is not there")         \
    ROW(REFUSED, "refused", 27, "the venue refused it")

#define FAULT_ENUM_ROW(constant, name, code, text) FAULT_##constant,
enum fault { FAULT_TABLE(FAULT_ENUM_ROW) };
#undef FAULT_ENUM_ROW

#define FAULT_TEXT_BYTES 512
#define FAULT_LINES_MAX  8

struct fault_line {
    const char *file;
    int line;
};

struct fault_trail {
    enum fault fault;
    u32 lines_count; /* of those kept; the first is where the fault was seen */
    struct fault_line lines[FAULT_LINES_MAX];
    char text[FAULT_TEXT_BYTES];
};

/* Writes a new trail and returns `fault`. */
#define FAULT(fault, ...) fault_record((fault), __FILE_NAME__, __LINE__, __VA_ARGS__)

/* The same for a failed system call: the kind and the last words come from `error` (an errno). */
#define FAULT_ERRNO(error, ...) fault_record_errno((error), __FILE_NAME__, __LINE__, __VA_ARGS__)

#define TRY(call)                                                   \
    do {                                                            \
        enum fault try_fault = (call);                              \
        if (UNLIKELY(try_fault != FAULT_NONE)) {                    \
            fault_trail_extend(try_fault, __FILE_NAME__, __LINE__); \
            return try_fault;                                       \
        }                                                           \
    } while (0)

__attribute__((format(printf, 4, 5))) COLD enum fault fault_record(enum fault fault,
                                                                   const char *file, int line,
                                                                   const char *format, ...);

__attribute__((format(printf, 4, 5))) COLD enum fault fault_record_errno(int error,
                                                                         const char *file, int line,
                                                                         const char *format, ...);

COLD void fault_trail_extend(enum fault fault, const char *file, int line);

/* Which fault an errno is. */
enum fault fault_of_errno(int error);

const char *fault_name(enum fault fault);    /* "disk_full" */
const char *fault_meaning(enum fault fault); /* "no space left on the disk" */
int fault_exit_code(enum fault fault);

/* The text of this thread's last fault: a file, an offset, a cause. Empty when there was none. */
const char *fault_text(void);

/* "fault_name: text (file.c:12 < file.c:40)", cut to size. For the log and for bug reports. */
void fault_trail_print(char *target, size_t target_bytes);

/* Hands a trail to another thread. */
void fault_trail_copy(struct fault_trail *trail_out);
void fault_trail_adopt(const struct fault_trail *trail);

/* Forgets this thread's trail: a fault was handled, not passed up. */
void fault_forget(void);

#endif /* IO_FAULT_H */

/* The sandbox of a role: what its process may still do once it has opened what it needs.
 *
 *     no_new_privs   no program started from here gains rights
 *     limits         no core dump, not traced by others, a bound on open files
 *     capabilities   of root's, only those to open files of others are left
 *     Landlock       only the named folders can be opened, no TCP for who has no network, no signal
 *                    to a process outside (where the kernel has it)
 *     seccomp        only the calls that src/io/sandbox_calls.txt lists for the role; any other
 * ends the process with SIGSYS, which the supervisor tells
 *
 * Enter it in the process's only thread, after opening and before work. It cannot be left. A
 * protection that the kernel does not have is reported, and with `required` refused. Builds with a
 * sanitizer, whose runtime makes calls of its own, have no sandbox and say so. */
#ifndef IO_SANDBOX_H
#define IO_SANDBOX_H

#include "base/base.h"
#include "io/fault.h"

#define SANDBOX_CALLS_MAX   256U
#define SANDBOX_ERROR_BYTES 128U
#define SANDBOX_TEXT_BYTES  160U

enum sandbox_condition {
    SANDBOX_ALWAYS,
    SANDBOX_NOEXEC,
    SANDBOX_THREAD,
    SANDBOX_NOSYS,
    SANDBOX_UNIX,
};

struct sandbox_call {
    int number;
    enum sandbox_condition condition;
};

struct sandbox_calls {
    struct sandbox_call calls[SANDBOX_CALLS_MAX];
    u32 calls_count;
    u32 absent_count; /* calls that this kind of processor does not have */
};

/* The calls of `role` in a text of the form of sandbox_calls.txt. FAULT_CONFIG names the line: an
 * unknown call, condition or role, a call twice for one role, one before any role. `name` is what
 * messages call the text. */
MUST_USE enum fault sandbox_calls_read(struct span text, const char *name, const char *role,
                                       struct sandbox_calls *calls_out);

/* src/io/sandbox_calls.txt, as compiled in. */
extern const char sandbox_calls_text[];
extern const u32 sandbox_calls_text_bytes;

struct sandbox_path {
    const char *path; /* a folder or a file, with all below it */
    bool is_writable; /* else it can only be read */
};

struct sandbox_options {
    const char *role;
    const struct sandbox_path *paths; /* everything else cannot be opened any more */
    u32 paths_count;
    u64 files_max;    /* open descriptors; 0: as it is */
    bool has_network; /* TCP; without it no port can be bound or connected to */
    bool is_required; /* every protection, or FAULT_UNPROTECTED */
};

struct sandbox_report {
    bool is_built; /* false with sanitizers: nothing was done */
    bool has_no_new_privs;
    bool has_limits;
    bool has_capabilities_dropped;
    bool has_seccomp;
    u32 calls_count;
    bool has_landlock;
    u32 landlock_version; /* what the kernel offers; 0: nothing */
};

/* The first step alone, for a process that has files to read before it can enter the rest: from now
 * on it leaves no core dump and is not traced, nor its memory read, by others of its user. Nothing
 * in builds without a sandbox. */
MUST_USE enum fault sandbox_hide_memory(void);

/* On a fault some protections may hold already: the process should end. */
MUST_USE enum fault sandbox_enter(const struct sandbox_options *options,
                                  struct sandbox_report *report_out);

/* "no_new_privs yes, limits yes, capabilities dropped, landlock 7, seccomp 61 calls", for the log.
 */
void sandbox_report_print(const struct sandbox_report *report, char target[SANDBOX_TEXT_BYTES]);

/* Whether sandbox_enter does anything in this build. */
bool sandbox_is_built(void);

#endif /* IO_SANDBOX_H */

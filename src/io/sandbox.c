#include "io/sandbox.h"

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_BUILT 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANDBOX_BUILT 0
#else
#define SANDBOX_BUILT 1
#endif
#else
#define SANDBOX_BUILT 1
#endif

/* Newer than the headers of Debian 12; which of them the kernel knows follows from its version. */
#define ACCESS_TRUNCATE       (1ULL << 14) /* version 3 */
#define ACCESS_NET            3ULL         /* bind and connect by TCP: version 4 */
#define ACCESS_IOCTL_DEV      (1ULL << 15) /* version 5 */
#define SCOPE_SOCKETS_SIGNALS 3ULL         /* abstract sockets, signals: version 6 */
#define ACCESS_FIRST          ((1ULL << 13) - 1)
#define ACCESS_REFER          LANDLOCK_ACCESS_FS_REFER /* version 2 */

/* The kernel's struct landlock_ruleset_attr as of version 6; older ones know its beginning. */
struct ruleset {
    u64 access_fs;
    u64 access_net;
    u64 scoped;
};

bool sandbox_is_built(void)
{
    return SANDBOX_BUILT != 0;
}

static enum fault limit(int resource, u64 value, const char *name)
{
    struct rlimit limits = {.rlim_cur = value, .rlim_max = value};
    if (setrlimit((__rlimit_resource_t)resource, &limits) != 0) {
        return FAULT_ERRNO(errno, "sandbox: %s", name);
    }
    return FAULT_NONE;
}

enum fault sandbox_hide_memory(void)
{
    if (!sandbox_is_built()) {
        return FAULT_NONE;
    }
    TRY(limit(RLIMIT_CORE, 0, "core dumps"));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return FAULT_ERRNO(errno, "sandbox: tracing");
    }
    return FAULT_NONE;
}

static enum fault enter_limits(const struct sandbox_options *options, struct sandbox_report *report)
{
    TRY(sandbox_hide_memory());
    if (options->files_max > 0) {
        TRY(limit(RLIMIT_NOFILE, options->files_max, "open files"));
    }
    report->has_limits = true;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return FAULT_ERRNO(errno, "sandbox: no_new_privs");
    }
    report->has_no_new_privs = true;
    return FAULT_NONE;
}

/* ---- capabilities ---- */

/* Opening files that belong to somebody else: root may have been given such a folder. */
static const u64 kept_capabilities = 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_DAC_READ_SEARCH;

/* Nobody's but root's, as a rule: then there is nothing to give up. */
static enum fault enter_capabilities(struct sandbox_report *report)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{.effective = 0}};
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability += 1) {
        if ((kept_capabilities >> capability & 1) == 0) {
            (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); /* only root may, and need */
        }
    }
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capget, &head, data) != 0) {
        return FAULT_ERRNO(errno, "sandbox: capabilities");
    }
    for (u32 index = 0; index < _LINUX_CAPABILITY_U32S_3; index += 1) {
        u32 kept = (u32)(kept_capabilities >> (32 * index));
        data[index].permitted &= kept;
        data[index].effective &= kept;
        data[index].inheritable = 0;
    }
    if (syscall(SYS_capset, &head, data) != 0) {
        return FAULT_ERRNO(errno, "sandbox: capabilities");
    }
    report->has_capabilities_dropped = true;
    return FAULT_NONE;
}

/* ---- Landlock ---- */

static struct ruleset ruleset_of(u32 version, bool has_network)
{
    struct ruleset rules = {.access_fs = ACCESS_FIRST};
    rules.access_fs |= version >= 2 ? ACCESS_REFER : 0;
    rules.access_fs |= version >= 3 ? ACCESS_TRUNCATE : 0;
    rules.access_fs |= version >= 5 ? ACCESS_IOCTL_DEV : 0;
    rules.access_net = version >= 4 && !has_network ? ACCESS_NET : 0;
    rules.scoped = version >= 6 ? SCOPE_SOCKETS_SIGNALS : 0;
    return rules;
}

static size_t ruleset_bytes(u32 version)
{
    return version >= 6   ? sizeof(struct ruleset)
           : version >= 4 ? offsetof(struct ruleset, scoped)
                          : offsetof(struct ruleset, access_net);
}

static enum fault path_allow(int rules, const struct sandbox_path *path, u64 handled)
{
    int descriptor = open(path->path, O_PATH | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        int error = errno;
        if (descriptor >= 0) {
            (void)close(descriptor);
        }
        return FAULT_ERRNO(error, "sandbox: %s", path->path);
    }
    u64 access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    if (path->is_writable) {
        access = handled & ~(u64)(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                  LANDLOCK_ACCESS_FS_MAKE_BLOCK | ACCESS_IOCTL_DEV);
    }
    if (!S_ISDIR(status.st_mode)) {
        access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;
    }
    struct landlock_path_beneath_attr beneath = {.allowed_access = access, .parent_fd = descriptor};
    long done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    int error = errno;
    (void)close(descriptor);
    if (done != 0) {
        return FAULT_ERRNO(error, "sandbox: %s", path->path);
    }
    return FAULT_NONE;
}

static enum fault paths_allow(int rules, const struct sandbox_options *options, u64 handled)
{
    for (u32 index = 0; index < options->paths_count; index += 1) {
        TRY(path_allow(rules, &options->paths[index], handled));
    }
    if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
        return FAULT_ERRNO(errno, "sandbox: Landlock");
    }
    return FAULT_NONE;
}

static enum fault enter_landlock(const struct sandbox_options *options,
                                 struct sandbox_report *report)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0) { /* not built in, or switched off */
        return FAULT_NONE;
    }
    report->landlock_version = (u32)version;
    struct ruleset attributes = ruleset_of((u32)version, options->has_network);
    int rules =
        (int)syscall(SYS_landlock_create_ruleset, &attributes, ruleset_bytes((u32)version), 0);
    if (rules < 0) {
        return FAULT_ERRNO(errno, "sandbox: Landlock %ld", version);
    }
    enum fault fault = paths_allow(rules, options, attributes.access_fs);
    (void)close(rules);
    report->has_landlock = fault == FAULT_NONE;
    return fault;
}

/* ---- seccomp ---- */

static int rule_add(scmp_filter_ctx filter, const struct sandbox_call *call)
{
    switch (call->condition) {
    case SANDBOX_ALWAYS:
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 0);
    case SANDBOX_NOEXEC:
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    case SANDBOX_THREAD:
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    case SANDBOX_UNIX:
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, AF_UNIX));
    case SANDBOX_NOSYS:
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call->number, 0);
    }
    return -EINVAL;
}

static enum fault filter_load(scmp_filter_ctx filter, const struct sandbox_calls *calls,
                              struct sandbox_report *report)
{
    int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (u32 index = 0; index < calls->calls_count && error == 0; index += 1) {
        error = rule_add(filter, &calls->calls[index]);
    }
    if (error != 0) {
        return FAULT_ERRNO(-error, "sandbox: the filter of system calls");
    }
    /* A kernel without seccomp refuses here: reported, and the caller decides. */
    report->has_seccomp = seccomp_load(filter) == 0;
    return FAULT_NONE;
}

static enum fault enter_seccomp(const struct sandbox_options *options,
                                struct sandbox_report *report)
{
    static struct sandbox_calls calls;
    TRY(sandbox_calls_read(span_of(sandbox_calls_text, sandbox_calls_text_bytes),
                           "sandbox_calls.txt", options->role, &calls));
    report->calls_count = calls.calls_count;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL) {
        return FAULT(FAULT_LIMIT, "sandbox: no memory for the filter of system calls");
    }
    enum fault fault = filter_load(filter, &calls, report);
    seccomp_release(filter);
    return fault;
}

static enum fault require(const struct sandbox_report *report)
{
    if (!report->has_no_new_privs || !report->has_limits || !report->has_capabilities_dropped ||
        !report->has_seccomp || !report->has_landlock) {
        char text[SANDBOX_TEXT_BYTES];
        sandbox_report_print(report, text);
        return FAULT(FAULT_UNPROTECTED, "the sandbox is required, and this is what holds: %s",
                     text);
    }
    return FAULT_NONE;
}

enum fault sandbox_enter(const struct sandbox_options *options, struct sandbox_report *report_out)
{
    *report_out = (struct sandbox_report){.is_built = sandbox_is_built()};
    if (report_out->is_built) {
        TRY(enter_limits(options, report_out));
        TRY(enter_capabilities(report_out));
        TRY(enter_landlock(options, report_out));
        TRY(enter_seccomp(options, report_out));
    }
    return options->is_required ? require(report_out) : FAULT_NONE;
}

void sandbox_report_print(const struct sandbox_report *report, char target[SANDBOX_TEXT_BYTES])
{
    if (!report->is_built) {
        (void)snprintf(target, SANDBOX_TEXT_BYTES, "none: this build has a sanitizer");
        return;
    }
    char landlock[32] = "no";
    char seccomp[32] = "no";
    if (report->has_landlock) {
        (void)snprintf(landlock, sizeof(landlock), "%u", report->landlock_version);
    }
    if (report->has_seccomp) {
        (void)snprintf(seccomp, sizeof(seccomp), "%u calls", report->calls_count);
    }
    (void)snprintf(target, SANDBOX_TEXT_BYTES,
                   "no_new_privs %s, limits %s, capabilities %s, landlock %s, seccomp %s",
                   report->has_no_new_privs ? "yes" : "no", report->has_limits ? "yes" : "no",
                   report->has_capabilities_dropped ? "dropped" : "kept", landlock, seccomp);
}

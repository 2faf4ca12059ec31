/* Aim: a process in its sandbox is ended by a call that is not listed, does what is listed, opens
 * only what is named, and knows which protections hold; a wrong list is refused by its line.
 *
 * Method: forked children, whose end tells what stopped them. Where this build or kernel lacks the
 * protection, the test says so and is skipped. */
#include "io/sandbox.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GOOD = 0, BAD = 1, NO_SANDBOX = 2 };

static char folder[] = "/tmp/cambist_sandbox_XXXXXX";
static char file_inside[128];
static pid_t self; /* the test's own process; a child may not ask for it */

static int setup(void **state)
{
    (void)state;
    self = getpid();
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file_inside, sizeof(file_inside), "%s/file", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(file_inside);
    (void)rmdir(folder);
    return 0;
}

/* What a child in the sandbox of `role` ends with after doing `act`. */
static int status_of(const char *role, bool has_network, int (*act)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_path paths[] = {{.path = folder, .is_writable = true}};
        struct sandbox_options options = {.role = role,
                                          .paths = paths,
                                          .paths_count = 1,
                                          .files_max = 64,
                                          .has_network = has_network};
        struct sandbox_report report;
        if (sandbox_enter(&options, &report) != FAULT_NONE || !report.has_seccomp) {
            _exit(NO_SANDBOX);
        }
        _exit(act());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void skip_without_sandbox(void)
{
    if (!sandbox_is_built() || test_is_valgrind()) {
        (void)printf("skipped: no sandbox with a sanitizer or under valgrind\n");
        skip();
    }
}

static void ends_well(const char *role, bool has_network, int (*act)(void))
{
    int status = status_of(role, has_network, act);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), GOOD);
}

static void is_stopped(const char *role, int (*act)(void))
{
    int status = status_of(role, true, act);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static int nothing(void)
{
    return GOOD;
}

static int open_file(void)
{
    int descriptor = open(file_inside, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return descriptor >= 0 && write(descriptor, "x", 1) == 1 ? GOOD : BAD;
}

static int open_outside(void)
{
    int descriptor = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    return descriptor < 0 && errno == EACCES ? GOOD : BAD;
}

static int open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ? GOOD : BAD;
}

static int bind_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int done = bind(descriptor, (const struct sockaddr *)&address, sizeof(address));
    return descriptor >= 0 && done == 0 ? GOOD : BAD;
}

static int bind_refused(void)
{
    return bind_port() == BAD && errno == EACCES ? GOOD : BAD;
}

/* Of the bounding set, which root has whole; others cannot lower it, nor gain from it. And of the
 * process's own: without CAP_SETPCAP nobody lowers the bounding set. */
static int capabilities_are_gone(void)
{
    bool may = geteuid() == 0;
    if (prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) == 0 || errno != EPERM) {
        return BAD;
    }
    return !may || (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0 &&
                    prctl(PR_CAPBSET_READ, CAP_NET_BIND_SERVICE, 0, 0, 0) == 0)
               ? GOOD
               : BAD;
}

static int run_program(void)
{
    return execl("/bin/true", "true", (char *)NULL);
}

static int fork_process(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 ? GOOD : BAD;
}

static int trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, self, NULL, NULL) == 0 ? GOOD : BAD;
}

static int read_parent(void)
{
    char byte = 0;
    struct iovec here = {.iov_base = &byte, .iov_len = 1};
    struct iovec there = {.iov_base = folder, .iov_len = 1}; /* it is at the same place there */
    return process_vm_readv(self, &here, 1, &there, 1, 0) == 1 ? GOOD : BAD;
}

static int memory_to_execute(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? BAD
               : GOOD;
}

static void *answer(void *argument)
{
    return argument;
}

static int threads_and_memory(void)
{
    pthread_t thread;
    void *result = NULL;
    char *memory = malloc(1 << 22);
    if (memory == NULL || pthread_create(&thread, NULL, answer, folder) != 0) {
        return BAD;
    }
    memset(memory, 1, 1 << 22);
    (void)pthread_join(thread, &result);
    free(memory);
    return result == folder && write(STDOUT_FILENO, "", 0) == 0 ? GOOD : BAD;
}

static int limits_hold(void)
{
    struct rlimit files;
    struct rlimit core;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || getrlimit(RLIMIT_CORE, &core) != 0) {
        return BAD;
    }
    return files.rlim_max == 64 && core.rlim_max == 0 ? GOOD : BAD;
}

static void listed_calls_pass(void **state)
{
    (void)state;
    skip_without_sandbox();
    ends_well("engine", false, nothing);
    ends_well("engine", false, open_file);
    ends_well("engine", false, threads_and_memory);
    ends_well("engine", false, limits_hold);
    ends_well("history", true, bind_port);
    ends_well("engine", false, capabilities_are_gone);
    ends_well("history", false, open_file);
    ends_well("all", false, threads_and_memory);
}

static void other_calls_end_the_process(void **state)
{
    (void)state;
    skip_without_sandbox();
    is_stopped("all", open_file);
    is_stopped("engine", open_socket);
    is_stopped("all", open_socket);
    is_stopped("gateway", open_socket);
    is_stopped("gateway", run_program);
    is_stopped("gateway", fork_process);
    is_stopped("engine", memory_to_execute);
}

static void only_named_paths_open(void **state)
{
    (void)state;
    skip_without_sandbox();
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) <= 0) {
        (void)printf("skipped: this kernel has no Landlock\n");
        skip();
    }
    ends_well("engine", false, open_outside);
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 4) {
        ends_well("history", false, bind_refused);
    }
}

/* Those who have personal data, shares or the log's key: no program, no other process, no memory to
 * execute; a socket for the courier alone, which has no file; and of files those of one folder. */
static void who_has_secrets_is_shut_in(void **state)
{
    (void)state;
    static int (*const never[])(void) = {run_program, fork_process, trace_parent, read_parent,
                                         memory_to_execute};
    static const char *const roles[] = {"keep",   "door",    "log",          "courier",
                                        "opener", "officer", "officer_page", "mailbox"};
    skip_without_sandbox();
    bool has_landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
    for (u32 index = 0; index < ARRAY_COUNT(roles); index += 1) {
        bool is_courier = strcmp(roles[index], "courier") == 0;
        for (u32 act = 0; act < ARRAY_COUNT(never); act += 1) {
            is_stopped(roles[index], never[act]);
        }
        if (is_courier) {
            is_stopped(roles[index], open_file);
            continue;
        }
        is_stopped(roles[index], open_socket);
        ends_well(roles[index], false, open_file);
        if (has_landlock) {
            ends_well(roles[index], false, open_outside);
        }
    }
}

static void what_holds_is_reported_and_required(void **state)
{
    (void)state;
    if (test_is_valgrind()) {
        (void)printf("skipped: no sandbox under valgrind\n");
        skip();
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_options options = {.role = "engine", .is_required = true};
        struct sandbox_report report;
        char text[SANDBOX_TEXT_BYTES];
        enum fault fault = sandbox_enter(&options, &report);
        sandbox_report_print(&report, text);
        bool all = report.has_limits && report.has_no_new_privs &&
                   report.has_capabilities_dropped && report.has_seccomp && report.has_landlock;
        bool agrees = all ? fault == FAULT_NONE && strstr(text, "no_new_privs yes") != NULL
                          : fault == FAULT_UNPROTECTED && strstr(fault_text(), text) != NULL;
        _exit(agrees && report.is_built == sandbox_is_built() ? GOOD : BAD);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, GOOD);
}

static void refused(const char *text, const char *message)
{
    struct sandbox_calls calls;
    assert_int_equal(sandbox_calls_read(span_of_text(text), "list", "b", &calls), FAULT_CONFIG);
    assert_string_equal(fault_text(), message);
}

static int socket_local(void)
{
    int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return local >= 0 ? GOOD : BAD;
}

static int socket_of_the_network(void)
{
    int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return udp >= 0 ? GOOD : BAD;
}

static void the_desk_has_local_sockets_alone(void **state)
{
    (void)state;
    skip_without_sandbox();
    ends_well("desk", false, socket_local);
    is_stopped("desk", socket_of_the_network);
    is_stopped("keep", socket_local);
}

static void wrong_lists_are_refused_by_line(void **state)
{
    (void)state;
    refused("role b\nread\nreed\n", "list:3: reed: there is no such system call");
    refused("role b\nmmap exec\n",
            "list:2: mmap: a call has one condition: noexec, thread, nosys or unix");
    refused("role b\nmmap noexec thread\n",
            "list:2: mmap: a call has one condition: noexec, thread, nosys or unix");
    refused("role b\nread\nrole c\nread\nrole all\nread\n",
            "list:6: read: listed twice for one role");
    refused("# nothing\nread\n", "list:2: read: stands before the first role");
    refused("role\n", "list:1: role: one name follows");
    refused("role c\nread", "list: nothing is said of the role b");
    refused("role b\nread/write\n", "list:2: not a system call with its condition");
    refused("role b\na b c d\n", "list:2: not a system call with its condition");
    struct sandbox_calls calls;
    assert_int_equal(sandbox_calls_read(span_of_text("role all\nread # r\n\nrole b\nmmap  noexec"),
                                        "list", "b", &calls),
                     FAULT_NONE);
    assert_int_equal(calls.calls_count, 2);
    assert_int_equal(calls.calls[0].number, SYS_read);
    assert_int_equal(calls.calls[1].condition, SANDBOX_NOEXEC);
}

static void our_own_list_is_sound(void **state)
{
    (void)state;
    static const char *const roles[] = {"all",  "engine", "gateway", "history",
                                        "keep", "log",    "opener",  "officer"};
    struct span text = span_of(sandbox_calls_text, sandbox_calls_text_bytes);
    for (u32 index = 0; index < ARRAY_COUNT(roles); index += 1) {
        struct sandbox_calls calls;
        assert_int_equal(sandbox_calls_read(text, "sandbox_calls.txt", roles[index], &calls),
                         FAULT_NONE);
        assert_true(calls.calls_count > 30);
        for (u32 call = 0; call < calls.calls_count; call += 1) {
            assert_int_not_equal(calls.calls[call].number, SYS_execve);
            assert_int_not_equal(calls.calls[call].number, SYS_ptrace);
            assert_int_not_equal(calls.calls[call].number, SYS_connect);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_calls_pass),
        cmocka_unit_test(other_calls_end_the_process),
        cmocka_unit_test(only_named_paths_open),
        cmocka_unit_test(who_has_secrets_is_shut_in),
        cmocka_unit_test(what_holds_is_reported_and_required),
        cmocka_unit_test(the_desk_has_local_sockets_alone),
        cmocka_unit_test(wrong_lists_are_refused_by_line),
        cmocka_unit_test(our_own_list_is_sound),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

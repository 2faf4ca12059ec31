/* Aim: a service manager hears exactly what is said, at a path and in the abstract space; without
 * one nothing fails; the watchdog is served at half its time and only for this process.
 *
 * Method: a datagram socket of our own as the manager. */
#include "app/notify.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[108];

/* A socket at `path`, where @ stands for the zero of the abstract space. */
static int manager_open(bool is_abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(path, sizeof(path), "%scambist-notify-%d", is_abstract ? "@" : "/tmp/",
                        (int)getpid());
    assert_true(size > 0);
    memcpy(address.sun_path, path, (size_t)size);
    if (is_abstract) {
        address.sun_path[0] = 0;
    }
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(manager >= 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size);
    assert_int_equal(bind(manager, (const struct sockaddr *)&address, bytes), 0);
    return manager;
}

static void manager_hears(int manager, const char *text)
{
    char heard[256] = "";
    ssize_t size = recv(manager, heard, sizeof(heard) - 1, 0);
    assert_int_equal(size, text == NULL ? -1 : (ssize_t)strlen(text));
    if (text != NULL) {
        assert_string_equal(heard, text);
    }
}

static void a_manager_hears_what_is_said(void **state)
{
    (void)state;
    for (int is_abstract = 0; is_abstract < 2; is_abstract += 1) {
        struct notify notify;
        int manager = manager_open(is_abstract == 1);
        assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
        notify_open(&notify);
        assert_null(getenv("NOTIFY_SOCKET"));
        notify_send(&notify, "READY=1\nSTATUS=ready");
        manager_hears(manager, "READY=1\nSTATUS=ready");
        assert_int_equal(notify_watchdog_ms(&notify), 0);
        notify_alive(&notify, 1);
        manager_hears(manager, NULL);
        notify_close(&notify);
        (void)close(manager);
        (void)unlink(path);
    }
}

static void without_a_manager_nothing_fails(void **state)
{
    (void)state;
    static const char *const unusable[] = {NULL, "", "relative", "/", "/nowhere/at/all"};
    for (u32 i = 0; i < ARRAY_COUNT(unusable); i += 1) {
        struct notify notify;
        if (unusable[i] != NULL) {
            assert_int_equal(setenv("NOTIFY_SOCKET", unusable[i], 1), 0);
        }
        notify_open(&notify);
        notify_send(&notify, "READY=1");
        assert_int_equal(notify.socket, -1);
        notify_send(&notify, "STOPPING=1");
        notify_close(&notify);
    }
}

static void the_watchdog_is_served_at_half_its_time(void **state)
{
    (void)state;
    struct notify notify;
    char pid[32];
    int manager = manager_open(true);
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "60000000", 1), 0);
    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
    notify_open(&notify);
    assert_int_equal(notify_watchdog_ms(&notify), 30000);
    u64 start_ns = 1000;
    notify_alive(&notify, start_ns);
    manager_hears(manager, "WATCHDOG=1");
    notify_alive(&notify, start_ns + 30000000000ULL - 1);
    manager_hears(manager, NULL);
    notify_alive(&notify, start_ns + 30000000000ULL);
    manager_hears(manager, "WATCHDOG=1");
    notify_close(&notify);
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "60000000", 1), 0);
    assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
    notify_open(&notify);
    assert_int_equal(notify_watchdog_ms(&notify), 0);
    notify_close(&notify);
    (void)close(manager);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_hears_what_is_said),
        cmocka_unit_test(without_a_manager_nothing_fails),
        cmocka_unit_test(the_watchdog_is_served_at_half_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

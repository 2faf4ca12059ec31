/* Aim: descriptors arrive with their names and numbers, in another process too, and a message of
 * any other shape is refused and leaves nothing open.
 *
 * Method: a pair of sockets, a fork, and messages made by hand. */
#include "io/handover.h"

#include "tests/support/test.h"

#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static u32 open_count(void)
{
    u32 count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count += 1;
    }
    (void)closedir(folder);
    return count;
}

static void descriptors_reach_another_process(void **state)
{
    (void)state;
    int sockets[2];
    int pipes[2];
    assert_int_equal(handover_pair(sockets), FAULT_NONE);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct handover_item items[4];
        u32 count = 0;
        (void)close(pipes[0]);
        (void)close(pipes[1]);
        enum fault fault = handover_receive(sockets[1], items, 4, 20000, &count);
        const struct handover_item *item = handover_find(items, count, "commands");
        bool good = fault == FAULT_NONE && count == 2 && item != NULL && item->number == 77 &&
                    handover_find(items, count, "other") == NULL &&
                    write(item->descriptor, "well", 4) == 4;
        _exit(good ? 0 : 1);
    }
    struct handover_item items[2] = {
        {.name = "listener", .number = 0, .descriptor = sockets[1]},
        {.name = "commands", .number = 77, .descriptor = pipes[1]},
    };
    assert_int_equal(handover_send(sockets[0], items, 2), FAULT_NONE);
    char text[4];
    assert_int_equal(read(pipes[0], text, sizeof(text)), 4);
    assert_memory_equal(text, "well", 4);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    for (u32 index = 0; index < 2; index += 1) {
        (void)close(sockets[index]);
        (void)close(pipes[index]);
    }
}

static void what_does_not_fit_is_refused_and_closed(void **state)
{
    (void)state;
    int sockets[2];
    struct handover_item items[HANDOVER_ITEMS_MAX];
    u32 count = 0;
    assert_int_equal(handover_pair(sockets), FAULT_NONE);
    u32 open_before = open_count();
    assert_int_equal(handover_receive(sockets[1], items, 4, 1, &count), FAULT_TIMEOUT);
    assert_int_equal(send(sockets[0], "rubbish", 7, 0), 7);
    assert_int_equal(handover_receive(sockets[1], items, 4, 1000, &count), FAULT_FOREIGN);
    struct handover_item sent[3] = {{.name = "a", .descriptor = 0},
                                    {.name = "b", .descriptor = 0},
                                    {.name = "c", .descriptor = 0}};
    assert_int_equal(handover_send(sockets[0], sent, 3), FAULT_NONE);
    assert_int_equal(handover_receive(sockets[1], items, 2, 1000, &count), FAULT_FOREIGN);
    assert_int_equal(count, 0);
    assert_int_equal(open_count(), open_before);
    assert_int_equal(handover_send(sockets[0], sent, 3), FAULT_NONE);
    assert_int_equal(handover_receive(sockets[1], items, 3, 1000, &count), FAULT_NONE);
    assert_int_equal(open_count(), open_before + 3);
    for (u32 index = 0; index < count; index += 1) {
        (void)close(items[index].descriptor);
    }
    (void)close(sockets[0]);
    assert_int_equal(handover_receive(sockets[1], items, 3, 1000, &count), FAULT_UNAVAILABLE);
    assert_int_not_equal(handover_send(sockets[1], sent, 1), FAULT_NONE);
    (void)close(sockets[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_reach_another_process),
        cmocka_unit_test(what_does_not_fit_is_refused_and_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

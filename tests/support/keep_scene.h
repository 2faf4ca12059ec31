/* What the tests of the vault's agent share: the agent step by step, a clock that the test moves,
 * and frames through a local socket. One test program at a time: everything is static. */
#ifndef TESTS_SUPPORT_KEEP_SCENE_H
#define TESTS_SUPPORT_KEEP_SCENE_H

#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/vault_agent.h"
#include "role/vault/vault_message.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEPS = 20000, PER_HOUR = 3, ROOM = 1 << 20 };
#define DAY_US   86400000000ULL
#define TODAY    20000U
#define START_US (TODAY * DAY_US)

static char folder[SCENE_PATH_BYTES];
static struct sockaddr_un address;
static struct vault_agent *agent;
static struct clock_false clock_false;
static int listener;
static int count_line; /* the agent's end of the desk's line; 0: there is none */
static u8 frame[ROOM];
static u8 answer[ROOM];
static u32 answer_bytes;

static inline void agent_begin(void)
{
    struct vault_agent_options options = {.folder = folder,
                                          .disk = disk_real(),
                                          .clock = &clock_false.clock,
                                          .listener = listener,
                                          .count_line = count_line,
                                          .lookups_per_hour = PER_HOUR,
                                          .drill_days = 100};
    scene_must(vault_agent_create(&agent, &options));
    scene_must(agent_open(vault_agent_of(agent)));
}

static inline void agent_end(void)
{
    agent_close(vault_agent_of(agent));
    vault_agent_destroy(agent);
}

static inline int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    clock_false_init(&clock_false, START_US);
    address.sun_family = AF_UNIX;
    assert_true(strlen(folder) + sizeof("/keep.sock") <= sizeof(address.sun_path));
    memcpy(address.sun_path, folder, strlen(folder) + 1);
    memcpy(address.sun_path + strlen(folder), "/keep.sock", sizeof("/keep.sock"));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    agent_begin();
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    agent_end();
    (void)close(listener);
    scene_folder_remove(folder);
    return 0;
}

static inline void work(u64 ms)
{
    bool busy = false;
    clock_false_advance(&clock_false, ms * 1000000);
    scene_must(agent_work(vault_agent_of(agent), &busy));
}

static inline int client_open(void)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

/* Reads one answer; false: the connection has ended. */
static inline bool receive(int client)
{
    answer_bytes = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        work(0);
        ssize_t size = read(client, answer + answer_bytes, sizeof(answer) - answer_bytes);
        answer_bytes += size > 0 ? (u32)size : 0;
        if (answer_bytes >= 4 && bytes_u32(answer) == answer_bytes) {
            return true;
        }
        if (size == 0) {
            return false;
        }
    }
    fail_msg("no answer");
    return false;
}

static inline u32 code_of_answer(void)
{
    assert_true(answer_bytes >= 12);
    assert_int_equal(bytes_u16(answer + 6), VAULT_MESSAGE_VERSION);
    assert_true((bytes_u16(answer + 4) & VAULT_ANSWER_BIT) != 0);
    return bytes_u32(answer + 8);
}

static inline u32 ask(int client, struct frame_writer *writer)
{
    vault_writer_end(writer);
    for (u32 sent = 0; sent < writer->size;) {
        ssize_t size = send(client, writer->bytes + sent, writer->size - sent, MSG_NOSIGNAL);
        sent += size > 0 ? (u32)size : 0;
        work(0);
    }
    assert_true(receive(client));
    return code_of_answer();
}

static inline u32 ask_kind(int client, u32 kind)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), kind);
    return ask(client, &writer);
}

static inline u32 ask_place(int client, u32 kind, u64 subject, u8 group, u32 version)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), kind);
    const struct seal_label label = {.subject = subject, .group = group, .version = version};
    vault_write_place(&writer, &label);
    return ask(client, &writer);
}

#endif /* TESTS_SUPPORT_KEEP_SCENE_H */

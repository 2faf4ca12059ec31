/* The agent of logins between a door and an engine that the test takes turns with: the door's desk
 * and its rows are real (tests/support/door_scene.h), and so is the core; between them lie the
 * line, the channels and the event log. Each of the three can be killed at any of its steps:
 *
 *     agent   closed and made anew; what it has put into line and channel stays there
 *     door    what it was asked is lost, or done and not answered; its rows are opened anew
 *     engine  another generation, which has taken what lay in the channel */
#ifndef TESTS_SUPPORT_LOGIN_SCENE_H
#define TESTS_SUPPORT_LOGIN_SCENE_H

#include "base/arena.h"
#include "core/core.h"
#include "core/login.h"
#include "core/state.h"
#include "io/eventlog.h"
#include "role/logins/login_agent.h"
#include "tests/support/door_scene.h"
#include "wire/link.h"

#include <stdlib.h>
#include <sys/socket.h>

enum { LOGIN_SCENE_CHANNEL_BYTES = 1 << 16, LOGIN_SCENE_ACCOUNTS = 12 };

#define LOGIN_SCENE_BEHIND_US (3600ULL * 1000000ULL) /* the venue's clock is behind the door's */

struct login_scene {
    struct door_scene door;
    char venue[FILE_PATH_BYTES];
    char events[FILE_PATH_BYTES];
    struct clock_false clock; /* the venue's */
    struct channel commands;
    struct channel bells;
    struct channel_reader engine;
    struct channel_writer ringer;
    void *log_memory;
    struct eventlog *log;
    void *core_memory;
    struct core *core;
    u8 *out;
    size_t out_bytes;
    int line[2]; /* the agent's end, the door's */
    struct login_agent *agent;
    struct login_agent_options options;
    u64 generation;
    u64 hello;
    u64 admin_index;
    u64 taken;    /* commands that the engine has journalled */
    bool is_full; /* the engine says that there is no room */
};

/* ---- the engine ---- */

static inline void login_scene_apply(struct login_scene *scene, const void *command)
{
    struct core_output output = {.data = scene->out, .size = scene->out_bytes};
    u64 now_us = clock_wall_us(&scene->clock.clock);
    core_set_time(scene->core, now_us);
    core_apply(scene->core, command, &output);
    scene_must(eventlog_append(scene->log, core_seq(scene->core), now_us,
                               span_of(output.data, output.used)));
    eventlog_release(scene->log, eventlog_end(scene->log));
}

/* A command of the test's, from the administrator. */
static inline void login_scene_admin(struct login_scene *scene, void *command, u16 kind,
                                     u32 account)
{
    struct command_head head = {.kind = kind,
                                .units = (u8)(wire_commands[kind].size / WIRE_UNIT),
                                .source = LINK_SOURCE_ADMIN,
                                .account = account,
                                .source_index = ++scene->admin_index};
    memcpy(command, &head, sizeof(head));
    login_scene_apply(scene, command);
}

static inline void login_scene_ring(struct login_scene *scene)
{
    struct link_bell bell = {.generation = scene->generation, .position = 1, .hello = scene->hello};
    bell = link_bell_make(&bell);
    bell.head.source = LINK_SOURCE_LOGINS;
    bell.head.source_index = core_source_index(scene->core, LINK_SOURCE_LOGINS);
    /* A full one says it later. */
    assert_int_not_equal(channel_put(&scene->ringer, span_of(&bell, sizeof(bell))),
                         CHANNEL_PUT_BROKEN);
    channel_flush(&scene->ringer);
}

/* In place of a core that is full. */
static inline void login_scene_refuse(struct login_scene *scene, const struct command_head *head)
{
    struct command_login_open open;
    memcpy(&open, head, sizeof(open));
    open.person = 1; /* refused by the core, which counts the index; told as a limit */
    open.login = 0;
    struct core_output output = {.data = scene->out, .size = scene->out_bytes};
    u64 now_us = clock_wall_us(&scene->clock.clock);
    core_set_time(scene->core, now_us);
    core_apply(scene->core, &open.head, &output);
    for (size_t at = 0; at < output.used;) {
        struct event_rejected event;
        memcpy(&event, output.data + at, sizeof(event.head));
        if (event.head.kind == EVENT_REJECTED) {
            memcpy(&event, output.data + at, sizeof(event));
            event.reject = REJECT_LIMIT_ACCOUNTS;
            memcpy(output.data + at, &event, sizeof(event));
        }
        at += (size_t)event.head.units * WIRE_UNIT;
    }
    scene_must(eventlog_append(scene->log, core_seq(scene->core), now_us,
                               span_of(output.data, output.used)));
    eventlog_release(scene->log, eventlog_end(scene->log));
}

static inline void login_scene_take(struct login_scene *scene, const u8 *bytes, size_t size)
{
    struct command_head head;
    const char *reason = NULL;
    memcpy(&head, bytes, sizeof(head));
    assert_true(command_check(bytes, size, &reason));
    assert_true(head.kind == COMMAND_LOGIN_OPEN || head.kind == COMMAND_WITHDRAW_PAUSE);
    if (head.source_index <= core_source_index(scene->core, LINK_SOURCE_LOGINS)) {
        return; /* repeated: not journalled */
    }
    scene->taken += 1;
    if (scene->is_full && head.kind == COMMAND_LOGIN_OPEN) {
        login_scene_refuse(scene, (const struct command_head *)(const void *)bytes);
    } else {
        login_scene_apply(scene, bytes);
    }
}

/* Takes so many records at most, and rings. */
static inline void login_scene_engine(struct login_scene *scene, u32 most)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    for (u32 i = 0; i < most && channel_take(&scene->engine, bytes, &size) == CHANNEL_RECORD;
         i += 1) {
        struct link_hello hello;
        if (link_hello_read(span_of(bytes, size), &hello)) {
            scene->hello = hello.hello;
        } else {
            login_scene_take(scene, bytes, size);
        }
    }
    channel_release(&scene->engine);
    login_scene_ring(scene);
}

static inline void login_scene_engine_dies(struct login_scene *scene)
{
    login_scene_engine(scene, UINT32_MAX); /* what was in the channel is taken by the next one */
    scene->generation += 1;
    scene->hello = 0;
    login_scene_ring(scene);
}

/* ---- the door ---- */

enum login_scene_fate { LOGIN_SCENE_ANSWERS, LOGIN_SCENE_LOSES, LOGIN_SCENE_DOES };

/* One frame, if there is one: answered, lost, or done without an answer. */
static inline void login_scene_door(struct login_scene *scene, enum login_scene_fate fate)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    bool is_out = false;
    struct door_ask ask;
    struct door_answer answer;
    ssize_t size = recv(scene->line[1], frame, sizeof(frame), MSG_DONTWAIT);
    if (size <= 0 || fate == LOGIN_SCENE_LOSES) {
        return;
    }
    assert_null(door_ask_read(span_of(frame, (size_t)size), &ask));
    scene_must(door_desk_ask(scene->door.desk, &ask, 5, scene->door.now_us, &answer, &is_out));
    assert_true(is_out);
    if (fate == LOGIN_SCENE_ANSWERS) {
        (void)!send(scene->line[1], answer.bytes, answer.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

/* An effect as the desk would write it. */
static inline void login_scene_effect(struct login_scene *scene, enum door_effect_kind kind,
                                      u64 login, u64 until_us)
{
    struct door_effect effect = {
        .time_us = scene->door.now_us, .kind = kind, .login = login, .until_us = until_us};
    scene_must(door_store_effect_add(door_desk_store(scene->door.desk), &effect));
}

static inline u64 login_scene_effects(struct login_scene *scene)
{
    struct door_totals totals;
    scene_must(door_store_totals(door_desk_store(scene->door.desk), &totals));
    return totals.effects;
}

/* ---- the agent ---- */

static inline void login_scene_agent_begin(struct login_scene *scene)
{
    scene_must(login_agent_create(&scene->agent, &scene->options));
    scene_must(agent_open(login_agent_of(scene->agent)));
    scene_must(agent_start(login_agent_of(scene->agent)));
}

static inline void login_scene_agent_end(struct login_scene *scene)
{
    if (scene->agent != NULL) {
        agent_close(login_agent_of(scene->agent));
        login_agent_destroy(scene->agent);
        scene->agent = NULL;
    }
}

static inline void login_scene_works(struct login_scene *scene)
{
    bool busy = false;
    scene_must(agent_work(login_agent_of(scene->agent), &busy));
}

static inline void login_scene_later(struct login_scene *scene, u64 us)
{
    clock_false_advance(&scene->clock, us * 1000);
    scene->door.now_us += us;
}

/* All three, so often. */
static inline void login_scene_runs(struct login_scene *scene, u32 rounds)
{
    for (u32 i = 0; i < rounds; i += 1) {
        login_scene_works(scene);
        login_scene_engine(scene, UINT32_MAX);
        login_scene_door(scene, LOGIN_SCENE_ANSWERS);
        login_scene_later(scene, LOGIN_REST_US / 4);
    }
}

/* ---- what the core has ---- */

static inline u32 login_scene_accounts(const struct login_scene *scene)
{
    return (u32)core_counts_of(scene->core).accounts;
}

/* LOGIN_ACCOUNT_NONE: none. */
static inline u32 login_scene_account(const struct login_scene *scene, u64 login)
{
    return login_account(scene->core, login);
}

static inline u64 login_scene_vector(const struct login_scene *scene, u32 account)
{
    return scene->core->accounts[account].restrictions;
}

/* 0: not paused. */
static inline u64 login_scene_pause(const struct login_scene *scene, u32 account)
{
    return scene->core->ruling.logins[account].pause_until;
}

/* ---- from the beginning to the end ---- */

static inline void login_scene_core(struct login_scene *scene)
{
    struct command_genesis genesis = scene_genesis();
    genesis.accounts_max = LOGIN_SCENE_ACCOUNTS;
    genesis.persons_max = LOGIN_SCENE_ACCOUNTS;
    genesis.person_rows_max = 4;
    size_t bytes = (core_footprint(&genesis) + 63) & ~(size_t)63;
    assert_true(bytes > 0);
    scene->core_memory = aligned_alloc(64, bytes);
    assert_non_null(scene->core_memory);
    memset(scene->core_memory, 0, bytes);
    scene->core = core_init(scene->core_memory, bytes, &genesis);
    scene->out_bytes = core_event_bytes_max(&genesis);
    scene->out = malloc(scene->out_bytes);
    assert_non_null(scene->out);
    login_scene_admin(scene, &genesis, COMMAND_GENESIS, 0);
}

static inline void login_scene_log(struct login_scene *scene)
{
    struct arena arena;
    struct eventlog_config config = {
        .disk = disk_real(), .folder = scene->events, .segment_bytes = 1 << 22};
    size_t bytes = eventlog_footprint(&config);
    scene->log_memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(scene->log_memory);
    arena_init(&arena, scene->log_memory, bytes);
    scene_must(eventlog_open(&scene->log, &config, &arena));
    scene_must(eventlog_begin(scene->log, (struct eventlog_point){0}));
}

static inline void login_scene_open(struct login_scene *scene, u64 seed, u64 restrictions)
{
    static const u16 kinds[] = {LINK_HELLO, COMMAND_LOGIN_OPEN, COMMAND_WITHDRAW_PAUSE};
    memset(scene, 0, sizeof(*scene));
    door_scene_open(&scene->door, seed);
    scene_must(file_path(scene->venue, scene->door.folder, "venue"));
    scene_must(file_path(scene->events, scene->venue, "events"));
    scene_must(disk_make_folder(disk_real(), scene->venue));
    scene_must(disk_make_folder(disk_real(), scene->events));
    clock_false_init(&scene->clock, DOOR_SCENE_START_US - LOGIN_SCENE_BEHIND_US);
    scene_must(channel_create(&scene->commands, "commands", LOGIN_SCENE_CHANNEL_BYTES));
    scene_must(channel_create(&scene->bells, "bells", LOGIN_SCENE_CHANNEL_BYTES));
    scene_must(channel_writer_open(&scene->ringer, &scene->bells));
    scene_must(channel_reader_open(&scene->engine, &scene->commands, kinds, ARRAY_COUNT(kinds),
                                   LINK_SOURCE_LOGINS));
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, scene->line), 0);
    login_scene_log(scene);
    login_scene_core(scene);
    scene->generation = 1;
    scene->options = (struct login_agent_options){.folder = scene->venue,
                                                  .disk = disk_real(),
                                                  .clock = &scene->clock.clock,
                                                  .clock_behind_us = LOGIN_SCENE_BEHIND_US,
                                                  .commands = &scene->commands,
                                                  .bell = &scene->bells,
                                                  .line = scene->line[0],
                                                  .restrictions = restrictions};
    login_scene_agent_begin(scene);
}

static inline void login_scene_close(struct login_scene *scene)
{
    login_scene_agent_end(scene);
    core_validate(scene->core);
    eventlog_close(scene->log);
    free(scene->log_memory);
    free(scene->core_memory);
    free(scene->out);
    channel_close(&scene->commands);
    channel_close(&scene->bells);
    (void)close(scene->line[0]);
    (void)close(scene->line[1]);
    door_scene_close(&scene->door);
}

#endif /* TESTS_SUPPORT_LOGIN_SCENE_H */

/* An agent of the public log without vault and witnesses over an event log that the test writes
 * (tests/support/restrict_scene.h), and two clocks moved by hand. */
#ifndef TESTS_SUPPORT_RESTRICT_RUN_H
#define TESTS_SUPPORT_RESTRICT_RUN_H

#include "io/eventlog.h"
#include "role/vault/log_agent.h"
#include "role/vault/log_agent_inner.h"
#include "tests/support/restrict_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT = 1 << 16 };
#define DAY_S     86400ULL
#define BEGIN_S   (20475ULL * DAY_S + 1000) /* 2026-01-22 */
#define SECOND_NS 1000000000ULL
#define WORK_NS   60000000ULL

static struct restrict_scene scene;

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    struct clock_false now;     /* the venue's, which leaps over days */
    struct clock_false machine; /* by which slots are closed */
    struct tlog_transport transport;
    struct log_agent *agent;
} place;

/* ---- the agent ---- */

static inline u32 nobody(struct tlog_transport *transport, const char *url, struct span body,
                         u8 *target, size_t bytes_max, size_t *bytes_out)
{
    (void)transport;
    (void)url;
    (void)body;
    (void)target;
    (void)bytes_max;
    *bytes_out = 0;
    return 0;
}

static inline void agent_begin(void)
{
    struct log_agent_options options = {
        .folder = place.folder,
        .disk = disk_real(),
        .clock = &place.machine.clock,
        .venue_clock = &place.now.clock,
        .origin = "log.test.invalid/a",
        .transport = &place.transport,
        .ledger_every_us = 3600ULL * 1000000,
        .listener = -1,
    };
    assert_int_equal(log_agent_create(&place.agent, &options), FAULT_NONE);
    if (agent_open(log_agent_of(place.agent)) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static inline void agent_end(void)
{
    if (place.agent != NULL) {
        agent_close(log_agent_of(place.agent));
        log_agent_destroy(place.agent);
        place.agent = NULL;
    }
}

static inline void work(void)
{
    bool busy = false;
    clock_false_advance(&place.now, WORK_NS);
    clock_false_advance(&place.machine, WORK_NS);
    if (agent_work(log_agent_of(place.agent), &busy) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static inline void works(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        work();
    }
    assert_int_equal(log_agent_counts(place.agent).stopped, 0);
}

/* The key is made at the first opening. */
static inline void key_take(void)
{
    char log[FILE_PATH_BYTES];
    (void)snprintf(log, sizeof(log), "%s/log", place.folder);
    assert_int_equal(log_restrict_key_read(disk_real(), log, scene.secret), FAULT_NONE);
}

static inline u64 now_us(void)
{
    return clock_wall_us(&place.now.clock);
}

static inline int make(void **state)
{
    struct arena arena;
    (void)state;
    memset(&place, 0, sizeof(place));
    memset(&scene, 0, sizeof(scene));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-restrict-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.events, sizeof(place.events), "%s/events", place.folder);
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = SEGMENT};
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    assert_int_equal(eventlog_open(&place.log, &config, &arena), FAULT_NONE);
    assert_int_equal(eventlog_begin(place.log, (struct eventlog_point){0}), FAULT_NONE);
    clock_false_init(&place.now, BEGIN_S * 1000000);
    clock_false_init(&place.machine, BEGIN_S * 1000000);
    place.transport.post = nobody;
    return sha256_open(&scene.sha256) == FAULT_NONE ? 0 : -1;
}

static inline int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    restrict_scene_close(&scene);
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

#endif /* TESTS_SUPPORT_RESTRICT_RUN_H */

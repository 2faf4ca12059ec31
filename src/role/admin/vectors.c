#include "role/admin/vectors.h"

#include "base/bytes.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_A_TURN  64U
#define CAPACITY_FIRST 1024U

static struct vectors *vectors_of_sink(struct event_sink *sink)
{
    return (struct vectors *)(void *)sink;
}

/* What is beyond the bound is not kept, and stays unknown. */
static void put(struct vectors *vectors, u32 account, u64 restrictions)
{
    if (account >= VECTORS_ACCOUNTS_MAX) {
        return;
    }
    if (account >= vectors->capacity) {
        u32 capacity = (u32)u64_max(CAPACITY_FIRST, u64_power_of_two_ceil((u64)account + 1));
        u64 *list = realloc(vectors->list, (size_t)capacity * sizeof(*list));
        vectors->is_short = vectors->is_short || list == NULL;
        if (list == NULL) {
            return;
        }
        memset(list + vectors->capacity, 0, (size_t)(capacity - vectors->capacity) * sizeof(*list));
        vectors->list = list;
        vectors->capacity = capacity;
    }
    vectors->list[account] = restrictions;
}

static void on_begin(struct event_sink *sink)
{
    struct vectors *vectors = vectors_of_sink(sink);
    vectors->is_short = false;
    if (vectors->capacity > 0) {
        memset(vectors->list, 0, (size_t)vectors->capacity * sizeof(*vectors->list));
    }
}

/* A linked account has what is set by hand in the record of its link, which comes later. One that
 * is paused and has no person has it in its login's; where that is nothing, the pause counts as set
 * by hand: then an order that ends it wants more, not less. */
static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    struct state_account account;
    struct state_link link;
    struct state_login login;
    if (bytes_u16(record) == STATE_ACCOUNT && size >= sizeof(account)) {
        memcpy(&account, record, sizeof(account));
        put(vectors_of_sink(sink), account.head.account, account.restrictions);
    } else if (bytes_u16(record) == STATE_LINK && size >= sizeof(link)) {
        memcpy(&link, record, sizeof(link));
        put(vectors_of_sink(sink), link.head.account, link.hand);
    } else if (bytes_u16(record) == STATE_LOGIN && size >= sizeof(login)) {
        memcpy(&login, record, sizeof(login));
        if (login.hand != 0) {
            put(vectors_of_sink(sink), login.head.account, login.hand);
        }
    }
    return true;
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    struct command_restrict restriction;
    struct command_account_add added;
    struct command_login_open opened;
    const u8 *inner = record + sizeof(struct event_applied);
    (void)time_us;
    if (bytes_u16(record) != EVENT_APPLIED || size < sizeof(struct event_applied) + WIRE_UNIT) {
        return true;
    }
    u16 kind = bytes_u16(inner);
    size_t left = size - sizeof(struct event_applied);
    if (kind == COMMAND_RESTRICT && left >= sizeof(restriction)) {
        memcpy(&restriction, inner, sizeof(restriction));
        put(vectors_of_sink(sink), restriction.head.account, restriction.restrictions);
    } else if (kind == COMMAND_ACCOUNT_ADD && left >= sizeof(added)) {
        memcpy(&added, inner, sizeof(added));
        put(vectors_of_sink(sink), added.head.account, added.restrictions);
    } else if (kind == COMMAND_LOGIN_OPEN && left >= sizeof(opened)) {
        memcpy(&opened, inner, sizeof(opened));
        put(vectors_of_sink(sink), opened.head.account, opened.restrictions);
    }
    return true;
}

enum fault vectors_open(struct vectors *vectors, struct disk *disk, const char *folder)
{
    *vectors = (struct vectors){.sink = {.begin = on_begin, .state = on_state, .event = on_event}};
    return event_follow_open(&vectors->follow, disk, folder, &vectors->sink);
}

void vectors_close(struct vectors *vectors)
{
    if (vectors->follow.disk != NULL) {
        event_follow_close(&vectors->follow);
    }
    free(vectors->list);
    *vectors = (struct vectors){.list = NULL};
}

enum fault vectors_turn(struct vectors *vectors, bool *busy_out)
{
    return event_follow_turn(&vectors->follow, CHUNKS_A_TURN, busy_out);
}

bool vectors_of(const struct vectors *vectors, u32 account, u64 *restrictions_out)
{
    *restrictions_out = account < vectors->capacity ? vectors->list[account] : 0;
    return vectors->follow.is_drained && vectors->follow.is_current && !vectors->is_short &&
           account < VECTORS_ACCOUNTS_MAX;
}

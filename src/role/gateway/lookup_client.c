#include "role/gateway/lookup_client.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#include <string.h>

/* The largest row of any kind, and what aligns all of them. */
#define ROW_BYTES_MAX 512U
#define ROW_ALIGN     16U

_Static_assert(sizeof(struct history_order) <= ROW_BYTES_MAX, "a row fits");
_Static_assert(sizeof(struct history_kline) <= ROW_BYTES_MAX, "a row fits");
_Static_assert(_Alignof(struct history_kline) <= ROW_ALIGN, "rows are aligned");

/* A question that is out. ticket 0: the slot is free. */
struct question {
    struct lookup_ask ask;
    u64 deadline_ns;
    bool unsent; /* to be put into the channel once more */
};

struct lookup_client {
    struct clock *clock;
    struct channel_writer asks;
    struct channel_reader answers;
    u64 timeout_ns;
    u64 ticket_next;
    u64 deadline_ns; /* the earliest of those out, or earlier */
    u64 position;
    u64 generation;
    u32 unsent_count;

    /* The answer that is being put together. ticket 0: none. */
    u64 ticket;
    u32 rows_count;

    struct lookup_counts counts;
    struct question *questions;
    u8 *rows;
    u8 *record;
};

struct footprint lookup_client_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct lookup_client), _Alignof(struct lookup_client));
    footprint_add(&footprint, LOOKUP_QUESTIONS_MAX, sizeof(struct question),
                  _Alignof(struct question));
    footprint_add(&footprint, HISTORY_ROWS_MAX, ROW_BYTES_MAX, ROW_ALIGN);
    footprint_add(&footprint, 1, CHANNEL_RECORD_BYTES_MAX, ROW_ALIGN);
    return footprint;
}

static enum fault channels_open(struct lookup_client *client,
                                const struct lookup_client_options *options)
{
    static const u16 kinds[] = {LOOKUP_RECORD_ROWS, LOOKUP_RECORD_ANSWER};
    TRY(channel_writer_open(&client->asks, options->asks));
    return channel_reader_open(&client->answers, options->answers, kinds, ARRAY_COUNT(kinds),
                               LOOKUP_SOURCE_HISTORY);
}

enum fault lookup_client_open(struct lookup_client **client_out,
                              const struct lookup_client_options *options, struct arena *arena)
{
    *client_out = NULL;
    struct lookup_client *client =
        arena_take(arena, sizeof(struct lookup_client), _Alignof(struct lookup_client));
    struct question *questions = arena_take_array(
        arena, LOOKUP_QUESTIONS_MAX, sizeof(struct question), _Alignof(struct question));
    u8 *rows = arena_take_array(arena, HISTORY_ROWS_MAX, ROW_BYTES_MAX, ROW_ALIGN);
    u8 *record = arena_take(arena, CHANNEL_RECORD_BYTES_MAX, ROW_ALIGN);
    if (client == NULL || questions == NULL || rows == NULL || record == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for questions to the history");
    }
    memset(client, 0, sizeof(*client));
    memset(questions, 0, LOOKUP_QUESTIONS_MAX * sizeof(struct question));
    client->clock = options->clock == NULL ? clock_real() : options->clock;
    client->timeout_ns =
        1000 * (options->timeout_us == 0 ? LOOKUP_TIMEOUT_US : options->timeout_us);
    client->ticket_next = u64_max(clock_wall_us(client->clock), 1);
    client->deadline_ns = UINT64_MAX;
    client->questions = questions;
    client->rows = rows;
    client->record = record;
    TRY(channels_open(client, options));
    *client_out = client;
    return FAULT_NONE;
}

u64 lookup_position(const struct lookup_client *client)
{
    return client->position;
}

struct channel_reader *lookup_reader(struct lookup_client *client)
{
    return &client->answers;
}

struct lookup_counts lookup_client_counts(const struct lookup_client *client)
{
    return client->counts;
}

static void broken(struct lookup_client *client)
{
    if (!client->counts.broken) {
        client->counts.broken = true;
        log_error("lookup.broken", LOG_STR("cause", fault_text()));
        fault_forget();
    }
}

/* ---- asking ---- */

/* The slot of a ticket; 0 finds a free one. NULL: there is none. At most LOOKUP_QUESTIONS_MAX. */
static struct question *question_of(struct lookup_client *client, u64 ticket)
{
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        if (client->questions[i].ask.ticket == ticket) {
            return &client->questions[i];
        }
    }
    return NULL;
}

static void question_end(struct lookup_client *client, struct question *question)
{
    CHECK(question->ask.ticket != 0);
    CHECK(client->counts.out > 0);
    if (client->ticket == question->ask.ticket) {
        client->ticket = 0;
    }
    client->unsent_count -= question->unsent ? 1 : 0;
    question->unsent = false;
    question->ask.ticket = 0;
    client->counts.out -= 1;
}

static bool ask_put(struct lookup_client *client, const struct lookup_ask *ask)
{
    switch (channel_put(&client->asks, span_of(ask, sizeof(*ask)))) {
    case CHANNEL_PUT:
        client->counts.sent += 1;
        return true;
    case CHANNEL_FULL:
        return false;
    case CHANNEL_MISSHAPED:
        CHECK(false);
        return false;
    case CHANNEL_PUT_BROKEN:
        broken(client);
        return false;
    }
    return false;
}

bool lookup_send(struct lookup_client *client, const struct lookup_ask *ask, u64 *ticket_out)
{
    *ticket_out = 0;
    struct question *question = client->counts.broken ? NULL : question_of(client, 0);
    if (question == NULL) {
        client->counts.refused += 1;
        return false;
    }
    struct lookup_ask copy = *ask;
    struct lookup_ask again;
    const char *reason = NULL;
    copy.ticket = client->ticket_next;
    bool good = lookup_ask_check(&again, (const u8 *)&copy, sizeof(copy), &reason);
    CHECK(good);
    if (!ask_put(client, &copy)) {
        client->counts.refused += 1;
        return false;
    }
    channel_flush(&client->asks);
    client->ticket_next += 1;
    client->counts.out += 1;
    *question = (struct question){.ask = copy,
                                  .deadline_ns = clock_mono_ns(client->clock) + client->timeout_ns};
    client->deadline_ns = u64_min(client->deadline_ns, question->deadline_ns);
    *ticket_out = copy.ticket;
    return true;
}

void lookup_forget(struct lookup_client *client, u64 ticket)
{
    struct question *question = ticket == 0 ? NULL : question_of(client, ticket);
    if (question != NULL) {
        question_end(client, question);
    }
}

/* The history has begun a new life, or the gateway sees its first one: what it was asked before it
 * may not know. A life seen first in an answer has given that answer's rows, too. */
static void life_begin(struct lookup_client *client, const struct lookup_answer *answer)
{
    client->generation = answer->generation;
    client->counts.lives += 1;
    if (answer->ticket != client->ticket) {
        client->ticket = 0;
    }
    client->unsent_count = 0;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        struct question *question = &client->questions[i];
        question->unsent = question->ask.ticket != 0;
        client->unsent_count += question->unsent ? 1 : 0;
    }
}

static void ask_again(struct lookup_client *client)
{
    bool room = true;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX && client->unsent_count > 0 && room; i += 1) {
        struct question *question = &client->questions[i];
        if (question->unsent) {
            room = ask_put(client, &question->ask);
            question->unsent = !room;
            client->unsent_count -= room ? 1 : 0;
        }
    }
    channel_flush(&client->asks);
}

/* ---- answers ---- */

/* Whether rows that name an account name the one that was asked for. */
static bool account_is_right(const struct lookup_ask *ask, const u8 *rows, u32 count)
{
    size_t offset = 0;
    switch ((enum lookup_kind)ask->lookup) {
    case LOOKUP_ORDER_BY_ID:
    case LOOKUP_ORDER_BY_CLIENT:
    case LOOKUP_ORDERS:
        offset = offsetof(struct history_order, account);
        break;
    case LOOKUP_LIST_BY_ID:
    case LOOKUP_LIST_BY_CLIENT:
    case LOOKUP_LISTS:
        offset = offsetof(struct history_list, account);
        break;
    case LOOKUP_FILLS:
    case LOOKUP_TRADES:
    case LOOKUP_AGGREGATES:
    case LOOKUP_LINES:
    case LOOKUP_DEPOSITS:
    case LOOKUP_WITHDRAWALS:
    case LOOKUP_WITHDRAWAL_BY_ID:
    case LOOKUP_PREVENTED_BY_ID:
    case LOOKUP_PREVENTED_OF:
    case LOOKUP_AMENDMENTS:
    case LOOKUP_KLINES:
    case LOOKUP_BAR:
        return true;
    }
    for (u32 i = 0; i < count; i += 1) {
        if (bytes_u32(rows + (size_t)i * lookup_row_bytes((enum lookup_kind)ask->lookup) +
                      offset) != ask->account) {
            return false;
        }
    }
    return true;
}

static void misshaped(struct lookup_client *client, const char *what)
{
    client->counts.misshaped += 1;
    u64 count = client->counts.misshaped;
    if ((count & (count - 1)) == 0) { /* who sends many does not fill the log */
        log_warn("lookup.misshaped", LOG_STR("field", what), LOG_U64("count", count));
    }
}

/* Ends a question without rows. */
static void result_without(struct lookup_client *client, struct question *question,
                           enum lookup_status status, struct lookup_result *result_out)
{
    *result_out = (struct lookup_result){.ticket = question->ask.ticket,
                                         .kind = (enum lookup_kind)question->ask.lookup,
                                         .status = status,
                                         .rows = client->rows};
    question_end(client, question);
}

/* Rows join the answer under way. True: *result_out ends a question whose rows cannot be. */
static bool rows_take(struct lookup_client *client, size_t size, struct lookup_result *result_out)
{
    struct lookup_rows head;
    const char *reason = NULL;
    if (!lookup_rows_check(&head, client->record, size, &reason)) {
        misshaped(client, reason);
        return false;
    }
    struct question *question = question_of(client, head.ticket);
    if (question == NULL) {
        client->counts.unknown += 1;
        return false;
    }
    if (head.first == 0) {
        client->ticket = head.ticket;
        client->rows_count = 0;
    }
    const u8 *rows = client->record + LOOKUP_ROWS_OFFSET;
    if (head.ticket != client->ticket || head.first != client->rows_count ||
        head.lookup != question->ask.lookup ||
        head.first + head.count > lookup_rows_max(&question->ask) ||
        !account_is_right(&question->ask, rows, head.count)) {
        misshaped(client, "rows");
        result_without(client, question, LOOKUP_FAILED, result_out);
        return true;
    }
    memcpy(client->rows + (size_t)head.first * head.row_bytes, rows,
           (size_t)head.count * head.row_bytes);
    client->rows_count += head.count;
    return false;
}

static bool answer_take(struct lookup_client *client, size_t size, struct lookup_result *result_out)
{
    struct lookup_answer answer;
    const char *reason = NULL;
    if (!lookup_answer_check(&answer, client->record, size, &reason)) {
        misshaped(client, reason);
        return false;
    }
    if (answer.generation != client->generation) {
        life_begin(client, &answer);
    }
    client->position = answer.position;
    if (answer.ticket == 0) {
        return false;
    }
    struct question *question = question_of(client, answer.ticket);
    if (question == NULL) {
        client->counts.unknown += 1;
        return false;
    }
    u32 rows_count = client->ticket == answer.ticket ? client->rows_count : 0;
    /* A bar is always told, if only to say that nothing was traded. */
    bool whole = answer.lookup != LOOKUP_BAR || rows_count == 1;
    bool fits =
        answer.lookup == question->ask.lookup && answer.rows_count == rows_count &&
        (answer.status != LOOKUP_OK || (whole && answer.position >= question->ask.position_min));
    if (!fits) {
        misshaped(client, "answer");
    }
    result_without(client, question, fits ? (enum lookup_status)answer.status : LOOKUP_FAILED,
                   result_out);
    result_out->count = fits ? rows_count : 0;
    result_out->position = answer.position;
    client->counts.answered += 1;
    return true;
}

static bool timeout_take(struct lookup_client *client, struct lookup_result *result_out)
{
    u64 now = clock_mono_ns(client->clock);
    if (now < client->deadline_ns) {
        return false;
    }
    struct question *late = NULL;
    u64 earliest = UINT64_MAX;
    for (u32 i = 0; i < LOOKUP_QUESTIONS_MAX; i += 1) {
        struct question *question = &client->questions[i];
        if (question->ask.ticket == 0) {
            continue;
        }
        earliest = u64_min(earliest, question->deadline_ns);
        if (question->deadline_ns <= now &&
            (late == NULL || question->ask.ticket < late->ask.ticket)) {
            late = question;
        }
    }
    client->deadline_ns = earliest;
    if (late == NULL) {
        return false;
    }
    client->counts.timeouts += 1;
    result_without(client, late, LOOKUP_TIMEOUT, result_out);
    return true;
}

/* One record off the channel; *some_out: there was one. */
static bool record_take(struct lookup_client *client, struct lookup_result *result_out,
                        bool *some_out)
{
    size_t size = 0;
    *some_out = false;
    switch (channel_take(&client->answers, client->record, &size)) {
    case CHANNEL_EMPTY:
        return false;
    case CHANNEL_FORBIDDEN:
        *some_out = true;
        misshaped(client, "head");
        return false;
    case CHANNEL_TAKE_BROKEN:
        broken(client);
        return false;
    case CHANNEL_RECORD:
        *some_out = true;
        return bytes_u16(client->record) == LOOKUP_RECORD_ROWS
                   ? rows_take(client, size, result_out)
                   : answer_take(client, size, result_out);
    }
    return false;
}

bool lookup_take(struct lookup_client *client, struct lookup_result *result_out, bool *more_out)
{
    bool complete = false;
    bool some = !client->counts.broken;
    bool took = false;
    for (u32 records = 0; records < LOOKUP_RECORDS_MAX && some && !complete; records += 1) {
        complete = record_take(client, result_out, &some);
        took = took || some;
    }
    if (took) {
        channel_release(&client->answers);
    }
    if (client->unsent_count > 0 && !client->counts.broken) {
        ask_again(client);
    }
    if (!complete) {
        complete = timeout_take(client, result_out);
    }
    *more_out = complete || some;
    return complete;
}

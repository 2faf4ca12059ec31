#include "role/desk/desk_noticed.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/desk/desk_letter.h"
#include "role/desk/desk_show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIND_CHECK(number, name) \
    _Static_assert((number) >= DESK_OPENING_AUTHORITY && (number) <= DESK_OPENING_REVIEW, name);
DESK_LINE_KIND_TABLE(KIND_CHECK)
#undef KIND_CHECK
_Static_assert(DESK_LINE_GROUP_MAX == DESK_GROUPS_LAST, "the line has the desk's groups");
_Static_assert(DESK_LINE_KIND_MAX == DESK_OPENING_REVIEW, "and its openings");
_Static_assert(DESK_LINE_CASE_BYTES == DESK_NAME_BYTES && DESK_LINE_HASH_BYTES == DESK_HASH_BYTES,
               "and its names");
_Static_assert(DESK_LINE_LETTER_MAX >= DESK_LETTER_BYTES &&
                   DESK_LINE_RECEIPT_MAX >= DESK_SHOW_BYTES,
               "and room for its texts");

struct desk_noticed {
    int line; /* -1: nobody asks, or nobody is heard any more */
    struct desk_show *show;
    struct sha256 sha256;
    struct desk_noticed_counts counts;
    char letter[DESK_LETTER_BYTES];
    u8 message[DESK_LINE_ASK_BYTES + 1];
    u8 answer[DESK_LINE_MESSAGE_MAX];
};

/* ---- one case ---- */

/* What of its acts is told. */
struct looking {
    struct desk_visitor visitor; /* first: it is cast back */
    bool is_noticed;
    u64 noticed_s;  /* when the notice came */
    u64 notice_log; /* its event; 0: not told yet */
    u64 opened_log; /* the event of the opening; 0: nothing was opened */
    u8 opened_hash[DESK_HASH_BYTES];
    struct desk_file file; /* the notice */
};

static enum fault look(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct looking *looking = (struct looking *)(void *)visitor;
    const struct desk_act *act = &row->file.act;
    if (act->kind == DESK_ACT_NOTICE) {
        looking->is_noticed = true;
        looking->noticed_s = row->step.now_s;
        looking->notice_log = row->log;
        looking->file = row->file;
    }
    if (act->kind == DESK_ACT_OPENED) {
        looking->opened_log = act->number;
        memcpy(looking->opened_hash, act->evidence, DESK_HASH_BYTES);
    }
    return FAULT_NONE;
}

/* Of which of its people the case is this person; false: of none. */
static bool concerns(const struct desk_case *at, u64 person)
{
    for (u32 i = 0; i < DESK_PERSONS_MAX; i += 1) {
        if (at->persons[i] == person) {
            return true;
        }
    }
    return false;
}

static void records_take(const struct desk_case *at, u64 person, struct desk_line_opening *opening)
{
    for (u32 i = 0; i < at->granted_count; i += 1) {
        const struct desk_record *record = &at->granted[i];
        CHECK(record->ordinal > 0 && record->ordinal <= DESK_PERSONS_MAX);
        if (at->persons[record->ordinal - 1] == person &&
            opening->records_count < DESK_LINE_RECORDS_MAX) {
            opening->records[opening->records_count] = (struct desk_line_record){
                .group = record->group, .from_day = record->from_day, .until_day = record->to_day};
            opening->records_count += 1;
        }
    }
}

static void hash_of(struct desk_noticed *noticed, struct span bytes, u8 hash_out[SHA256_BYTES])
{
    sha256_begin(&noticed->sha256);
    sha256_add(&noticed->sha256, bytes);
    sha256_end(&noticed->sha256, hash_out);
}

/* The event that is shown: of the opening, else of the notice, whose text is the act as it was
 * signed. Its number; 0: the log has none yet. */
static u64 event_of(struct desk_noticed *noticed, const struct looking *looking,
                    u8 hash_out[SHA256_BYTES])
{
    static char text[DESK_FILE_BYTES]; /* one thread */
    if (looking->opened_log > 0) {
        memcpy(hash_out, looking->opened_hash, SHA256_BYTES);
        return looking->opened_log;
    }
    hash_of(noticed, span_of(text, desk_file_print(&looking->file, text)), hash_out);
    return looking->notice_log;
}

/* The letter as it was signed for; empty where it is another one now. */
static struct span letter_of(struct desk_noticed *noticed, const struct desk_case *at,
                             const struct desk_act *act)
{
    u8 hash[SHA256_BYTES];
    struct span letter = span_of(noticed->letter, desk_letter_print(at, act, noticed->letter));
    hash_of(noticed, letter, hash);
    if (memcmp(hash, act->letter, sizeof(hash)) == 0) {
        return letter;
    }
    log_error("desk.letter", LOG_STR("cause", "a notice is not the letter that was signed for"));
    return span_of(NULL, 0);
}

/* False: there is no more room. */
static enum fault case_put(struct desk_noticed *noticed, struct desk_store *store,
                           const struct desk_case *at, u64 person, struct desk_line_writer *writer,
                           bool *room_out)
{
    static struct looking looking; /* one thread; an act is large */
    looking = (struct looking){.visitor = {.visit = look}};
    TRY(desk_store_walk(store, at->name, &looking.visitor));
    CHECK(looking.is_noticed);
    struct desk_line_opening opening = {.noticed_s = looking.noticed_s,
                                        .kind = at->opening,
                                        .is_opened = at->was_opened,
                                        .is_silent = at->was_silent};
    u64 event = event_of(noticed, &looking, opening.event);
    memcpy(opening.name, at->name, sizeof(opening.name));
    records_take(at, person, &opening);
    opening.letter = letter_of(noticed, at, &looking.file.act);
    if (event == 0 || !desk_show_find(noticed->show, event, &opening.receipt)) {
        opening.receipt = span_of(NULL, 0);
    }
    *room_out = desk_line_put(writer, &opening);
    return FAULT_NONE;
}

/* ---- the line ---- */

/* Whether a case is told: somebody was noticed of it, and what was prepared was records. */
static bool is_told(const struct desk_case *at)
{
    return at->was_noticed && at->is_prepared && at->opening >= DESK_OPENING_AUTHORITY &&
           at->opening <= DESK_OPENING_REVIEW;
}

static enum fault answer(struct desk_noticed *noticed, struct desk_store *store, u64 id, u64 person)
{
    const struct desk *desk = desk_store_desk(store);
    struct desk_line_writer writer = desk_line_begin(noticed->answer, id);
    bool has_room = true;
    u32 all = 0;
    for (u32 i = desk->cases_count; i > 0; i -= 1) { /* the newest first */
        const struct desk_case *at = &desk->cases[i - 1];
        if (!is_told(at) || !concerns(at, person)) {
            continue;
        }
        all += 1;
        if (has_room) {
            TRY(case_put(noticed, store, at, person, &writer, &has_room));
        }
    }
    u32 size = desk_line_end(&writer, all);
    /* One for which there is no room is dropped: whoever asked gives up by itself. */
    noticed->counts.unheard += write(noticed->line, noticed->answer, size) == (ssize_t)size ? 0 : 1;
    return FAULT_NONE;
}

enum fault desk_noticed_turn(struct desk_noticed *noticed, struct desk_store *store, bool *busy_out)
{
    desk_show_turn(noticed->show, busy_out);
    for (u32 count = 0; count < DESK_NOTICED_ASKS_MAX && noticed->line >= 0; count += 1) {
        u64 id = 0;
        u64 person = 0;
        /* One byte more than a message has: what is longer shows. */
        ssize_t size = read(noticed->line, noticed->message, sizeof(noticed->message));
        if (size <= 0) {
            return FAULT_NONE;
        }
        *busy_out = true;
        noticed->counts.asked += 1;
        if (!desk_line_ask_read(span_of(noticed->message, (size_t)size), &id, &person)) {
            log_error("desk.line_ended", LOG_STR("cause", "an ask that the gateway may not make"));
            noticed->counts.wrong = 1;
            noticed->line = -1;
            return FAULT_NONE;
        }
        TRY(answer(noticed, store, id, person));
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

static enum fault open_inner(struct desk_noticed *noticed, int line, const char *log,
                             struct clock *clock)
{
    noticed->line = line;
    TRY(sha256_open(&noticed->sha256));
    TRY(desk_show_open(&noticed->show, log, clock));
    if (line < 0) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the gateway's line");
}

enum fault desk_noticed_open(struct desk_noticed **noticed_out, int line, const char *log,
                             struct clock *clock)
{
    *noticed_out = NULL;
    struct desk_noticed *noticed = calloc(1, sizeof(struct desk_noticed));
    if (noticed == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for what customers are told");
    }
    enum fault fault = open_inner(noticed, line, log, clock);
    if (fault != FAULT_NONE) {
        desk_noticed_close(noticed);
        return fault;
    }
    *noticed_out = noticed;
    return FAULT_NONE;
}

void desk_noticed_close(struct desk_noticed *noticed)
{
    if (noticed == NULL) {
        return;
    }
    desk_show_close(noticed->show);
    sha256_close(&noticed->sha256);
    free(noticed);
}

struct desk_noticed_counts desk_noticed_counts(const struct desk_noticed *noticed)
{
    return noticed->counts;
}

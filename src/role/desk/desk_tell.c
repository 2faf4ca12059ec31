#include "role/desk/desk_tell.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SECOND_NS    1000000000ULL
#define US           1000000ULL
#define AGAIN_NS     SECOND_NS        /* after a log that is away or full, and between two rounds */
#define LOOK_NS      (60 * SECOND_NS) /* between two looks at all openings in the log */
#define STUCK_NS     (60 * SECOND_NS) /* after one that refuses an act */
#define ANSWER_NS    (30 * SECOND_NS) /* so long may an answer take */
#define CASES_A_TURN 512U
#define LINE_BYTES   (2U * DESK_FILE_BYTES + 256U)
#define ANSWER_BYTES 1024U

enum asked { ASKED_TELL, ASKED_FIND, ASKED_OPENINGS };

struct desk_tell {
    const char *path;
    struct clock *clock;
    u64 *settled; /* by case: the end of the grant that the log knew nothing of, behind that end */
    u32 place;    /* of the case that was asked for */
    u64 silence_slots[2]; /* of ordinary and emergency: in which a silence was told last */
    u64 look_ns;          /* openings are looked at then */
    u64 look_from;        /* all up to this one have their cases */
    u64 look_at;          /* the last one that was looked at */
    u64 look_seen;        /* the last one that was there a look before */
    u64 look_named;       /* the last one that was told of */
    u64 look_strange;     /* in this look */
    bool looks_whole;     /* nothing strange in this look yet */
    struct desk_tell_counts counts;
    int socket;   /* -1: none */
    u64 again_ns; /* nothing is done before */
    u64 until_ns; /* an answer is waited for */
    bool is_waiting;
    enum asked asked;
    u64 number;               /* of the row */
    enum desk_act_kind found; /* the act that the event makes */
    u8 name[DESK_NAME_BYTES];
    u32 cursor; /* of the cases, for `find` */
    bool asks_mismatch;
    size_t answer_bytes;
    char answer[ANSWER_BYTES];
    char line[LINE_BYTES];
    struct desk_told told;
};

/* ---- the connection ---- */

static void hang_up(struct desk_tell *tell, u64 pause_ns)
{
    if (tell->socket >= 0) {
        (void)close(tell->socket);
    }
    tell->socket = -1;
    tell->is_waiting = false;
    tell->again_ns = clock_mono_ns(tell->clock) + pause_ns;
    tell->counts.waits += 1;
}

static bool connected(struct desk_tell *tell)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (tell->socket >= 0) {
        return true;
    }
    memcpy(address.sun_path, tell->path, strlen(tell->path));
    tell->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tell->socket < 0 || connect(tell->socket, (const void *)&address, sizeof(address)) != 0) {
        hang_up(tell, AGAIN_NS);
        return false;
    }
    return true;
}

/* The whole line, or the connection ends: what is told twice is one event. */
static void line_send(struct desk_tell *tell, size_t size)
{
    ssize_t sent = send(tell->socket, tell->line, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 || (size_t)sent != size) {
        hang_up(tell, AGAIN_NS);
        return;
    }
    tell->is_waiting = true;
    tell->answer_bytes = 0;
    tell->until_ns = clock_mono_ns(tell->clock) + ANSWER_NS;
}

/* True: an answer is there, without its end. */
static bool answer_take(struct desk_tell *tell)
{
    size_t room = sizeof(tell->answer) - tell->answer_bytes;
    ssize_t got = recv(tell->socket, tell->answer + tell->answer_bytes, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (clock_mono_ns(tell->clock) >= tell->until_ns) {
            hang_up(tell, AGAIN_NS);
        }
        return false;
    }
    if (got <= 0) {
        hang_up(tell, AGAIN_NS);
        return false;
    }
    tell->answer_bytes += (size_t)got;
    if (tell->answer[tell->answer_bytes - 1] != '\n') {
        if (tell->answer_bytes == sizeof(tell->answer)) {
            hang_up(tell, STUCK_NS);
        }
        return false;
    }
    tell->answer[tell->answer_bytes - 1] = '\0';
    tell->is_waiting = false;
    return true;
}

/* ---- what is asked ---- */

static size_t tell_print(struct desk_tell *tell)
{
    char name[2 * DESK_NAME_BYTES + 1];
    const struct desk_told *told = &tell->told;
    int head = snprintf(tell->line, sizeof(tell->line), "tell %s %s %u %s %llu - ", told->kind,
                        told->is_emergency ? "emergency" : "ordinary", told->flags,
                        bytes_to_hex(told->name, sizeof(told->name), name),
                        (unsigned long long)told->until);
    CHECK(head > 0 && (size_t)head + 2 * told->text_bytes + 2 < sizeof(tell->line));
    (void)bytes_to_hex((const u8 *)told->text, told->text_bytes, tell->line + head);
    size_t size = (size_t)head + 2 * told->text_bytes;
    memcpy(tell->line + size, "\n", 2);
    return size + 1;
}

/* Whether a grant of the case is in the log as an event of its own. */
static bool has_grant(const struct desk_case *at)
{
    return at->request == DESK_REQUEST_DISCLOSE &&
           (at->class != DESK_CLASS_SEARCH || at->is_counted);
}

/* Late, and the log was asked behind the grant's end. */
static bool is_settled(const struct desk_tell *tell, const struct desk_case *at, u32 place)
{
    return tell->settled[place] == at->grant_until_s;
}

/* What is looked for about a case: the log's word, and the act that it makes. NULL: nothing. */
static const char *wanted_of(const struct desk_case *at, bool asks_mismatch,
                             enum desk_act_kind *act_out)
{
    bool is_late = desk_may_be_late(at);
    if ((at->state == DESK_STATE_APPROVED && has_grant(at)) || (is_late && at->logged_s == 0)) {
        *act_out = DESK_ACT_LOGGED;
        return "grant";
    }
    if ((at->state == DESK_STATE_LOGGED && has_grant(at)) || is_late) {
        *act_out = DESK_ACT_OPENED;
        return "opening";
    }
    if (at->state == DESK_STATE_OPENED) {
        *act_out = asks_mismatch ? DESK_ACT_MISMATCH : DESK_ACT_DELIVERED;
        return asks_mismatch ? "mismatch" : "delivered";
    }
    return NULL;
}

/* ---- the acts of the process ---- */

static enum fault process_act(struct desk_store *store, const struct desk_staff *staff, u64 now_s,
                              struct desk_act *act)
{
    enum desk_rule rule = DESK_RULE_NONE;
    enum fault fault = desk_store_process(store, act, staff, now_s, &rule);
    if (fault == FAULT_REFUSED) { /* as of an opening that came too early: the log has it */
        log_warn("desk.refused", LOG_STR("act", desk_word(DESK_WORDS_ACT, act->kind)),
                 LOG_STR("rule", desk_rule_name(rule)));
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

struct last_log {
    struct desk_visitor visitor; /* first: it is cast back */
    u64 log;
};

static enum fault last_visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct last_log *last = (struct last_log *)(void *)visitor;
    last->log = u64_max(last->log, row->log);
    return FAULT_NONE;
}

/* What has no grant is in the log when its acts are: an order to restrict, a search to count. */
static enum fault log_order(struct desk_store *store, const struct desk_staff *staff, u64 now_s,
                            const struct desk_case *at)
{
    struct last_log last = {.visitor = {.visit = last_visit}};
    struct desk_act act = {.kind = DESK_ACT_LOGGED};
    TRY(desk_store_walk(store, at->name, &last.visitor));
    act.number = last.log;
    memcpy(act.name, at->name, sizeof(act.name));
    memcpy(act.grant, at->grant, sizeof(act.grant));
    memcpy(act.evidence, at->prior, sizeof(act.evidence));
    return process_act(store, staff, now_s, &act);
}

static bool number_read(const char **text, u64 *number_out)
{
    char *end = NULL;
    errno = 0;
    *number_out = strtoull(*text, &end, 10);
    bool is_number = end != *text && errno == 0 && *number_out > 0 && *number_out <= INT64_MAX;
    *text = end;
    return is_number;
}

/* "found NUMBER HASH" about the case that was asked for. */
static enum fault found_take(struct desk_tell *tell, struct desk_store *store,
                             const struct desk_staff *staff, u64 now_s)
{
    const char *rest = tell->answer + strlen("found ");
    const struct desk_case *at = desk_case(desk_store_desk(store), tell->name);
    struct desk_act act = {.kind = (u8)tell->found};
    enum desk_act_kind wanted = tell->found;
    if (at == NULL || wanted_of(at, tell->found == DESK_ACT_MISMATCH, &wanted) == NULL ||
        wanted != tell->found || !number_read(&rest, &act.number) || *rest != ' ' ||
        !bytes_from_hex(span_of_text(rest + 1), act.evidence, sizeof(act.evidence))) {
        return FAULT_NONE; /* the case went on meanwhile */
    }
    memcpy(act.name, at->name, sizeof(act.name));
    memcpy(act.grant, at->grant, sizeof(act.grant));
    act.reason = wanted == DESK_ACT_MISMATCH ? DESK_REASON_MANIFEST_ERRORS : DESK_REASON_NONE;
    tell->counts.found += 1;
    return process_act(store, staff, now_s, &act);
}

/* ---- turns ---- */

static bool begins(const struct desk_tell *tell, const char *word)
{
    return strncmp(tell->answer, word, strlen(word)) == 0;
}

static u64 slot_of(const struct desk_told *told, u64 now_s)
{
    return now_s / (told->is_emergency ? DESK_SLOT_EMERGENCY_S : DESK_SLOT_ORDINARY_S);
}

/* The month pairs a silence with a notice in a later slot. */
static bool waits_for_slot(const struct desk_tell *tell, u64 now_s)
{
    return tell->told.ends_silence &&
           slot_of(&tell->told, now_s) <= tell->silence_slots[tell->told.is_emergency];
}

static enum fault told_take(struct desk_tell *tell, struct desk_store *store, u64 now_s, u64 log)
{
    if (tell->told.until > 0) {
        tell->silence_slots[tell->told.is_emergency] = slot_of(&tell->told, now_s);
    }
    tell->counts.told += 1;
    tell->counts.stuck = 0;
    return desk_store_log(store, tell->number, log);
}

/* ---- every opening has its case ---- */

static void look_end(struct desk_tell *tell)
{
    tell->counts.strange = tell->look_strange;
    tell->look_seen = u64_max(tell->look_seen, tell->look_at);
    tell->look_at = tell->look_from;
    tell->look_strange = 0;
    tell->looks_whole = true;
    tell->look_ns = clock_mono_ns(tell->clock) + LOOK_NS;
}

/* "found NUMBER CASE": one that was there a look ago already, and that no case has. */
static void look_take(struct desk_tell *tell, const struct desk *desk)
{
    const char *rest = tell->answer + strlen("found ");
    u8 name[DESK_NAME_BYTES];
    u64 number = 0;
    if (!number_read(&rest, &number) || number <= tell->look_at || *rest != ' ' ||
        !bytes_from_hex(span_of_text(rest + 1), name, sizeof(name))) {
        look_end(tell);
        return;
    }
    const struct desk_case *at = desk_case(desk, name);
    tell->look_at = number;
    if (at != NULL && at->opened_log == number) {
        tell->look_from = tell->looks_whole ? number : tell->look_from;
        return;
    }
    tell->looks_whole = false;
    if (number <= tell->look_seen) {
        tell->look_strange += 1;
        if (number > tell->look_named) {
            tell->look_named = number;
            log_error("desk.opening_strange", LOG_U64("event", number));
        }
    }
}

/* True: the log was asked for the next one. */
static bool look_next(struct desk_tell *tell)
{
    if (clock_mono_ns(tell->clock) < tell->look_ns) {
        return false;
    }
    int size = snprintf(tell->line, sizeof(tell->line), "openings %llu\n",
                        (unsigned long long)tell->look_at);
    CHECK(size > 0 && (size_t)size < sizeof(tell->line));
    tell->asked = ASKED_OPENINGS;
    line_send(tell, (size_t)size);
    return true;
}

/* ---- answers ---- */

/* The log knows nothing of it: behind the grant's end that stays so. */
static void missing_take(struct desk_tell *tell, const struct desk *desk, u64 now_s)
{
    const struct desk_case *at = &desk->cases[tell->place];
    if (tell->asked == ASKED_OPENINGS) {
        look_end(tell);
    } else if (desk_may_be_late(at) && now_s >= at->grant_until_s + DESK_LATE_S) {
        tell->settled[tell->place] = at->grant_until_s;
    }
}

static enum fault answered(struct desk_tell *tell, struct desk_store *store,
                           const struct desk_staff *staff, u64 now_s)
{
    const char *rest = tell->answer + strlen("told ");
    u64 log = 0;
    bool is_tell = tell->asked == ASKED_TELL;
    if (is_tell && begins(tell, "told ") && number_read(&rest, &log) && *rest == 0) {
        return told_take(tell, store, now_s, log);
    }
    if (tell->asked == ASKED_FIND && begins(tell, "found ")) {
        return found_take(tell, store, staff, now_s);
    }
    if (tell->asked == ASKED_OPENINGS && begins(tell, "found ")) {
        look_take(tell, desk_store_desk(store));
        return FAULT_NONE;
    }
    if (!is_tell && begins(tell, "missing ")) {
        missing_take(tell, desk_store_desk(store), now_s);
        return FAULT_NONE;
    }
    bool is_later = begins(tell, "full ") || begins(tell, "stopped ") || begins(tell, "later ");
    if (!is_later && is_tell) {
        tell->counts.stuck = 1;
        log_error("desk.not_logged", LOG_U64("row", tell->number));
    }
    hang_up(tell, is_later ? AGAIN_NS : STUCK_NS);
    return FAULT_NONE;
}

/* The next case of which the log may know more. */
static enum fault find_next(struct desk_tell *tell, struct desk_store *store,
                            const struct desk_staff *staff, u64 now_s)
{
    const struct desk *desk = desk_store_desk(store);
    char name[2 * DESK_NAME_BYTES + 1];
    char grant[2 * DESK_HASH_BYTES + 1];
    for (u32 i = 0; i < CASES_A_TURN; i += 1) {
        if (tell->cursor >= desk->cases_count && look_next(tell)) {
            return FAULT_NONE;
        }
        if (tell->cursor >= desk->cases_count) {
            tell->cursor = 0;
            tell->asks_mismatch = !tell->asks_mismatch;
            tell->again_ns = clock_mono_ns(tell->clock) + AGAIN_NS;
            return FAULT_NONE;
        }
        const struct desk_case *at = &desk->cases[tell->cursor];
        tell->place = tell->cursor;
        tell->cursor += 1;
        if (at->state == DESK_STATE_APPROVED && !has_grant(at)) {
            return log_order(store, staff, now_s, at);
        }
        const char *kind = wanted_of(at, tell->asks_mismatch, &tell->found);
        if (kind == NULL || is_settled(tell, at, tell->place)) {
            continue;
        }
        memcpy(tell->name, at->name, sizeof(tell->name));
        tell->asked = ASKED_FIND;
        int size = snprintf(tell->line, sizeof(tell->line), "find %s %s %s\n", kind,
                            bytes_to_hex(at->name, sizeof(at->name), name),
                            bytes_to_hex(at->grant, sizeof(at->grant), grant));
        CHECK(size > 0 && (size_t)size < sizeof(tell->line));
        line_send(tell, (size_t)size);
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

enum fault desk_tell_turn(struct desk_tell *tell, struct desk_store *store,
                          const struct desk_staff *staff, u64 now_s, bool *busy_out)
{
    bool some = false;
    if (tell->is_waiting) {
        if (!answer_take(tell)) {
            return FAULT_NONE;
        }
        *busy_out = true;
        return answered(tell, store, staff, now_s);
    }
    if (clock_mono_ns(tell->clock) < tell->again_ns || !connected(tell)) {
        return FAULT_NONE;
    }
    TRY(desk_store_untold(store, &tell->told, &some));
    if (!some) { /* all acts are told, so that those of a case are in the log before `logged` */
        return find_next(tell, store, staff, now_s);
    }
    if (waits_for_slot(tell, now_s)) {
        return FAULT_NONE;
    }
    tell->asked = ASKED_TELL;
    tell->number = tell->told.number;
    line_send(tell, tell_print(tell));
    return FAULT_NONE;
}

/* ---- the whole ---- */

enum fault desk_tell_open(struct desk_tell **tell_out, const char *path, struct clock *clock,
                          u32 cases_max)
{
    *tell_out = NULL;
    if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
        return FAULT(FAULT_CONFIG, "%s: longer than a local socket's path may be", path);
    }
    struct desk_tell *tell = calloc(1, sizeof(struct desk_tell));
    u64 *settled = calloc(cases_max, sizeof(u64));
    if (tell == NULL || settled == NULL) {
        free(tell);
        free(settled);
        return FAULT(FAULT_LIMIT, "no memory for what the log is told");
    }
    /* When a silence was told before this start is not known: as if it were just now. */
    u64 now_s = clock_wall_us(clock) / US;
    tell->silence_slots[0] = now_s / DESK_SLOT_ORDINARY_S;
    tell->silence_slots[1] = now_s / DESK_SLOT_EMERGENCY_S;
    tell->settled = settled;
    tell->looks_whole = true;
    tell->path = path;
    tell->clock = clock;
    tell->socket = -1;
    *tell_out = tell;
    return FAULT_NONE;
}

void desk_tell_close(struct desk_tell *tell)
{
    if (tell == NULL) {
        return;
    }
    if (tell->socket >= 0) {
        (void)close(tell->socket);
    }
    free(tell->settled);
    free(tell);
}

struct desk_tell_counts desk_tell_counts(const struct desk_tell *tell)
{
    return tell->counts;
}

#include "role/cases/inbox.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/cases/case_query.h"
#include "role/cases/evidence.h"
#include "wire/link.h"
#include "wire/wire_gen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_MS 1000000ULL

_Static_assert(EVIDENCE_BYTES_MAX == INBOX_LINE_CONTENTS_MAX, "a file is one message");
_Static_assert(EVIDENCE_HASH_BYTES == CASE_HASH_BYTES, "SHA-256 both");

struct waiting {
    u64 id; /* 0: free */
    u64 deadline_ns;
    u32 person;
    u16 kind;
    u8 hash[EVIDENCE_HASH_BYTES];
};

struct inbox {
    struct inbox_options options;
    struct channel_writer acts;
    bool has_line;
    u64 index; /* of the last record that was put */
    struct inbox_counts counts;
    struct waiting waits[INBOX_WAITS_MAX];
    u8 message[INBOX_LINE_BYTES_MAX + 1];
};

enum fault inbox_open(struct inbox **inbox_out, const struct inbox_options *options)
{
    int flags = fcntl(options->line, F_GETFL);
    struct inbox *inbox = calloc(1, sizeof(*inbox));
    *inbox_out = NULL;
    if (inbox == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the customers' line");
    }
    inbox->options = *options;
    inbox->has_line = true;
    enum fault fault = flags >= 0 && fcntl(options->line, F_SETFL, flags | O_NONBLOCK) == 0
                           ? channel_writer_open(&inbox->acts, options->acts)
                           : FAULT_ERRNO(errno, "the gateway's line");
    if (fault != FAULT_NONE) {
        free(inbox);
        return fault;
    }
    *inbox_out = inbox;
    return FAULT_NONE;
}

void inbox_close(struct inbox *inbox)
{
    free(inbox);
}

struct inbox_counts inbox_counts(const struct inbox *inbox)
{
    return inbox->counts;
}

bool inbox_waits(const struct inbox *inbox)
{
    for (u32 i = 0; i < INBOX_WAITS_MAX; i += 1) {
        if (inbox->waits[i].id != 0) {
            return true;
        }
    }
    return false;
}

/* ---- answers ---- */

static void answer(struct inbox *inbox, const struct inbox_line_answer *said)
{
    u8 bytes[INBOX_LINE_ANSWER_BYTES_MAX];
    u32 size = inbox_line_answer_write(said, bytes);
    inbox->counts.refused += said->code == INBOX_LINE_OK ? 0 : 1;
    /* One for which there is no room is dropped: whoever asked gives up by itself. */
    if (write(inbox->options.line, bytes, size) != (ssize_t)size) {
        log_warn("cases.inbox_unheard", LOG_U64("kind", said->kind));
    }
}

static void answer_code(struct inbox *inbox, const struct inbox_line_ask *ask,
                        enum inbox_line_code code)
{
    const struct inbox_line_answer said = {.id = ask->id, .kind = ask->kind, .code = (u16)code};
    answer(inbox, &said);
}

static void answer_appeal(struct inbox *inbox, u64 id, u16 kind, const struct case_row *appeal)
{
    struct inbox_line_answer said = {.id = id, .kind = kind};
    if (appeal != NULL) {
        said.appeal = (struct inbox_appeal){.state = appeal->closed_us == 0 ? INBOX_STATE_OPEN
                                                     : appeal->outcome == CASE_OUTCOME_OVERTURNED
                                                         ? INBOX_STATE_OVERTURNED
                                                         : INBOX_STATE_UPHELD,
                                            .made_us = appeal->opened_us,
                                            .until_us = appeal->deadline_us,
                                            .closed_us = appeal->closed_us};
    }
    answer(inbox, &said);
}

static void answer_file(struct inbox *inbox, u64 id, const u8 hash[EVIDENCE_HASH_BYTES])
{
    struct inbox_line_answer said = {.id = id, .kind = INBOX_LINE_EVIDENCE};
    memcpy(said.hash, hash, sizeof(said.hash));
    answer(inbox, &said);
}

/* ---- commands ---- */

static struct waiting *wait_take(struct inbox *inbox)
{
    for (u32 i = 0; i < INBOX_WAITS_MAX; i += 1) {
        if (inbox->waits[i].id == 0) {
            return &inbox->waits[i];
        }
    }
    return NULL;
}

/* Puts the act on its way, and waits for it. */
static enum inbox_line_code act_send(struct inbox *inbox, const struct inbox_line_ask *ask,
                                     u32 person, const struct command_case_act *act)
{
    struct waiting *wait = wait_take(inbox);
    struct command_case_act record = *act;
    inbox->index += 1;
    record.head = (struct command_head){.kind = COMMAND_CASE_ACT,
                                        .units = sizeof(record) / WIRE_UNIT,
                                        .source = LINK_SOURCE_CASES,
                                        .account = ask->account,
                                        .source_index = inbox->index};
    record.person = person;
    if (wait == NULL ||
        channel_put(&inbox->acts, span_of(&record, sizeof(record))) != CHANNEL_PUT) {
        return INBOX_LINE_AWAY;
    }
    channel_flush(&inbox->acts);
    *wait =
        (struct waiting){.id = ask->id,
                         .deadline_ns = clock_mono_ns(inbox->options.clock) + INBOX_WAIT_MS * NS_MS,
                         .person = person,
                         .kind = ask->kind};
    memcpy(wait->hash, act->evidence, sizeof(wait->hash));
    return INBOX_LINE_OK;
}

/* ---- asks ---- */

static enum fault appeal_come(struct inbox *inbox, struct case_store *store,
                              const struct inbox_line_ask *ask, u32 person)
{
    struct command_case_act act = {.act = CASE_ACT_APPEAL, .until = bytes_u64(ask->contents.data)};
    struct case_evidence_counts counts;
    struct case_row last;
    bool has_last = false;
    memcpy(act.evidence, ask->contents.data + 8, sizeof(act.evidence));
    TRY(case_query_appeal(store, person, &last, &has_last));
    if (has_last && case_appeal_stands(&last, clock_wall_us(inbox->options.clock))) {
        answer_appeal(inbox, ask->id, ask->kind, &last);
        return FAULT_NONE;
    }
    TRY(case_query_evidence(store, person, act.evidence, &counts));
    bool has_evidence = !span_is_zero(span_of(act.evidence, sizeof(act.evidence)));
    enum inbox_line_code code =
        has_evidence && counts.same == 0 ? INBOX_LINE_UNKNOWN : act_send(inbox, ask, person, &act);
    if (code != INBOX_LINE_OK) {
        answer_code(inbox, ask, code);
    }
    return FAULT_NONE;
}

/* The file is there before the journal names it. What cannot be kept ends nobody else's work. */
static enum inbox_line_code file_keep(struct inbox *inbox, struct span file,
                                      u8 hash_out[EVIDENCE_HASH_BYTES])
{
    enum fault fault = evidence_keep(inbox->options.disk, inbox->options.folder, file, hash_out);
    if (fault == FAULT_NONE) {
        return INBOX_LINE_OK;
    }
    log_error("cases.evidence_not_kept", LOG_STR("reason", fault_text()));
    fault_forget();
    return INBOX_LINE_AWAY;
}

static enum fault evidence_come(struct inbox *inbox, struct case_store *store,
                                const struct inbox_line_ask *ask, u32 person)
{
    static const u8 none[CASE_HASH_BYTES];
    struct command_case_act act = {.act = CASE_ACT_EVIDENCE};
    struct case_evidence_counts counts;
    TRY(case_query_evidence(store, person, none, &counts));
    enum inbox_line_code code = INBOX_LINE_OK;
    if (!evidence_is_sealed(ask->contents)) {
        code = INBOX_LINE_WRONG;
    } else if (counts.person >= EVIDENCE_OF_PERSON || counts.all >= EVIDENCE_IN_ALL) {
        code = INBOX_LINE_FULL;
    } else if (wait_take(inbox) == NULL) {
        code = INBOX_LINE_AWAY;
    } else {
        code = file_keep(inbox, ask->contents, act.evidence);
    }
    if (code != INBOX_LINE_OK) {
        answer_code(inbox, ask, code);
        return FAULT_NONE;
    }
    TRY(case_query_evidence(store, person, act.evidence, &counts));
    if (counts.same > 0) { /* the same file once more */
        answer_file(inbox, ask->id, act.evidence);
        return FAULT_NONE;
    }
    code = act_send(inbox, ask, person, &act);
    if (code != INBOX_LINE_OK) {
        answer_code(inbox, ask, code);
    }
    return FAULT_NONE;
}

static enum fault ask_come(struct inbox *inbox, struct case_store *store,
                           const struct inbox_line_ask *ask)
{
    struct case_row last;
    bool has_last = false;
    u32 person = 0;
    inbox->counts.asked += 1;
    if (store == NULL) {
        answer_code(inbox, ask, INBOX_LINE_AWAY);
        return FAULT_NONE;
    }
    TRY(case_query_person(store, ask->account, &person));
    if (person == 0) {
        answer_code(inbox, ask, INBOX_LINE_UNKNOWN);
        return FAULT_NONE;
    }
    if (ask->kind == INBOX_LINE_APPEAL) {
        return appeal_come(inbox, store, ask, person);
    }
    if (ask->kind == INBOX_LINE_EVIDENCE) {
        return evidence_come(inbox, store, ask, person);
    }
    TRY(case_query_appeal(store, person, &last, &has_last));
    answer_appeal(inbox, ask->id, ask->kind, has_last ? &last : NULL);
    return FAULT_NONE;
}

/* ---- turns ---- */

/* Whether the queue has it; then it is answered. */
static enum fault wait_look(struct inbox *inbox, struct case_store *store, struct waiting *wait)
{
    struct case_evidence_counts counts;
    struct case_row last;
    bool has_last = false;
    if (wait->kind == INBOX_LINE_APPEAL) {
        TRY(case_query_appeal(store, wait->person, &last, &has_last));
        if (has_last && case_appeal_stands(&last, clock_wall_us(inbox->options.clock))) {
            answer_appeal(inbox, wait->id, wait->kind, &last);
            wait->id = 0;
        }
        return FAULT_NONE;
    }
    TRY(case_query_evidence(store, wait->person, wait->hash, &counts));
    if (counts.same > 0) {
        answer_file(inbox, wait->id, wait->hash);
        wait->id = 0;
    }
    return FAULT_NONE;
}

static enum fault waits_look(struct inbox *inbox, struct case_store *store)
{
    u64 now_ns = clock_mono_ns(inbox->options.clock);
    for (u32 i = 0; i < INBOX_WAITS_MAX; i += 1) {
        struct waiting *wait = &inbox->waits[i];
        if (wait->id != 0 && store != NULL) {
            TRY(wait_look(inbox, store, wait));
        }
        if (wait->id != 0 && now_ns >= wait->deadline_ns) {
            const struct inbox_line_ask ask = {.id = wait->id, .kind = wait->kind};
            inbox->counts.late += 1;
            wait->id = 0;
            answer_code(inbox, &ask, INBOX_LINE_AWAY);
        }
    }
    return FAULT_NONE;
}

enum fault inbox_turn(struct inbox *inbox, struct case_store *store, bool *busy_out)
{
    TRY(waits_look(inbox, store));
    for (u32 count = 0; count < INBOX_ASKS_A_TURN && inbox->has_line; count += 1) {
        struct inbox_line_ask ask;
        /* One byte more than a message has: what is longer shows. */
        ssize_t size = read(inbox->options.line, inbox->message, sizeof(inbox->message));
        if (size <= 0) {
            return FAULT_NONE;
        }
        *busy_out = true;
        if (!inbox_line_ask_read(span_of(inbox->message, (size_t)size), &ask)) {
            /* Who is on the other end is no gateway of ours any more. */
            log_error("cases.inbox_ended",
                      LOG_STR("cause", "an ask that the gateway may not make"));
            inbox->has_line = false;
            return FAULT_NONE;
        }
        TRY(ask_come(inbox, store, &ask));
    }
    return FAULT_NONE;
}

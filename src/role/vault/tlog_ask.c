#include "role/vault/tlog_ask.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000ULL
#define URL_TAIL  "/add-checkpoint"

enum outcome {
    OUTCOME_COSIGNED,
    OUTCOME_AGAIN,
    OUTCOME_FAILED,
    OUTCOME_OTHER, /* it has cosigned another past of this log */
    OUTCOME_WAITS,
};

struct asked {
    struct tlog_key key;
    char url[TLOG_ASK_URL_BYTES + sizeof(URL_TAIL)];
    u64 size;        /* the last that it cosigned, as far as is known */
    bool has_failed; /* told */
};

struct tlog_ask {
    struct tlog_store *store;
    struct tlog_transport *transport;
    struct clock *clock;
    struct tlog_crypto crypto;
    struct tlog_ask_counts counts;
    const struct tlog_policy *policy; /* NULL: the number decides */
    struct tlog_verdict verdict;
    u64 behind_since_us; /* 0: everything is published */
    bool is_round;       /* one has begun */
    u32 place;           /* the witness that is being asked */
    u32 tries;           /* of it */
    u64 reached;         /* in this round */
    u32 other;           /* a witness of another past in this round, by its place and 1; 0: none */
    size_t body_bytes;   /* what it is asked with; 0: not made */
    u32 witnesses_count;
    struct asked witnesses[TLOG_ASK_WITNESSES_MAX];
    size_t fresh_bytes;
    u8 fresh[TLOG_NOTE_BYTES_MAX]; /* the checkpoint, and what was gathered */
    u8 body[TLOG_WITNESS_BODY_BYTES];
    u8 answer[TLOG_ASK_ANSWER_BYTES];
    u8 joined[TLOG_NOTE_BYTES_MAX];
};

enum fault tlog_ask_open(struct tlog_ask **ask_out, const struct tlog_ask_options *options)
{
    CHECK(options->witnesses_count <= TLOG_ASK_WITNESSES_MAX);
    CHECK(options->quorum <= options->witnesses_count);
    struct tlog_ask *ask = calloc(1, sizeof(*ask));
    *ask_out = NULL;
    if (ask == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for asking witnesses");
    }
    ask->store = options->store;
    ask->transport = options->transport;
    ask->clock = options->clock;
    ask->policy = options->policy;
    ask->counts.quorum = options->quorum;
    ask->witnesses_count = options->witnesses_count;
    for (u32 index = 0; index < options->witnesses_count; index += 1) {
        CHECK(options->witnesses[index].key.kind == TLOG_KEY_WITNESS);
        ask->witnesses[index].key = options->witnesses[index].key;
        (void)snprintf(ask->witnesses[index].url, sizeof(ask->witnesses[index].url), "%s%s",
                       options->witnesses[index].url, URL_TAIL);
    }
    enum fault fault = tlog_crypto_open(&ask->crypto);
    if (fault != FAULT_NONE) {
        free(ask);
        return fault;
    }
    *ask_out = ask;
    return FAULT_NONE;
}

void tlog_ask_close(struct tlog_ask *ask)
{
    if (ask != NULL) {
        tlog_crypto_close(&ask->crypto);
        free(ask);
    }
}

/* ---- one witness ---- */

static enum fault body_make(struct tlog_ask *ask, u64 old, size_t *size_out)
{
    struct span note = tlog_store_signed_note(ask->store);
    u64 size = tlog_store_signed_size(ask->store);
    struct tlog_proof proof = {.count = 0};
    if (old > 0) {
        TRY(tlog_store_consistency(ask->store, old, size, &proof));
    }
    int used =
        snprintf((char *)ask->body, sizeof(ask->body), "old %llu\n", (unsigned long long)old);
    CHECK(used > 0 && proof.count <= TLOG_WITNESS_PROOF_MAX);
    size_t bytes = (size_t)used;
    for (u32 index = 0; index < proof.count; index += 1) {
        tlog_hash_text(&proof.hashes[index], (char *)ask->body + bytes);
        bytes += TLOG_HASH_TEXT_BYTES;
        ask->body[bytes - 1] = '\n';
    }
    ask->body[bytes] = '\n';
    bytes += 1;
    CHECK(note.size <= sizeof(ask->body) - bytes);
    memcpy(ask->body + bytes, note.data, note.size);
    *size_out = bytes + note.size;
    return FAULT_NONE;
}

/* The answer's lines are read as signatures of our own checkpoint; the witness's own must be among
 * them and verify. Lines of others are left out. */
static bool answer_take(struct tlog_ask *ask, const struct tlog_key *key, struct span lines)
{
    struct tlog_note note;
    struct span text;
    if (tlog_note_read(tlog_store_signed_note(ask->store), &note) != TLOG_FLAW_NONE) {
        return false;
    }
    text = note.text;
    if (text.size + 1 + lines.size > sizeof(ask->joined)) {
        return false;
    }
    memcpy(ask->joined, text.data, text.size);
    ask->joined[text.size] = '\n';
    memcpy(ask->joined + text.size + 1, lines.data, lines.size);
    if (tlog_note_read(span_of(ask->joined, text.size + 1 + lines.size), &note) != TLOG_FLAW_NONE ||
        note.text.size != text.size) { /* what was answered went on with the text */
        return false;
    }
    struct span rest = span_of(ask->joined + text.size + 1, lines.size);
    for (u32 index = 0; index < note.signatures_count; index += 1) {
        const u8 *end = memchr(rest.data, '\n', rest.size);
        CHECK(end != NULL);
        size_t bytes = (size_t)(end - rest.data) + 1;
        u64 time = 0;
        if (tlog_signature_is_of(&note.signatures[index], key) &&
            tlog_signature_verify(&ask->crypto, key, note.text, &note.signatures[index], &time) &&
            time > 0 && bytes <= sizeof(ask->fresh) - ask->fresh_bytes) {
            memcpy(ask->fresh + ask->fresh_bytes, rest.data, bytes);
            ask->fresh_bytes += bytes;
            return true;
        }
        rest = span_after(rest, bytes);
    }
    return false;
}

static enum fault conflict_take(struct tlog_ask *ask, struct asked *witness, struct span answer,
                                enum outcome *outcome_out)
{
    u64 size = 0;
    u64 own = tlog_store_signed_size(ask->store);
    if (answer.size == 0 || answer.data[answer.size - 1] != '\n' ||
        !tlog_number_read(span_of(answer.data, answer.size - 1), TLOG_SIZE_MAX, &size)) {
        *outcome_out = OUTCOME_FAILED;
        return FAULT_NONE;
    }
    if (size > own) {
        return FAULT(FAULT_DIVERGED,
                     "the witness %s has cosigned %llu entries of this log, which has signed %llu: "
                     "is this an old copy?",
                     witness->key.name, (unsigned long long)size, (unsigned long long)own);
    }
    if (size == witness->size) { /* that is where the proof began */
        *outcome_out = size == own ? OUTCOME_OTHER : OUTCOME_FAILED;
        return FAULT_NONE;
    }
    *outcome_out = OUTCOME_AGAIN;
    witness->size = size;
    return FAULT_NONE;
}

static enum fault witness_try(struct tlog_ask *ask, struct asked *witness, u32 *status_out,
                              enum outcome *outcome_out)
{
    size_t answer_bytes = 0;
    *outcome_out = OUTCOME_FAILED;
    if (ask->body_bytes == 0) {
        TRY(body_make(ask, witness->size, &ask->body_bytes));
    }
    *status_out =
        ask->transport->post(ask->transport, witness->url, span_of(ask->body, ask->body_bytes),
                             ask->answer, sizeof(ask->answer), &answer_bytes);
    if (*status_out == TLOG_POST_WAITS) {
        *outcome_out = OUTCOME_WAITS;
        return FAULT_NONE;
    }
    ask->body_bytes = 0;
    struct span answer = span_of(ask->answer, *status_out == 0 ? 0 : answer_bytes);
    if (*status_out == 409) {
        return conflict_take(ask, witness, answer, outcome_out);
    }
    if (*status_out == 422 && witness->size > 0) {
        *outcome_out = OUTCOME_OTHER;
    }
    if (*status_out == 200 && answer_take(ask, &witness->key, answer)) {
        witness->size = tlog_store_signed_size(ask->store);
        *outcome_out = OUTCOME_COSIGNED;
    }
    return FAULT_NONE;
}

static void outcome_tell(struct asked *witness, bool cosigned, u32 status)
{
    if (!cosigned && !witness->has_failed) {
        log_warn("log.witness_failed", LOG_STR("witness", witness->key.name),
                 LOG_U64("status", status), LOG_U64("known_size", witness->size));
    }
    if (cosigned && witness->has_failed) {
        log_info("log.witness_back", LOG_STR("witness", witness->key.name));
    }
    witness->has_failed = !cosigned;
}

/* The witness at ask->place, until it is done with. */
static enum fault witness_step(struct tlog_ask *ask)
{
    struct asked *witness = &ask->witnesses[ask->place];
    enum outcome outcome = OUTCOME_FAILED;
    u32 status = 0;
    TRY(witness_try(ask, witness, &status, &outcome));
    if (outcome == OUTCOME_WAITS) {
        return FAULT_NONE;
    }
    ask->tries += 1;
    if (outcome == OUTCOME_AGAIN && ask->tries < TLOG_ASK_TRIES) {
        return FAULT_NONE;
    }
    bool cosigned = outcome == OUTCOME_COSIGNED;
    outcome_tell(witness, cosigned, status);
    ask->reached += cosigned ? 1 : 0;
    ask->counts.failed += cosigned ? 0 : 1;
    ask->place += 1;
    ask->other = outcome == OUTCOME_OTHER ? ask->place : ask->other;
    ask->tries = 0;
    return FAULT_NONE;
}

/* ---- a round ---- */

static void lag_note(struct tlog_ask *ask)
{
    u64 now_us = clock_wall_us(ask->clock);
    u64 shown = tlog_store_published_size(ask->store);
    u64 size = tlog_store_signed_size(ask->store);
    bool is_behind = size > shown || tlog_store_published_note(ask->store).size == 0;
    if (!is_behind) {
        ask->behind_since_us = 0;
    } else if (ask->behind_since_us == 0) {
        ask->behind_since_us = now_us;
    }
    ask->counts.unshown = size - shown;
    ask->counts.lag_s = ask->behind_since_us == 0 || now_us < ask->behind_since_us
                            ? 0
                            : (now_us - ask->behind_since_us) / SECOND_US;
}

static void round_begin(struct tlog_ask *ask)
{
    struct span note = tlog_store_signed_note(ask->store);
    CHECK(note.size <= sizeof(ask->fresh));
    memcpy(ask->fresh, note.data, note.size);
    ask->fresh_bytes = note.size;
    ask->counts.rounds += 1;
    ask->is_round = true;
    ask->place = 0;
    ask->tries = 0;
    ask->reached = 0;
    ask->other = 0;
    ask->body_bytes = 0;
    lag_note(ask);
}

/* Whether what was gathered is enough for those who read it. */
static bool is_enough(struct tlog_ask *ask)
{
    struct span fresh = span_of(ask->fresh, ask->fresh_bytes);
    return ask->policy == NULL ? ask->reached >= ask->counts.quorum
                               : tlog_policy_verify(&ask->crypto, ask->policy, fresh,
                                                    &ask->verdict) == TLOG_FLAW_NONE;
}

static enum fault round_end(struct tlog_ask *ask, bool *published_out)
{
    ask->is_round = false;
    ask->counts.cosignatures += ask->reached;
    ask->counts.reached = ask->reached;
    if (!is_enough(ask)) {
        ask->counts.below_quorum += 1;
        lag_note(ask);
        return ask->other == 0
                   ? FAULT_NONE
                   : FAULT(FAULT_DIVERGED,
                           "the witness %s has cosigned other entries of this log: is this an old "
                           "copy?",
                           ask->witnesses[ask->other - 1].key.name);
    }
    TRY(tlog_store_publish(ask->store, span_of(ask->fresh, ask->fresh_bytes)));
    *published_out = true;
    lag_note(ask);
    return FAULT_NONE;
}

enum fault tlog_ask_step(struct tlog_ask *ask, bool *done_out, bool *published_out)
{
    enum fault fault = FAULT_NONE;
    *done_out = false;
    *published_out = false;
    if (!ask->is_round) {
        round_begin(ask);
    }
    if (ask->place < ask->witnesses_count) {
        fault = witness_step(ask);
    }
    if (fault == FAULT_NONE && ask->place == ask->witnesses_count) {
        *done_out = true;
        return round_end(ask, published_out);
    }
    ask->is_round = fault == FAULT_NONE;
    return fault;
}

enum fault tlog_ask_round(struct tlog_ask *ask, bool *published_out)
{
    bool done = false;
    for (u32 steps = 0; !done; steps += 1) {
        CHECK(steps <= ask->witnesses_count * TLOG_ASK_TRIES);
        TRY(tlog_ask_step(ask, &done, published_out));
    }
    return FAULT_NONE;
}

struct tlog_ask_counts tlog_ask_counts(const struct tlog_ask *ask)
{
    return ask->counts;
}

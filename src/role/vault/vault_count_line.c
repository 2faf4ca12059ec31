/* The desk's line: how many people have a value that a search is for. The value is held against the
 * hashes by which the case names somebody, looked for, and wiped; a number goes back. A desk that
 * was taken over learns from here how many people have a value that it has already, and each such
 * question is in the public log before it is answered. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/grant.h"
#include "role/vault/vault_agent_inner.h"
#include "wire/count_line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

_Static_assert((u32)GRANT_FIELD_NAME == COUNT_LINE_NAME &&
                   (u32)GRANT_FIELD_BIRTH_DATE == COUNT_LINE_BIRTH_DATE &&
                   (u32)GRANT_FIELD_DOCUMENT == COUNT_LINE_DOCUMENT &&
                   (u32)GRANT_FIELD_EMAIL == COUNT_LINE_EMAIL &&
                   (u32)GRANT_FIELD_PHONE == COUNT_LINE_PHONE &&
                   (u32)GRANT_FIELD_ACCOUNT == COUNT_LINE_ACCOUNT,
               "the line has the fields of a grant");
_Static_assert(COUNT_LINE_CASE_BYTES == GRANT_NONCE_BYTES &&
                   COUNT_LINE_MATTER_BYTES == VAULT_CASE_BYTES,
               "and its nonces, and the log's matters");

#define SUBJECT_SEARCHED 1U /* the one of whom a search's paper speaks, by the desk's number */

enum fault vault_count_open(struct vault_agent *agent)
{
    int line = agent->options.count_line;
    agent->has_count_line = line > 0;
    if (!agent->has_count_line) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "the desk's line");
    }
    return net_watch(agent->net, line, NULL, NULL);
}

/* Who is on the other end is no desk of ours any more: nothing more is heard from there until this
 * process is started again. */
static void line_end(struct vault_agent *agent)
{
    log_error("vault.count_ended", LOG_STR("cause", "an ask that the desk may not make"));
    net_unwatch(agent->net, agent->options.count_line);
    agent->has_count_line = false;
    agent->counts.count_ended = 1;
}

/* Whether the case names somebody by each of the values. */
static bool is_of_case(const struct count_line_ask *ask)
{
    for (u32 i = 0; i < ask->values_count; i += 1) {
        const struct count_line_value *value = &ask->values[i];
        u8 hash[COUNT_LINE_HASH_BYTES];
        bool is_there = false;
        if (!grant_identifier_hash(ask->name, SUBJECT_SEARCHED, (enum grant_field)value->field,
                                   value->bytes, hash)) {
            return false;
        }
        for (u32 at = 0; at < ask->hashes_count; at += 1) {
            const struct count_line_hash *row = &ask->hashes[at];
            is_there = is_there ||
                       (row->field == value->field && memcmp(row->hash, hash, sizeof(hash)) == 0);
        }
        if (!is_there) {
            return false;
        }
    }
    return true;
}

static enum blind_field field_of(const struct count_line_ask *ask)
{
    switch ((enum grant_field)ask->values[0].field) {
    case GRANT_FIELD_DOCUMENT:
        return BLIND_DOCUMENT;
    case GRANT_FIELD_EMAIL:
        return BLIND_EMAIL;
    case GRANT_FIELD_PHONE:
        return BLIND_PHONE;
    case GRANT_FIELD_ACCOUNT:
        return BLIND_ACCOUNT;
    case GRANT_FIELD_NAME:
        return BLIND_PERSON;
    case GRANT_FIELD_BIRTH_DATE:
    case GRANT_FIELD_NATIONALITY:
    case GRANT_FIELD_KEY:
        break;
    }
    CHECK(false); /* count_line_ask_read knows no other */
    return BLIND_PERSON;
}

/* The tag of what is searched for: one value, or a birth date and a name. False: it has no form. */
static bool tag_make(struct vault_agent *agent, const struct count_line_ask *ask,
                     struct vault_tag *tag_out)
{
    u8 joined[COUNT_LINE_VALUES_MAX * (COUNT_LINE_VALUE_BYTES + 1U)];
    size_t size = 0;
    for (u32 i = ask->values_count; i > 0; i -= 1) {
        struct span value = ask->values[i - 1].bytes;
        memcpy(joined + size, value.data, value.size);
        size += value.size;
        joined[size] = ' ';
        size += i > 1 ? 1 : 0;
    }
    bool is_right = personal_move(agent->value, joined, size) &&
                    blind_index_tag(agent->index, field_of(ask), agent->value, tag_out);
    secret_wipe(joined, sizeof(joined));
    return is_right;
}

static enum fault look(struct vault_agent *agent, const struct count_line_ask *ask,
                       struct count_line_answer *answer)
{
    struct vault_tag tag;
    if (!is_of_case(ask)) {
        answer->code = COUNT_LINE_OTHER;
        return FAULT_NONE;
    }
    if (!tag_make(agent, ask, &tag)) {
        answer->code = COUNT_LINE_FORM;
        return FAULT_NONE;
    }
    enum fault fault =
        vault_store_count(&agent->store, &tag, ask->matter, clock_wall_us(agent->options.clock),
                          agent->options.lookups_per_hour, &answer->people);
    agent->counts.lookups += fault == FAULT_NONE ? 1 : 0;
    if (fault == FAULT_LIMIT) {
        agent->counts.limited += 1;
        answer->code = COUNT_LINE_LIMIT;
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

enum fault vault_count_turn(struct vault_agent *agent)
{
    static u8 message[COUNT_LINE_ASK_MAX + 1]; /* one thread; one byte more: what is longer shows */
    static struct count_line_ask ask;
    u8 bytes[COUNT_LINE_ANSWER_BYTES];
    if (!agent->has_count_line) {
        return FAULT_NONE;
    }
    ssize_t size = read(agent->options.count_line, message, sizeof(message));
    if (size <= 0) {
        return FAULT_NONE;
    }
    agent->is_busy = true;
    agent->counts.asked += 1;
    if (!count_line_ask_read(span_of(message, (size_t)size), &ask)) {
        agent->counts.wrong += 1;
        secret_wipe(message, sizeof(message));
        line_end(agent);
        return FAULT_NONE;
    }
    struct count_line_answer answer = {.id = ask.id};
    enum fault fault = look(agent, &ask, &answer);
    secret_wipe(message, sizeof(message));
    TRY(fault);
    agent->counts.refused += answer.code == COUNT_LINE_OK ? 0 : 1;
    count_line_answer_write(&answer, bytes);
    /* One for which there is no room is dropped: the desk gives up by itself. */
    agent->counts.line_unheard +=
        write(agent->options.count_line, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) ? 0 : 1;
    return FAULT_NONE;
}

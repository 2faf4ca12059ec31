/* Screening's line: whom it has to know, and who was seen before. What is asked names numbers only,
 * so a screening process that was taken over learns what it is there to know: names, birth dates
 * and nationalities. */
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/vault_agent_inner.h"
#include "wire/people_line.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

_Static_assert(PEOPLE_LINE_TEXT_MAX == VAULT_PERSON_TEXT_MAX, "what is kept is told");

enum fault vault_people_open(struct vault_agent *agent)
{
    int line = agent->options.people_line;
    if (line <= 0) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "screening's line");
    }
    agent->people = sodium_allocarray(PEOPLE_LINE_PEOPLE_MAX, sizeof(*agent->people));
    if (agent->people == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for what screening is told");
    }
    return net_watch(agent->net, line, NULL, NULL);
}

void vault_people_close(struct vault_agent *agent)
{
    sodium_free(agent->people);
    agent->people = NULL;
}

static enum fault people_tell(struct vault_agent *agent, const struct people_line_ask *ask,
                              struct people_line_answer *answer)
{
    TRY(vault_store_people(&agent->store, ask->people_from, agent->people, PEOPLE_LINE_PEOPLE_MAX,
                           &answer->people_count));
    for (u32 i = 0; i < answer->people_count; i += 1) {
        const struct vault_person *row = &agent->people[i];
        /* A subject beyond any person's number is nobody of the venue's. */
        answer->people[i] = (struct people_line_person){
            .number = row->number,
            .person = row->subject <= UINT32_MAX ? (u32)row->subject : UINT32_MAX,
            .text = span_of(row->text, row->text_bytes)};
    }
    return FAULT_NONE;
}

static enum fault doubles_tell(struct vault_agent *agent, const struct people_line_ask *ask,
                               struct people_line_answer *answer)
{
    static struct vault_double doubles[VAULT_LIST_MAX]; /* one thread */
    u32 count = 0;
    TRY(vault_store_doubles(&agent->store, u64_min(ask->doubles_from, INT64_MAX), doubles, &count));
    for (u32 i = 0; i < count && answer->doubles_count < PEOPLE_LINE_DOUBLES_MAX; i += 1) {
        answer->doubles[answer->doubles_count] = (struct people_line_double){
            .number = doubles[i].number,
            .person = doubles[i].subject <= UINT32_MAX ? (u32)doubles[i].subject : UINT32_MAX,
            .version = doubles[i].version,
            .seen = doubles[i].seen};
        answer->doubles_count += 1;
    }
    return FAULT_NONE;
}

static enum fault ask_come(struct vault_agent *agent, const struct people_line_ask *ask)
{
    static struct people_line_answer answer; /* one thread */
    static u8 message[PEOPLE_LINE_BYTES_MAX];
    answer = (struct people_line_answer){.id = ask->id};
    enum fault fault = people_tell(agent, ask, &answer);
    if (fault == FAULT_NONE) {
        fault = doubles_tell(agent, ask, &answer);
    }
    if (fault == FAULT_NONE) {
        u32 size = people_line_answer_write(&answer, message);
        /* One for which there is no room is dropped: screening asks again. */
        agent->counts.line_unheard +=
            write(agent->options.people_line, message, size) == (ssize_t)size ? 0 : 1;
    }
    secret_wipe(message, sizeof(message));
    sodium_memzero(agent->people, PEOPLE_LINE_PEOPLE_MAX * sizeof(*agent->people));
    return fault;
}

enum fault vault_people_turn(struct vault_agent *agent)
{
    struct people_line_ask ask;
    u8 bytes[PEOPLE_LINE_ASK_BYTES + 1];
    if (agent->people == NULL) {
        return FAULT_NONE;
    }
    ssize_t size = read(agent->options.people_line, bytes, sizeof(bytes));
    if (size <= 0) {
        return FAULT_NONE;
    }
    agent->is_busy = true;
    if (!people_line_ask_read(span_of(bytes, (size_t)size), &ask)) {
        log_error("vault.people_wrong", LOG_STR("cause", "no ask of screening's"));
        return FAULT_NONE;
    }
    return ask_come(agent, &ask);
}

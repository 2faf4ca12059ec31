/* What the vault's process tells screening: whom it has to know, and who was seen before
 * (docs/enrolment.md "Screening"). All of it is asked for anew by each life of this process, since
 * names lie in memory alone; of those seen before, what was journalled is remembered. */
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"
#include "io/log.h"
#include "role/screen/screen_agent_inner.h"
#include "wire/people_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_NS   500000000ULL  /* between two asks when there was nothing */
#define AGAIN_NS 5000000000ULL /* without an answer */

enum fault screen_vault_open(struct screen_agent *agent)
{
    int line = agent->options.vault_line;
    if (line <= 0) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "the vault's line");
    }
    agent->people_next = 1;
    TRY(screen_cleared_doubles(&agent->cleared, &agent->doubles_kept));
    agent->doubles_next = agent->doubles_kept + 1;
    /* An answer to an earlier life's ask has another number. */
    return entropy_fill((u8 *)&agent->vault_id, sizeof(agent->vault_id));
}

/* ---- people ---- */

/* Cuts a line off the front of `text`, and splits it at ": ". False: it is none. */
static bool line_split(struct span *text, struct span *name_out, struct span *value_out)
{
    const u8 *end = text->size == 0 ? NULL : memchr(text->data, '\n', text->size);
    if (end == NULL) {
        return false;
    }
    struct span line = span_of(text->data, (size_t)(end - text->data));
    const u8 *colon = memmem(line.data, line.size, ": ", 2);
    if (colon == NULL) {
        return false;
    }
    *name_out = span_of(line.data, (size_t)(colon - line.data));
    *value_out = span_after(line, name_out->size + 2);
    *text = span_after(*text, line.size + 1);
    return true;
}

static bool is_capital(u8 byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool line_take(struct list_entry *entry, struct span name, struct span value)
{
    if (span_equal(name, span_of_text("name"))) {
        struct list_name added = {.text = value};
        list_script_of(value, added.script);
        list_entry_add_name(entry, &added);
        return true;
    }
    if (span_equal(name, span_of_text("birth-date"))) {
        struct list_birth birth = {.circa = false};
        bool is_date = list_date_parse(value, &birth.from);
        birth.to = birth.from;
        list_entry_add_birth(entry, &birth);
        return is_date;
    }
    if (span_equal(name, span_of_text("nationality")) && value.size == 2 &&
        is_capital(value.data[0]) && is_capital(value.data[1])) {
        struct list_tied_country country = {.tie = LIST_TIE_NATIONALITY};
        memcpy(country.country.code, value.data, 2);
        list_entry_add_country(entry, &country);
        return true;
    }
    return false;
}

static bool entry_make(struct list_entry *entry, const struct people_line_person *row)
{
    struct span text = row->text;
    struct span name = {.data = NULL};
    struct span value = {.data = NULL};
    char id[16];
    list_entry_clear(entry);
    (void)snprintf(id, sizeof(id), "%u", row->person);
    entry->id = list_entry_text(entry, span_of_text(id));
    entry->number = row->person;
    entry->kind = LIST_KIND_PERSON;
    while (text.size > 0) {
        if (!line_split(&text, &name, &value) || !line_take(entry, name, value)) {
            return false;
        }
    }
    list_entry_settle(entry);
    return entry->names_count > 0 && !entry->overflown && row->person < SCREEN_PEOPLE_MAX;
}

/* What a person's line says is a customer's own: that it can be read again is seen before it is
 * kept, since all who look at it later rely on that. */
static bool entry_is_sound(struct list_entry *entry)
{
    u8 *line = malloc(LIST_LINE_BYTES);
    bool is_sound = false;
    if (line != NULL) {
        size_t size = list_entry_print(entry, (char *)line, LIST_LINE_BYTES);
        is_sound = size > 0 && list_entry_read(entry, span_of(line, size)) == LIST_LINE_OK;
        secret_wipe(line, size);
        free(line);
    }
    return is_sound;
}

/* For whom there is no memory is asked for again, when all others have been told. It is said once,
 * and once more when it is over. */
static void person_is_short(struct screen_agent *agent, const struct people_line_person *row)
{
    agent->people_short = agent->people_short == 0 ? row->number : agent->people_short;
    if (agent->people_short_count == 0 && agent->people_short_told == 0) {
        log_error("screen.vault_short", LOG_U64("person", row->person),
                  LOG_STR("cause", "no memory for another person: they are not looked at"));
    }
    agent->people_short_count += 1;
}

static enum fault person_take(struct screen_agent *agent, const struct people_line_person *row)
{
    bool is_short = false;
    if (row->text.size == 0) {
        (void)screen_drop(agent, row->person); /* perhaps nobody had told of them */
        return FAULT_NONE;
    }
    if (!entry_make(&agent->entry, row) || !entry_is_sound(&agent->entry)) {
        log_error("screen.vault_wrong", LOG_U64("person", row->person),
                  LOG_STR("cause", "what the vault tells cannot be compared"));
        return FAULT_NONE;
    }
    TRY(screen_put(agent, &is_short));
    if (is_short) {
        person_is_short(agent, row);
    }
    return FAULT_NONE;
}

static void people_again(struct screen_agent *agent)
{
    if (agent->people_short_count > 1 && agent->people_short_count != agent->people_short_told) {
        log_error("screen.vault_short", LOG_U64("people", agent->people_short_count),
                  LOG_STR("cause", "no memory for so many people: they are not looked at"));
    }
    agent->people_short_told = agent->people_short_count;
    agent->people_next = agent->people_short;
    agent->people_short = 0;
    agent->people_short_count = 0;
    agent->vault_ask_ns = clock_mono_ns(agent->options.clock) + AGAIN_NS;
}

/* ---- who was seen before ---- */

/* False: the engine takes no more for now. */
static bool double_tell(struct screen_agent *agent, const struct people_line_double *row)
{
    struct command_case_act act = {
        .head = {.kind = COMMAND_CASE_ACT, .units = sizeof(act) / WIRE_UNIT},
        .person = row->person,
        .act = CASE_ACT_OPEN};
    bytes_put_u32(act.evidence, row->version);
    bytes_put_u32(act.evidence + 4, row->seen);
    return engine_line_put(&agent->line, &act, sizeof(act));
}

static void doubles_take(struct screen_agent *agent, const struct people_line_answer *answer)
{
    for (u32 i = 0; i < answer->doubles_count && agent->sent < SCREEN_SEND_MAX; i += 1) {
        const struct people_line_double *row = &answer->doubles[i];
        if (row->number < agent->doubles_next) {
            continue;
        }
        if (!double_tell(agent, row)) {
            return; /* in their order: what is behind it is asked for again, too */
        }
        agent->doubles_next = row->number + 1;
        agent->sent += 1;
        agent->counts.doubles += 1;
    }
}

/* ---- the line ---- */

static enum fault answer_take(struct screen_agent *agent, const struct people_line_answer *answer)
{
    for (u32 i = 0; i < answer->people_count; i += 1) {
        TRY(person_take(agent, &answer->people[i]));
        agent->people_next = answer->people[i].number + 1;
    }
    doubles_take(agent, answer);
    bool has_some = answer->people_count > 0 || answer->doubles_count > 0;
    agent->vault_ask_ns = clock_mono_ns(agent->options.clock) + (has_some ? 0 : ASK_NS);
    agent->is_busy = agent->is_busy || has_some;
    if (answer->people_count == 0 && agent->people_short != 0) {
        people_again(agent);
    } else if (answer->people_count == 0 && agent->people_short_told != 0) {
        agent->people_short_told = 0;
        log_info("screen.vault_short_over");
    }
    return FAULT_NONE;
}

static enum fault message_take(struct screen_agent *agent)
{
    static struct people_line_answer answer; /* one thread */
    static u8 message[PEOPLE_LINE_BYTES_MAX + 1];
    enum fault fault = FAULT_NONE;
    ssize_t size = read(agent->options.vault_line, message, sizeof(message));
    if (size <= 0) {
        return FAULT_NONE;
    }
    if (!people_line_answer_read(span_of(message, (size_t)size), &answer)) {
        log_error("screen.vault_wrong", LOG_STR("cause", "no answer of the vault's"));
    } else if (answer.id == agent->vault_id) {
        fault = answer_take(agent, &answer);
    }
    secret_wipe(message, (size_t)size);
    return fault;
}

static void ask(struct screen_agent *agent)
{
    u8 message[PEOPLE_LINE_ASK_BYTES];
    agent->vault_id += 1;
    const struct people_line_ask asked = {.id = agent->vault_id,
                                          .people_from = agent->people_next,
                                          .doubles_from = agent->doubles_next};
    people_line_ask_write(&asked, message);
    /* One for which there is no room is sent again like one without an answer. */
    (void)!write(agent->options.vault_line, message, sizeof(message));
    agent->vault_ask_ns = clock_mono_ns(agent->options.clock) + AGAIN_NS;
}

enum fault screen_vault_turn(struct screen_agent *agent)
{
    if (agent->options.vault_line <= 0) {
        return FAULT_NONE;
    }
    /* A round begins when all that was sent before is in the event log. */
    if (agent->doubles_next > agent->doubles_kept + 1) {
        agent->doubles_kept = agent->doubles_next - 1;
        TRY(screen_cleared_doubles_put(&agent->cleared, agent->doubles_kept));
    }
    TRY(message_take(agent));
    if (clock_mono_ns(agent->options.clock) >= agent->vault_ask_ns) {
        ask(agent);
    }
    return FAULT_NONE;
}

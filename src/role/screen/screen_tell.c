#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/screen/screen_agent_inner.h"

#include <stdlib.h>

static enum fault index_person(struct screen_agent *agent, u32 person)
{
    if (agent->reverse == NULL) {
        return FAULT_NONE; /* with the first list */
    }
    reverse_reader_close(agent->reader);
    agent->reader = NULL;
    u32 names = 0; /* who has none is found by identifiers */
    return reverse_put(agent->reverse, person, &agent->entry, &names);
}

enum fault screen_people_index(struct screen_agent *agent)
{
    for (u32 person = 1; person <= agent->people.number_max; person += 1) {
        const struct screen_person *record = screen_people_find(&agent->people, person);
        if (record != NULL) {
            struct span line = {record->line, record->line_bytes};
            CHECK(list_entry_read(&agent->entry, line) == LIST_LINE_OK);
            TRY(index_person(agent, person));
        }
    }
    return FAULT_NONE;
}

static enum fault people_put(struct screen_agent *agent, bool *changed_out)
{
    u8 digest[SHA256_BYTES];
    char *line = malloc(LIST_LINE_BYTES);
    if (line == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a person's line");
    }
    size_t size = list_entry_print(&agent->entry, line, LIST_LINE_BYTES);
    CHECK(size > 0);
    sha256_begin(&agent->sha256);
    sha256_add(&agent->sha256, span_of(agent->cleared.key, SCREEN_KEY_BYTES));
    sha256_add(&agent->sha256, span_of(line, size));
    sha256_end(&agent->sha256, digest);
    enum fault fault =
        screen_people_put(&agent->people, &agent->entry, digest, span_of(line, size), changed_out);
    secret_wipe(line, size);
    free(line);
    return fault;
}

enum fault screen_put(struct screen_agent *agent, bool *short_out)
{
    u32 person = agent->entry.number;
    bool is_changed = false;
    enum fault fault = people_put(agent, &is_changed);
    *short_out = fault == FAULT_LIMIT;
    if (*short_out) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    if (!is_changed) {
        return FAULT_NONE;
    }
    TRY(index_person(agent, person));
    screen_mark(agent, person, ((1U << agent->options.lists_count) - 1U) | SCREEN_PENDING_OWN);
    return FAULT_NONE;
}

bool screen_drop(struct screen_agent *agent, u32 person)
{
    if (!screen_people_drop(&agent->people, person)) {
        return false;
    }
    screen_groups_node(&agent->groups, person, OWN_NONE);
    if (agent->reverse != NULL) {
        reverse_reader_close(agent->reader);
        agent->reader = NULL;
        (void)reverse_remove(agent->reverse, person);
    }
    return true;
}

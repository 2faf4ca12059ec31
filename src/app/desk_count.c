#include "app/desk_count.h"

#include "base/span.h"

#include <stdio.h>
#include <string.h>

enum fault desk_count_end(struct span state)
{
    static const struct {
        const char *state;
        enum fault fault;
        const char *why;
    } rows[] = {
        {"other", FAULT_REFUSED, "the case does not have this value of whom it searches for"},
        {"form", FAULT_INPUT, "a value that has no form of its field"},
        {"limit", FAULT_LIMIT, "too many look-ups in this hour: vault.lookups"},
        {"away", FAULT_UNAVAILABLE, "keep did not answer"},
        {"refused", FAULT_REFUSED, "the case went on meanwhile"}};
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (span_equal(state, span_of_text(rows[i].state))) {
            return FAULT(rows[i].fault, "search: %s", rows[i].why);
        }
    }
    return span_equal(state, span_of_text("counted"))
               ? FAULT_NONE
               : FAULT(FAULT_FOREIGN, "an answer that is none");
}

enum fault desk_count_print(struct span json)
{
    static const char field[] = "\"found\":";
    const char *begin = memmem(json.data, json.size, field, sizeof(field) - 1);
    if (begin == NULL) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    begin += sizeof(field) - 1;
    (void)printf("found: %.*s\n", (int)strspn(begin, "0123456789"), begin);
    return FAULT_NONE;
}

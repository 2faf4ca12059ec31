/* cambist officer show --case, approve --case: a grant beside the acts of its case, on the
 * officer's machine. */
#include "app/cli.h"
#include "app/cli_officer.h"
#include "app/grant_case.h"
#include "app/officer_steps.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

#define PAPER_LINES 16384U

/* "PERSON FIELD VALUE", by the grant's number of the person: the case has it too. */
static enum fault line_look(const struct grant_case *at, struct span line)
{
    const struct desk_act *prepared = &at->prepared;
    const u8 *blank = memchr(line.data, ' ', line.size);
    size_t head = blank == NULL ? line.size : (size_t)(blank - line.data);
    struct span rest = span_after(line, blank == NULL ? head : head + 1);
    const u8 *second = rest.size == 0 ? NULL : memchr(rest.data, ' ', rest.size);
    size_t field = second == NULL ? rest.size : (size_t)(second - rest.data);
    char number[24] = "";
    if (second == NULL || !span_copy(span_of(line.data, head), number, sizeof(number) - 1)) {
        return FAULT(FAULT_INPUT, "not \"PERSON FIELD VALUE\"");
    }
    u64 person = strtoull(number, NULL, 10);
    u32 kind = grant_field_by_name(span_of(rest.data, field));
    if (kind == GRANT_FIELD_KEY) {
        return FAULT_NONE; /* no paper has it */
    }
    for (u32 i = 0; i < prepared->persons_count; i += 1) {
        if (prepared->persons[i] == person && person != 0) {
            return grant_case_value(at, i + 1, kind, span_after(rest, field + 1));
        }
    }
    return FAULT(FAULT_REFUSED, "person %llu is nobody of the case", (unsigned long long)person);
}

static enum fault paper_look(const struct grant_case *at, const char *path)
{
    static char text[PAPER_LINES + 1];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, PAPER_LINES, &size));
    struct span rest = span_of(text, size);
    struct span line;
    while (rest.size > 0 && span_cut_line(&rest, &line)) {
        TRY(line_look(at, line));
    }
    return FAULT_NONE;
}

enum fault cli_officer_case(const struct option_call *call, const struct grant_file *file,
                            const struct grant_circle *circle, const struct circle_officer *me)
{
    static struct grant_case at;
    static char acts[GRANT_CASE_ACTS_BYTES];
    const char *path = call->values[OFFICER_CASE].text;
    size_t size = 0;
    TRY(ceremony_read_file(path, acts, sizeof(acts) - 1, &size));
    TRY(grant_case_judge(span_of(acts, size), path, circle, file, &at));
    if (call->values[OFFICER_IDENTIFIERS].given) {
        TRY(paper_look(&at, call->values[OFFICER_IDENTIFIERS].text));
        cli_line("paper", "the case names the same people by it");
    }
    if (me != NULL) {
        return grant_case_may_approve(&at, circle, me);
    }
    cli_line("case", "the grant says no more than %s assessed; %u of %u acts are of the circle",
             at.assessed.officer, at.acts_known, at.acts);
    return FAULT_NONE;
}

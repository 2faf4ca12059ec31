#include "role/desk/desk_staff.h"

#include "base/span.h"

#include <string.h>

static const char first_line[] = "cambist desk-staff v1";

static bool is_word(struct span word, const char *text)
{
    return span_equal(word, span_of_text(text));
}

static const char *officer_take(struct desk_staff *staff, const struct officers *officers,
                                const struct span words[OFFICERS_WORDS_MAX])
{
    const struct officer *officer = officers_by_code(officers, words[1]);
    struct desk_member *member = &staff->list[staff->count];
    if (officer == NULL) {
        return "the register has no such officer";
    }
    for (u32 i = 0; i < staff->count; i += 1) {
        if (staff->list[i].officer.number == officer->number) {
            return "an officer has one role";
        }
    }
    member->officer = *officer;
    member->role = (u8)desk_word_number(DESK_WORDS_ROLE, words[2]);
    if (member->role == 0 || member->role == DESK_ROLE_PROCESS) {
        return "a role is clerk, legal, independent, preparer or ombud";
    }
    if (code_name_of(words[3]) == 0 ||
        !span_copy(words[3], member->region, sizeof(member->region) - 1)) {
        return "no name of a region";
    }
    staff->count += 1;
    return NULL;
}

static bool digit_read(struct span word, u32 *number_out)
{
    if (word.size != 1 || word.data[0] < '1' || word.data[0] > '0' + (int)DESK_QUORUM_MAX) {
        return false;
    }
    *number_out = (u32)(word.data[0] - '0');
    return true;
}

static const char *line_take(struct desk_staff *staff, const struct officers *officers,
                             struct span line)
{
    struct span words[OFFICERS_WORDS_MAX];
    if (officers_words(line, words, 4) && is_word(words[0], "officer:")) {
        return officer_take(staff, officers, words);
    }
    if (officers_words(line, words, 3) && is_word(words[0], "quorum:") && staff->quorum_a == 0) {
        return digit_read(words[1], &staff->quorum_a) && digit_read(words[2], &staff->quorum_b)
                   ? NULL
                   : "how many have to approve is 1 to 6, for each group";
    }
    if (officers_words(line, words, 2) && is_word(words[0], "venue:") && staff->venue[0] == '\0') {
        return span_copy(words[1], staff->venue, sizeof(staff->venue) - 1) ? NULL
                                                                           : "the name is too long";
    }
    return "not \"venue: NAME\", \"quorum: A B\" or \"officer: CODE ROLE REGION\"";
}

static u32 people_of(const struct desk_staff *staff, u8 role)
{
    u32 count = 0;
    for (u32 i = 0; i < staff->count; i += 1) {
        count += staff->list[i].role == role;
    }
    return count;
}

enum fault desk_staff_read(struct span text, const char *name, const struct officers *officers,
                           struct desk_staff *staff_out)
{
    struct span rest = text;
    struct span line;
    u32 number = 1;
    memset(staff_out, 0, sizeof(*staff_out));
    if (text.size > DESK_STAFF_BYTES || !span_cut_line(&rest, &line) ||
        !is_word(line, first_line)) {
        return FAULT(FAULT_INPUT, "%s:1: not \"%s\"", name, first_line);
    }
    while (rest.size > 0) {
        number += 1;
        if (!span_cut_line(&rest, &line)) {
            return FAULT(FAULT_INPUT, "%s:%u: the last line does not end", name, number);
        }
        if (line.size == 0 || line.data[0] == '#') {
            continue;
        }
        const char *flaw = line_take(staff_out, officers, line);
        if (flaw != NULL) {
            return FAULT(FAULT_INPUT, "%s:%u: %s", name, number, flaw);
        }
    }
    if (staff_out->venue[0] == '\0' || staff_out->quorum_a == 0) {
        return FAULT(FAULT_INPUT, "%s: venue or quorum is missing", name);
    }
    if (people_of(staff_out, DESK_ROLE_LEGAL) < staff_out->quorum_a ||
        people_of(staff_out, DESK_ROLE_INDEPENDENT) < staff_out->quorum_b) {
        return FAULT(FAULT_INPUT, "%s: fewer people than have to approve", name);
    }
    return FAULT_NONE;
}

const char *desk_staff_lack(const struct desk_staff *staff)
{
    u32 legal = people_of(staff, DESK_ROLE_LEGAL);
    u32 independent = people_of(staff, DESK_ROLE_INDEPENDENT);
    if (legal < staff->quorum_a + 1) {
        return "any request: nobody of legal is left to assess";
    }
    if (people_of(staff, DESK_ROLE_PREPARER) == 0) {
        return "any request: there is no preparer";
    }
    if (legal < staff->quorum_a + 2) {
        return "bulk and search: legal has too few beside who assesses";
    }
    return independent < staff->quorum_b + 1 ? "bulk and search: independent has too few" : NULL;
}

const struct desk_member *desk_staff_of(const struct desk_staff *staff, const struct desk_act *act)
{
    for (u32 i = 0; i < staff->count; i += 1) {
        const struct desk_member *member = &staff->list[i];
        if (strcmp(member->officer.code, act->officer) == 0) {
            return member->role == act->role && strcmp(member->region, act->region) == 0 ? member
                                                                                         : NULL;
        }
    }
    return NULL;
}

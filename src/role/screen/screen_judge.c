#include "role/screen/screen_judge.h"

#include "base/check.h"
#include "role/screen/screen_own.h"

#define SCORE_STEP 100U /* millionths in a ten-thousandth */

/* What the writer holds of the person under the list. */
struct held {
    const struct screen_row *of_entry; /* about this entry, in force; the newest */
    const struct screen_row *spare;    /* says clear, of whichever entry of the list */
    bool is_holding;                   /* a row of the list holds the person */
    u32 of_list;
    u32 of_person; /* listings of all lists */
};

static struct held look(const struct screen_rows *rows, const struct screen_question *question,
                        u32 entry)
{
    struct held held = {.of_entry = NULL};
    for (const struct screen_row *row = screen_rows_first(rows, question->person); row != NULL;
         row = screen_rows_next(rows, row)) {
        if (row->kind != SCREEN_ROW_LISTING) {
            continue;
        }
        held.of_person += 1;
        if (row->list != question->list) {
            continue;
        }
        bool is_clear = row->state == LISTING_STATE_CLEAR;
        held.of_list += 1;
        held.spare = is_clear ? row : held.spare;
        held.is_holding = held.is_holding || (!is_clear && row->from <= question->now_us &&
                                              question->now_us < row->until);
        if (row->entry == entry && row->from <= question->now_us && question->now_us < row->until &&
            (held.of_entry == NULL || held.of_entry->state <= row->state)) {
            held.of_entry = row;
        }
    }
    return held;
}

static struct command_listing_set verdict(const struct screen_question *question,
                                          enum listing_state state)
{
    return (struct command_listing_set){
        .head = {.kind = COMMAND_LISTING_SET,
                 .units = sizeof(struct command_listing_set) / WIRE_UNIT},
        .person = question->person,
        .state = (u8)state,
        .list = question->list,
        .list_version = question->list_version,
        .from = question->now_us,
        .until = UINT64_MAX,
    };
}

static struct command_listing_set candidate(const struct screen_question *question,
                                            const struct screen_hit *hit, u64 replaces)
{
    struct command_listing_set command = verdict(question, LISTING_STATE_CANDIDATE);
    command.entry = hit->entry;
    command.score = (u16)(hit->millionths / SCORE_STEP);
    command.replaces = replaces;
    return command;
}

u32 screen_judge(const struct screen_rows *rows, const struct screen_question *question,
                 struct screen_clearances *clearances,
                 struct command_listing_set commands_out[SCREEN_HITS_MAX], bool *full_out)
{
    u32 count = 0;
    *full_out = false;
    CHECK(question->person != 0 && question->list != 0);
    CHECK(question->hits_count <= SCREEN_HITS_MAX);
    if (question->hits_count == 0) {
        struct held held = look(rows, question, 0);
        if (held.of_list == 0 && held.of_person < SCREEN_LISTING_MAX) {
            commands_out[count] = verdict(question, LISTING_STATE_CLEAR);
            count += 1;
        }
        *full_out = held.of_list == 0 && count == 0;
        return count;
    }
    for (u32 index = 0; index < question->hits_count; index += 1) {
        const struct screen_hit *hit = &question->hits[index];
        struct held held = look(rows, question, hit->entry);
        bool is_cleared = held.of_entry != NULL && held.of_entry->state == LISTING_STATE_CLEAR;
        if (held.of_entry != NULL &&
            (!is_cleared || clearances->holds(clearances, held.of_entry->row, hit->entry))) {
            continue;
        }
        u64 replaces = is_cleared ? held.of_entry->row : 0;
        if (!is_cleared && held.of_person + count >= SCREEN_LISTING_MAX) {
            *full_out = true;
            if (count > 0 || held.is_holding || held.spare == NULL) {
                break;
            }
            replaces = held.spare->row;
        }
        commands_out[count] = candidate(question, hit, replaces);
        count += 1;
        if (*full_out) {
            break;
        }
    }
    return count;
}

/* ---- ownership ---- */

/* Whether the row says all that is said now, or more. */
static bool says_enough(const struct screen_row *row, const struct screen_owned *owned)
{
    return row->compare == owned->compare && row->percent == owned->percent &&
           row->lower >= owned->lower && row->upper >= owned->upper &&
           row->control >= owned->control;
}

bool screen_judge_owned(const struct screen_rows *rows, const struct screen_question *question,
                        const struct screen_owned *owned, u64 path,
                        struct command_ownership_set *command_out, bool *less_out)
{
    bool holds = !screen_is_not_owned(owned->compare, owned->percent, owned->upper, owned->control);
    bool is_said = false;
    bool is_held = false;
    u64 lesser = 0;
    u32 of_list = 0;
    u32 of_person = 0;
    for (const struct screen_row *row = screen_rows_first(rows, question->person); row != NULL;
         row = screen_rows_next(rows, row)) {
        if (row->kind != SCREEN_ROW_OWNERSHIP) {
            continue;
        }
        of_person += 1;
        if (row->list == question->list) {
            bool is_not = screen_is_not_owned(row->compare, row->percent, row->upper, row->control);
            of_list += 1;
            is_said = is_said || says_enough(row, owned);
            is_held = is_held || !is_not;
            lesser = is_not ? row->row : lesser;
        }
    }
    *less_out = !holds && is_held;
    *command_out = (struct command_ownership_set){
        .head = {.kind = COMMAND_OWNERSHIP_SET,
                 .units = sizeof(struct command_ownership_set) / WIRE_UNIT},
        .person = question->person,
        .compare = owned->compare,
        .control = owned->control,
        .percent = owned->percent,
        .lower = owned->lower,
        .upper = owned->upper,
        .list = question->list,
        .path = path,
        .from = question->now_us,
        .until = UINT64_MAX,
        .replaces = holds ? lesser : 0,
    };
    bool has_room = lesser != 0 || of_person < SCREEN_LISTING_MAX;
    return has_room && (of_list == 0 || (holds && !is_said));
}

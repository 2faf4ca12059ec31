#include "base/span.h"
#include "io/log.h"
#include "role/screen/screen_agent_inner.h"
#include "role/screen/screen_path.h"

#define DAY_US 86400000000ULL

/* ---- registers ---- */

static enum fault read_again(struct screen_agent *agent)
{
    struct screen_own_list lists[SCREEN_LISTS_MAX];
    struct screen_own *own = NULL;
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        const struct screen_slot *slot = &agent->slots[place];
        lists[place] =
            (struct screen_own_list){.path = slot->list.index == NULL ? NULL : slot->path,
                                     .name = agent->options.lists[place],
                                     .load = slot->list.header.load};
    }
    TRY(screen_own_open(&own, agent->options.disk, agent->registers, lists,
                        agent->options.lists_count, &agent->counts.registers_refused));
    enum fault fault = own == NULL ? FAULT_NONE : screen_own_follows(agent->own, own);
    if (fault != FAULT_NONE) {
        screen_own_close(own);
        return fault;
    }
    screen_own_close(agent->own);
    screen_groups_nodes_clear(&agent->groups);
    agent->own = own;
    agent->counts.owners_undescribed = own == NULL ? 0 : screen_own_undescribed(own);
    agent->is_busy = true;
    return FAULT_NONE;
}

/* The old graph stays in use where the new one cannot be read. */
static enum fault graph_turn(struct screen_agent *agent, bool *new_out)
{
    u64 stamp = 0;
    TRY(screen_own_stamp(agent->options.disk, agent->registers, &stamp));
    if (stamp == agent->own_stamp && !(agent->own_is_old && stamp != 0)) {
        return FAULT_NONE;
    }
    enum fault fault = read_again(agent);
    agent->own_stamp = stamp;
    agent->own_is_old = false;
    agent->counts.registers_failed = fault == FAULT_INPUT ? 1 : 0;
    if (fault == FAULT_INPUT) {
        log_error("screen.registers", LOG_STR("why", fault_text()));
        fault_forget();
        return FAULT_NONE;
    }
    *new_out = fault == FAULT_NONE;
    return fault;
}

/* What is odd about registers that were taken: nothing is left out for it. */
static void data_tell(const struct screen_own *own, i32 day)
{
    u32 later = screen_own_later(own, day);
    struct own_data_counts data = screen_own_data(own);
    if (later > 0) {
        log_error("screen.registers_later", LOG_U64("statements", later));
    }
    if (data.over_whole + data.self_owners + data.closed_circles + data.contradicted > 0) {
        log_warn("screen.registers_odd", LOG_U64("over_whole", data.over_whole),
                 LOG_U64("self_owners", data.self_owners),
                 LOG_U64("closed_circles", data.closed_circles),
                 LOG_U64("contradicted", data.contradicted));
    }
}

enum fault screen_holders_turn(struct screen_agent *agent)
{
    i32 day = (i32)(clock_wall_us(agent->options.clock) / DAY_US);
    bool is_new = false;
    TRY(graph_turn(agent, &is_new));
    if (agent->own == NULL) {
        return FAULT_NONE;
    }
    bool is_read = is_new;
    is_new = is_new || day != agent->own_day;
    TRY(screen_own_day(agent->own, day));
    if (is_read) {
        data_tell(agent->own, day);
    }
    agent->own_day = day;
    if (is_new) {
        agent->groups.is_old = true;
        screen_mark_all(agent, SCREEN_PENDING_OWN);
    }
    return FAULT_NONE;
}

/* ---- one person ---- */

static enum fault look_under(struct screen_agent *agent, u32 person, u32 node, u32 place,
                             bool *done_out)
{
    const struct screen_slot *slot = &agent->slots[place];
    struct screen_question question = {.list = slot->name,
                                       .now_us = clock_wall_us(agent->options.clock),
                                       .person = person,
                                       .list_version = slot->list.header.load};
    struct command_ownership_set command;
    struct screen_owned owned;
    size_t size = 0;
    u64 path = 0;
    bool is_less = false;
    TRY(screen_own_ask(agent->own, place, node, &owned, agent->path, &size));
    if (!screen_judge_owned(&agent->rows, &question, &owned, path, &command, &is_less)) {
        agent->counts.owned_less += is_less ? 1 : 0;
        return FAULT_NONE;
    }
    if (size > 0) {
        TRY(screen_path_keep(agent->options.disk, agent->options.folder, &agent->sha256,
                             span_of(agent->path, size), &path));
        command.path = path;
    }
    if (!engine_line_put(&agent->line, &command, sizeof(command))) {
        agent->is_blocked = true;
        *done_out = false;
        return FAULT_NONE;
    }
    agent->sent += 1;
    agent->counts.owned += 1;
    return FAULT_NONE;
}

/* The first of the person's identifiers that the registers know. */
static u32 node_of(const struct screen_agent *agent)
{
    u32 node = OWN_NONE;
    for (u32 index = 0; index < agent->entry.identifiers_count && node == OWN_NONE; index += 1) {
        node = screen_own_find(agent->own, &agent->entry.identifiers[index]);
    }
    return node;
}

u32 screen_holders_flags(const struct screen_agent *agent,
                         struct own_found found_out[OWN_FOUND_MAX])
{
    u32 node = node_of(agent);
    return node == OWN_NONE ? 0 : screen_own_flags(agent->own, node, found_out);
}

enum fault screen_holders_look(struct screen_agent *agent, u32 person, bool *done_out)
{
    u32 node = agent->own == NULL ? OWN_NONE : node_of(agent);
    screen_groups_node(&agent->groups, person, node);
    *done_out = true;
    for (u32 place = 0; node != OWN_NONE && place < agent->options.lists_count && *done_out;
         place += 1) {
        if (agent->slots[place].list.index != NULL) {
            TRY(look_under(agent, person, node, place, done_out));
        }
    }
    return FAULT_NONE;
}

/* ---- trade groups ---- */

enum fault screen_webs_turn(struct screen_agent *agent)
{
    struct command_person_group command;
    if (agent->own == NULL || agent->has_pending) { /* one judgment for all who are looked at */
        return FAULT_NONE;
    }
    const struct own_groups *webs = screen_own_webs(agent->own);
    TRY(screen_groups_judge(&agent->groups, webs));
    while (agent->sent < SCREEN_SEND_MAX && screen_groups_next(&agent->groups, webs, &command) &&
           engine_line_put(&agent->line, &command, sizeof(command))) {
        screen_groups_sent(&agent->groups);
        agent->sent += 1;
        agent->counts.grouped += 1;
    }
    return FAULT_NONE;
}

#include "role/screen/screen_group.h"

#include "base/bytes.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024U

void screen_groups_init(struct screen_groups *groups)
{
    *groups = (struct screen_groups){.held = NULL};
}

void screen_groups_clear(struct screen_groups *groups)
{
    if (groups->room > 0) {
        memset(groups->held, 0, groups->room * sizeof(u32));
    }
    groups->is_old = true;
}

void screen_groups_close(struct screen_groups *groups)
{
    free(groups->held);
    free(groups->node);
    free(groups->first);
    free(groups->wanted);
    free(groups->members);
    screen_groups_init(groups);
}

/* ---- what is known ---- */

static bool grow(u32 **array, u32 room)
{
    u32 *grown = realloc(*array, room * sizeof(u32));
    *array = grown == NULL ? *array : grown;
    return grown != NULL;
}

static bool fits(struct screen_groups *groups, u32 person)
{
    u32 room = groups->room == 0 ? ROOM_FIRST : groups->room;
    if (person >= SCREEN_PEOPLE_MAX) {
        return false;
    }
    while (room <= person) {
        room *= 2;
    }
    if (room > groups->room) {
        if (!grow(&groups->held, room) || !grow(&groups->node, room) ||
            !grow(&groups->first, room)) {
            return false;
        }
        u32 fresh = room - groups->room;
        memset(groups->held + groups->room, 0, fresh * sizeof(u32));
        memset(groups->node + groups->room, 0xff, fresh * sizeof(u32)); /* OWN_NONE */
        groups->room = room;
    }
    groups->top = groups->top > person ? groups->top : person + 1;
    return true;
}
_Static_assert(OWN_NONE == UINT32_MAX, "all ones");

static void hold(struct screen_groups *groups, u32 person, u32 group)
{
    if (group == 0 && person >= groups->room) {
        return;
    }
    if (!fits(groups, person)) {
        groups->is_short = true;
        return;
    }
    groups->is_old = groups->is_old || groups->held[person] != group;
    groups->held[person] = group;
}

bool screen_groups_state(struct screen_groups *groups, const u8 *record, size_t size)
{
    struct state_person state;
    if (bytes_u16(record) != STATE_PERSON) {
        return true;
    }
    if (size < sizeof(state)) {
        return false;
    }
    memcpy(&state, record, sizeof(state));
    if (state.head.id == 0 || state.head.id > UINT32_MAX) {
        return false;
    }
    hold(groups, (u32)state.head.id, state.group);
    return true;
}

bool screen_groups_event(struct screen_groups *groups, const u8 *record, size_t size)
{
    struct command_person_group set;
    if (bytes_u16(record) != EVENT_APPLIED) {
        return true;
    }
    if (size < sizeof(struct event_applied) + WIRE_UNIT) {
        return false;
    }
    const u8 *command = record + sizeof(struct event_applied);
    u16 kind = bytes_u16(command);
    groups->is_old = groups->is_old || kind == COMMAND_PERSON_ADD; /* it may be told of now */
    if (kind != COMMAND_PERSON_GROUP) {
        return true;
    }
    if (size < sizeof(struct event_applied) + sizeof(set)) {
        return false;
    }
    memcpy(&set, command, sizeof(set));
    hold(groups, set.person, set.group);
    return set.person != 0;
}

void screen_groups_node(struct screen_groups *groups, u32 person, u32 node)
{
    if (node == OWN_NONE && person >= groups->room) {
        return;
    }
    if (!fits(groups, person)) {
        groups->is_short = true;
        return;
    }
    groups->is_old = groups->is_old || groups->node[person] != node;
    groups->node[person] = node;
}

void screen_groups_nodes_clear(struct screen_groups *groups)
{
    if (groups->room > 0) {
        memset(groups->node, 0xff, groups->room * sizeof(u32)); /* OWN_NONE */
    }
    groups->cursor = 0;
    groups->is_old = true;
}

/* ---- a judgment ---- */

static enum fault nodes_fit(struct screen_groups *groups, u32 nodes)
{
    if (nodes <= groups->nodes_room) {
        return FAULT_NONE;
    }
    if (!grow(&groups->wanted, nodes) || !grow(&groups->members, nodes)) {
        return FAULT(FAULT_LIMIT, "no memory for the trade groups of %u nodes", nodes);
    }
    groups->nodes_room = nodes;
    return FAULT_NONE;
}

/* The web of a person, by its lowest node; OWN_NONE: the registers do not know the person. */
static u32 web_of(const struct screen_groups *groups, const struct own_groups *webs, u32 person)
{
    u32 node = groups->node[person];
    CHECK(node == OWN_NONE || node < webs->nodes_count);
    return node == OWN_NONE ? OWN_NONE : webs->group[node];
}

/* Of each web: how many people, and the lowest number that one of them holds. */
static void count_people(struct screen_groups *groups, const struct own_groups *webs)
{
    for (u32 person = 1; person < groups->top; person += 1) {
        u32 web = web_of(groups, webs, person);
        u32 held = groups->held[person];
        if (web != OWN_NONE) {
            u32 wanted = groups->wanted[web];
            groups->members[web] += 1;
            groups->wanted[web] = held != 0 && (wanted == 0 || held < wanted) ? held : wanted;
        }
    }
}

/* The person whose number a group of screening has; 0: it is none of these. */
static u32 founder_of(const struct screen_groups *groups, u32 group)
{
    u32 person = group < SCREEN_GROUP_FIRST ? 0 : group - SCREEN_GROUP_FIRST;
    return person < groups->top ? person : 0;
}

/* Which founders' numbers are held, and by how many whom the registers keep apart from the first of
 * them. In `first`: the web of the first who holds it and is known, plus one; OWN_NONE: others. */
static void count_holders(struct screen_groups *groups, const struct own_groups *webs)
{
    memset(groups->first, 0, groups->room * sizeof(u32));
    groups->apart = 0;
    for (u32 person = 1; person < groups->top; person += 1) {
        u32 founder = founder_of(groups, groups->held[person]);
        u32 web = web_of(groups, webs, person);
        if (founder == 0) {
            continue;
        }
        u32 *first = &groups->first[founder];
        if (*first == 0 || *first == OWN_NONE) {
            *first = web == OWN_NONE ? OWN_NONE : web + 1;
        } else if (web != OWN_NONE && *first != web + 1) {
            groups->apart += 1;
        }
    }
}

enum fault screen_groups_judge(struct screen_groups *groups, const struct own_groups *webs)
{
    if (!groups->is_old || groups->room == 0) {
        return FAULT_NONE;
    }
    TRY(nodes_fit(groups, webs->nodes_count));
    if (webs->nodes_count > 0) {
        memset(groups->wanted, 0, webs->nodes_count * sizeof(u32));
        memset(groups->members, 0, webs->nodes_count * sizeof(u32));
    }
    count_people(groups, webs);
    count_holders(groups, webs);
    for (u32 person = 1; person < groups->top; person += 1) { /* ascending: the lowest founds */
        u32 web = web_of(groups, webs, person);
        if (web != OWN_NONE && groups->members[web] > 1 && groups->wanted[web] == 0 &&
            groups->first[person] == 0) {
            groups->wanted[web] = SCREEN_GROUP_FIRST + person;
        }
    }
    groups->cursor = 1;
    groups->is_old = false;
    return FAULT_NONE;
}

bool screen_groups_next(struct screen_groups *groups, const struct own_groups *webs,
                        struct command_person_group *command_out)
{
    for (; groups->cursor > 0 && groups->cursor < groups->top; groups->cursor += 1) {
        u32 person = groups->cursor;
        u32 web = web_of(groups, webs, person);
        u32 held = groups->held[person];
        u32 wanted = web == OWN_NONE || groups->members[web] < 2 ? 0 : groups->wanted[web];
        if (wanted != 0 && wanted != held) {
            CHECK(held == 0 || wanted < held);
            *command_out = (struct command_person_group){
                .head = {.kind = COMMAND_PERSON_GROUP, .units = sizeof(*command_out) / WIRE_UNIT},
                .person = person,
                .group = wanted};
            return true;
        }
    }
    return false;
}

void screen_groups_sent(struct screen_groups *groups)
{
    CHECK(groups->cursor > 0);
    groups->cursor += 1;
}

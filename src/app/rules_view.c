#include "app/rules_view.h"

#include "base/bytes.h"
#include "base/span.h"
#include "core/ruling.h"
#include "io/digest.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

#define CHUNKS_A_TURN 1024U

static struct rules_view *view_of(struct event_sink *sink)
{
    return (struct rules_view *)(void *)sink; /* its first member */
}

static void on_begin(struct event_sink *sink)
{
    struct rules_view *view = view_of(sink);
    price_venue_init(&view->venue);
    memset(view->packs, 0, sizeof(view->packs));
    memset(view->form_bytes, 0, sizeof(view->form_bytes));
    view->reevaluations = RULING_REEVALUATIONS;
}

/* ---- images ---- */

static bool on_pack(struct rules_view *view, const u8 *record)
{
    struct state_pack pack;
    memcpy(&pack, record, sizeof(pack));
    if (pack.head.id < PRICE_PACKS_MAX) {
        struct rules_view_pack *target = &view->packs[pack.head.id];
        target->state = pack.pack_state;
        memcpy(target->content_hash, pack.content_hash, RULE_HASH_BYTES);
    }
    return true;
}

/* The last piece of a form makes it whole. */
static bool on_pack_bytes(struct rules_view *view, const u8 *record)
{
    static struct rule_pack decoded;
    struct state_pack_bytes piece;
    memcpy(&piece, record, sizeof(piece));
    if (piece.head.id >= PRICE_PACKS_MAX) {
        return true;
    }
    u32 number = (u32)piece.head.id;
    if (piece.offset != view->form_bytes[number] || piece.size > sizeof(piece.data) ||
        piece.size > RULE_FORM_BYTES_MAX - piece.offset) {
        return false;
    }
    memcpy(view->forms[number] + piece.offset, piece.data, piece.size);
    view->form_bytes[number] += piece.size;
    struct span form = span_of(view->forms[number], view->form_bytes[number]);
    if (rule_form_decode(form, &decoded) == NULL) {
        struct rules_view_pack *pack = &view->packs[number];
        memcpy(pack->id, decoded.id, sizeof(pack->id));
        pack->version = decoded.version;
        pack->effective = decoded.effective;
    }
    return true;
}

static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    struct rules_view *view = view_of(sink);
    struct state_rules rules;
    switch (bytes_u16(record)) {
    case STATE_RULES:
        memcpy(&rules, record, sizeof(rules));
        view->reevaluations = rules.reevaluations_per_command_max;
        break;
    case STATE_PACK:
        if (!on_pack(view, record)) {
            return false;
        }
        break;
    case STATE_PACK_BYTES:
        if (!on_pack_bytes(view, record)) {
            return false;
        }
        break;
    default: /* not an enum: others are not of interest */
        break;
    }
    return price_venue_state(&view->venue, record, size);
}

/* ---- events ---- */

static bool on_pack_state(struct rules_view *view, const u8 *record, u64 time_us)
{
    struct event_pack_state event;
    memcpy(&event, record, sizeof(event));
    if (event.pack >= PRICE_PACKS_MAX) {
        return false;
    }
    struct rules_view_pack *pack = &view->packs[event.pack];
    if (event.state == PACK_STATE_ENDED) {
        *pack = (struct rules_view_pack){.state = 0};
        return true;
    }
    pack->since_us = event.state == PACK_STATE_ACTIVE ? time_us : pack->since_us;
    pack->state = event.state;
    memcpy(pack->content_hash, event.content_hash, RULE_HASH_BYTES);
    memset(pack->id, 0, sizeof(pack->id));
    memcpy(pack->id, event.pack_id, sizeof(event.pack_id));
    pack->version = event.version;
    pack->effective = (struct rule_interval){.from = event.from, .until = event.until};
    return true;
}

static void on_cause(struct rules_view *view, const u8 *record, u16 kind)
{
    struct event_reevaluated over;
    struct event_decision decision;
    struct event_restricted restricted;
    struct rules_view_cause *cause = &view->cause;
    if (kind == EVENT_REEVALUATED) {
        memcpy(&over, record, sizeof(over));
        if (over.cause_seq == cause->seq) {
            cause->is_over = true;
            cause->persons = over.persons;
            cause->changed = over.changed;
        }
    } else if (kind == EVENT_DECISION) {
        memcpy(&decision, record, sizeof(decision));
        cause->decisions += decision.cause_seq == cause->seq ? 1 : 0;
    } else {
        memcpy(&restricted, record, sizeof(restricted));
        cause->restricted += restricted.cause_seq == cause->seq ? 1 : 0;
    }
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    struct rules_view *view = view_of(sink);
    u16 kind = bytes_u16(record);
    if (kind >= EVENT_KIND_COUNT || wire_events[kind].name == NULL ||
        size < wire_events[kind].size) {
        return kind < EVENT_KIND_COUNT && wire_events[kind].name != NULL; /* one with a tail */
    }
    if (kind == EVENT_PACK_STATE && !on_pack_state(view, record, time_us)) {
        return false;
    }
    if (kind == EVENT_REEVALUATED || kind == EVENT_DECISION || kind == EVENT_RESTRICTED) {
        on_cause(view, record, kind);
    }
    if (kind == EVENT_APPLIED && size >= sizeof(struct event_applied) + WIRE_UNIT &&
        bytes_u16(record + sizeof(struct event_applied)) == COMMAND_RULES_SET) {
        struct command_rules_set rules;
        memcpy(&rules, record + sizeof(struct event_applied), sizeof(rules));
        view->reevaluations = rules.reevaluations_per_command_max;
    }
    return price_venue_event(&view->venue, record, size, time_us);
}

/* ---- the view ---- */

enum fault rules_view_turn(struct rules_view *view)
{
    do {
        bool busy = false;
        TRY(event_follow_turn(&view->follow, CHUNKS_A_TURN, &busy));
        if (view->follow.reader == NULL && !busy) {
            return FAULT(FAULT_MISSING, "%s: there is no event log", view->follow.events);
        }
    } while (!view->follow.is_drained);
    return FAULT_NONE;
}

enum fault rules_view_open(struct rules_view *view, const char *folder)
{
    memset(view, 0, sizeof(*view));
    view->sink = (struct event_sink){.begin = on_begin, .state = on_state, .event = on_event};
    TRY(event_follow_open(&view->follow, disk_real(), folder, &view->sink));
    return rules_view_turn(view);
}

void rules_view_close(struct rules_view *view)
{
    event_follow_close(&view->follow);
}

void rules_view_await(struct rules_view *view, u64 seq)
{
    view->cause = (struct rules_view_cause){.seq = seq};
}

static bool hash_begins(const u8 hash[RULE_HASH_BYTES], const char *digits)
{
    char text[2 * RULE_HASH_BYTES + 1];
    size_t length = strlen(digits);
    for (u32 i = 0; i < RULE_HASH_BYTES; i += 1) {
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    return length >= 8 && length < sizeof(text) && memcmp(text, digits, length) == 0;
}

enum fault rules_view_find(const struct rules_view *view, const char *name, u32 *number_out)
{
    u32 found = 0;
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        const struct rules_view_pack *pack = &view->packs[number];
        if (pack->state == PACK_STATE_ACTIVE &&
            (strcmp(pack->id, name) == 0 || hash_begins(pack->content_hash, name))) {
            *number_out = number;
            found += 1;
        }
    }
    if (found == 0) {
        return FAULT(FAULT_INPUT,
                     "%s: no active pack of this id, or of a content hash that begins "
                     "with these 8 digits or more",
                     name);
    }
    return found == 1
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: several active packs; name one by its content hash", name);
}

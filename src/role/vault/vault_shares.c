/* The vault's agent and the officers' shares: drills on its socket, and the alarm when too few of
 * them live (docs/vault.md "Drills"). */
#include "base/bytes.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/vault_agent_inner.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DAY_US       86400000000ULL
#define TOLD_NS      (86400ULL * 1000000000ULL) /* an alarm that lasts is told once a day */
#define NAME_BYTES   16U
#define MEMBER_ZEROS 4U

_Static_assert(CODE_NAME_BYTES <= NAME_BYTES, "a member's name in an answer");
_Static_assert(VAULT_NONCE_BYTES == SHARE_NONCE_BYTES && VAULT_NONCE_BYTES == VAULT_CASE_BYTES &&
                   VAULT_POINT_BYTES == SEAL_POINT_BYTES,
               "kept as bytes");

static u64 now_us(const struct vault_agent *agent)
{
    return clock_wall_us(agent->options.clock);
}

static struct frame_writer begin(struct vault_agent *agent)
{
    struct frame_writer writer = vault_writer_begin(agent->answer, VAULT_FRAME_BYTES_MAX,
                                                    (u32)agent->ask.kind | VAULT_ANSWER_BIT);
    frame_write_u32(&writer, VAULT_CODE_OK);
    return writer;
}

static struct span end(struct frame_writer *writer)
{
    vault_writer_end(writer);
    return span_of(writer->bytes, writer->size);
}

/* ---- counting ---- */

/* A share whose row cannot be counts as never shown, until it is shown again. */
static enum fault share_look(struct vault_agent *agent, const struct share_group *group, u32 index,
                             struct vault_shares *shares)
{
    enum fault fault =
        vault_store_shown(&agent->store, group->shares[index].bytes, &shares->asked_us[index]);
    bool is_damaged = fault == FAULT_ROT;
    if (is_damaged) {
        if (!shares->is_damaged[index]) {
            log_error("vault.damaged", LOG_STR("share", group->roster.members[index].name),
                      LOG_FAULT(fault));
        }
        fault_forget();
        shares->asked_us[index] = 0;
    }
    shares->is_damaged[index] = is_damaged;
    return is_damaged ? FAULT_NONE : fault;
}

enum fault vault_shares_look(struct vault_agent *agent)
{
    const struct vault_drills *drills = &agent->drills;
    for (u32 place = 0; drills->is_known && place < VAULT_SIDES; place += 1) {
        const struct share_group *group = &drills->key.sides[place];
        struct vault_shares *shares = &agent->counts.shares[place];
        for (u32 i = 0; i < group->roster.count; i += 1) {
            TRY(share_look(agent, group, i, shares));
        }
        vault_shares_count(drills, place, now_us(agent), agent->options.drill_days, shares);
    }
    return FAULT_NONE;
}

static void alarm_tell(struct vault_agent *agent, u32 place, u64 now_ns)
{
    static const char *const groups[VAULT_SIDES] = {"A", "B"};
    const struct vault_shares *shares = &agent->counts.shares[place];
    struct vault_alarm *alarm = &agent->alarms[place];
    bool is_short = vault_shares_are_short(shares);
    bool is_new = !alarm->is_on || alarm->live != shares->live ||
                  alarm->spares_live != shares->spares_live || now_ns >= alarm->again_ns;
    if (is_short && is_new) {
        log_error("vault.shares", LOG_STR("group", groups[place]), LOG_U64("live", shares->live),
                  LOG_U64("threshold", shares->threshold),
                  LOG_U64("spares_live", shares->spares_live));
        alarm->again_ns = now_ns + TOLD_NS;
    }
    if (!is_short && alarm->is_on) {
        log_info("vault.shares_over", LOG_STR("group", groups[place]),
                 LOG_U64("live", shares->live), LOG_U64("threshold", shares->threshold));
    }
    alarm->is_on = is_short;
    alarm->live = shares->live;
    alarm->spares_live = shares->spares_live;
}

enum fault vault_shares_turn(struct vault_agent *agent)
{
    if (!agent->drills.is_known) {
        return FAULT_NONE;
    }
    TRY(vault_store_asks_over(&agent->store, now_us(agent)));
    TRY(vault_shares_look(agent));
    for (u32 place = 0; place < VAULT_SIDES; place += 1) {
        alarm_tell(agent, place, clock_mono_ns(agent->options.clock));
    }
    return FAULT_NONE;
}

/* ---- the socket ---- */

static enum fault must_be_known(const struct vault_agent *agent)
{
    return agent->drills.is_known
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "whose shares there are is not known: there are no "
                                      "vault/" VAULT_GROUP_A_FILE " and vault/" VAULT_GROUP_B_FILE);
}

static enum fault on_drill(struct vault_agent *agent, struct span *answer_out)
{
    u8 nonce[VAULT_NONCE_BYTES];
    u64 asked_us = now_us(agent);
    randombytes_buf(nonce, sizeof(nonce));
    TRY(vault_store_asks_add(&agent->store, nonce, asked_us));
    struct frame_writer writer = begin(agent);
    frame_write_bytes(&writer, span_of(nonce, sizeof(nonce)));
    frame_write_u64(&writer, asked_us);
    frame_write_u64(&writer, asked_us + VAULT_ASK_DAYS * DAY_US);
    *answer_out = end(&writer);
    return FAULT_NONE;
}

static enum fault shown_check(const struct vault_agent *agent, const struct share_shown *shown)
{
    const struct share_group *group = &agent->drills.key.sides[shown->place[0] - SHARE_SIDE_A];
    char why[FAULT_TEXT_BYTES];
    if (share_shown_check(group, shown->asked, shown) == FAULT_NONE) {
        return FAULT_NONE;
    }
    (void)snprintf(why, sizeof(why), "%s", fault_text());
    return FAULT(FAULT_REFUSED, "%s", why);
}

static enum fault on_shown(struct vault_agent *agent, struct span *answer_out)
{
    const struct share_shown *shown = &agent->ask.shown;
    u32 place = (u32)shown->place[0] - SHARE_SIDE_A;
    u32 index = shown->place[1];
    u64 asked_us = 0;
    TRY(vault_store_ask_find(&agent->store, shown->asked, now_us(agent), &asked_us));
    TRY(shown_check(agent, shown));
    TRY(vault_shares_look(agent));
    const struct vault_shares *shares = &agent->counts.shares[place];
    struct vault_event event = {.time_us = now_us(agent),
                                .kind = VAULT_EVENT_DRILL,
                                .field = (u16)(shown->place[0] * 256U + index),
                                .count = shares->live + (shares->is_live[index - 1] ? 0 : 1)};
    memcpy(event.matter, shown->asked, sizeof(event.matter));
    TRY(vault_store_show(&agent->store, agent->drills.key.sides[place].shares[index - 1].bytes,
                         asked_us, &event));
    TRY(vault_shares_turn(agent));
    struct frame_writer writer = begin(agent);
    frame_write_u8(&writer, shown->place[0]);
    frame_write_u8(&writer, (u8)index);
    frame_write_u8(&writer, (u8)shares->live);
    frame_write_u8(&writer, (u8)shares->threshold);
    frame_write_u8(&writer, (u8)shares->count);
    frame_write_bytes(&writer, span_of("\0\0", 3));
    *answer_out = end(&writer);
    return FAULT_NONE;
}

static void group_write(const struct vault_agent *agent, u32 place, struct frame_writer *writer)
{
    static const u8 zeros[NAME_BYTES];
    const struct share_roster *roster = &agent->drills.key.sides[place].roster;
    const struct vault_shares *shares = &agent->counts.shares[place];
    frame_write_u8(writer, (u8)roster->side);
    frame_write_u8(writer, (u8)shares->threshold);
    frame_write_u8(writer, (u8)shares->count);
    frame_write_u8(writer, (u8)shares->live);
    frame_write_u8(writer, (u8)shares->spares);
    frame_write_u8(writer, (u8)shares->spares_live);
    frame_write_u16(writer, vault_shares_are_short(shares) ? 1 : 0);
    frame_write_u32(writer, roster->epoch);
    frame_write_u32(writer, roster->generation);
    for (u32 i = 0; i < roster->count; i += 1) {
        struct span name = span_of_text(roster->members[i].name);
        frame_write_bytes(writer, name);
        frame_write_bytes(writer, span_of(zeros, NAME_BYTES - name.size));
        frame_write_u8(writer, (u8)(i + 1));
        frame_write_u8(writer, shares->is_live[i] ? 1 : 0);
        frame_write_u8(writer, agent->drills.is_spare[place][i] ? 1 : 0);
        frame_write_u8(writer, shares->is_damaged[i] ? 1 : 0);
        frame_write_bytes(writer, span_of(zeros, MEMBER_ZEROS));
        frame_write_u64(writer, shares->asked_us[i]);
    }
}

static enum fault on_shares(struct vault_agent *agent, struct span *answer_out)
{
    TRY(vault_shares_look(agent));
    struct frame_writer writer = begin(agent);
    frame_write_u32(&writer, agent->options.drill_days);
    frame_write_u32(&writer, agent->drills.is_known ? VAULT_SIDES : 0);
    for (u32 place = 0; agent->drills.is_known && place < VAULT_SIDES; place += 1) {
        group_write(agent, place, &writer);
    }
    *answer_out = end(&writer);
    return FAULT_NONE;
}

enum fault vault_answer_drill(struct vault_agent *agent, struct span *answer_out)
{
    if (agent->ask.kind == VAULT_ASK_SHARES) {
        return on_shares(agent, answer_out);
    }
    TRY(must_be_known(agent));
    return agent->ask.kind == VAULT_ASK_DRILL ? on_drill(agent, answer_out)
                                              : on_shown(agent, answer_out);
}

/* Applying commands: one, or many at once with the memory of later ones fetched ahead of time.
 *
 * A dependent load past the caches costs a hundred nanoseconds and more, eight independent ones a
 * quarter of that each. So while command i is applied, command i + 24 has its account and index
 * entries fetched, i + 16 the records these point to, i + 8 the neighbours of those. What is
 * fetched is only a guess about the future: it changes nothing but the time. */
#include "core/book.h"
#include "core/core.h"
#include "core/dispatch.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/output.h"
#include "core/plain.h"
#include "core/ruling.h"
#include "core/state.h"
#include "core/trigger.h"

#define AHEAD_FAR    24U
#define AHEAD_MIDDLE 8U  /* commands after the far stage */
#define AHEAD_NEAR   16U /* the same */
#define AHEAD_RING   32U /* a power of two above AHEAD_FAR */

#define FETCH(address) __builtin_prefetch((address), 1)

/* ---- one command ---- */

/* The clock moved: the first command after that says so. */
ALWAYS_INLINE void apply_time(struct core *core)
{
    core->told_us = core->now_us;
    if (core->ruling_due_us <= core->now_us) {
        ruling_clock(core);
    }
    core->current.source = 0;
    struct event_time *event = output_take(core, sizeof *event);
    output_head_word(core, &event->head, EVENT_TIME, sizeof *event, 0);
    event->time_us = core->now_us;
    memset(event->padding, 0, sizeof event->padding);
}

/* Tries the plain way. Whether that was it. */
ALWAYS_INLINE bool apply_plain(struct core *core, const struct command_head *command, u32 hint)
{
    const void *record = command;
    if (command->kind == COMMAND_ORDER) {
        return plain_order(core, record);
    }
    if (command->kind == COMMAND_CANCEL) {
        return plain_cancel(core, record, hint);
    }
    return command->kind == COMMAND_CANCEL_REPLACE && plain_replace(core, record, hint);
}

/* The hint is that of plain.h. */
ALWAYS_INLINE void apply(struct core *core, const struct command_head *command, u32 hint)
{
    core->seq++; /* whatever becomes of the command */
    core->source_index[command->source] = command->source_index;
    if (UNLIKELY(core->now_us != core->told_us)) {
        apply_time(core);
    }
    if (UNLIKELY(core_waits(core)) || UNLIKELY(!apply_plain(core, command, hint))) {
        dispatch(core, command);
    }
#if defined(CAMBIST_DEBUG) && CAMBIST_DEBUG
    for (u32 i = 0; i < core->assets_count; i++) {
        CHECK(ledger_balanced(core, (u16)i));
    }
#endif
}

void core_apply(struct core *core, const struct command_head *command, struct core_output *output)
{
    CHECK(output->size - output->used >= core->event_bytes_max);
    core->cursor = output->data + output->used;
    core->cursor_end = output->data + output->size;
    apply(core, command, 0);
    output->used = (size_t)(core->cursor - output->data);
}

/* ---- many commands ---- */

/* By how much sooner a cancel names its market. */
#define MARKET_EARLIER \
    (offsetof(struct command_order, market) - offsetof(struct command_cancel, market))

/* A command of the batch and what is already known of it. */
struct ahead {
    const struct command_head *command;
    const u32 *names; /* where the slot is named that it meets: the home of the order to cancel, or
                         the end of the queue to join */
    u32 slot;
    u32 account;
    u64 cancels; /* all ones or 0: a mask */
};

/* The level a price would join, or any other. */
ALWAYS_INLINE const struct level *ahead_level(const struct core *core, u32 number, u64 price)
{
    const struct market *market = &core->markets[number < core->markets_count ? number : 0];
    u64 ticks = grid_steps(price, market->tick_inverse, market->tick_shift);
    ticks = ticks <= market->ticks_max ? ticks : 0;
    u64 page = market->directory[ticks >> PAGE_SHIFT];
    return &core->levels[page << PAGE_SHIFT | (ticks & (PAGE_TICKS - 1))];
}

/* A kind that is neither order nor cancel: only a cancel-replace has something to fetch, and it is
 * then taken for a cancel. Returns the id of the order to cancel. */
static NEVER_INLINE u64 fetch_far_rare(const struct core *core, const struct command_head *command)
{
    if (command->kind != COMMAND_CANCEL_REPLACE) {
        return 0;
    }
    const struct command_cancel_replace *replace = (const void *)command;
    FETCH(&ahead_level(core, replace->market, replace->price.units)->tail); /* raw: grid */
    return replace->target_id;
}

/* Stage one: the account, and the home or the level. Orders and cancels come in no order that could
 * be foreseen, so the two differ by masks instead of branches. */
ALWAYS_INLINE void fetch_far(const struct core *core, struct ahead *ahead,
                             const struct command_head *command)
{
    u64 cancels = 0 - (u64)(command->kind != COMMAND_ORDER);
    u64 word = 0; /* price of an order, order id of a cancel */
    u16 market = 0;
    const u8 *bytes = (const u8 *)command;
    memcpy(&word, bytes + offsetof(struct command_order, price), sizeof word);
    memcpy(&market, bytes + offsetof(struct command_order, market) - (cancels & MARKET_EARLIER),
           sizeof market);
    if (UNLIKELY(command->kind != COMMAND_ORDER && command->kind != COMMAND_CANCEL)) {
        word = fetch_far_rare(core, command);
    }
    u64 account = command->account;
    account &= 0 - (u64)(account < core->accounts_count);
    u64 home = (uintptr_t)index_order_home(core, word);
    u64 tail = (uintptr_t)&ahead_level(core, market, word & ~cancels)->tail;
    ahead->command = command;
    ahead->names = (const u32 *)(tail ^ ((tail ^ home) & cancels));
    ahead->account = (u32)account;
    ahead->cancels = cancels;
    FETCH(ahead->names);
    FETCH(&core->accounts[account]);
}
_Static_assert(offsetof(struct command_order, price) == offsetof(struct command_cancel, order_id),
               "read alike");

/* Stage two: balances, the order that is met, and the links that change. */
ALWAYS_INLINE void fetch_middle(const struct core *core, struct ahead *ahead)
{
    const struct account *account = &core->accounts[ahead->account];
    u32 slot = *ahead->names;
    ahead->slot = slot;
    FETCH(&core->chunks[account->chunk]);
    FETCH(&core->orders[slot]);
    u32 newest = account->position.newest;
    FETCH(&core->links[newest ^ ((newest ^ slot) & ahead->cancels)]);
}

/* Stage three: the neighbours of an order to cancel, in its level and in its owner's list. */
ALWAYS_INLINE void fetch_near(const struct core *core, const struct ahead *ahead)
{
    u64 slot = ahead->slot & ahead->cancels;
    const struct order *order = &core->orders[slot];
    FETCH(&core->orders[order->prev]);
    FETCH(&core->orders[order->next]);
    const struct order_link *link = &core->links[slot];
    FETCH(&core->links[link->newer]);
    FETCH(&core->links[link->older]);
    FETCH(book_level(core, &core->markets[order->market], order->ticks));
}

u32 core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                     struct core_output *output, size_t *bytes_out)
{
    struct ahead ring[AHEAD_RING]; /* command i at i % AHEAD_RING */
    for (u32 i = 0; i < AHEAD_RING; i++) {
        ring[i] = (struct ahead){.names = core->order_homes}; /* looked at before its turn */
    }
    const u8 *next = commands;
    const u8 *end = commands + bytes;
    u32 taken = 0;
    u32 done = 0;
    core->cursor = output->data + output->used;
    core->cursor_end = output->data + output->size;
    const u8 *full = core->cursor_end - u64_min(core->event_bytes_max, output->size);
    while (done < count) {
        if (LIKELY(taken < count)) {
            const struct command_head *command = (const void *)next;
            size_t left = (size_t)(end - next);
            CHECK(left >= WIRE_UNIT && left >= (size_t)command->units * WIRE_UNIT);
            next += (size_t)command->units * WIRE_UNIT;
            fetch_far(core, &ring[taken % AHEAD_RING], command);
        }
        taken++;
        fetch_middle(core, &ring[(taken - AHEAD_MIDDLE) % AHEAD_RING]);
        fetch_near(core, &ring[(taken - AHEAD_NEAR) % AHEAD_RING]);
        if (UNLIKELY(taken <= AHEAD_FAR)) {
            continue;
        }
        const struct ahead *now = &ring[done % AHEAD_RING];
        if (UNLIKELY(core->cursor > full)) {
            next = (const u8 *)now->command;
            break;
        }
        FETCH(core->cursor + 512);
        FETCH(core->cursor + 576);
        apply(core, now->command, now->slot);
        done++;
    }
    output->used = (size_t)(core->cursor - output->data);
    *bytes_out = (size_t)(next - commands);
    return done;
}

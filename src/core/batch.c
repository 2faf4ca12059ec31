/* Applying many commands at once, with the memory of later ones fetched ahead of time.
 *
 * A dependent load past the caches costs a hundred nanoseconds and more, eight independent ones a
 * quarter of that each. So while command i is applied, command i + 24 has its account and index
 * entries fetched, i + 16 the records these point to, i + 8 the neighbours of those. What is
 * fetched is only a guess about the future: it changes nothing but the time. */
#include "core/book.h"
#include "core/core.h"
#include "core/index.h"
#include "core/state.h"

#define AHEAD_FAR    24U
#define AHEAD_MIDDLE 16U
#define AHEAD_NEAR   8U
#define BATCH_PIECE  512U

#define FETCH(address) __builtin_prefetch((address), 1)

/* A command of the batch and what is already known of it. */
struct ahead {
    const struct command_head *command;
    u64 target_id; /* of a cancel or the cancel half of a cancel-replace; 0: none */
    u32 slot;      /* of the target */
    u32 page;      /* of the new order's level; 0: none */
    u32 ticks;
    bool places;
};

static void fetch_index(const struct index *index, u64 id)
{
    FETCH(&index->entries[index_home(index, (u32)id)]);
}

/* Decodes as much as the fetches need. */
static void ahead_init(struct ahead *ahead, const struct command_head *command)
{
    *ahead = (struct ahead){.command = command};
    if (command->kind == COMMAND_ORDER) {
        ahead->places = true;
    } else if (command->kind == COMMAND_CANCEL) {
        ahead->target_id = ((const struct command_cancel *)(const void *)command)->order_id;
    } else if (command->kind == COMMAND_CANCEL_REPLACE) {
        ahead->target_id =
            ((const struct command_cancel_replace *)(const void *)command)->target_id;
        ahead->places = true;
    }
}

static void fetch_far(const struct core *core, struct ahead *ahead, u64 new_id)
{
    if (ahead->target_id) {
        fetch_index(&core->order_index, ahead->target_id);
    }
    if (!ahead->places || ahead->command->account >= core->accounts_count) {
        return;
    }
    FETCH(&core->accounts[ahead->command->account]);
    fetch_index(&core->order_index, new_id);
    /* Price and market lie at the same place in both kinds that place orders. */
    const struct command_order *order = (const struct command_order *)(const void *)ahead->command;
    if (order->market >= core->markets_count) {
        return;
    }
    const struct market *market = &core->markets[order->market];
    u64 ticks = order->price.units / market->tick; /* raw: grid */
    if (ticks <= market->ticks_max) {
        ahead->ticks = (u32)ticks;
        ahead->page = market->directory[ticks >> PAGE_SHIFT];
        FETCH(&core->levels[(size_t)ahead->page * PAGE_TICKS + (ticks & (PAGE_TICKS - 1))]);
        FETCH(&core->pages[ahead->page].bits[(ticks & (PAGE_TICKS - 1)) >> 6]);
    }
}

static void fetch_middle(const struct core *core, struct ahead *ahead)
{
    if (ahead->target_id) {
        u32 position = 0;
        ahead->slot = index_find(&core->order_index, (u32)ahead->target_id, &position);
        FETCH(&core->orders[ahead->slot]);
        FETCH(&core->links[ahead->slot]);
    }
    if (!ahead->places || ahead->command->account >= core->accounts_count) {
        return;
    }
    const struct account *account = &core->accounts[ahead->command->account];
    FETCH(&core->chunks[account->chunk]);
    FETCH(&core->links[account->position.newest]);
    if (ahead->page) {
        FETCH(&core->orders[core->levels[(size_t)ahead->page * PAGE_TICKS +
                                         (ahead->ticks & (PAGE_TICKS - 1))]
                                .tail]);
    }
}

static void fetch_near(const struct core *core, const struct ahead *ahead)
{
    if (ahead->slot == 0) {
        return;
    }
    const struct order *order = &core->orders[ahead->slot];
    FETCH(&core->orders[order->prev]);
    FETCH(&core->orders[order->next]);
    FETCH(&core->accounts[order->account]);
    FETCH(&core->chunks[order->row_base >> 2]);
    struct order_link link = core->links[ahead->slot];
    FETCH(&core->links[link.newer]);
    FETCH(&core->links[link.older]);
    const struct market *market = &core->markets[order->market];
    u32 page = market->directory[order->ticks >> PAGE_SHIFT];
    u32 offset = order->ticks & (PAGE_TICKS - 1);
    FETCH(&core->levels[(size_t)page * PAGE_TICKS + offset]);
    FETCH(&core->pages[page].bits[offset >> 6]);
    if (order->has_client) {
        FETCH(&core->colds[ahead->slot]);
    }
}

/* Applies up to BATCH_PIECE commands. Returns how many. */
static u32 apply_piece(struct core *core, const u8 *commands, size_t bytes, u32 count,
                       struct core_output *output, size_t *bytes_out)
{
    struct ahead ahead[BATCH_PIECE];
    size_t at = 0;
    for (u32 i = 0; i < count; i++) {
        const struct command_head *command =
            (const struct command_head *)(const void *)(commands + at);
        CHECK(bytes - at >= WIRE_UNIT && bytes - at >= (size_t)command->units * WIRE_UNIT);
        ahead_init(&ahead[i], command);
        at += (size_t)command->units * WIRE_UNIT;
    }
    u64 new_id = core->next_order_id;
    for (u32 i = 0; i < count + AHEAD_FAR; i++) {
        if (i < count) {
            fetch_far(core, &ahead[i], new_id);
            new_id += ahead[i].places;
        }
        if (i >= AHEAD_FAR - AHEAD_MIDDLE && i - (AHEAD_FAR - AHEAD_MIDDLE) < count) {
            fetch_middle(core, &ahead[i - (AHEAD_FAR - AHEAD_MIDDLE)]);
        }
        if (i >= AHEAD_FAR - AHEAD_NEAR && i - (AHEAD_FAR - AHEAD_NEAR) < count) {
            fetch_near(core, &ahead[i - (AHEAD_FAR - AHEAD_NEAR)]);
        }
        if (i < AHEAD_FAR) {
            continue;
        }
        if (output->size - output->used < core->event_bytes_max) {
            *bytes_out = (size_t)((const u8 *)ahead[i - AHEAD_FAR].command - commands);
            return i - AHEAD_FAR;
        }
        core_apply(core, ahead[i - AHEAD_FAR].command, output);
    }
    *bytes_out = at;
    return count;
}

u32 core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                     struct core_output *output, size_t *bytes_out)
{
    u32 applied = 0;
    size_t at = 0;
    while (applied < count) {
        u32 piece = (u32)u64_min(count - applied, BATCH_PIECE);
        size_t piece_bytes = 0;
        u32 done = apply_piece(core, commands + at, bytes - at, piece, output, &piece_bytes);
        applied += done;
        at += piece_bytes;
        if (done < piece) {
            break;
        }
    }
    *bytes_out = at;
    return applied;
}

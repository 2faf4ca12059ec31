#include "core/book.h"

/* ---- which directory entries have a page: three layers of 64-way bitmaps ---- */

static void directory_set(struct market *market, u32 entry)
{
    for (u32 layer = 0; layer < 3; layer++) {
        market->occupied[layer][entry >> 6] |= 1ULL << (entry & 63);
        entry >>= 6;
    }
}

static void directory_clear(struct market *market, u32 entry)
{
    for (u32 layer = 0; layer < 3; layer++) {
        u64 *word = &market->occupied[layer][entry >> 6];
        *word &= ~(1ULL << (entry & 63));
        if (*word) {
            return;
        }
        entry >>= 6;
    }
}

/* Words of a layer for `count` entries below it. */
static u32 layer_words(const struct market *market, u32 layer)
{
    u32 bits = market->directory_count;
    for (u32 i = 0; i < layer; i++) {
        bits = (bits + 63) >> 6;
    }
    return (bits + 63) >> 6;
}

/* The lowest occupied entry >= entry, or directory_count. */
static u32 directory_up(const struct market *market, u32 entry)
{
    u32 position = entry;
    u32 layer = 0;
    for (;;) {
        u32 word = position >> 6;
        if (word >= layer_words(market, layer)) {
            if (layer == 2) {
                return market->directory_count;
            }
            position = word;
            layer++;
            continue;
        }
        u64 bits = market->occupied[layer][word] & ~0ULL << (position & 63);
        if (bits) {
            position = word << 6 | (u32)__builtin_ctzll(bits);
            break;
        }
        position = word + 1;
        if (layer == 2) { /* the top layer is scanned word by word */
            position = (word + 1) << 6;
            continue;
        }
        layer++;
    }
    while (layer-- > 0) {
        position = position << 6 | (u32)__builtin_ctzll(market->occupied[layer][position]);
    }
    return position;
}

/* The highest occupied entry <= entry, or directory_count when there is none. */
static u32 directory_down(const struct market *market, u32 entry)
{
    u32 position = entry;
    u32 layer = 0;
    for (;;) {
        u32 word = position >> 6;
        u64 bits = market->occupied[layer][word] & ~0ULL >> (63 - (position & 63));
        if (bits) {
            position = word << 6 | (63 - (u32)__builtin_clzll(bits));
            break;
        }
        if (word == 0) {
            return market->directory_count;
        }
        if (layer == 2) {
            position = (word << 6) - 1;
            continue;
        }
        position = word - 1;
        layer++;
    }
    while (layer-- > 0) {
        position = position << 6 | (63 - (u32)__builtin_clzll(market->occupied[layer][position]));
    }
    return position;
}

/* ---- pages ---- */

u32 book_page_make(struct core *core, struct market *market, u32 ticks)
{
    u32 page = SLAB_TAKE(&core->page_slab, core->pages, next_free);
    market->directory[ticks >> PAGE_SHIFT] = page;
    directory_set(market, ticks >> PAGE_SHIFT);
    return page;
}

/* Marks a level empty; gives the page back with its last level. */
static void level_clear(struct core *core, struct market *market, u32 ticks)
{
    u32 number = market->directory[ticks >> PAGE_SHIFT];
    struct page *page = &core->pages[number];
    u32 offset = ticks & (PAGE_TICKS - 1);
    page->bits[offset >> 6] &= ~(1ULL << (offset & 63));
    if (page->bits[offset >> 6] == 0) {
        u64 rest = 0;
        for (u32 i = 0; i < PAGE_WORDS; i++) {
            rest |= page->bits[i];
        }
        if (rest == 0) {
            market->directory[ticks >> PAGE_SHIFT] = 0;
            directory_clear(market, ticks >> PAGE_SHIFT);
            SLAB_GIVE(&core->page_slab, core->pages, next_free, number);
        }
    }
}

static u32 next_down(const struct core *core, const struct market *market, u32 ticks)
{
    if (ticks == 0) {
        return 0;
    }
    u32 below = ticks - 1;
    u32 entry = below >> PAGE_SHIFT;
    u32 offset = below & (PAGE_TICKS - 1);
    if (market->directory[entry] == 0) {
        entry = directory_down(market, entry);
        if (entry == market->directory_count) {
            return 0;
        }
        offset = PAGE_TICKS - 1;
    }
    for (;;) {
        const u64 *words = core->pages[market->directory[entry]].bits;
        u32 word = offset >> 6;
        u64 bits = words[word] & ~0ULL >> (63 - (offset & 63));
        while (bits == 0 && word > 0) {
            bits = words[--word];
        }
        if (bits) {
            return entry << PAGE_SHIFT | word << 6 | (63 - (u32)__builtin_clzll(bits));
        }
        entry = entry == 0 ? market->directory_count : directory_down(market, entry - 1);
        if (entry == market->directory_count) {
            return 0;
        }
        offset = PAGE_TICKS - 1;
    }
}

static u32 next_up(const struct core *core, const struct market *market, u32 ticks)
{
    u32 above = ticks + 1;
    u32 entry = above >> PAGE_SHIFT;
    u32 offset = above & (PAGE_TICKS - 1);
    if (entry >= market->directory_count) {
        return TICKS_NONE;
    }
    if (market->directory[entry] == 0) {
        entry = directory_up(market, entry);
        offset = 0;
    }
    while (entry < market->directory_count) {
        const u64 *words = core->pages[market->directory[entry]].bits;
        u32 word = offset >> 6;
        u64 bits = words[word] & ~0ULL << (offset & 63);
        while (bits == 0 && word + 1 < PAGE_WORDS) {
            bits = words[++word];
        }
        if (bits) {
            return entry << PAGE_SHIFT | word << 6 | (u32)__builtin_ctzll(bits);
        }
        entry = directory_up(market, entry + 1);
        offset = 0;
    }
    return TICKS_NONE;
}

u32 book_next(const struct core *core, const struct market *market, u8 side, u32 ticks)
{
    return side == SIDE_BUY ? next_down(core, market, ticks) : next_up(core, market, ticks);
}

void book_level_emptied(struct core *core, struct market *market, u8 side, u32 ticks)
{
    level_clear(core, market, ticks);
    if (ticks == market->best[side]) {
        market->best[side] = book_next(core, market, side, ticks);
    }
}

/* ---- queues ---- */

void book_requeue(struct core *core, struct market *market, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct level *level = book_level(core, market, order->ticks);
    if (level->tail == slot) {
        return;
    }
    if (order->prev) {
        core->orders[order->prev].next = order->next;
    } else {
        level->head = order->next;
    }
    core->orders[order->next].prev = order->prev;
    order->prev = level->tail;
    order->next = 0;
    core->orders[level->tail].next = slot;
    level->tail = slot;
}

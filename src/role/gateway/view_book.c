#include "role/gateway/view_book.h"

#include "role/gateway/view_state.h"

/* ---- skip lists ---- */

/* A quarter of the nodes of each lane are on the next one too. Which, is in the price and the seed,
 * so the same book has the same lanes however it came about. */
static u32 lanes_of(const struct view *view, struct price price)
{
    u64 hash = hash_pair(view->config.hash_seed, view_price_units(price)) | 1ULL << 62;
    return 1U + (u32)u64_min((u64)__builtin_ctzll(hash) / 2, VIEW_LANES - 1);
}

static bool is_better(u8 side, struct price a, struct price b)
{
    return side == SIDE_BUY ? view_price_units(a) > view_price_units(b)
                            : view_price_units(a) < view_price_units(b);
}

/* The links, lane by lane, that lead to `price` or to what comes after it. Returns the slot of the
 * node with this price, or 0. */
static u32 find(struct view *view, u16 market, u8 side, struct price price, u32 *path[VIEW_LANES])
{
    u32 *links = view->markets[market].sides[side].first;
    for (u32 lane = VIEW_LANES; lane-- > 0;) {
        u32 slot = links[lane];
        while (slot && is_better(side, view->nodes[slot].price, price)) {
            links = view->nodes[slot].next;
            slot = links[lane];
        }
        path[lane] = &links[lane];
    }
    u32 slot = *path[0];
    bool is_there = slot && view_price_units(view->nodes[slot].price) == view_price_units(price);
    return is_there ? slot : 0;
}

bool view_book_add(struct view *view, u16 market, u8 side, struct price price, struct amount qty)
{
    u32 *path[VIEW_LANES];
    u32 slot = find(view, market, side, price, path);
    if (slot) {
        return view_raise(&view->nodes[slot].qty, qty) || view_wrong(view, "sum of a level");
    }
    slot = VIEW_SLAB_TAKE(&view->node_slab, view->nodes, next[0]);
    if (slot == 0) {
        return view_short(view, "price levels");
    }
    struct view_node *node = &view->nodes[slot];
    *node = (struct view_node){.price = price, .qty = qty, .lanes = lanes_of(view, price)};
    for (u32 lane = 0; lane < node->lanes; lane++) {
        node->next[lane] = *path[lane];
        *path[lane] = slot;
    }
    return true;
}

bool view_book_take(struct view *view, u16 market, u8 side, struct price price, struct amount qty)
{
    u32 *path[VIEW_LANES];
    u32 slot = find(view, market, side, price, path);
    if (slot == 0 || !view_lower(&view->nodes[slot].qty, qty)) {
        return view_wrong(view, "a level has less than that");
    }
    struct view_node *node = &view->nodes[slot];
    if (amount_is_zero(node->qty)) {
        for (u32 lane = 0; lane < node->lanes; lane++) {
            CHECK(*path[lane] == slot);
            *path[lane] = node->next[lane];
        }
        VIEW_SLAB_GIVE(&view->node_slab, view->nodes, next[0], slot);
    }
    return true;
}

bool view_book_count(struct view *view, u16 number, u8 side, struct price price, u64 update_id)
{
    struct view_market *market = &view->markets[number];
    if (update_id != market->update_id + 1) {
        return view_wrong(view, "update id");
    }
    u32 max = view->config.changes_max;
    market->update_id = update_id;
    market->changes[update_id & (max - 1)] = view_price_units(price) << 1 | side;
    if (update_id - market->since_min > max) {
        market->since_min = update_id - max;
    }
    return true;
}

/* ---- reading ---- */

u64 view_book_update_id(const struct view *view, u16 market)
{
    return market < view->markets_count ? view->markets[market].update_id : 0;
}

u64 view_book_since_min(const struct view *view, u16 market)
{
    return market < view->markets_count ? view->markets[market].since_min : 0;
}

u32 view_book_depth(const struct view *view, u16 market, enum side side,
                    struct view_level *levels_out, u32 count)
{
    if (market >= view->markets_count) {
        return 0;
    }
    u32 rows = 0;
    u32 slot = view->markets[market].sides[side].first[0];
    for (; slot && rows < count; slot = view->nodes[slot].next[0]) {
        levels_out[rows++] = (struct view_level){view->nodes[slot].price, view->nodes[slot].qty};
    }
    return rows;
}

bool view_book_best(const struct view *view, u16 market, enum side side,
                    struct view_level *level_out)
{
    return view_book_depth(view, market, side, level_out, 1) == 1;
}

/* Whether this key comes for the first time in this round. */
static bool is_new(struct view *view, u64 key)
{
    u32 at = (u32)hash_pair(view->config.hash_seed, key) & view->seen_mask;
    while (view->seen[at].round == view->seen_round) {
        if (view->seen[at].key == key) {
            return false;
        }
        at = (at + 1) & view->seen_mask;
    }
    view->seen[at] = (struct view_seen){.key = key, .round = view->seen_round};
    return true;
}

bool view_book_changes(struct view *view, u16 number, u64 since, struct view_change *changes_out,
                       u32 *count_out)
{
    *count_out = 0;
    if (number >= view->markets_count) {
        return false;
    }
    const struct view_market *market = &view->markets[number];
    if (since < market->since_min || since > market->update_id) {
        return false;
    }
    view->seen_round++;
    for (u64 id = market->update_id; id > since; id--) {
        u64 key = market->changes[id & (view->config.changes_max - 1)];
        if (!is_new(view, key)) {
            continue;
        }
        u8 side = (u8)(key & 1);
        struct price price = price_of(key >> 1);
        u32 *path[VIEW_LANES];
        u32 slot = find(view, number, side, price, path);
        changes_out[(*count_out)++] = (struct view_change){
            .price = price,
            .qty = slot ? view->nodes[slot].qty : AMOUNT_ZERO,
            .side = side,
        };
    }
    return true;
}

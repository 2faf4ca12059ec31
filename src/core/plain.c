#include "core/plain.h"

#include "core/account.h"
#include "core/book.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/match.h"
#include "core/order.h"
#include "core/output.h"
#include "core/place.h"
#include "core/trigger.h"

/* ---- terms, see plain.h ---- */

#define TERMS_SIDE(terms) ((u8)((terms) >> 16))
#define TERMS_TIF(terms)  ((u8)((terms) >> 32))
#define TERMS_STP(terms)  ((u8)((terms) >> TERMS_STP_SHIFT))
/* What a plain order has clear: side over SELL, any type but LIMIT, tif over IOC, stp over 7,
 * flags.
 */
#define TERMS_REFUSED \
    (0xFEULL << 16 | 0xFFULL << 24 | 0xFEULL << 32 | 0xF8ULL << 40 | 0xFFULL << 48)
#define TERMS_LAST_MASK (0xFFULL << TERMS_LAST_SHIFT)

#define TERMS_LAID_OUT(type_, six_, seven_)                                                      \
    (offsetof(type_, market) % 8 == 0 && offsetof(type_, side) == offsetof(type_, market) + 2 && \
     offsetof(type_, type) == offsetof(type_, market) + 3 &&                                     \
     offsetof(type_, tif) == offsetof(type_, market) + 4 &&                                      \
     offsetof(type_, stp) == offsetof(type_, market) + 5 &&                                      \
     offsetof(type_, six_) == offsetof(type_, market) + 6 &&                                     \
     offsetof(type_, seven_) == offsetof(type_, market) + 7)
_Static_assert(TERMS_LAID_OUT(struct command_order, flags, client), "terms");
_Static_assert(TERMS_LAID_OUT(struct command_cancel_replace, flags, client), "terms");
_Static_assert(TERMS_LAID_OUT(struct order, state, has_client), "terms");
_Static_assert(TERMS_LAID_OUT(struct event_order_new, state, flags), "terms");
_Static_assert(offsetof(struct client_id, length) == 0, "terms");
_Static_assert(ORDER_TYPE_LIMIT == 0 && SIDE_SELL == 1 && TIME_IN_FORCE_IOC == 1, "terms");

/* A market open for plain orders: state trading, no slow check, LIMIT allowed. The price range does
 * not count, takers look at it. */
#define MARKET_SLOW                                                             \
    (MARKET_CHECK_PERCENT | MARKET_CHECK_PERCENT_SIDE | MARKET_CHECK_POSITION | \
     MARKET_CHECK_EMPTY | MARKET_CHECK_RULED)
#define MARKET_MASK (0xFFU | MARKET_SLOW << 8 | 1U << (16 + ORDER_TYPE_LIMIT))
#define MARKET_OPEN (MARKET_STATE_TRADING | 1U << (16 + ORDER_TYPE_LIMIT))
_Static_assert(offsetof(struct market, state) % 4 == 0 &&
                   offsetof(struct market, checks) == offsetof(struct market, state) + 1 &&
                   offsetof(struct market, types_allowed) == offsetof(struct market, state) + 2,
               "read as one word");

/* Of a cancel: restriction none, no client id. */
#define CANCEL_REFUSED (0xFFULL << 16 | 0xFFULL << 32)
_Static_assert(offsetof(struct command_cancel, restriction) == 26 &&
                   offsetof(struct command_cancel, client) == 28 && CANCEL_RESTRICTION_NONE == 0,
               "read as one word");

#define ACCOUNT_CANCEL_MASK (3ULL << (2 * OPERATION_CANCEL))

ALWAYS_INLINE u64 word_at(const void *bytes)
{
    u64 word = 0;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Begins an event of the command's own account and source. */
ALWAYS_INLINE void tell_head(const struct core *core, struct event_head *event,
                             const struct command_head *command, u16 kind, size_t bytes)
{
    u64 word = word_at(command);
    word = (word & ~0xFFFFFFULL) | (u64)(bytes / WIRE_UNIT) << 16 | kind;
    memcpy(event, &word, sizeof word);
    event->seq = core->seq;
}

/* ---- placing: checks ----
 *
 * Most functions here take `named`: whether the order has a client id. The two that matter are
 * compiled for a constant, so that an order without one never asks. */

/* A plain order, checked as far as it goes, and where it finds what it needs. */
struct plain {
    struct market *market;
    struct account *account;
    struct position *position;
    struct balance *locks; /* the balance it locks from */
    struct amount lock;
    u64 terms; /* the word as an order holds it: stp resolved, state working, last byte 0 */
    u64 ticks;
    u64 lots;
    u64 page;  /* of its level; 0: none yet */
    u32 place; /* the position's number */
    u32 row_base;
    u32 row_quote;
    u32 client_key; /* of an order with a client id */
};

/* Account and market exist and are open for it, and the terms are plain. Sets them and the terms as
 * they were sent. */
ALWAYS_INLINE bool plain_open(struct core *core, const struct command_order *c, bool named,
                              struct plain *p)
{
    u64 terms = word_at(&c->market);
    u64 number = (u16)terms;
    if (UNLIKELY(c->head.account >= core->accounts_count) ||
        UNLIKELY(number >= core->markets_count) || UNLIKELY(terms & TERMS_REFUSED) ||
        (named && UNLIKELY(c->client.length > CLIENT_ID_SYMBOLS_MAX))) {
        return false;
    }
    struct market *market = &core->markets[number];
    struct account *account = &core->accounts[c->head.account];
    u32 open = 0;
    memcpy(&open, &market->state, sizeof open);
    if (UNLIKELY((open & MARKET_MASK) != MARKET_OPEN) ||
        UNLIKELY(account->restrictions & ACCOUNT_PLACE_MASK) || UNLIKELY(core->venue_filtered)) {
        return false;
    }
    p->market = market;
    p->account = account;
    p->terms = terms;
    return true;
}

/* The terms as an order holds them, or 0: its stp mode is not allowed. */
ALWAYS_INLINE u64 plain_terms(const struct market *market, u64 terms)
{
    u64 stp = TERMS_STP(terms);
    u64 kept = terms & ~TERMS_LAST_MASK;
    if (stp == STP_MODE_MARKET_DEFAULT) {
        return kept | market->plain_terms;
    }
    return market->stp_allowed >> stp & 1 ? kept | plain_terms_of(0) : 0;
}

/* Finds position and balances where the account's hint says they are; and the terms as an order
 * holds them. False: there is no hint for this market, or plain_find has to say no. */
ALWAYS_INLINE bool plain_find_hinted(const struct command_order *c, struct plain *p)
{
    struct position *position = &p->account->position;
    u32 hint = 0;
    memcpy(&hint, position, sizeof hint);
    if (UNLIKELY((hint & 0xFFFFFFU) != ((u16)p->terms | (u32)POSITION_HINTED << 16))) {
        return false;
    }
    u32 first = p->account->chunk << 2;
    u32 rows = hint >> 24;
    p->position = position;
    p->place = c->head.account;
    p->row_base = first | (rows & 3);
    p->row_quote = first | rows >> 2;
    p->terms = plain_terms(p->market, p->terms);
    return LIKELY(p->terms != 0);
}
_Static_assert(offsetof(struct position, market) == 0 && offsetof(struct position, used) == 2 &&
                   offsetof(struct position, rows) == 3,
               "read as one word");

/* Price, quantity, value, the number of open orders and the page. Exact: a price or quantity off
 * the grid is far above the bounds, see grid_steps, since a definition keeps ticks_max x tick and
 * lots_high x lot below 2^63. */
ALWAYS_INLINE bool plain_fits(struct core *core, const struct command_order *c, struct plain *p)
{
    const struct market *market = p->market;
    u64 price = c->price.units; /* raw: grid */
    u64 qty = c->qty.units;     /* raw: grid */
    u64 ticks = grid_steps(price, market->tick_inverse, market->tick_shift);
    u64 lots = grid_steps(qty, market->lot_inverse, market->lot_shift);
    if (UNLIKELY(ticks - market->ticks_low > market->ticks_span) ||
        UNLIKELY(lots - market->lots_low > market->lots_span)) {
        return false;
    }
    i64 notional = 0; /* signed: overflow begins at AMOUNT_BOUND */
    if (UNLIKELY(__builtin_mul_overflow((i64)(ticks * market->value), (i64)lots, &notional)) ||
        UNLIKELY((u64)notional - market->notional_low > market->notional_span) ||
        UNLIKELY(p->position->orders >= market->orders_most)) {
        return false;
    }
    p->page = market->directory[ticks >> PAGE_SHIFT];
    if (UNLIKELY(p->page == 0) &&
        core->page_slab.count + core->pages_reserved >= core->limits.pages_max) {
        return false;
    }
    bool buys = TERMS_SIDE(p->terms) == SIDE_BUY;
    p->locks = core_row(core, (u32)choose(buys, p->row_quote, p->row_base));
    p->lock = amount_of(choose(buys, (u64)notional, qty));
    p->ticks = ticks;
    p->lots = lots;
    return true;
}

/* ---- placing: acting ---- */

/* order_new grows by the used bytes of the client id. */
static NEVER_INLINE void plain_tell_client(struct core *core, struct event_order_new *event,
                                           const struct client_id *client)
{
    u32 at = offsetof(struct event_order_new, client);
    u32 bytes = client_id_bytes(client->length);
    if (at + bytes > sizeof *event - WIRE_UNIT) {
        core->cursor += WIRE_UNIT;
        event->head.units++;
        memset((u8 *)event + sizeof *event - WIRE_UNIT, 0, WIRE_UNIT);
    }
    memcpy(&event->client, client, bytes);
}

/* order_new; `flags` as there. */
ALWAYS_INLINE void plain_tell(struct core *core, const struct command_order *c,
                              const struct plain *p, u64 id, u64 entry, u64 update_id, u8 flags,
                              bool named)
{
    size_t bytes = sizeof(struct event_order_new) - WIRE_UNIT;
    struct event_order_new *event = output_take(core, bytes);
    tell_head(core, &event->head, &c->head, EVENT_ORDER_NEW, bytes);
    event->source_index = c->head.source_index;
    event->order_id = id;
    memcpy(&event->price, &c->price, sizeof event->price + sizeof event->qty);
    event->locked = p->lock;
    event->entry = entry;
    event->update_id = update_id;
    u64 terms = p->terms | (u64)flags << TERMS_LAST_SHIFT;
    memcpy(&event->market, &terms, sizeof terms);
    event->list_id = 0;
    u64 zero = 0; /* as much as such an event has of the client id */
    memcpy(&event->client, &zero, sizeof zero);
    if (named) {
        plain_tell_client(core, event, &c->client);
    }
}

/* Gives an order its client id. */
static NEVER_INLINE void plain_name(struct core *core, u32 slot, const struct client_id *client,
                                    u32 key)
{
    core->orders[slot].has_client = 1;
    memcpy(&core->colds[slot].client, client, client_id_bytes(client->length));
    index_client_insert(core, key, slot);
}

/* What an order that goes on the book has behind it. */
struct progress {
    u64 left;
    u64 prevented;
    u64 quote_done;
};

/* Makes the order and puts it on the book. A slot is left. */
ALWAYS_INLINE void plain_rest(struct core *core, const struct command_order *c,
                              const struct plain *p, u64 id, struct progress progress, bool named)
{
    u64 slot = SLAB_TAKE_LEFT(&core->order_slab, core->orders, next);
    struct order *order = &core->orders[slot];
    order->id = id;
    order->left = progress.left;
    order->quote_done = progress.quote_done;
    order->ticks = (u32)p->ticks;
    order->account = c->head.account;
    order->row_base = p->row_base;
    order->row_quote = p->row_quote;
    order->position = p->place;
    order->extra = 0;
    memcpy(&order->market, &p->terms, sizeof p->terms);
    u64 following = core->order_slab.free;
    __builtin_prefetch(&core->orders[following], 1);
    __builtin_prefetch(&core->links[following], 1);
    __builtin_prefetch(&core->colds[following], 1);
    struct order_cold *cold = &core->colds[slot];
    cold->lots = p->lots;
    cold->prevented = progress.prevented;
    cold->time_us = core->now_us;
    memset(&cold->amends, 0, sizeof *cold - offsetof(struct order_cold, amends)); /* and client */
    order_link_owner(core, slot, p->position);
    index_order_insert(core, id, slot);
    p->position->orders++;
    p->account->orders++;
    p->market->orders++;
    book_append_at(core, p->market, slot, TERMS_SIDE(p->terms), p->ticks, p->page);
    if (named) {
        plain_name(core, (u32)slot, &c->client, p->client_key);
    }
}

/* Takes, then rests or ends; then what its trades have triggered. */
static NEVER_INLINE void plain_take(struct core *core, const struct command_order *c,
                                    struct plain *p, u64 id)
{
    struct market *market = p->market;
    struct taker taker;
    output_begin(core, &c->head, id);
    taker_init(core, &taker, market, c->head.account, c->side, TERMS_STP(p->terms), TAKER_LIMIT,
               (u32)p->ticks);
    taker.order_id = id;
    taker.left = p->lots;
    taker.row_base = p->row_base;
    taker.row_quote = p->row_quote;
    match(core, &taker);
    if (taker.end == TAKER_OPEN && c->tif == TIME_IN_FORCE_GTC) {
        p->page = market->directory[p->ticks >> PAGE_SHIFT]; /* perhaps no longer the same */
        plain_rest(core, c, p, id, (struct progress){taker.left, taker.prevented, taker.quote_done},
                   c->client.length != 0);
        OUTPUT(core, order_booked, EVENT_ORDER_BOOKED, c->head.account, .order_id = id,
               .update_id = market->next_update_id++);
    } else if (taker.end != TAKER_DONE && taker.end != TAKER_PREVENTED) {
        place_taker_done(core, &taker, c->tif);
    }
    trigger_evaluate(core, market);
    if (UNLIKELY(core->runnable)) {
        trigger_run(core);
    }
}

/* Accepts a completely checked order. */
ALWAYS_INLINE void plain_accept(struct core *core, const struct command_order *c,
                                const struct plain *p, bool named)
{
    struct market *market = p->market;
    u64 id = core->next_order_id++;
    ledger_move_to_locked(p->locks, p->lock);
    u64 entry = ledger_entries(core, 1); /* a plain order's lock is not zero */
    bool rests = TERMS_TIF(p->terms) == TIME_IN_FORCE_GTC &&
                 !book_crosses(market, TERMS_SIDE(p->terms), p->ticks);
    if (LIKELY(rests)) {
        plain_tell(core, c, p, id, entry, market->next_update_id++, ORDER_NEW_FLAG_BOOKED, named);
        plain_rest(core, c, p, id, (struct progress){p->lots, 0, 0}, named);
        return;
    }
    plain_tell(core, c, p, id, entry, 0, 0, named);
    struct plain kept = *p; /* so that *p itself can live in registers */
    plain_take(core, c, &kept, id);
}

/* The same by looking, for an account without limits. Its first position is as good as made, and so
 * is a balance that it does not have yet; to lock from one would be refused. */
static bool plain_find(struct core *core, const struct command_order *c, struct plain *p)
{
    u32 number = c->head.account;
    p->terms = plain_terms(p->market, p->terms);
    p->place = p->account->position.used ? account_position(core, number, c->market) : number;
    p->row_base = ledger_row(core, number, p->market->base);
    p->row_quote = ledger_row(core, number, p->market->quote);
    if (p->terms == 0 || p->account->has_limits || p->place == TICKS_NONE) {
        return false;
    }
    p->position = core_position(core, p->place);
    return (p->row_base && p->row_quote) ||
           ledger_rows_fit(core, number, p->market->base, p->market->quote);
}

/* Makes what the account does not have yet, and the hint. */
static void plain_settle(struct core *core, const struct command_order *c, struct plain *p)
{
    struct account *account = p->account;
    if (p->row_base == 0) {
        p->row_base = ledger_row_make(core, c->head.account, p->market->base);
    }
    if (p->row_quote == 0) {
        p->row_quote = ledger_row_make(core, c->head.account, p->market->quote);
    }
    if (!account->position.used) {
        account->position = (struct position){.market = c->market, .used = POSITION_USED};
    }
    if (p->place == c->head.account && p->row_base >> 2 == account->chunk &&
        p->row_quote >> 2 == account->chunk) {
        account->position.used = POSITION_HINTED;
        account->position.rows = POSITION_ROWS(p->row_base & 3, p->row_quote & 3);
    }
}

/* The account's open order of this name, or 0. Sets the key. */
ALWAYS_INLINE u32 plain_namesake(const struct core *core, const struct command_order *c,
                                 struct plain *p)
{
    p->client_key = index_client_key(c->head.account, c->market, &c->client);
    return index_client_keyed(core, p->client_key, c->head.account, c->market, &c->client);
}

/* Whether the money, a slot and the client id are there to be had. */
ALWAYS_INLINE bool plain_affords(const struct core *core, const struct command_order *c,
                                 struct plain *p, bool named)
{
    return LIKELY(!amount_less(p->locks->free, p->lock)) &&
           LIKELY(core->order_slab.count < core->order_slab.max) &&
           !(named && plain_namesake(core, c, p));
}

/* Orders in a market that is not in the account's hint, and those whose level has no page. */
static NEVER_INLINE bool plain_order_elsewhere(struct core *core, const struct command_order *c)
{
    bool named = c->client.length != 0;
    struct plain p;
    if (!plain_open(core, c, named, &p) || !plain_find(core, c, &p) || !plain_fits(core, c, &p) ||
        !plain_affords(core, c, &p, named)) {
        return false;
    }
    plain_settle(core, c, &p);
    plain_accept(core, c, &p, named);
    return true;
}

ALWAYS_INLINE bool plain_order_as(struct core *core, const struct command_order *c, bool named)
{
    struct plain p;
    if (UNLIKELY(!plain_open(core, c, named, &p))) {
        return false;
    }
    if (UNLIKELY(!plain_find_hinted(c, &p))) {
        return plain_order_elsewhere(core, c);
    }
    if (UNLIKELY(!plain_fits(core, c, &p))) {
        return false;
    }
    if (UNLIKELY(p.page == 0)) {
        return plain_order_elsewhere(core, c);
    }
    if (UNLIKELY(!plain_affords(core, c, &p, named))) {
        return false;
    }
    plain_accept(core, c, &p, named);
    return true;
}

static NEVER_INLINE bool plain_order_named(struct core *core, const struct command_order *c)
{
    return plain_order_as(core, c, true);
}

bool plain_order(struct core *core, const struct command_order *c)
{
    return c->client.length ? plain_order_named(core, c) : plain_order_as(core, c, false);
}

/* ---- cancelling ---- */

/* The open order of this account and market, resting and without an extra, or 0. */
ALWAYS_INLINE u32 plain_target(const struct core *core, u64 id, u32 account, u16 market, u32 hint)
{
    u32 slot = hint;
    if (UNLIKELY(core->orders[slot].id != id)) {
        slot = index_order(core, id);
    }
    const struct order *order = &core->orders[slot];
    bool fits = id != 0 && order->account == account && order->market == market &&
                order->extra == 0; /* such an order does not wait for anything */
    return LIKELY(fits) ? slot : 0;
}

/* Whether the account may cancel there. Account and market exist. */
ALWAYS_INLINE bool plain_may_cancel(const struct core *core, u32 account, u16 market)
{
    return LIKELY((core->accounts[account].restrictions & ACCOUNT_CANCEL_MASK) == 0) &&
           LIKELY(core->markets[market].state != MARKET_STATE_BREAK);
}

ALWAYS_INLINE struct amount plain_release(const struct market *market, const struct order *order)
{
    u64 unit = choose(order->side == SIDE_BUY, order->ticks * market->value, market->lot);
    return amount_of(unit * order->left);
}

/* Takes a resting order without an extra off the book. What it leaves of its level is seen to last,
 * so that nothing has to be kept over a call. */
ALWAYS_INLINE void plain_cancel_slot(struct core *core, const struct command_head *command,
                                     u16 number, u32 slot)
{
    struct market *market = &core->markets[number];
    struct order *order = &core->orders[slot];
    struct amount released = plain_release(market, order);
    u8 side = order->side;
    u32 ticks = order->ticks;
    bool emptied = book_unlink(core, market, slot);
    struct event_order_done *event = output_take(core, sizeof *event);
    tell_head(core, &event->head, command, EVENT_ORDER_DONE, sizeof *event);
    event->source_index = command->source_index;
    event->order_id = order->id;
    event->released = released;
    ledger_move_to_free(core_row(core, order_lock_row(order)), released);
    event->entry = ledger_entries(core, 1); /* an order that rests wants something */
    event->update_id = market->next_update_id++;
    u64 rest = number | (u64)DONE_STATUS_CANCELED << 16 | (u64)EXPIRY_REASON_NONE << 24;
    memcpy(&event->market, &rest, sizeof rest);
    order_close_plain(core, market, slot);
    if (emptied) {
        book_level_emptied(core, market, side, ticks);
    }
}
_Static_assert(offsetof(struct event_order_done, status) ==
                       offsetof(struct event_order_done, market) + 2 &&
                   offsetof(struct event_order_done, reason) ==
                       offsetof(struct event_order_done, market) + 3 &&
                   sizeof(struct event_order_done) ==
                       offsetof(struct event_order_done, market) + sizeof(u64),
               "written as one word");

bool plain_cancel(struct core *core, const struct command_cancel *c, u32 hint)
{
    u32 account = c->head.account;
    if (UNLIKELY(account >= core->accounts_count) || UNLIKELY(c->market >= core->markets_count) ||
        UNLIKELY(word_at(&c->market) & CANCEL_REFUSED) ||
        UNLIKELY(!plain_may_cancel(core, account, c->market))) {
        return false;
    }
    u32 slot = plain_target(core, c->order_id, account, c->market, hint);
    if (UNLIKELY(slot == 0)) {
        return false;
    }
    plain_cancel_slot(core, &c->head, c->market, slot);
    return true;
}

/* ---- cancel-replace ---- */

/* Whether nothing is asked for that needs an extra or more than the target's id. */
static bool replace_is_plain(const struct core *core, const struct command_cancel_replace *c)
{
    u64 extra = c->stop_price.units | c->iceberg_qty.units | c->quote_qty.units | /* raw: sent */
                c->trailing_delta | (u64)c->strategy_id | c->strategy_type;
    return (extra | c->restriction | c->target_client.length) == 0 &&
           c->mode < REPLACE_MODE_COUNT &&
           (core->markets[c->market].features & MARKET_FEATURE_CANCEL_REPLACE);
}

/* Whether the money suffices once the target has given back what it holds. */
static bool replace_affords(struct core *core, const struct plain *p, const struct order *target)
{
    struct amount free = p->locks->free;
    if (core_row(core, order_lock_row(target)) == p->locks) {
        CHECK(amount_add(free, plain_release(p->market, target), &free));
    }
    return !amount_less(free, p->lock);
}

bool plain_replace(struct core *core, const struct command_cancel_replace *c, u32 hint)
{
    /* Both kinds begin alike, up to the client id. */
    const struct command_order *placed = (const struct command_order *)(const void *)c;
    struct plain p;
    if (UNLIKELY(!plain_open(core, placed, true, &p)) || UNLIKELY(p.account->has_limits) ||
        UNLIKELY(!replace_is_plain(core, c)) ||
        UNLIKELY(!plain_may_cancel(core, c->head.account, c->market))) {
        return false;
    }
    p.terms = plain_terms(p.market, p.terms);
    u32 slot = plain_target(core, c->target_id, c->head.account, c->market, hint);
    const struct order *target = &core->orders[slot];
    p.place = target->position;
    p.position = core_position(core, p.place);
    p.row_base = target->row_base;
    p.row_quote = target->row_quote;
    if (UNLIKELY(slot == 0) || UNLIKELY(p.terms == 0) || UNLIKELY(!plain_fits(core, placed, &p)) ||
        UNLIKELY(!replace_affords(core, &p, target))) {
        return false;
    }
    if (UNLIKELY(c->client.length)) {
        u32 holder = plain_namesake(core, placed, &p);
        if (holder && holder != slot) {
            return false;
        }
    }
    /* The cancel gives back a slot, and if it gives back the page, then there is one to take. */
    plain_cancel_slot(core, &c->head, c->market, slot);
    p.page = p.market->directory[p.ticks >> PAGE_SHIFT];
    plain_accept(core, placed, &p, c->client.length != 0);
    return true;
}
_Static_assert(
    offsetof(struct command_order, price) == offsetof(struct command_cancel_replace, price) &&
        offsetof(struct command_order, qty) == offsetof(struct command_cancel_replace, qty) &&
        offsetof(struct command_order, market) == offsetof(struct command_cancel_replace, market) &&
        offsetof(struct command_order, client) == offsetof(struct command_cancel_replace, client),
    "one is read as the other");

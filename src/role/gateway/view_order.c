#include "role/gateway/view_order.h"

#include "role/gateway/view_state.h"

/* ---- indexes ---- */

static u64 id_hash(const struct view *view, u64 id)
{
    return hash_pair(view->config.hash_seed, id);
}

static u32 order_slot(const struct view *view, u64 id)
{
    u32 slot = *view_index_head(&view->order_index, id_hash(view, id));
    while (slot && view->orders[slot].id != id) {
        slot = view->orders[slot].id_next;
    }
    return slot;
}

static u32 *client_head(const struct view *view, u32 account, u16 market,
                        const struct client_id *client)
{
    u64 hash = hash_bytes(client->packed, CLIENT_ID_PACKED_BYTES, view->config.hash_seed);
    return view_index_head(&view->client_index, hash_pair(hash, (u64)account << 16 | market));
}

static void client_insert(struct view *view, u32 slot)
{
    struct view_order *order = &view->orders[slot];
    if (order->client.length == 0) {
        return;
    }
    u32 *head = client_head(view, order->account, order->market, &order->client);
    order->client_next = *head;
    order->client_before = 0;
    if (*head) {
        view->orders[*head].client_before = slot;
    }
    *head = slot;
}

static void client_remove(struct view *view, u32 slot)
{
    struct view_order *order = &view->orders[slot];
    if (order->client.length == 0) {
        return;
    }
    if (order->client_next) {
        view->orders[order->client_next].client_before = order->client_before;
    }
    if (order->client_before) {
        view->orders[order->client_before].client_next = order->client_next;
    } else {
        *client_head(view, order->account, order->market, &order->client) = order->client_next;
    }
    order->client_next = 0;
    order->client_before = 0;
}

/* ---- chains of an account ---- */

static void order_chain(struct view *view, u32 slot)
{
    struct view_order *order = &view->orders[slot];
    u32 *newest = &view->accounts[order->account].orders[order->is_open];
    order->newer = 0;
    order->older = *newest;
    if (*newest) {
        view->orders[*newest].newer = slot;
    }
    *newest = slot;
}

static void order_unchain(struct view *view, u32 slot)
{
    struct view_order *order = &view->orders[slot];
    if (order->older) {
        view->orders[order->older].newer = order->newer;
    }
    if (order->newer) {
        view->orders[order->newer].older = order->older;
    } else {
        view->accounts[order->account].orders[order->is_open] = order->older;
    }
}

static void list_chain(struct view *view, u32 slot)
{
    struct view_list *list = &view->lists[slot];
    u32 *newest = &view->accounts[list->account].lists[list->is_open];
    list->newer = 0;
    list->older = *newest;
    if (*newest) {
        view->lists[*newest].newer = slot;
    }
    *newest = slot;
}

static void list_unchain(struct view *view, u32 slot)
{
    struct view_list *list = &view->lists[slot];
    if (list->older) {
        view->lists[list->older].newer = list->newer;
    }
    if (list->newer) {
        view->lists[list->newer].older = list->older;
    } else {
        view->accounts[list->account].lists[list->is_open] = list->older;
    }
}

/* ---- orders ---- */

struct view_order *view_order_make(struct view *view, u64 id, u32 account, u16 market,
                                   const struct client_id *client)
{
    if (id == 0 || order_slot(view, id) != 0) {
        (void)view_wrong(view, "order id");
        return NULL;
    }
    u32 slot = VIEW_SLAB_TAKE(&view->order_slab, view->orders, id_next);
    if (slot == 0) {
        (void)view_short(view, "orders");
        return NULL;
    }
    u32 *head = view_index_head(&view->order_index, id_hash(view, id));
    view->orders[slot] = (struct view_order){.id = id,
                                             .account = account,
                                             .market = market,
                                             .client = *client,
                                             .is_open = true,
                                             .id_next = *head};
    *head = slot;
    client_insert(view, slot);
    order_chain(view, slot);
    return &view->orders[slot];
}

struct view_order *view_order_find(struct view *view, u64 id)
{
    u32 slot = order_slot(view, id);
    if (slot == 0 || !view->orders[slot].is_open) {
        (void)view_wrong(view, "the order is not open");
        return NULL;
    }
    return &view->orders[slot];
}

void view_order_rename(struct view *view, struct view_order *order, const struct client_id *client)
{
    if (client_id_equal(&order->client, client)) {
        return;
    }
    u32 slot = (u32)(order - view->orders);
    client_remove(view, slot);
    order->client = *client;
    client_insert(view, slot);
}

void view_order_close(struct view *view, struct view_order *order, u8 status, u8 reason)
{
    u32 slot = (u32)(order - view->orders);
    CHECK(order->is_open);
    CHECK(amount_is_zero(order->visible));
    order_unchain(view, slot);
    order->is_open = false;
    order->done_status = status;
    order->done_reason = reason;
    order->update_us = view->place.time_us;
    order->closed_at = view->place.position;
    order->closed_next = 0;
    order_chain(view, slot);
    if (view->closed_orders_newest) {
        view->orders[view->closed_orders_newest].closed_next = slot;
    } else {
        view->closed_orders_oldest = slot;
    }
    view->closed_orders_newest = slot;
    view->closed_orders_count++;
}

static void order_forget(struct view *view, u32 slot)
{
    struct view_order *order = &view->orders[slot];
    CHECK(!order->is_open);
    client_remove(view, slot);
    order_unchain(view, slot);
    u32 *link = view_index_head(&view->order_index, id_hash(view, order->id));
    while (*link != slot) {
        CHECK(*link != 0);
        link = &view->orders[*link].id_next;
    }
    *link = order->id_next;
    view->closed_orders_oldest = order->closed_next;
    view->closed_orders_newest = order->closed_next ? view->closed_orders_newest : 0;
    view->closed_orders_count--;
    *order = (struct view_order){0};
    VIEW_SLAB_GIVE(&view->order_slab, view->orders, id_next, slot);
}

/* ---- lists ---- */

static u32 list_slot(const struct view *view, u64 id)
{
    u32 slot = *view_index_head(&view->list_index, id_hash(view, id));
    while (slot && view->lists[slot].id != id) {
        slot = view->lists[slot].id_next;
    }
    return slot;
}

struct view_list *view_list_make(struct view *view, u64 id, u32 account)
{
    if (id == 0 || list_slot(view, id) != 0) {
        (void)view_wrong(view, "list id");
        return NULL;
    }
    u32 slot = VIEW_SLAB_TAKE(&view->list_slab, view->lists, id_next);
    if (slot == 0) {
        (void)view_short(view, "order lists");
        return NULL;
    }
    u32 *head = view_index_head(&view->list_index, id_hash(view, id));
    view->lists[slot] =
        (struct view_list){.id = id, .account = account, .is_open = true, .id_next = *head};
    *head = slot;
    list_chain(view, slot);
    return &view->lists[slot];
}

struct view_list *view_list_find(struct view *view, u64 id)
{
    u32 slot = list_slot(view, id);
    if (slot == 0 || !view->lists[slot].is_open) {
        (void)view_wrong(view, "the list is not open");
        return NULL;
    }
    return &view->lists[slot];
}

struct view_list *view_list_seek(struct view *view, u64 id)
{
    u32 slot = id ? list_slot(view, id) : 0;
    return slot ? &view->lists[slot] : NULL;
}

void view_list_close(struct view *view, struct view_list *list)
{
    u32 slot = (u32)(list - view->lists);
    CHECK(list->is_open);
    list_unchain(view, slot);
    list->is_open = false;
    list->update_us = view->place.time_us;
    list->closed_at = view->place.position;
    list->closed_next = 0;
    list_chain(view, slot);
    if (view->closed_lists_newest) {
        view->lists[view->closed_lists_newest].closed_next = slot;
    } else {
        view->closed_lists_oldest = slot;
    }
    view->closed_lists_newest = slot;
    view->closed_lists_count++;
}

static void list_forget(struct view *view, u32 slot)
{
    struct view_list *list = &view->lists[slot];
    CHECK(!list->is_open);
    list_unchain(view, slot);
    u32 *link = view_index_head(&view->list_index, id_hash(view, list->id));
    while (*link != slot) {
        CHECK(*link != 0);
        link = &view->lists[*link].id_next;
    }
    *link = list->id_next;
    view->closed_lists_oldest = list->closed_next;
    view->closed_lists_newest = list->closed_next ? view->closed_lists_newest : 0;
    view->closed_lists_count--;
    *list = (struct view_list){0};
    VIEW_SLAB_GIVE(&view->list_slab, view->lists, id_next, slot);
}

/* ---- fills ---- */

static struct view_fill *fill_at(const struct view *view, u64 serial)
{
    return &view->fills[serial % view->config.fills_max];
}

struct view_fill *view_fill_make(struct view *view, struct view_order *maker,
                                 struct view_order *taker)
{
    struct view_account *accounts = view->accounts;
    u64 serial = view->fill_next++;
    struct view_fill *fill = fill_at(view, serial);
    *fill = (struct view_fill){
        .time_us = view->place.time_us,
        .maker_order = maker->id,
        .taker_order = taker->id,
        .maker_account = maker->account,
        .taker_account = taker->account,
        .market = taker->market,
        .taker_side = taker->side,
        .account_older = {accounts[maker->account].fill, accounts[taker->account].fill},
        .order_older = {maker->fill, taker->fill},
        .closed_at = view->place.position,
    };
    accounts[maker->account].fill = serial;
    accounts[taker->account].fill = serial;
    maker->fill = serial;
    taker->fill = serial;
    return fill;
}

/* ---- making room ---- */

/* What one event may close. */
enum {
    CLOSES_ORDERS = 2,
    CLOSES_LISTS = 1,
    MAKES_FILLS = 1,
};

bool view_evict(struct view *view)
{
    const struct view_config *config = &view->config;
    while (view->closed_orders_count + CLOSES_ORDERS > config->closed_orders_max) {
        u32 slot = view->closed_orders_oldest;
        if (view->orders[slot].closed_at > view->passed) {
            return false;
        }
        order_forget(view, slot);
    }
    while (view->closed_lists_count + CLOSES_LISTS > config->closed_lists_max) {
        u32 slot = view->closed_lists_oldest;
        if (view->lists[slot].closed_at > view->passed) {
            return false;
        }
        list_forget(view, slot);
    }
    while (view->fill_next - view->fill_first + MAKES_FILLS > config->fills_max) {
        if (fill_at(view, view->fill_first)->closed_at > view->passed) {
            return false;
        }
        view->fill_first++;
    }
    return true;
}

/* ---- reading ---- */

static const struct view_order *order_or_null(const struct view *view, u32 slot)
{
    return slot ? &view->orders[slot] : NULL;
}

static const struct view_list *list_or_null(const struct view *view, u32 slot)
{
    return slot ? &view->lists[slot] : NULL;
}

static const struct view_fill *fill_or_null(const struct view *view, u64 serial)
{
    return serial >= view->fill_first && serial < view->fill_next ? fill_at(view, serial) : NULL;
}

const struct view_order *view_order_of(const struct view *view, u64 order_id)
{
    return order_id ? order_or_null(view, order_slot(view, order_id)) : NULL;
}

const struct view_order *view_order_by_client(const struct view *view, u32 account, u16 market,
                                              const struct client_id *client)
{
    if (client->length == 0) {
        return NULL;
    }
    u32 slot = *client_head(view, account, market, client);
    while (slot && !(view->orders[slot].account == account && view->orders[slot].market == market &&
                     client_id_equal(&view->orders[slot].client, client))) {
        slot = view->orders[slot].client_next;
    }
    return order_or_null(view, slot);
}

const struct view_order *view_order_newest(const struct view *view, u32 account, bool is_open)
{
    return account < view->accounts_count
               ? order_or_null(view, view->accounts[account].orders[is_open])
               : NULL;
}

const struct view_order *view_order_older(const struct view *view, const struct view_order *order)
{
    return order_or_null(view, order->older);
}

const struct view_order *view_order_newer(const struct view *view, const struct view_order *order)
{
    return order_or_null(view, order->newer);
}

const struct view_order *view_order_oldest(const struct view *view, u32 account, bool is_open)
{
    const struct view_order *oldest = view_order_newest(view, account, is_open);
    while (oldest != NULL && oldest->older) {
        oldest = view_order_older(view, oldest);
    }
    return oldest;
}

enum view_status view_order_status(const struct view_order *order)
{
    if (order->is_open) {
        if (order->state == ORDER_STATE_PENDING_NEW) {
            return VIEW_STATUS_PENDING_NEW;
        }
        return amount_is_zero(order->executed) ? VIEW_STATUS_NEW : VIEW_STATUS_PARTIALLY_FILLED;
    }
    switch ((enum done_status)order->done_status) {
    case DONE_STATUS_FILLED:
        return VIEW_STATUS_FILLED;
    case DONE_STATUS_CANCELED:
        return VIEW_STATUS_CANCELED;
    case DONE_STATUS_EXPIRED:
        return VIEW_STATUS_EXPIRED;
    case DONE_STATUS_EXPIRED_IN_MATCH:
        return VIEW_STATUS_EXPIRED_IN_MATCH;
    }
    CHECK(false);
}

struct amount view_order_left(const struct view_order *order)
{
    struct amount left = order->qty;
    if (!order->is_open || !view_lower(&left, order->executed) ||
        !view_lower(&left, order->prevented)) {
        return AMOUNT_ZERO;
    }
    return left;
}

u32 view_orders_open_count(const struct view *view)
{
    return view->order_slab.count - view->closed_orders_count;
}

u32 view_orders_closed_count(const struct view *view)
{
    return view->closed_orders_count;
}

const struct view_list *view_list_of(const struct view *view, u64 list_id)
{
    return list_id ? list_or_null(view, list_slot(view, list_id)) : NULL;
}

const struct view_list *view_list_by_client(const struct view *view, u32 account,
                                            const struct client_id *client)
{
    for (u32 is_open = 2; is_open-- > 0;) {
        const struct view_list *list = view_list_newest(view, account, is_open);
        for (; list != NULL; list = view_list_older(view, list)) {
            if (client->length && client_id_equal(&list->client, client)) {
                return list;
            }
        }
    }
    return NULL;
}

const struct view_list *view_list_newest(const struct view *view, u32 account, bool is_open)
{
    return account < view->accounts_count
               ? list_or_null(view, view->accounts[account].lists[is_open])
               : NULL;
}

const struct view_list *view_list_older(const struct view *view, const struct view_list *list)
{
    return list_or_null(view, list->older);
}

const struct view_list *view_list_newer(const struct view *view, const struct view_list *list)
{
    return list_or_null(view, list->newer);
}

const struct view_list *view_list_oldest(const struct view *view, u32 account, bool is_open)
{
    const struct view_list *oldest = view_list_newest(view, account, is_open);
    while (oldest != NULL && oldest->older) {
        oldest = view_list_older(view, oldest);
    }
    return oldest;
}

u32 view_lists_open_count(const struct view *view)
{
    return view->list_slab.count - view->closed_lists_count;
}

const struct view_fill *view_fill_newest(const struct view *view, u32 account)
{
    return account < view->accounts_count ? fill_or_null(view, view->accounts[account].fill) : NULL;
}

const struct view_fill *view_fill_older(const struct view *view, const struct view_fill *fill,
                                        u32 account)
{
    return fill_or_null(view, fill->account_older[fill->taker_account == account]);
}

const struct view_fill *view_fill_newest_of(const struct view *view, const struct view_order *order)
{
    return fill_or_null(view, order->fill);
}

const struct view_fill *view_fill_older_of(const struct view *view, const struct view_fill *fill,
                                           const struct view_order *order)
{
    return fill_or_null(view, fill->order_older[fill->taker_order == order->id]);
}

#include "base/check.h"
#include "base/hash.h"
#include "role/screen/own_flags.h"

#include <string.h>

#define FOUND_OF_A_KIND 3U
#define WALK_SLOTS      (2U * OWN_WALK_NODES_MAX)
#define COUNTRIES_MAX   8U
#define DEPTH_MAX       32U
#define PARENTS_MAX     32U

/* Owners above a node, nearest first, each with the one below it. */
struct walk {
    u32 nodes[OWN_WALK_NODES_MAX];
    u32 below[OWN_WALK_NODES_MAX]; /* in nodes; the first has itself */
    u32 count;
    u32 slots[WALK_SLOTS]; /* place in nodes, plus 1 */
};

struct look {
    const struct own_flag_scene *scene;
    const struct own_view *view;
    struct own_node self;
    u32 node;
    bool is_customer;
    struct own_found *found;
    u32 found_count;
    u32 of_kind[OWN_FLAGS];
    struct walk walk;
};

static void find(struct look *look, enum own_flag flag, u32 other, u32 edge, u64 value)
{
    if (look->of_kind[flag] == FOUND_OF_A_KIND || look->found_count == OWN_FOUND_MAX) {
        return;
    }
    look->of_kind[flag] += 1;
    look->found[look->found_count] = (struct own_found){
        .flag = flag, .node = look->node, .other = other, .edge = edge, .value = value};
    look->found_count += 1;
}

static bool is_in_force(const struct look *look, const struct own_edge *edge)
{
    return own_times_hold(&edge->times, look->view->moment);
}

static bool is_listed(const struct look *look, u32 node)
{
    return own_graph_listed(look->view->graph, node, look->scene->lists, look->view->moment) !=
           OWN_NONE;
}

static struct own_edge edge_of(const struct look *look, u32 number)
{
    struct own_edge edge;
    own_graph_edge_read(look->view->graph, number, &edge);
    return edge;
}

static struct own_node node_of(const struct look *look, u32 number)
{
    struct own_node node;
    own_graph_node_read(look->view->graph, number, &node);
    return node;
}

/* ---- owners ---- */

static bool walk_has(const struct walk *walk, u32 node)
{
    u32 slot = (u32)hash_slot(hash_u64(node), WALK_SLOTS);
    while (walk->slots[slot] != 0) { /* at most half are filled */
        if (walk->nodes[walk->slots[slot] - 1] == node) {
            return true;
        }
        slot = (slot + 1) % WALK_SLOTS;
    }
    return false;
}

static void walk_add(struct walk *walk, u32 node, u32 below)
{
    if (walk->count == OWN_WALK_NODES_MAX || walk_has(walk, node)) {
        return;
    }
    walk->nodes[walk->count] = node;
    walk->below[walk->count] = below;
    walk->count += 1;
    u32 slot = (u32)hash_slot(hash_u64(node), WALK_SLOTS);
    while (walk->slots[slot] != 0) {
        slot = (slot + 1) % WALK_SLOTS;
    }
    walk->slots[slot] = walk->count;
}

static void nominees_look(struct look *look, u32 place)
{
    u32 owner = look->walk.nodes[place];
    struct own_edges edges = own_graph_held_by(look->view->graph, owner);
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge = edge_of(look, edges.edges[index]);
        if (edge.kind == OWN_NOMINEE && is_in_force(look, &edge)) {
            find(look, OWN_FLAG_NOMINEE, edge.target, edges.edges[index], 0);
            walk_add(&look->walk, edge.target, place);
        }
    }
}

/* How many countries the chain from an owner down to the node touches. */
static u32 chain_countries(const struct look *look, u32 place)
{
    char seen[COUNTRIES_MAX][3];
    u32 count = 0;
    for (u32 depth = 0; depth < DEPTH_MAX; depth += 1) {
        struct own_node node = node_of(look, look->walk.nodes[place]);
        bool is_new = node.country[0] != 0;
        for (u32 index = 0; index < count; index += 1) {
            is_new = is_new && memcmp(seen[index], node.country, sizeof(seen[0])) != 0;
        }
        if (is_new && count < COUNTRIES_MAX) {
            memcpy(seen[count], node.country, sizeof(seen[0]));
            count += 1;
        }
        if (place == look->walk.below[place]) {
            break;
        }
        place = look->walk.below[place];
    }
    return count;
}

static void owners_walk(struct look *look)
{
    struct walk *walk = &look->walk;
    walk_add(walk, look->node, 0);
    for (u32 place = 0; place < walk->count; place += 1) {
        struct own_edges edges = own_graph_holders_of(look->view->graph, walk->nodes[place]);
        for (u32 index = 0; index < edges.count; index += 1) {
            struct own_edge edge = edge_of(look, edges.edges[index]);
            if (own_kind_owns(edge.kind) && is_in_force(look, &edge)) {
                walk_add(walk, edge.holder, place);
            }
        }
        nominees_look(look, place);
    }
}

static void owners_look(struct look *look)
{
    const struct walk *walk = &look->walk;
    bool has_end = look->self.kind == OWN_NODE_PERSON;
    u32 exempt = OWN_NONE;
    u32 countries_most = 0;
    u32 farthest = OWN_NONE;
    u32 undescribed = 0;
    for (u32 place = 1; place < walk->count; place += 1) {
        undescribed += own_graph_is_described(look->view->graph, walk->nodes[place]) ? 0 : 1;
    }
    for (u32 place = 0; place < walk->count; place += 1) {
        struct own_node owner = node_of(look, walk->nodes[place]);
        has_end = has_end || owner.kind == OWN_NODE_PERSON ||
                  (owner.flags & (OWN_NODE_STATE | OWN_NODE_TRADED)) != 0;
        if ((owner.flags & OWN_NODE_EXEMPT) != 0 && exempt == OWN_NONE) {
            exempt = walk->nodes[place];
        }
        if (place > 0 && !own_graph_is_described(look->view->graph, walk->nodes[place])) {
            find(look, OWN_FLAG_UNDESCRIBED, walk->nodes[place], OWN_NONE, undescribed);
        }
        if ((owner.flags & OWN_NODE_TRUST) != 0) {
            find(look, OWN_FLAG_TRUST, walk->nodes[place], OWN_NONE, 0);
        }
        u32 countries = chain_countries(look, place);
        if (countries > countries_most) {
            countries_most = countries;
            farthest = walk->nodes[place];
        }
    }
    if (countries_most >= look->scene->limits.countries) {
        find(look, OWN_FLAG_COUNTRIES, farthest, OWN_NONE, countries_most);
    }
    if (!has_end && walk->count < OWN_WALK_NODES_MAX) {
        find(look, OWN_FLAG_NO_PERSON, exempt, OWN_NONE, 0);
    }
    const struct own_circles *circles = look->scene->circles;
    u32 group = circles->group[look->node];
    u32 members = circles->start[group + 1] - circles->start[group];
    if (members > 1) {
        find(look, OWN_FLAG_CIRCLE, OWN_NONE, OWN_NONE, members);
    }
}

/* ---- moves ---- */

/* The days from this one to the nearest listing of the node; UINT32_MAX: none is near. */
static u32 days_to_listing(const struct look *look, i32 day, u32 node)
{
    u32 least = UINT32_MAX;
    u32 first = 0;
    u32 count = 0;
    own_graph_listings_of(look->view->graph, node, &first, &count);
    for (u32 index = first; index < first + count; index += 1) {
        struct own_listing listing;
        own_graph_listing_read(look->view->graph, index, &listing);
        i32 known = look->view->moment.known;
        bool counts = (look->scene->lists >> listing.list & 1U) != 0 &&
                      listing.times.valid_from != OWN_DAY_EVER &&
                      listing.times.recorded_from <= known && known < listing.times.recorded_until;
        i64 apart = (i64)day - listing.times.valid_from;
        apart = apart < 0 ? -apart : apart;
        if (counts && apart <= look->scene->limits.moved_days && apart < least) {
            least = (u32)apart;
        }
    }
    return least;
}

/* Half of the shares or votes, or control. */
static bool is_parent(const struct look *look, const struct own_edge *edge, i32 day)
{
    struct own_moment moment = {.valid = day, .known = look->view->moment.known};
    bool counts = edge->kind == OWN_SHARE || edge->kind == OWN_VOTES;
    return own_kind_owns(edge->kind) && (edge->flags & OWN_EDGE_POSSIBLE) == 0 &&
           (!counts || edge->lower >= OWN_WHOLE / 2) && own_times_hold(&edge->times, moment);
}

/* The node, then those whose subsidiary it is on that day, nearest first; how many. */
static u32 parents_of(const struct look *look, u32 node, i32 day, u32 parents[PARENTS_MAX])
{
    u32 count = 1;
    parents[0] = node;
    for (u32 place = 0; place < count; place += 1) {
        struct own_edges edges = own_graph_holders_of(look->view->graph, parents[place]);
        for (u32 index = 0; index < edges.count && count < PARENTS_MAX; index += 1) {
            struct own_edge edge = edge_of(look, edges.edges[index]);
            bool is_new = is_parent(look, &edge, day);
            for (u32 known = 0; known < count; known += 1) {
                is_new = is_new && parents[known] != edge.holder;
            }
            if (is_new) {
                parents[count] = edge.holder;
                count += 1;
            }
        }
    }
    return count;
}

/* How near a listing the holder came or went: one of its own, of those whose subsidiary it was
 * then, or of the company. */
static u32 move_days(const struct look *look, const struct own_edge *edge)
{
    u32 least = UINT32_MAX;
    i32 days[] = {edge->times.valid_from, edge->times.valid_until};
    for (u32 end = 0; end < ARRAY_COUNT(days); end += 1) {
        u32 parents[PARENTS_MAX];
        if (days[end] == OWN_DAY_EVER || days[end] == OWN_DAY_NEVER) {
            continue;
        }
        u32 count = parents_of(look, edge->holder, days[end] - (end == 0 ? 0 : 1), parents);
        least = (u32)u64_min(least, days_to_listing(look, days[end], edge->target));
        for (u32 place = 0; place < count; place += 1) {
            least = (u32)u64_min(least, days_to_listing(look, days[end], parents[place]));
        }
    }
    return least;
}

/* Owners of any day of the company, and of those whose subsidiary it is, as far as they are on
 * record now. */
static void moves_look(struct look *look)
{
    u32 parents[PARENTS_MAX];
    i32 known = look->view->moment.known;
    u32 count = parents_of(look, look->node, look->view->moment.valid, parents);
    for (u32 place = 0; place < count; place += 1) {
        struct own_edges edges = own_graph_holders_of(look->view->graph, parents[place]);
        for (u32 index = 0; index < edges.count; index += 1) {
            struct own_edge edge = edge_of(look, edges.edges[index]);
            if (known < edge.times.recorded_from || known >= edge.times.recorded_until) {
                continue;
            }
            if ((edge.flags & OWN_EDGE_BUY_BACK) != 0 && place == 0) { /* of whatever kind */
                find(look, OWN_FLAG_BUY_BACK, edge.holder, edges.edges[index], 0);
            }
            u32 days = own_kind_owns(edge.kind) ? move_days(look, &edge) : UINT32_MAX;
            if (days != UINT32_MAX) {
                find(look, OWN_FLAG_MOVED, edge.holder, edges.edges[index], days);
            }
        }
    }
}

/* ---- what is shared, and boards ---- */

static void attribute_look(struct look *look, u32 attribute, u32 own_edge)
{
    struct own_edges edges = own_graph_holders_of(look->view->graph, attribute);
    enum own_node_kind kind = node_of(look, attribute).kind;
    u32 sharing = 0;
    u32 unrelated = 0;
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge = edge_of(look, edges.edges[index]);
        if (edge.kind != OWN_ATTRIBUTE || !is_in_force(look, &edge)) {
            continue;
        }
        sharing += 1;
        if (edge.holder == look->node) {
            continue;
        }
        unrelated += walk_has(&look->walk, edge.holder) ? 0 : 1;
        if (is_listed(look, edge.holder)) {
            find(look, OWN_FLAG_LISTED_ADDRESS, edge.holder, edges.edges[index], 0);
        }
    }
    if (kind == OWN_NODE_WALLET && unrelated > 0) {
        find(look, OWN_FLAG_SHARED_WALLET, attribute, own_edge, sharing);
    } else if (kind != OWN_NODE_WALLET && sharing > look->scene->limits.address_companies) {
        find(look, OWN_FLAG_CROWDED_ADDRESS, attribute, own_edge, sharing);
    }
}

static void attributes_look(struct look *look)
{
    struct own_edges edges = own_graph_held_by(look->view->graph, look->node);
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge = edge_of(look, edges.edges[index]);
        if (edge.kind == OWN_ATTRIBUTE && is_in_force(look, &edge)) {
            attribute_look(look, edge.target, edges.edges[index]);
        }
    }
}

static void boards_look(struct look *look)
{
    struct own_edges edges = own_graph_holders_of(look->view->graph, look->node);
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge = edge_of(look, edges.edges[index]);
        if (edge.kind != OWN_DIRECTOR || !is_in_force(look, &edge)) {
            continue;
        }
        if ((node_of(look, edge.holder).flags & OWN_NODE_FORMATION_AGENT) != 0) {
            find(look, OWN_FLAG_AGENT_DIRECTOR, edge.holder, edges.edges[index], 0);
        }
        struct own_edges boards = own_graph_held_by(look->view->graph, edge.holder);
        u32 count = 0;
        u32 before = OWN_NONE;
        for (u32 at = 0; at < boards.count; at += 1) {
            struct own_edge board = edge_of(look, boards.edges[at]);
            if (board.kind == OWN_DIRECTOR && board.target != before && is_in_force(look, &board)) {
                count += 1;
                before = board.target;
            }
        }
        if (count > look->scene->limits.boards) {
            find(look, OWN_FLAG_MANY_BOARDS, edge.holder, edges.edges[index], count);
        }
    }
}

/* ---- payments ---- */

/* Payments known now that happened in the days before the moment, it included. */
static bool is_recent(const struct look *look, const struct own_edge *edge)
{
    struct own_moment moment = look->view->moment;
    i64 earliest = (i64)moment.valid - look->scene->limits.payment_days;
    return edge->kind == OWN_PAYMENT && edge->times.valid_from <= moment.valid &&
           edge->times.valid_until > earliest && edge->times.recorded_from <= moment.known &&
           moment.known < edge->times.recorded_until;
}

struct flow {
    u64 in_cents;
    u64 out_cents;
    u64 out_most;
    u32 payers;
    u32 under;
};

static void flow_add(struct look *look, struct flow *flow, u32 number, bool inward, u32 *payer)
{
    struct own_edge edge = edge_of(look, number);
    if (!is_recent(look, &edge)) {
        return;
    }
    u64 under = look->scene->limits.under_cents;
    flow->under += edge.amount_cents < under && edge.amount_cents >= under - under / 10 ? 1 : 0;
    if (!inward) {
        flow->out_cents = u64_add_capped(flow->out_cents, edge.amount_cents);
        flow->out_most = u64_max(flow->out_most, edge.amount_cents);
        return;
    }
    flow->in_cents = u64_add_capped(flow->in_cents, edge.amount_cents);
    flow->payers += edge.holder != *payer ? 1 : 0;
    *payer = edge.holder;
    if (look->is_customer && (edge.holder != look->node || edge.via != OWN_NONE)) {
        find(look, OWN_FLAG_OTHER_PAYER, edge.via != OWN_NONE ? edge.via : edge.holder, number, 0);
    }
}

static void payments_look(struct look *look)
{
    struct flow flow = {.payers = 0};
    u32 payer = OWN_NONE;
    struct own_edges in = own_graph_holders_of(look->view->graph, look->node);
    for (u32 index = 0; index < in.count; index += 1) {
        flow_add(look, &flow, in.edges[index], true, &payer);
    }
    struct own_edges out = own_graph_held_by(look->view->graph, look->node);
    for (u32 index = 0; index < out.count; index += 1) {
        flow_add(look, &flow, out.edges[index], false, &payer);
    }
    const struct own_flag_limits *limits = &look->scene->limits;
    i64 age = (i64)look->view->moment.valid - look->self.founded;
    u64 volume = u64_add_capped(flow.in_cents, flow.out_cents);
    if (look->self.founded != OWN_DAY_EVER && age < limits->young_days &&
        volume >= limits->young_cents) {
        find(look, OWN_FLAG_YOUNG_VOLUME, OWN_NONE, OWN_NONE, volume);
    }
    if (flow.under >= limits->under_count) {
        find(look, OWN_FLAG_JUST_UNDER, OWN_NONE, OWN_NONE, flow.under);
    }
    if (flow.payers >= limits->collect_count && flow.in_cents > 0 &&
        flow.out_most >= flow.in_cents - flow.in_cents / 5) {
        find(look, OWN_FLAG_IN_AND_OUT, OWN_NONE, OWN_NONE, flow.payers);
    }
}

/* ---- the data at this node ---- */

static void data_found(void *context, const struct own_found *found)
{
    struct look *look = (struct look *)context;
    find(look, found->flag, found->other, found->edge, found->value);
}

static void sort_by_flag(struct own_found *found, u32 count)
{
    for (u32 index = 1; index < count; index += 1) { /* few, and stable */
        struct own_found moved = found[index];
        u32 at = index;
        for (; at > 0 && found[at - 1].flag > moved.flag; at -= 1) {
            found[at] = found[at - 1];
        }
        found[at] = moved;
    }
}

u32 own_flags_of(const struct own_flag_scene *scene, u32 node,
                 struct own_found found_out[OWN_FOUND_MAX])
{
    struct look look;
    CHECK(node < scene->view->nodes_count);
    memset(&look, 0, sizeof(look));
    look.scene = scene;
    look.view = scene->view;
    look.node = node;
    look.found = found_out;
    look.self = node_of(&look, node);
    look.is_customer = scene->is_customer || (look.self.flags & OWN_NODE_CUSTOMER) != 0;
    own_data_check_node(scene, node, data_found, &look);
    owners_walk(&look);
    if (look.self.kind <= OWN_NODE_UNKNOWN) { /* addresses and wallets have no owners */
        owners_look(&look);
    }
    moves_look(&look);
    attributes_look(&look);
    boards_look(&look);
    payments_look(&look);
    if ((look.self.flags & OWN_NODE_RELUCTANT) != 0) {
        find(&look, OWN_FLAG_RELUCTANT, OWN_NONE, OWN_NONE, 0);
    }
    sort_by_flag(found_out, look.found_count);
    return look.found_count;
}

#include "app/rule_state.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64U

/* A walk over the records of a state. */
struct walk {
    struct rule_state *state;
    u8 (*forms)[RULE_FORM_BYTES_MAX]; /* of the packs, in the order of state->packs */
    bool only_links;
    bool only_account;
    bool exists;
    struct rule_state_account account; /* with only_account: what is wanted */
    enum fault fault;
};

/* ---- rows ---- */

static void *row_at(const struct rule_state_rows *rows, u32 place)
{
    return rows->data + (size_t)place * rows->row_bytes;
}

/* Room for one row more; NULL: no memory. */
static void *row_add(struct rule_state_rows *rows, size_t row_bytes, size_t person_offset)
{
    rows->row_bytes = row_bytes;
    rows->person_offset = person_offset;
    if (rows->count == rows->room) {
        u32 room = rows->room == 0 ? ROOM_FIRST : rows->room * 2;
        u8 *data = room > rows->room ? realloc(rows->data, (size_t)room * row_bytes) : NULL;
        if (data == NULL) {
            return NULL;
        }
        rows->data = data;
        rows->room = room;
    }
    void *row = row_at(rows, rows->count);
    memset(row, 0, row_bytes);
    rows->count += 1;
    return row;
}

static void rows_release(struct rule_state_rows *rows)
{
    free(rows->data);
    *rows = (struct rule_state_rows){.data = NULL};
}

void rule_state_close(struct rule_state *state)
{
    struct rule_state_rows *all[] = {&state->assets,     &state->accounts, &state->money,
                                     &state->persons_of, &state->facts,    &state->listings,
                                     &state->ownerships, &state->licences, &state->findings};
    for (u32 i = 0; i < ARRAY_COUNT(all); i += 1) {
        rows_release(all[i]);
    }
}

static void keep_bytes(struct walk *walk, struct rule_state_rows *rows, const void *record,
                       size_t size, size_t person_offset)
{
    void *row = row_add(rows, size, person_offset);
    if (row == NULL) {
        walk->fault = FAULT(FAULT_LIMIT, "out of memory to hold the persons of the venue");
        return;
    }
    memcpy(row, record, size);
}

/* Keeps a copy of a record, whose person is in that field. */
#define KEEP(walk, rows, record, type, field) \
    keep_bytes((walk), (rows), (record), sizeof(struct type), offsetof(struct type, field))

static bool is_wanted(const struct walk *walk, u32 person)
{
    return walk->state->wanted == RULE_STATE_EVERYBODY || walk->state->wanted == person;
}

static struct rule_state_account *account_find(const struct rule_state *state, u32 account)
{
    u32 low = 0;
    u32 high = state->accounts.count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        struct rule_state_account *found = row_at(&state->accounts, middle);
        if (found->account == account) {
            return found;
        }
        if (found->account < account) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* ---- records ---- */

static void take_link(struct walk *walk, const struct state_link *link)
{
    if (is_wanted(walk, link->person) || walk->state->wanted == RULE_STATE_MONEY) {
        struct rule_state_account account = {
            .account = link->head.account, .person = link->person, .hand = link->hand};
        KEEP(walk, &walk->state->accounts, &account, rule_state_account, person);
    }
}

static void take_asset(struct walk *walk, const struct state_asset *asset)
{
    struct rule_state_asset row = {.scale = asset->scale};
    memcpy(row.name, asset->name, sizeof(asset->name));
    KEEP(walk, &walk->state->assets, &row, rule_state_asset, scale);
}

static void take_price(struct walk *walk, const struct state_valuation_price *price)
{
    if (price->asset < walk->state->assets.count) {
        struct rule_state_asset *asset = row_at(&walk->state->assets, price->asset);
        asset->price = price->price;
        asset->price_time = price->time_us;
        asset->sources = price->sources;
    }
}

static void add_money(struct walk *walk, u32 account, u16 asset, const u64 units[3])
{
    const struct rule_state_account *owner = account_find(walk->state, account);
    if (owner == NULL || (units[0] | units[1] | units[2]) == 0) {
        return;
    }
    struct rule_state_money money = {.person = owner->person,
                                     .account = account,
                                     .asset = asset,
                                     .free = units[0],
                                     .locked = units[1],
                                     .held = units[2]};
    KEEP(walk, &walk->state->money, &money, rule_state_money, person);
}

static void take_balance(struct walk *walk, const struct state_balance *balance)
{
    u64 units[3] = {balance->free.units, balance->locked.units, 0}; /* raw: another record */
    add_money(walk, balance->head.account, balance->asset, units);
}

static void take_hold(struct walk *walk, const struct state_hold *hold)
{
    struct amount total = AMOUNT_ZERO;
    CHECK(amount_add(hold->amount, hold->fee, &total));
    u64 units[3] = {0, 0, total.units}; /* raw: another record */
    add_money(walk, hold->head.account, hold->asset, units);
}

static void take_account(struct walk *walk, const struct state_account *account)
{
    struct rule_state_account *found = account_find(walk->state, account->head.account);
    if (found != NULL) {
        found->restrictions = account->restrictions;
    }
}

/* ---- packs ---- */

static void take_pack(struct walk *walk, const struct state_pack *pack)
{
    struct rule_state *state = walk->state;
    if (pack->head.id >= RULE_STATE_PACKS_MAX || state->packs_count == RULE_STATE_PACKS_MAX) {
        return; /* one that is being received */
    }
    struct rule_state_pack *added = &state->packs[state->packs_count];
    memset(added, 0, sizeof(*added));
    added->number = (u16)pack->head.id;
    added->state = pack->pack_state;
    added->size = pack->size;
    state->packs_count += 1;
}

static void take_pack_bytes(struct walk *walk, const struct state_pack_bytes *bytes)
{
    struct rule_state *state = walk->state;
    u32 place = 0;
    while (place < state->packs_count && state->packs[place].number != bytes->head.id) {
        place += 1;
    }
    if (place == state->packs_count) {
        return; /* of the one that is being received */
    }
    struct rule_state_pack *pack = &state->packs[place];
    u8 *form = walk->forms[place];
    if (bytes->offset != pack->used || bytes->size > sizeof(bytes->data) ||
        pack->size > RULE_FORM_BYTES_MAX || bytes->size > pack->size - pack->used) {
        walk->fault = FAULT(FAULT_ROT, "pack %u of the state is not whole", pack->number);
        return;
    }
    memcpy(form + pack->used, bytes->data, bytes->size);
    pack->used += bytes->size;
    const char *reason =
        pack->used < pack->size ? NULL : rule_form_decode(span_of(form, pack->size), &pack->pack);
    if (reason != NULL) {
        walk->fault = FAULT(FAULT_ROT, "pack %u of the state: %s", pack->number, reason);
    }
}

/* ---- the walk ---- */

#define RECORD(type) ((const struct type *)(const void *)record)

static void take_rows(struct walk *walk, u16 kind, const u8 *record)
{
    struct rule_state *state = walk->state;
    if (kind == STATE_PERSON && is_wanted(walk, (u32)RECORD(state_person)->head.id)) {
        KEEP(walk, &state->persons_of, record, state_person, head.id);
    } else if (kind == STATE_FACT && is_wanted(walk, RECORD(state_fact)->person)) {
        KEEP(walk, &state->facts, record, state_fact, person);
    } else if (kind == STATE_LISTING && is_wanted(walk, RECORD(state_listing)->person)) {
        KEEP(walk, &state->listings, record, state_listing, person);
    } else if (kind == STATE_OWNERSHIP && is_wanted(walk, RECORD(state_ownership)->person)) {
        KEEP(walk, &state->ownerships, record, state_ownership, person);
    } else if (kind == STATE_LICENCE && is_wanted(walk, RECORD(state_licence)->person)) {
        KEEP(walk, &state->licences, record, state_licence, person);
    } else if (kind == STATE_FINDING && is_wanted(walk, RECORD(state_finding)->person)) {
        KEEP(walk, &state->findings, record, state_finding, person);
    }
}

/* One account alone. */
static void take_only(struct walk *walk, u16 kind, const u8 *record)
{
    struct rule_state_account *account = &walk->account;
    if (RECORD(state_head)->account != account->account) {
        return;
    }
    if (kind == STATE_ACCOUNT) {
        account->restrictions = RECORD(state_account)->restrictions;
        walk->exists = true;
    } else if (kind == STATE_LINK) {
        account->person = RECORD(state_link)->person;
        account->hand = RECORD(state_link)->hand;
    }
}

static void take(struct walk *walk, const u8 *record)
{
    struct rule_state *state = walk->state;
    u16 kind = bytes_u16(record);
    if (walk->only_account) {
        take_only(walk, kind, record);
        return;
    }
    if (walk->only_links) {
        if (kind == STATE_LINK) {
            take_link(walk, RECORD(state_link));
        }
        return;
    }
    if (kind == STATE_VENUE) {
        state->seq = RECORD(state_venue)->seq;
        state->now_us = RECORD(state_venue)->now_us;
    } else if (kind == STATE_ASSET) {
        take_asset(walk, RECORD(state_asset));
    } else if (kind == STATE_ACCOUNT) {
        take_account(walk, RECORD(state_account));
    } else if (kind == STATE_BALANCE) {
        take_balance(walk, RECORD(state_balance));
    } else if (kind == STATE_HOLD) {
        take_hold(walk, RECORD(state_hold));
    } else if (kind == STATE_RULES) {
        state->price_stale_us = (u64)RECORD(state_rules)->price_stale_seconds * 1000000;
        state->persons = RECORD(state_rules)->persons;
    } else if (kind == STATE_PACK) {
        take_pack(walk, RECORD(state_pack));
    } else if (kind == STATE_PACK_BYTES) {
        take_pack_bytes(walk, RECORD(state_pack_bytes));
    } else if (kind == STATE_VALUATION_PRICE) {
        take_price(walk, RECORD(state_valuation_price));
    } else {
        take_rows(walk, kind, record);
    }
}

static bool on_records(void *context, const u8 *bytes, size_t size)
{
    struct walk *walk = (struct walk *)context;
    for (size_t offset = 0; offset < size && walk->fault == FAULT_NONE;) {
        /* Records lie at any address; their structs want their own. */
        _Alignas(64) static u8 record[COMMAND_BYTES_MAX * 2];
        size_t length = core_restore_size(bytes + offset, size - offset);
        if (length == 0 || length > sizeof(record)) {
            walk->fault = FAULT(FAULT_ROT, "the state has a record that is malformed");
            break;
        }
        memcpy(record, bytes + offset, length);
        take(walk, record);
        offset += length;
    }
    return walk->fault == FAULT_NONE;
}

static enum fault walk_core(const struct core *core, struct walk *walk)
{
    size_t scratch_bytes = core_snapshot_scratch(core);
    void *scratch = malloc(scratch_bytes == 0 ? 1 : scratch_bytes);
    if (scratch == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory to sort the state");
    }
    struct core_sink sink = {.context = walk, .write = on_records};
    bool whole = core_snapshot(core, scratch, &sink);
    free(scratch);
    CHECK(whole || walk->fault != FAULT_NONE);
    return walk->fault;
}

/* ---- order ---- */

static int compare_u64(u64 a, u64 b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int compare_money(const void *a, const void *b)
{
    const struct rule_state_money *x = a;
    const struct rule_state_money *y = b;
    int persons = compare_u64(x->person, y->person);
    int accounts = compare_u64(x->account, y->account);
    return persons != 0 ? persons : accounts != 0 ? accounts : compare_u64(x->asset, y->asset);
}

static int compare_accounts(const void *a, const void *b)
{
    const struct rule_state_account *x = a;
    const struct rule_state_account *y = b;
    int persons = compare_u64(x->person, y->person);
    return persons != 0 ? persons : compare_u64(x->account, y->account);
}

#define COMPARE_ROWS(name, type, key)                                \
    static int name(const void *a, const void *b)                    \
    {                                                                \
        const struct type *x = a;                                    \
        const struct type *y = b;                                    \
        int persons = compare_u64(x->person, y->person);             \
        return persons != 0 ? persons : compare_u64(x->key, y->key); \
    }

COMPARE_ROWS(compare_facts, state_fact, head.id)
COMPARE_ROWS(compare_listings, state_listing, head.id)
COMPARE_ROWS(compare_ownerships, state_ownership, head.id)
COMPARE_ROWS(compare_licences, state_licence, head.id)

static int compare_findings(const void *a, const void *b)
{
    const struct state_finding *x = a;
    const struct state_finding *y = b;
    int persons = compare_u64(x->person, y->person);
    return persons != 0 ? persons
                        : compare_u64((u64)x->pack << 8 | x->rule, (u64)y->pack << 8 | y->rule);
}

static void sort(struct rule_state_rows *rows, int (*compare)(const void *, const void *))
{
    if (rows->count > 1) {
        qsort(rows->data, rows->count, rows->row_bytes, compare);
    }
}

/* Holds of an asset come as rows of their own. */
static void merge_money(struct rule_state_rows *rows)
{
    u32 kept = 0;
    for (u32 i = 0; i < rows->count; i += 1) {
        struct rule_state_money *row = row_at(rows, i);
        struct rule_state_money *last = kept == 0 ? NULL : row_at(rows, kept - 1);
        if (last != NULL && last->account == row->account && last->asset == row->asset) {
            last->free += row->free;
            last->locked += row->locked;
            last->held += row->held;
            continue;
        }
        struct rule_state_money copy = *row;
        memcpy(row_at(rows, kept), &copy, sizeof(copy));
        kept += 1;
    }
    rows->count = kept;
}

static enum fault settle(struct rule_state *state)
{
    for (u32 i = 0; i < state->packs_count; i += 1) {
        if (state->packs[i].used != state->packs[i].size) {
            return FAULT(FAULT_ROT, "pack %u of the state is not whole", state->packs[i].number);
        }
    }
    sort(&state->accounts, compare_accounts);
    sort(&state->money, compare_money);
    merge_money(&state->money);
    sort(&state->facts, compare_facts);
    sort(&state->listings, compare_listings);
    sort(&state->ownerships, compare_ownerships);
    sort(&state->licences, compare_licences);
    sort(&state->findings, compare_findings);
    return FAULT_NONE;
}

static void begin(struct rule_state *state, u32 wanted)
{
    memset(state, 0, sizeof(*state));
    state->wanted = wanted;
}

/* Room for the forms of packs, for one walk at a time. */
static u8 forms[RULE_STATE_PACKS_MAX][RULE_FORM_BYTES_MAX];

enum fault rule_state_take(const struct core *core, u32 wanted, struct rule_state *state_out)
{
    struct walk walk = {.state = state_out, .forms = forms, .only_links = true};
    begin(state_out, wanted);
    TRY(walk_core(core, &walk));
    walk.only_links = false;
    TRY(walk_core(core, &walk));
    return settle(state_out);
}

enum fault rule_state_account(const struct core *core, u32 account,
                              struct rule_state_account *account_out, bool *exists_out)
{
    struct walk walk = {.only_account = true, .account = {.account = account}};
    TRY(walk_core(core, &walk));
    *account_out = walk.account;
    *exists_out = walk.exists;
    /* Who is linked to nobody has no vector but the one set by hand. */
    account_out->hand = walk.account.person == 0 ? walk.account.restrictions : walk.account.hand;
    return FAULT_NONE;
}

/* ---- looking ---- */

static u32 person_at(const struct rule_state_rows *rows, u32 place)
{
    return bytes_u32((const u8 *)row_at(rows, place) + rows->person_offset);
}

/* The first row whose person is at least this one. */
static u32 first_of(const struct rule_state_rows *rows, u64 person)
{
    u32 low = 0;
    u32 high = rows->count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (person_at(rows, middle) < person) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const void *rule_state_of(const struct rule_state_rows *rows, u32 person, u32 *count_out)
{
    u32 first = first_of(rows, person);
    *count_out = first_of(rows, (u64)person + 1) - first;
    return *count_out == 0 ? NULL : row_at(rows, first);
}

const struct rule_state_asset *rule_state_asset(const struct rule_state *state, u16 asset)
{
    CHECK(asset < state->assets.count);
    return row_at(&state->assets, asset);
}

const struct rule_state_account *rule_state_account_at(const struct rule_state *state, u32 place)
{
    CHECK(place < state->accounts.count);
    return row_at(&state->accounts, place);
}

const struct rule_state_pack *rule_state_pack(const struct rule_state *state,
                                              const u8 hash[RULE_HASH_BYTES])
{
    for (u32 i = 0; i < state->packs_count; i += 1) {
        if (memcmp(state->packs[i].pack.content_hash, hash, RULE_HASH_BYTES) == 0) {
            return &state->packs[i];
        }
    }
    return NULL;
}

/* ---- as the evaluator wants it ---- */

void rule_state_gather(const struct rule_state *state, u32 person,
                       struct rule_state_person *person_out)
{
    u32 facts = 0;
    u32 listings = 0;
    u32 ownerships = 0;
    const struct state_fact *fact = rule_state_of(&state->facts, person, &facts);
    const struct state_listing *listing = rule_state_of(&state->listings, person, &listings);
    const struct state_ownership *owned = rule_state_of(&state->ownerships, person, &ownerships);
    CHECK(facts <= RULE_FACTS_MAX && listings <= RULE_LISTINGS_MAX &&
          ownerships <= RULE_OWNERSHIPS_MAX);
    for (u32 i = 0; i < facts; i += 1) {
        person_out->facts[i] =
            (struct rule_fact){.kind = fact[i].fact,
                               .verified = fact[i].verified,
                               .value = fact[i].value,
                               .valid = {.from = fact[i].from, .until = fact[i].until},
                               .recorded = {.from = fact[i].recorded_at, .until = RULE_TIME_OPEN},
                               .expires = fact[i].expires};
    }
    for (u32 i = 0; i < listings; i += 1) {
        person_out->listings[i] = (struct rule_listing){
            .list = listing[i].list,
            .programme = listing[i].programme,
            .state = listing[i].state,
            .valid = {.from = listing[i].from, .until = listing[i].until},
            .recorded = {.from = listing[i].recorded_at, .until = RULE_TIME_OPEN}};
    }
    for (u32 i = 0; i < ownerships; i += 1) {
        person_out->ownerships[i] = (struct rule_ownership){
            .list = owned[i].list,
            .compare = owned[i].compare,
            .control = owned[i].control,
            .percent = owned[i].percent,
            .lower = owned[i].lower,
            .upper = owned[i].upper,
            .valid = {.from = owned[i].from, .until = owned[i].until},
            .recorded = {.from = owned[i].recorded_at, .until = RULE_TIME_OPEN}};
    }
    person_out->person = (struct rule_person){.facts = person_out->facts,
                                              .listings = person_out->listings,
                                              .ownerships = person_out->ownerships,
                                              .facts_count = facts,
                                              .listings_count = listings,
                                              .ownerships_count = ownerships};
}

/* What units of an asset are worth, rounded up; capped. False: no fresh price. */
static bool value_of(const struct rule_state *state, const struct rule_state_asset *asset,
                     u128 units, u64 *eur_out)
{
    u128 scale = 1;
    for (u32 i = 0; i < asset->scale; i += 1) {
        scale *= 10;
    }
    *eur_out = 0;
    if (asset->sources == 0) {
        return false;
    }
    u128 price = asset->price.units; /* raw: 10^-8 EUR for a whole unit */
    u128 whole = units / scale * price;
    u128 rest = (units % scale * price + scale - 1) / scale;
    *eur_out = whole + rest > UINT64_MAX ? UINT64_MAX : (u64)(whole + rest);
    return u64_add_capped(asset->price_time, state->price_stale_us) > state->now_us;
}

struct rule_holdings rule_state_holdings(const struct rule_state *state, u32 person,
                                         struct rule_state_holding *holdings_out, u32 *count_out)
{
    struct rule_holdings holdings = {.is_known = true};
    u32 rows = 0;
    const struct rule_state_money *money = rule_state_of(&state->money, person, &rows);
    *count_out = 0;
    for (u32 asset = 0; asset < state->assets.count && rows > 0; asset += 1) {
        u128 units = 0;
        for (u32 i = 0; i < rows; i += 1) {
            if (money[i].asset == asset) {
                units += (u128)money[i].free + money[i].locked + money[i].held;
            }
        }
        if (units == 0) {
            continue;
        }
        u64 eur = 0;
        bool is_fresh = value_of(state, row_at(&state->assets, asset), units, &eur);
        holdings.is_known = holdings.is_known && is_fresh;
        holdings.eur = u64_add_capped(holdings.eur, is_fresh ? eur : 0);
        if (holdings_out != NULL) {
            holdings_out[*count_out] = (struct rule_state_holding){
                .asset = (u16)asset, .is_fresh = is_fresh, .quantity = units, .eur = eur};
        }
        *count_out += 1;
    }
    return holdings;
}

void rule_state_memories(const struct rule_state *state, u32 person,
                         const struct rule_state_pack *pack,
                         struct rule_memory memories_out[RULE_RULES_MAX])
{
    u32 count = 0;
    const struct state_finding *findings = rule_state_of(&state->findings, person, &count);
    memset(memories_out, 0, RULE_RULES_MAX * sizeof(memories_out[0]));
    for (u32 i = 0; i < count; i += 1) {
        const struct state_finding *finding = &findings[i];
        if (finding->pack == pack->number && finding->rule < RULE_RULES_MAX) {
            memories_out[finding->rule] =
                (struct rule_memory){.below_since = finding->below_since,
                                     .unknown_since = finding->unknown_since,
                                     .is_over = (finding->flags & DECISION_FLAG_OVER) != 0};
        }
    }
}

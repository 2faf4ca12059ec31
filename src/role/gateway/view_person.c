#include "role/gateway/view_person.h"

#include "role/gateway/view_state.h"

#define PRICE_STALE_SECONDS 3600U /* until rules_set says otherwise: docs/rules.md */
#define MICROSECONDS        1000000ULL
#define FLAGS_TOLD          (DECISION_FLAG_WARNED | DECISION_FLAG_OVER | DECISION_FLAG_WATCHED)

/* ---- changes ---- */

/* The next place of the ring; NULL: none are kept. */
static struct view_notice *notice_make(struct view *view, u64 *newest)
{
    if (view->config.notices_max == 0) {
        return NULL;
    }
    u64 serial = ++view->notice_serial;
    struct view_notice *notice = &view->notices[serial % view->config.notices_max];
    if (notice->serial != 0) {
        view->notices_since_us = notice->time_us + 1;
    }
    *notice = (struct view_notice){
        .serial = serial, .older = *newest, .time_us = view->place.time_us, .seq = view->place.seq};
    *newest = serial;
    return notice;
}

static const struct view_notice *notice_at(const struct view *view, u64 serial)
{
    if (serial == 0 || view->config.notices_max == 0) {
        return NULL;
    }
    const struct view_notice *notice = &view->notices[serial % view->config.notices_max];
    return notice->serial == serial ? notice : NULL;
}

void view_vector_set(struct view *view, u32 account, u64 vector)
{
    struct view_account *row = &view->accounts[account];
    if (row->restrictions == vector) {
        return;
    }
    struct view_notice *notice = notice_make(view, &row->notice);
    if (notice != NULL) {
        notice->kind = VIEW_NOTICE_VECTOR;
        notice->owner = account;
        notice->before = row->restrictions;
        notice->after = vector;
    }
    row->restrictions = vector;
}

/* ---- packs ---- */

/* The active or ending pack of this number; NULL: there is none. */
static struct view_pack *pack_numbered(struct view *view, u32 number)
{
    u32 place = number < VIEW_PACK_NUMBERS ? view->pack_at[number] : 0;
    return place ? &view->packs[place - 1] : NULL;
}

/* An empty place, or that of the pack which ended first. */
static struct view_pack *pack_place(struct view *view)
{
    struct view_pack *oldest = NULL;
    for (u32 i = 0; i < VIEW_PACKS_MAX; i++) {
        struct view_pack *pack = &view->packs[i];
        if (pack->turn == 0) {
            return pack;
        }
        bool has_ended = pack->state == PACK_STATE_ENDED;
        if (has_ended && (oldest == NULL || pack->ended_us < oldest->ended_us)) {
            oldest = pack;
        }
    }
    return oldest;
}

static bool pack_begin(struct view *view, const u8 hash[32], u32 number, u8 state, u64 since_us)
{
    bool is_taken = number >= VIEW_PACK_NUMBERS || pack_numbered(view, number) != NULL;
    struct view_pack *pack = is_taken ? NULL : pack_place(view);
    if (pack == NULL) {
        return view_wrong(view, "number of a pack");
    }
    view->pack_at[number] = (u8)(pack - view->packs + 1);
    *pack = (struct view_pack){
        .turn = ++view->pack_turn, .number = (u8)number, .state = state, .since_us = since_us};
    memcpy(pack->hash, hash, sizeof pack->hash);
    return true;
}

bool view_pack_event(struct view *view, const u8 *record, size_t size)
{
    struct event_pack_state event;
    view_load(&event, sizeof event, record, size);
    if (event.state == PACK_STATE_ACTIVE) {
        return pack_begin(view, event.content_hash, event.pack, event.state, view->place.time_us);
    }
    struct view_pack *pack = pack_numbered(view, event.pack);
    if (pack == NULL || event.state >= PACK_STATE_COUNT ||
        memcmp(pack->hash, event.content_hash, sizeof pack->hash) != 0) {
        return view_wrong(view, "state of a pack");
    }
    pack->state = event.state;
    if (event.state == PACK_STATE_ENDED) {
        pack->ended_us = view->place.time_us;
        view->pack_at[event.pack] = 0;
    }
    return true;
}

/* ---- findings ---- */

static bool says_nothing(const struct view_finding *finding)
{
    return finding->truth == TRUTH_NO && finding->reasons == 0 &&
           (finding->flags & FLAGS_TOLD) == 0 && finding->vector == 0;
}

/* The link that leads to the finding of this rule, or the end of the chain. */
static u32 *finding_seek(struct view *view, u32 person, u8 pack, u8 rule)
{
    u32 *link = &view->persons[person].finding;
    while (*link && (view->findings[*link].pack != pack || view->findings[*link].rule != rule)) {
        link = &view->findings[*link].older;
    }
    return link;
}

static bool finding_set(struct view *view, const struct view_finding *next)
{
    u32 *link = finding_seek(view, next->person, next->pack, next->rule);
    u32 slot = *link;
    if (slot && says_nothing(next)) {
        *link = view->findings[slot].older;
        VIEW_SLAB_GIVE(&view->finding_slab, view->findings, older, slot);
        return true;
    }
    if (says_nothing(next)) {
        return true;
    }
    if (slot == 0) {
        slot = VIEW_SLAB_TAKE(&view->finding_slab, view->findings, older);
        if (slot == 0) {
            return view_short(view, "findings");
        }
        view->findings[slot] = (struct view_finding){.older = view->persons[next->person].finding};
        view->persons[next->person].finding = slot;
    }
    u32 older = view->findings[slot].older;
    view->findings[slot] = *next;
    view->findings[slot].older = older;
    return true;
}

static bool finding_fits(struct view *view, u32 person, u8 truth, u8 rule)
{
    return (person > 0 && person <= view->persons_count && truth < TRUTH_COUNT &&
            rule < VIEW_PACK_RULES) ||
           view_wrong(view, "person, rule or truth of a decision");
}

static bool same_reason(const struct view_finding *a, const struct view_finding *b)
{
    return a->truth == b->truth && a->reasons == b->reasons && a->missing == b->missing;
}

bool view_decision_event(struct view *view, const u8 *record, size_t size)
{
    struct event_decision event;
    view_load(&event, sizeof event, record, size);
    const struct view_pack *pack = pack_numbered(view, event.pack);
    if (!finding_fits(view, event.person, event.truth, event.rule)) {
        return false;
    }
    if (pack == NULL) {
        return view_wrong(view, "pack of a decision");
    }
    u32 slot = *finding_seek(view, event.person, event.pack, event.rule);
    struct view_finding before = slot ? view->findings[slot] : (struct view_finding){0};
    struct view_finding next = {.vector = event.vector,
                                .deadline = event.deadline,
                                .since_us = view->place.time_us,
                                .person = event.person,
                                .pack = event.pack,
                                .rule = event.rule,
                                .truth = event.truth,
                                .reasons = event.reasons,
                                .missing = event.missing,
                                .flags = event.flags};
    if (slot && same_reason(&before, &next)) {
        next.since_us = before.since_us;
    }
    struct view_notice *notice = notice_make(view, &view->persons[event.person].notice);
    if (notice != NULL) {
        notice->kind = VIEW_NOTICE_FINDING;
        notice->owner = event.person;
        notice->before = before.vector;
        notice->after = next.vector;
        notice->deadline = event.deadline;
        notice->holdings = event.holdings;
        notice->pack_turn = pack->turn;
        notice->rule = event.rule;
        notice->truth = event.truth;
        notice->truth_before = before.truth;
        notice->reasons = event.reasons;
        notice->reasons_before = before.reasons;
        notice->flags = event.flags;
        notice->flags_before = before.flags;
        notice->missing = event.missing;
        notice->missing_before = before.missing;
        notice->deadline_before = before.deadline;
    }
    return finding_set(view, &next);
}

/* ---- persons and links ---- */

static bool person_add(struct view *view, u64 number)
{
    if (number != (u64)view->persons_count + 1) {
        return view_wrong(view, "number of a person");
    }
    if (number > view->config.limits.persons_max) {
        return view_short(view, "persons");
    }
    view->persons[number] = (struct view_person){0};
    view->persons_count++;
    return true;
}

static bool link_fits(struct view *view, u32 account, u32 person)
{
    return (account < view->accounts_count && person > 0 && person <= view->persons_count) ||
           view_wrong(view, "account or person of a link");
}

static bool link_make(struct view *view, u32 account, u32 person)
{
    if (!link_fits(view, account, person)) {
        return false;
    }
    struct view_account *row = &view->accounts[account];
    if (row->person != 0) {
        return view_wrong(view, "an account that is linked already");
    }
    row->person = person;
    row->person_next = view->persons[person].account;
    view->persons[person].account = account + 1;
    return true;
}

static bool link_end(struct view *view, u32 account, u32 person)
{
    if (!link_fits(view, account, person)) {
        return false;
    }
    u32 *next = &view->persons[person].account;
    while (*next != 0 && *next != account + 1) {
        next = &view->accounts[*next - 1].person_next;
    }
    if (*next == 0 || view->accounts[account].person != person) {
        return view_wrong(view, "an account that is not linked");
    }
    *next = view->accounts[account].person_next;
    view->accounts[account].person = 0;
    view->accounts[account].person_next = 0;
    return true;
}

static bool price_set(struct view *view, u16 asset, struct price price, u64 time_us)
{
    if (asset >= view->assets_count) {
        return view_wrong(view, "asset of a price");
    }
    view->valuations[asset] = (struct view_valuation){price, time_us};
    return true;
}

static bool group_set(struct view *view, u32 person, u32 group)
{
    if (person == 0 || person > view->persons_count) {
        return view_wrong(view, "person of a trade group");
    }
    view->persons[person].group = group;
    return true;
}

static bool on_group(struct view *view, const u8 *command, size_t size)
{
    struct command_person_group set;
    view_load(&set, sizeof set, command, size);
    return group_set(view, set.person, set.group);
}

/* ---- logins ---- */

static u32 *login_head(const struct view *view, u64 login)
{
    return view_index_head(&view->login_index, hash_pair(view->config.hash_seed, login));
}

static bool login_make(struct view *view, u32 account, u64 login)
{
    if (account >= view->accounts_count || login == 0 || view->accounts[account].login != 0 ||
        view->config.limits.persons_max == 0 || view_login_account(view, login) != 0) {
        return view_wrong(view, "account of a login");
    }
    u32 *head = login_head(view, login);
    view->accounts[account].login = login;
    view->accounts[account].login_next = *head;
    *head = account + 1;
    return true;
}

bool view_define_login(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_login_open open;
    view_load(&open, sizeof open, command, size);
    if (!view_define_account(view, account, 0, VIEW_GROUP_NONE, 0)) {
        return false;
    }
    /* A change like any other, so that whoever is told of it is told since when. */
    view_vector_set(view, account, open.restrictions);
    return person_add(view, open.person) && link_make(view, account, open.person) &&
           login_make(view, account, open.login);
}

/* `until` as the core takes it: an end that is over, or before the one there is, only tells. */
bool view_define_pause(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_withdraw_pause pause;
    view_load(&pause, sizeof pause, command, size);
    if (account >= view->accounts_count || view->accounts[account].login != pause.login ||
        pause.login == 0 || pause.cause == 0 || pause.cause >= LOGIN_CAUSE_COUNT) {
        return view_wrong(view, "account or cause of a pause");
    }
    struct view_account *row = &view->accounts[account];
    u64 before = row->pause_until_us;
    bool is_longer = pause.until > view->place.time_us && pause.until > before;
    row->pause_until_us = is_longer ? pause.until : before;
    struct view_notice *notice = notice_make(view, &row->notice);
    if (notice != NULL) {
        notice->kind = VIEW_NOTICE_LOGIN;
        notice->owner = account;
        notice->cause = pause.cause;
        notice->deadline = row->pause_until_us;
        notice->deadline_before = before;
    }
    return true;
}

bool view_define_person(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_link link;
    view_load(&link, sizeof link, command, size);
    switch (bytes_u16(command)) {
    case COMMAND_PERSON_ADD:
        return person_add(view, link.person);
    case COMMAND_LINK:
        return link_make(view, account, link.person);
    case COMMAND_UNLINK:
        return link_end(view, account, link.person);
    case COMMAND_PERSON_GROUP:
        return on_group(view, command, size);
    default: /* not an enum: a number from outside, one of the two that are left */
        break;
    }
    if (bytes_u16(command) == COMMAND_RULES_SET) {
        struct command_rules_set set;
        view_load(&set, sizeof set, command, size);
        view->price_stale_seconds = set.price_stale_seconds;
        return true;
    }
    struct command_valuation_price set;
    view_load(&set, sizeof set, command, size);
    return price_set(view, set.asset, set.price, set.time_us);
}
_Static_assert(offsetof(struct command_person_add, person) == offsetof(struct command_link, person),
               "one is read as the other");

/* ---- from an image ---- */

static bool image_pack(struct view *view, const u8 *record, size_t size)
{
    struct state_pack state;
    view_load(&state, sizeof state, record, size);
    bool is_arriving = state.head.id == UINT16_MAX;
    return is_arriving ||
           pack_begin(view, state.content_hash,
                      state.head.id < VIEW_PACK_NUMBERS ? (u32)state.head.id : VIEW_PACK_NUMBERS,
                      state.pack_state, 0);
}

static bool image_finding(struct view *view, const u8 *record, size_t size)
{
    struct state_finding state;
    view_load(&state, sizeof state, record, size);
    struct view_finding next = {.vector = state.vector,
                                .deadline = state.deadline,
                                .since_us = state.unknown_since,
                                .person = state.person,
                                .pack = state.pack,
                                .rule = state.rule,
                                .truth = state.truth,
                                .reasons = state.reasons,
                                .missing = state.missing,
                                .flags = state.flags};
    return finding_fits(view, next.person, next.truth, next.rule) &&
           (pack_numbered(view, next.pack) != NULL || view_wrong(view, "pack of a finding")) &&
           finding_set(view, &next);
}

bool view_image_person(struct view *view, u16 kind, const u8 *record, size_t size)
{
    if (kind == STATE_RULES) {
        struct state_rules state;
        view_load(&state, sizeof state, record, size);
        view->price_stale_seconds = state.price_stale_seconds;
        return true;
    }
    if (kind == STATE_PACK) {
        return image_pack(view, record, size);
    }
    if (kind == STATE_VALUATION_PRICE) {
        struct state_valuation_price state;
        view_load(&state, sizeof state, record, size);
        return price_set(view, state.asset, state.price, state.time_us);
    }
    if (kind == STATE_PERSON) {
        struct state_person state;
        view_load(&state, sizeof state, record, size);
        return person_add(view, state.head.id) && group_set(view, (u32)state.head.id, state.group);
    }
    if (kind == STATE_LINK) {
        struct state_link state;
        view_load(&state, sizeof state, record, size);
        return link_make(view, state.head.account, state.person);
    }
    if (kind == STATE_LOGIN) {
        struct state_login state;
        view_load(&state, sizeof state, record, size);
        if (!login_make(view, state.head.account, state.head.id)) {
            return false;
        }
        view->accounts[state.head.account].pause_until_us = state.pause_until;
        return true;
    }
    return image_finding(view, record, size);
}

/* ---- reading ---- */

u32 view_login_account(const struct view *view, u64 login)
{
    if (login == 0) {
        return 0;
    }
    u32 at = *login_head(view, login);
    while (at != 0 && view->accounts[at - 1].login != login) {
        at = view->accounts[at - 1].login_next;
    }
    return at;
}

u64 view_login_of(const struct view *view, u32 account)
{
    return account < view->accounts_count ? view->accounts[account].login : 0;
}

u64 view_pause_until(const struct view *view, u32 account)
{
    return account < view->accounts_count ? view->accounts[account].pause_until_us : 0;
}

u32 view_person_of(const struct view *view, u32 account)
{
    return account < view->accounts_count ? view->accounts[account].person : 0;
}

u32 view_group_of(const struct view *view, u32 account)
{
    if (account >= view->accounts_count) {
        return VIEW_GROUP_NONE;
    }
    const struct view_account *row = &view->accounts[account];
    u32 web = row->person == 0 ? 0 : view->persons[row->person].group;
    if (row->trade_group != VIEW_GROUP_NONE || web == 0) {
        return row->trade_group;
    }
    return web;
}

u32 view_persons_count(const struct view *view)
{
    return view->persons_count;
}

u32 view_packs_turn(const struct view *view)
{
    return view->pack_turn;
}

const struct view_pack *view_pack_at(const struct view *view, u32 index)
{
    return index < VIEW_PACKS_MAX && view->packs[index].turn != 0 ? &view->packs[index] : NULL;
}

const struct view_pack *view_pack_of(const struct view *view, u32 number)
{
    u32 place = number < VIEW_PACK_NUMBERS ? view->pack_at[number] : 0;
    return place ? &view->packs[place - 1] : NULL;
}

const struct view_pack *view_pack_turn(const struct view *view, u32 turn)
{
    for (u32 i = 0; i < VIEW_PACKS_MAX && turn != 0; i++) {
        if (view->packs[i].turn == turn) {
            return &view->packs[i];
        }
    }
    return NULL;
}

const struct view_finding *view_finding_newest(const struct view *view, u32 person)
{
    u32 slot = person > 0 && person <= view->persons_count ? view->persons[person].finding : 0;
    return slot ? &view->findings[slot] : NULL;
}

const struct view_finding *view_finding_older(const struct view *view,
                                              const struct view_finding *finding)
{
    return finding->older ? &view->findings[finding->older] : NULL;
}

const struct view_notice *view_notice_of_account(const struct view *view, u32 account)
{
    return account < view->accounts_count ? notice_at(view, view->accounts[account].notice) : NULL;
}

const struct view_notice *view_notice_of_person(const struct view *view, u32 person)
{
    return person > 0 && person <= view->persons_count
               ? notice_at(view, view->persons[person].notice)
               : NULL;
}

const struct view_notice *view_notice_older(const struct view *view,
                                            const struct view_notice *notice)
{
    return notice_at(view, notice->older);
}

u64 view_notices_since_us(const struct view *view)
{
    return view->notices_since_us;
}

/* All of one asset that the person's accounts have: free, locked, leaving, arriving. */
static u128 person_units(const struct view *view, u32 person, u16 asset)
{
    u128 units = 0;
    for (u32 next = view->persons[person].account; next != 0;
         next = view->accounts[next - 1].person_next) {
        const struct view_balance *row = view_balance_of(view, next - 1, asset);
        if (row != NULL) {
            units += (u128)view_units(row->free) + view_units(row->locked) +
                     view_units(row->withdrawing) + view_units(row->arriving);
        }
    }
    return units;
}

bool view_holdings(const struct view *view, u32 person, u64 now_us, u64 *eur_out)
{
    u64 stale_s = view->price_stale_seconds ? view->price_stale_seconds : PRICE_STALE_SECONDS;
    u64 sum = 0;
    *eur_out = 0;
    for (u32 asset = 0; asset < view->assets_count; asset++) {
        u128 units = person > 0 && person <= view->persons_count
                         ? person_units(view, person, (u16)asset)
                         : 0;
        const struct view_valuation *valuation = &view->valuations[asset];
        if (units == 0) {
            continue;
        }
        if (valuation->time_us == 0 || now_us >= valuation->time_us + stale_s * MICROSECONDS) {
            return false;
        }
        struct amount value = amount_of(UINT64_MAX);
        bool fits = units <= UINT64_MAX &&
                    amount_mul_price_ceil(valuation->price, amount_of((u64)units),
                                          view->assets[asset].scale, PRICE_SCALE, &value);
        u64 eur = fits ? view_units(value) : UINT64_MAX;
        sum = eur > UINT64_MAX - sum ? UINT64_MAX : sum + eur;
    }
    *eur_out = sum;
    return true;
}

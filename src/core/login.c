#include "core/login.h"

#include "base/check.h"
#include "core/define.h"
#include "core/index.h"
#include "core/person.h"
#include "core/ruling.h"
#include "wire/link.h"

/* ---- looking ---- */

u32 login_account(const struct core *core, u64 login)
{
    const struct ruling *ruling = &core->ruling;
    u32 position = 0;
    if (core->limits.persons_max == 0 || login == 0) {
        return LOGIN_ACCOUNT_NONE;
    }
    u32 slot = index_find(&ruling->login_index, (u32)login, &position);
    while (slot && ruling->logins[slot - 1].number != login) {
        slot = index_find_next(&ruling->login_index, (u32)login, &position);
    }
    return slot ? slot - 1 : LOGIN_ACCOUNT_NONE;
}

void login_hand_keep(struct core *core, u32 account)
{
    if (!login_has_hand(core, account)) {
        core->ruling.links[account].hand = core->accounts[account].restrictions;
    }
}

/* ---- the pauses: a heap by (end, account) ---- */

static bool sooner(const struct ruling *ruling, u32 a, u32 b)
{
    u64 at_a = ruling->logins[a].pause_until;
    u64 at_b = ruling->logins[b].pause_until;
    return at_a != at_b ? at_a < at_b : a < b;
}

static void heap_put(struct ruling *ruling, u32 place, u32 account)
{
    ruling->pauses[place] = account;
    ruling->logins[account].heap = place;
}

static void heap_up(struct ruling *ruling, u32 place, u32 account)
{
    while (place > 1 && sooner(ruling, account, ruling->pauses[place / 2])) {
        heap_put(ruling, place, ruling->pauses[place / 2]);
        place /= 2;
    }
    heap_put(ruling, place, account);
}

static void heap_down(struct ruling *ruling, u32 place, u32 account)
{
    for (;;) {
        u32 child = 2 * place;
        if (child > ruling->pauses_count) {
            break;
        }
        if (child < ruling->pauses_count &&
            sooner(ruling, ruling->pauses[child + 1], ruling->pauses[child])) {
            child++;
        }
        if (!sooner(ruling, ruling->pauses[child], account)) {
            break;
        }
        heap_put(ruling, place, ruling->pauses[child]);
        place = child;
    }
    heap_put(ruling, place, account);
}

static void heap_leave(struct ruling *ruling, u32 account)
{
    u32 place = ruling->logins[account].heap;
    CHECK(place > 0 && place <= ruling->pauses_count);
    ruling->logins[account].heap = 0;
    u32 last = ruling->pauses[ruling->pauses_count--];
    if (last == account) {
        return;
    }
    if (place > 1 && sooner(ruling, last, ruling->pauses[place / 2])) {
        heap_up(ruling, place, last);
    } else {
        heap_down(ruling, place, last);
    }
}

/* The account is paused until then, which is later than until now. */
static void pause_put(struct ruling *ruling, u32 account, u64 until)
{
    struct login *login = &ruling->logins[account];
    CHECK(until > login->pause_until);
    bool is_new = login->pause_until == 0;
    login->pause_until = until;
    if (is_new) {
        heap_up(ruling, ++ruling->pauses_count, account);
    } else {
        heap_down(ruling, login->heap, account);
    }
}

static void pause_end(struct core *core, u32 account)
{
    struct ruling *ruling = &core->ruling;
    heap_leave(ruling, account);
    ruling->logins[account].pause_until = 0;
    ruling_account(core, account, core->seq, false);
    if (!login_has_hand(core, account)) {
        ruling->links[account].hand = 0;
    }
}

u64 login_due(const struct core *core)
{
    const struct ruling *ruling = &core->ruling;
    return ruling->pauses_count ? ruling->logins[ruling->pauses[1]].pause_until : RULE_TIME_OPEN;
}

void login_first(struct core *core, u32 account)
{
    u64 until = core->limits.persons_max ? core->ruling.logins[account].pause_until : 0;
    if (until && until <= core->now_us) {
        pause_end(core, account);
    }
}

u32 login_run(struct core *core, u32 budget)
{
    while (budget > 0 && login_due(core) <= core->now_us) {
        pause_end(core, core->ruling.pauses[1]);
        budget--;
    }
    return budget;
}

/* ---- commands ---- */

static enum reject enter(const struct core *core, const struct command_head *head)
{
    if (core->limits.persons_max == 0) {
        return REJECT_LIMIT_PERSONS;
    }
    return head->source == LINK_SOURCE_LOGINS ? REJECT_NONE : REJECT_NEEDS_SECOND;
}

static enum reject open_check(const struct core *core, const struct command_login_open *command)
{
    enum reject reject = enter(core, &command->head);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->login == 0 || command->person != 0) {
        return REJECT_BAD_DEFINITION;
    }
    if (login_account(core, command->login) != LOGIN_ACCOUNT_NONE) {
        return REJECT_ALREADY_EXISTS;
    }
    if (core->accounts_count >= core->limits.accounts_max) {
        return REJECT_LIMIT_ACCOUNTS;
    }
    return core->ruling.persons_count >= core->limits.persons_max ? REJECT_LIMIT_PERSONS
                                                                  : REJECT_NONE;
}

void login_open(struct core *core, const struct command_login_open *command)
{
    struct ruling *ruling = &core->ruling;
    enum reject reject = open_check(core, command);
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    u32 account = core->accounts_count++;
    u32 person = ++ruling->persons_count;
    core->accounts[account] =
        (struct account){.restrictions = command->restrictions, .group = GROUP_NONE};
    ruling->persons[person] = (struct person){0};
    login_restore(core, account, command->login, 0);
    login_hand_keep(core, account);
    person_link_insert(core, account, person);
    struct command_login_open told = *command;
    told.person = person;
    define_tell(core, &told.head, account);
    ruling_evaluate(core, person);
    ruling_account(core, account, core->seq, false);
}

static enum reject pause_check(const struct core *core,
                               const struct command_withdraw_pause *command)
{
    enum reject reject = enter(core, &command->head);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->cause == 0 || command->cause >= LOGIN_CAUSE_COUNT) {
        return REJECT_BAD_ENUM;
    }
    if (command->until > core->now_us && command->until - core->now_us > LOGIN_PAUSE_MAX_US) {
        return REJECT_BAD_DEFINITION;
    }
    return login_account(core, command->login) == LOGIN_ACCOUNT_NONE ? REJECT_UNKNOWN_ACCOUNT
                                                                     : REJECT_NONE;
}

void login_pause(struct core *core, const struct command_withdraw_pause *command)
{
    enum reject reject = pause_check(core, command);
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    u32 account = login_account(core, command->login);
    define_tell(core, &command->head, account);
    if (command->until <= core->now_us ||
        command->until <= core->ruling.logins[account].pause_until) {
        return;
    }
    login_hand_keep(core, account);
    pause_put(&core->ruling, account, command->until);
    ruling_account(core, account, core->seq, false);
    ruling_clock(core);
}

/* ---- the snapshot, core_validate ---- */

void login_restore(struct core *core, u32 account, u64 login, u64 pause_until)
{
    struct ruling *ruling = &core->ruling;
    CHECK(login != 0 && ruling->logins[account].number == 0);
    ruling->logins[account] = (struct login){.number = login};
    index_insert(&ruling->login_index, (u32)login, account + 1);
    if (pause_until) {
        pause_put(ruling, account, pause_until);
    }
}

void login_validate(const struct core *core)
{
    const struct ruling *ruling = &core->ruling;
    u32 paused = 0;
    for (u32 i = 0; i < core->accounts_count; i++) {
        const struct login *login = &ruling->logins[i];
        CHECK(login->number == 0 || login_account(core, login->number) == i);
        CHECK(login->number != 0 || login->pause_until == 0);
        CHECK((login->pause_until != 0) == (login->heap != 0));
        CHECK(login->heap == 0 || ruling->pauses[login->heap] == i);
        bool has_hand = login_has_hand(core, i);
        CHECK(has_hand || ruling->links[i].hand == 0);
        CHECK(!has_hand || ruling->links[i].person ||
              core->accounts[i].restrictions == login_hand(core, i));
        paused += login->heap ? 1 : 0;
    }
    CHECK(paused == ruling->pauses_count);
    for (u32 i = 2; i <= ruling->pauses_count; i++) {
        CHECK(!sooner(ruling, ruling->pauses[i], ruling->pauses[i / 2]));
    }
}

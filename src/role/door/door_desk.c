#include "role/door/door_desk.h"

#include "base/check.h"
#include "base/email.h"
#include "base/secret.h"
#include "base/span.h"
#include "base/utf8.h"
#include "io/entropy.h"
#include "role/door/door_desk_inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NETWORK_BYTES 8U /* of an IPv6 address: the /64 */
#define SITE_BYTES    6U /* and the /48 */

static enum fault real_fill(struct door_entropy *entropy, u8 *target, size_t bytes)
{
    (void)entropy;
    return entropy_fill(target, bytes);
}

struct door_entropy *door_entropy_real(void)
{
    static struct door_entropy entropy = {.fill = real_fill};
    return &entropy;
}

/* ---- life ---- */

/* What a password is compared with where there is no login, so that it takes as long. */
static enum fault dummy_make(struct door_desk *desk)
{
    u8 secret[DOOR_HASH_BYTES];
    const struct door_hash_options *options = &desk->options.hash;
    TRY(desk->options.entropy->fill(desk->options.entropy, secret, sizeof(secret)));
    int code = crypto_pwhash_str(desk->dummy, (const char *)secret, sizeof(secret), options->passes,
                                 options->memory_bytes);
    secret_wipe(secret, sizeof(secret));
    return code == 0 ? FAULT_NONE : FAULT(FAULT_LIMIT, "no memory to hash a password");
}

/* A new key beside old logins would find nobody and open no second factor: as after a restore,
 * whose copy has no key. */
static enum fault key_check(struct door_desk *desk)
{
    const struct door_desk_options *options = &desk->options;
    char path[FILE_PATH_BYTES];
    struct door_totals totals = {.logins = 0};
    bool is_there = false;
    TRY(file_path(path, options->folder, DOOR_KEY_FILE));
    TRY(disk_exists(options->disk, path, &is_there));
    TRY(door_store_totals(&desk->store, &totals));
    return is_there || totals.logins == 0
               ? FAULT_NONE
               : FAULT(FAULT_MISSING, "%s: the logins' key is kept apart from them: put it back",
                       path);
}

static enum fault open_inner(struct door_desk *desk)
{
    const struct door_desk_options *options = &desk->options;
    u8 seed[16];
    TRY(door_store_open(&desk->store, options->disk, options->folder));
    TRY(key_check(desk));
    TRY(door_key_open(&desk->key, options->disk, options->folder));
    TRY(disk_sync_folder(options->disk, options->folder));
    TRY(door_mails_open(&desk->mails, options->disk, options->folder, options->issuer,
                        options->mails_max));
    TRY(options->entropy->fill(options->entropy, seed, sizeof(seed)));
    TRY(door_limit_open(&desk->limit, options->limit_places, seed));
    TRY(door_crowd_open(&desk->crowd, options->tickets_max));
    TRY(door_hash_open(&desk->hash, &options->hash));
    TRY(dummy_make(desk));
    desk->pending = sodium_malloc(sizeof(struct door_pending) * options->hash.jobs_max);
    if (desk->pending == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for what waits at the door");
    }
    memset(desk->pending, 0, sizeof(struct door_pending) * options->hash.jobs_max);
    return FAULT_NONE;
}

enum fault door_desk_open(struct door_desk **desk_out, const struct door_desk_options *options)
{
    CHECK(options->tickets_max > 0);
    struct door_desk *desk = calloc(1, sizeof(struct door_desk));
    *desk_out = desk;
    if (desk == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the door");
    }
    desk->options = *options;
    enum fault fault = open_inner(desk);
    if (fault != FAULT_NONE) {
        door_desk_close(desk);
        *desk_out = NULL;
    }
    return fault;
}

enum fault door_desk_start(struct door_desk *desk)
{
    return door_hash_start(desk->hash);
}

void door_desk_close(struct door_desk *desk)
{
    if (desk == NULL) {
        return;
    }
    door_hash_close(desk->hash);
    door_limit_close(desk->limit);
    door_crowd_close(desk->crowd);
    door_key_close(desk->key);
    door_store_close(&desk->store);
    sodium_free(desk->pending);
    free(desk);
}

struct door_counts door_desk_counts(const struct door_desk *desk)
{
    return desk->counts;
}

struct door_hash *door_desk_hash(struct door_desk *desk)
{
    return desk->hash;
}

struct door_store *door_desk_store(struct door_desk *desk)
{
    return &desk->store;
}

/* ---- sessions that end ---- */

void door_ended_note(struct door_desk *desk, u64 login, u64 handle)
{
    if (desk->ended_count == DOOR_ENDED_MAX) { /* then all of everybody */
        desk->ended[0] = (struct door_ended){.login = 0};
        desk->ended_count = 1;
        return;
    }
    desk->ended[desk->ended_count] = (struct door_ended){.login = login, .handle = handle};
    desk->ended_count += 1;
}

bool door_desk_ended(struct door_desk *desk, struct door_ended *ended_out)
{
    if (desk->ended_count == 0) {
        return false;
    }
    desk->ended_count -= 1;
    *ended_out = desk->ended[desk->ended_count];
    return true;
}

/* ---- helpers of all acts ---- */

struct frame_writer door_say_begin(struct door_act *act, enum door_code code, u32 wait_s)
{
    CHECK(!act->is_answered);
    act->is_answered = true;
    act->answer->origin = act->origin;
    act->desk->counts.answered[code] += 1;
    return door_answer_begin(act->answer->bytes, sizeof(act->answer->bytes), act->ask, code,
                             wait_s);
}

enum fault door_say_end(struct door_act *act, struct frame_writer *writer)
{
    CHECK(!writer->is_full);
    door_answer_end(writer);
    act->answer->size = writer->size;
    return FAULT_NONE;
}

enum fault door_say(struct door_act *act, enum door_code code)
{
    struct frame_writer writer = door_say_begin(act, code, 0);
    return door_say_end(act, &writer);
}

enum fault door_random(struct door_act *act, u8 *target, size_t bytes)
{
    struct door_entropy *entropy = act->desk->options.entropy;
    return entropy->fill(entropy, target, bytes);
}

u64 door_age(const struct door_act *act, u64 then_us)
{
    return act->now_us < then_us ? 0 : act->now_us - then_us;
}

bool door_address_take(struct door_act *act, struct door_address *address_out)
{
    const struct door_ask *ask = act->ask;
    address_out->size = ask->address_bytes;
    memcpy(address_out->bytes, ask->address, ask->address_bytes);
    if (!utf8_is_text(span_of(ask->address, ask->address_bytes)) ||
        !email_form(address_out->bytes, &address_out->size) ||
        !email_may_be_written_to(span_of(address_out->bytes, address_out->size))) {
        secret_wipe(address_out, sizeof(*address_out));
        return false;
    }
    door_key_hash(act->desk->key, DOOR_KEY_ADDRESS, 0,
                  span_of(address_out->bytes, address_out->size), address_out->hash);
    return true;
}

static bool is_four(const struct door_act *act)
{
    static const u8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(act->ask->network, mapped, sizeof(mapped)) == 0;
}

/* Of IPv4 the whole address, of IPv6 the /64. */
static struct span network_of(const struct door_act *act)
{
    return span_of(act->ask->network, is_four(act) ? DOOR_NETWORK_BYTES : NETWORK_BYTES);
}

/* What counts the site beside the network. */
static enum door_limit_kind site_kind(enum door_limit_kind of_network)
{
    switch (of_network) {
    case DOOR_LIMIT_SIGN_NETWORK:
        return DOOR_LIMIT_SIGN_SITE;
    case DOOR_LIMIT_MAIL_NETWORK:
        return DOOR_LIMIT_MAIL_SITE;
    case DOOR_LIMIT_CODE_NETWORK:
        return DOOR_LIMIT_CODE_SITE;
    case DOOR_LIMIT_SIGN_ADDRESS:
    case DOOR_LIMIT_MAIL_ADDRESS:
    case DOOR_LIMIT_SIGN_SITE:
    case DOOR_LIMIT_MAIL_SITE:
    case DOOR_LIMIT_CODE_SITE:
    case DOOR_LIMIT_KINDS:
        break;
    }
    CHECK(false);
    return DOOR_LIMIT_KINDS;
}

/* An IPv4 address has no site of its own: its /24 is many people's. */
static u32 site_wait(const struct door_act *act, enum door_limit_kind of_network)
{
    struct span site = span_of(act->ask->network, SITE_BYTES);
    return is_four(act)
               ? 0
               : door_limit_wait(act->desk->limit, site_kind(of_network), site, act->now_us);
}

bool door_admit(struct door_act *act, enum door_limit_kind of_address, const u8 *address,
                enum door_limit_kind of_network)
{
    struct door_limit *limit = act->desk->limit;
    struct span hash = span_of(address, DOOR_HASH_BYTES);
    u32 wait = door_limit_wait(limit, of_network, network_of(act), act->now_us);
    u32 longer = address == NULL ? 0 : door_limit_wait(limit, of_address, hash, act->now_us);
    wait = longer > wait ? longer : wait;
    longer = site_wait(act, of_network);
    wait = longer > wait ? longer : wait;
    if (wait > 0) {
        struct frame_writer writer = door_say_begin(act, DOOR_CODE_WAIT, wait);
        (void)door_say_end(act, &writer);
        return false;
    }
    door_limit_take(limit, of_network, network_of(act), act->now_us);
    if (!is_four(act)) {
        door_limit_take(limit, site_kind(of_network), span_of(act->ask->network, SITE_BYTES),
                        act->now_us);
    }
    if (address != NULL) {
        door_limit_take(limit, of_address, hash, act->now_us);
    }
    return true;
}

void door_admitted_well(struct door_act *act, enum door_limit_kind of_address, const u8 *address,
                        enum door_limit_kind of_network)
{
    door_limit_return(act->desk->limit, of_network, network_of(act));
    if (!is_four(act)) {
        door_limit_return(act->desk->limit, site_kind(of_network),
                          span_of(act->ask->network, SITE_BYTES));
    }
    if (address != NULL) {
        door_limit_return(act->desk->limit, of_address, span_of(address, DOOR_HASH_BYTES));
    }
}

void door_wait(struct door_act *act, enum door_hash_kind kind, const struct door_pending *pending)
{
    u32 job = 0;
    struct span password = span_of(act->ask->password, act->ask->password_bytes);
    bool is_taken = door_hash_put(act->desk->hash, kind, password, pending->password, &job);
    CHECK(is_taken);
    struct door_pending *place = &act->desk->pending[job];
    *place = *pending;
    place->ask = *act->ask;
    place->origin = act->origin;
    secret_wipe(place->ask.password, sizeof(place->ask.password));
}

/* ---- which act ---- */

static enum fault dispatch(struct door_act *act)
{
    switch ((enum door_ask_kind)act->ask->kind) {
    case DOOR_ASK_SIGN_UP:
        return door_sign_up(act);
    case DOOR_ASK_SIGN_UP_CONFIRM:
        return door_sign_up_confirm(act);
    case DOOR_ASK_SIGN_IN:
        return door_sign_in(act);
    case DOOR_ASK_SECOND:
        return door_second(act);
    case DOOR_ASK_LOOK:
    case DOOR_ASK_USE:
        return door_look(act);
    case DOOR_ASK_SIGN_OUT:
        return door_sign_out(act);
    case DOOR_ASK_SESSIONS:
        return door_sessions(act);
    case DOOR_ASK_SESSION_END:
        return door_session_end(act);
    case DOOR_ASK_AGAIN:
        return door_again(act);
    case DOOR_ASK_PASSWORD:
        return door_password(act);
    case DOOR_ASK_TOTP_BEGIN:
        return door_totp_begin(act);
    case DOOR_ASK_TOTP_CONFIRM:
        return door_totp_confirm(act);
    case DOOR_ASK_TOTP_OFF:
        return door_totp_off(act);
    case DOOR_ASK_RECOVERY_NEW:
        return door_recovery_new(act);
    case DOOR_ASK_RESET:
        return door_reset(act);
    case DOOR_ASK_RESET_SET:
        return door_reset_set(act);
    case DOOR_ASK_STATUS:
        return door_status(act);
    case DOOR_ASK_EFFECTS:
        return door_effects(act);
    case DOOR_ASK_EFFECTS_DONE:
        return door_effects_done(act);
    case DOOR_ASK_EFFECT_DONE:
        return door_effect_done(act);
    case DOOR_ASK_EFFECT_AGAIN:
        return door_effect_again(act);
    case DOOR_ASK_LOGIN_SESSIONS:
        return door_login_sessions(act);
    case DOOR_ASK_LOGIN_SESSIONS_END:
        return door_login_sessions_end(act);
    }
    return door_say(act, DOOR_CODE_FRAME);
}

enum fault door_desk_ask(struct door_desk *desk, const struct door_ask *ask, u64 origin, u64 now_us,
                         struct door_answer *answer_out, bool *now_out)
{
    struct door_act act = {
        .desk = desk, .ask = ask, .origin = origin, .now_us = now_us, .answer = answer_out};
    CHECK(ask->kind >= 1 && ask->kind <= DOOR_ASK_MAX);
    desk->counts.asked[ask->kind] += 1;
    TRY(dispatch(&act));
    *now_out = act.is_answered;
    return FAULT_NONE;
}

/* ---- what waited ---- */

static enum fault later(struct door_act *act, const struct door_pending *pending,
                        const struct door_hash_result *result)
{
    if (result->is_failed) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    switch ((enum door_ask_kind)act->ask->kind) {
    case DOOR_ASK_SIGN_UP:
        return door_sign_up_later(act, pending, result);
    case DOOR_ASK_SIGN_IN:
        return door_sign_in_later(act, pending, result);
    case DOOR_ASK_AGAIN:
        return door_again_later(act, pending, result);
    case DOOR_ASK_PASSWORD:
        return door_password_later(act, pending, result);
    case DOOR_ASK_RESET_SET:
        return door_reset_set_later(act, pending, result);
    case DOOR_ASK_SIGN_UP_CONFIRM:
    case DOOR_ASK_SECOND:
    case DOOR_ASK_LOOK:
    case DOOR_ASK_USE:
    case DOOR_ASK_SIGN_OUT:
    case DOOR_ASK_SESSIONS:
    case DOOR_ASK_SESSION_END:
    case DOOR_ASK_TOTP_BEGIN:
    case DOOR_ASK_TOTP_CONFIRM:
    case DOOR_ASK_TOTP_OFF:
    case DOOR_ASK_RECOVERY_NEW:
    case DOOR_ASK_RESET:
    case DOOR_ASK_STATUS:
    case DOOR_ASK_EFFECTS:
    case DOOR_ASK_EFFECTS_DONE:
    case DOOR_ASK_EFFECT_DONE:
    case DOOR_ASK_EFFECT_AGAIN:
    case DOOR_ASK_LOGIN_SESSIONS:
    case DOOR_ASK_LOGIN_SESSIONS_END:
        break;
    }
    return door_say(act, DOOR_CODE_FRAME); /* these never wait */
}

static enum fault sweep(struct door_desk *desk, u64 now_us)
{
    u64 count = 0;
    if (now_us >= desk->sweep_us && now_us - desk->sweep_us < DOOR_SWEEP_US) {
        return FAULT_NONE;
    }
    desk->sweep_us = now_us;
    u64 seen_before_us = now_us < DOOR_IDLE_US ? 0 : now_us - DOOR_IDLE_US;
    return door_store_over(&desk->store, now_us, seen_before_us, &count);
}

enum fault door_desk_turn(struct door_desk *desk, u64 now_us, struct door_answer *answer_out,
                          bool *is_out)
{
    struct door_hash_result result;
    *is_out = false;
    TRY(sweep(desk, now_us));
    if (!door_hash_take(desk->hash, &result)) {
        return FAULT_NONE;
    }
    struct door_pending *pending = &desk->pending[result.job];
    struct door_act act = {.desk = desk,
                           .ask = &pending->ask,
                           .origin = pending->origin,
                           .now_us = now_us,
                           .answer = answer_out};
    enum fault fault = later(&act, pending, &result);
    secret_wipe(pending, sizeof(*pending));
    secret_wipe(&result, sizeof(result));
    CHECK(fault != FAULT_NONE || act.is_answered);
    *is_out = fault == FAULT_NONE;
    return fault;
}

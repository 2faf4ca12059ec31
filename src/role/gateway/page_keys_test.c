/* Aim: a page's key works from its making to its end, which comes with its time, its session, or
 * all of its login's; it withdraws while the proof is fresh; nobody else's session makes it longer;
 * whoever must know of an end is told once, and a new one that cannot be ends none. Method:
 * examples by a false clock, with invented public keys, beside a store that knows one name; then
 * random acts beside a plain list. */
#include "role/gateway/page_keys.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64, BASE = 1000, STORED = 5 };

#define MINUTE (60ULL * 1000000)
#define BEGIN  1700000000000000ULL

static struct page_keys keys;
static struct page_keys_sink sink;
static struct arena arena;
static void *memory;
static u64 now_us;
static u32 gone[256];
static u32 gone_count;
static struct page_key_told told;
static struct key_entry entry;
static bool has_memory = true;

/* The store behind: knows the name of 64 letters "A". */
static bool stored_find(struct key_view *view, struct span api_key, struct key_entry *entry_out)
{
    u8 name[AUTH_KEY_BYTES];
    (void)view;
    memset(name, 'A', sizeof(name));
    if (!span_equal(api_key, span_of(name, sizeof(name)))) {
        return false;
    }
    *entry_out = (struct key_entry){.number = STORED, .enabled = true};
    return true;
}

static struct key_view stored = {.find = stored_find};

static void on_gone(struct page_keys_sink *from, u32 number)
{
    assert_ptr_equal(from, &sink);
    assert_true(gone_count < ARRAY_COUNT(gone));
    gone[gone_count] = number;
    gone_count += 1;
}

/* libcrypto's memory, which a test can have run out. */
static void *crypto_malloc(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return has_memory ? malloc(bytes) : NULL;
}

static void *crypto_realloc(void *old, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return has_memory ? realloc(old, bytes) : NULL;
}

static void crypto_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

static int setup(void **state)
{
    (void)state;
    size_t bytes = page_keys_footprint(KEYS_MAX);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    arena_init(&arena, memory, bytes);
    sink.gone = on_gone;
    now_us = BEGIN;
    gone_count = 0;
    const struct page_keys_options options = {.stored = &stored,
                                              .sink = &sink,
                                              .now_us = &now_us,
                                              .keys_max = KEYS_MAX,
                                              .number_base = BASE,
                                              .seed = 7};
    assert_int_equal(page_keys_open(&keys, &options, &arena), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    page_keys_close(&keys);
    page_keys_close(&keys);
    free(memory);
    fault_forget();
    return 0;
}

/* A session in force for 12 hours, its proof fresh for five minutes. */
static struct page_key_ask ask_of(u64 login, u64 session, u8 public_key)
{
    struct page_key_ask ask = {.login = login,
                               .session = session,
                               .until_us = now_us + 720 * MINUTE,
                               .fresh_until_us = now_us + 5 * MINUTE,
                               .account = (u32)login + 100};
    memset(ask.public_key, public_key, sizeof(ask.public_key));
    return ask;
}

static void takes(const struct page_key_ask *ask)
{
    assert_int_equal(page_keys_take(&keys, ask, &told), FAULT_NONE);
}

static bool finds(const struct page_key_told *key)
{
    return keys.view.find(&keys.view, span_of(key->api_key, sizeof(key->api_key)), &entry) &&
           entry.enabled;
}

static void a_key_speaks_for_its_account_for_ten_minutes(void **state)
{
    (void)state;
    struct page_key_ask ask = ask_of(1, 11, 1);
    takes(&ask);
    assert_true(auth_key_valid(span_of(told.api_key, sizeof(told.api_key))));
    assert_int_equal(told.until_us, now_us + PAGE_KEY_US);
    assert_true(finds(&told));
    assert_int_equal(entry.account, 101);
    assert_true(entry.number > BASE && entry.number <= BASE + KEYS_MAX);
    assert_int_equal(entry.sign->kind, SIGN_KIND_ED25519);
    assert_int_equal(entry.networks_count, 0);
    now_us += PAGE_KEY_US - 1;
    assert_true(finds(&told));
    now_us += 1;
    assert_false(finds(&told));
    assert_int_equal(gone_count, 0);
    page_keys_sweep(&keys);
    assert_int_equal(gone_count, 1);
    assert_int_equal(gone[0], entry.number);
    page_keys_sweep(&keys);
    assert_int_equal(gone_count, 1);
}

static void it_withdraws_while_the_proof_is_fresh(void **state)
{
    (void)state;
    struct page_key_ask ask = ask_of(1, 11, 1);
    takes(&ask);
    assert_true(told.may_withdraw);
    assert_true(finds(&told));
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW);
    now_us += 5 * MINUTE - 1;
    assert_true(finds(&told));
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW);
    now_us += 1;
    assert_true(finds(&told));
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE);
    /* Renewed without a new proof it stays so; with one it withdraws again. */
    struct page_key_told before = told;
    takes(&ask);
    assert_false(told.may_withdraw);
    assert_true(finds(&told));
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE);
    ask.fresh_until_us = now_us + 5 * MINUTE;
    takes(&ask);
    assert_true(told.may_withdraw);
    assert_true(finds(&before));
    assert_int_equal(entry.rights, KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW);
    ask.fresh_until_us = 0;
    takes(&ask);
    assert_false(told.may_withdraw);
}

static void its_session_alone_renews_it(void **state)
{
    (void)state;
    struct page_key_ask ask = ask_of(1, 11, 1);
    takes(&ask);
    struct page_key_told first = told;
    now_us += 9 * MINUTE;
    takes(&ask);
    assert_memory_equal(told.api_key, first.api_key, sizeof(first.api_key));
    assert_int_equal(told.until_us, now_us + PAGE_KEY_US);
    struct page_key_ask other = ask_of(1, 12, 1); /* another session of the same login */
    takes(&other);
    assert_memory_not_equal(told.api_key, first.api_key, sizeof(first.api_key));
    struct page_key_ask stranger = ask_of(2, 11, 1); /* another login's of the same handle */
    takes(&stranger);
    assert_memory_not_equal(told.api_key, first.api_key, sizeof(first.api_key));
    assert_true(finds(&first));
    assert_int_equal(entry.account, 101);
    now_us += 2 * MINUTE; /* beyond the end of the first ten minutes */
    assert_true(finds(&first));
    now_us += 8 * MINUTE;
    assert_false(finds(&first));
    takes(&ask); /* too late: another one */
    assert_memory_not_equal(told.api_key, first.api_key, sizeof(first.api_key));
}

static void it_ends_with_its_session_and_no_other(void **state)
{
    (void)state;
    struct page_key_told each[4];
    const u64 logins[] = {1, 1, 2, 2};
    const u64 sessions[] = {11, 12, 11, 22};
    for (u32 i = 0; i < 4; i += 1) {
        struct page_key_ask ask = ask_of(logins[i], sessions[i], (u8)i);
        takes(&ask);
        each[i] = told;
    }
    page_keys_end(&keys, 1, 11);
    assert_int_equal(gone_count, 1);
    assert_false(finds(&each[0]));
    assert_true(finds(&each[1]) && finds(&each[2]) && finds(&each[3]));
    page_keys_end(&keys, 2, 0);
    assert_int_equal(gone_count, 3);
    assert_true(finds(&each[1]) && !finds(&each[2]) && !finds(&each[3]));
    page_keys_end(&keys, 9, 0);
    assert_int_equal(gone_count, 3);
    page_keys_end(&keys, 0, 0);
    assert_int_equal(gone_count, 4);
    assert_false(finds(&each[1]));
    struct page_key_ask short_one = ask_of(1, 11, 1);
    short_one.until_us = now_us + MINUTE; /* the session ends before ten minutes have gone */
    takes(&short_one);
    assert_int_equal(told.until_us, now_us + MINUTE);
}

static void a_login_has_so_many_and_its_oldest_gives_way(void **state)
{
    (void)state;
    struct page_key_told first = {{0}, 0, false};
    for (u8 i = 0; i <= PAGE_KEYS_OF_LOGIN; i += 1) {
        struct page_key_ask ask = ask_of(1, 11, i);
        takes(&ask);
        first = i == 0 ? told : first;
        now_us += 1;
        assert_int_equal(finds(&first), i < PAGE_KEYS_OF_LOGIN);
    }
    assert_int_equal(gone_count, 1);
    for (u64 login = 2; login < 2 + KEYS_MAX / PAGE_KEYS_OF_LOGIN; login += 1) {
        for (u8 i = 0; i < PAGE_KEYS_OF_LOGIN; i += 1) {
            struct page_key_ask ask = ask_of(login, 11, i);
            bool has_room = login < 1 + KEYS_MAX / PAGE_KEYS_OF_LOGIN;
            assert_int_equal(page_keys_take(&keys, &ask, &told),
                             has_room ? FAULT_NONE : FAULT_LIMIT);
        }
    }
    assert_int_equal(gone_count, 1);
}

/* Also where they are found in one chain with another's: of so many logins some are. */
static void no_other_login_ends_or_moves_ones_keys(void **state)
{
    struct page_key_told own[PAGE_KEYS_OF_LOGIN];
    (void)state;
    for (u8 i = 0; i < PAGE_KEYS_OF_LOGIN; i += 1) {
        struct page_key_ask ask = ask_of(1, 11, i);
        takes(&ask);
        own[i] = told;
    }
    for (u64 login = 2; login < 1000; login += 1) {
        struct page_key_ask ask = ask_of(login, 11, 0);
        takes(&ask);
        assert_int_equal(gone_count, 0);
        page_keys_end(&keys, login, 0);
        assert_int_equal(gone_count, 1);
        assert_false(finds(&told));
        gone_count = 0;
    }
    for (u32 i = 0; i < PAGE_KEYS_OF_LOGIN; i += 1) {
        assert_true(finds(&own[i]));
    }
}

static void what_was_renewed_is_not_the_oldest(void **state)
{
    struct page_key_told first = {{0}, 0, false};
    (void)state;
    for (u8 i = 0; i < PAGE_KEYS_OF_LOGIN; i += 1) {
        struct page_key_ask ask = ask_of(1, 11, i);
        takes(&ask);
        first = i == 0 ? told : first;
        now_us += 1;
    }
    for (u8 i = 0; i < PAGE_KEYS_OF_LOGIN - 1; i += 1) { /* but the last */
        struct page_key_ask ask = ask_of(1, 11, i);
        takes(&ask);
        now_us += 1;
    }
    struct page_key_ask ask = ask_of(1, 11, PAGE_KEYS_OF_LOGIN - 1);
    struct page_key_ask another = ask_of(1, 11, 99);
    takes(&another);
    assert_int_equal(gone_count, 1);
    assert_true(finds(&first));
    takes(&ask); /* the last was the oldest: it is made anew, and the first goes now */
    assert_int_equal(gone_count, 2);
    assert_false(finds(&first));
}

static void a_key_that_cannot_be_opened_ends_none(void **state)
{
    (void)state;
    struct page_key_told first = {{0}, 0, false};
    for (u8 i = 0; i < PAGE_KEYS_OF_LOGIN; i += 1) {
        struct page_key_ask ask = ask_of(1, 11, i);
        takes(&ask);
        first = i == 0 ? told : first;
        now_us += 1;
    }
    struct page_key_ask ask = ask_of(1, 11, PAGE_KEYS_OF_LOGIN);
    has_memory = false;
    enum fault fault = page_keys_take(&keys, &ask, &told);
    has_memory = true;
    assert_int_not_equal(fault, FAULT_NONE);
    assert_true(finds(&first));
    assert_int_equal(gone_count, 0);
    takes(&ask);
    assert_false(finds(&first));
    assert_int_equal(gone_count, 1);
}

static void other_names_are_the_stores(void **state)
{
    (void)state;
    struct page_key_ask ask = ask_of(1, 11, 1);
    takes(&ask);
    u8 name[AUTH_KEY_BYTES];
    memset(name, 'A', sizeof(name));
    assert_true(keys.view.find(&keys.view, span_of(name, sizeof(name)), &entry));
    assert_int_equal(entry.number, STORED);
    memset(name, 'B', sizeof(name));
    assert_false(keys.view.find(&keys.view, span_of(name, sizeof(name)), &entry));
}

struct model_key {
    struct page_key_told told;
    u64 login, session, fresh_until_us;
    u8 public_key;
    bool is_there;
};

static struct model_key model[4096];
static u32 model_count;

static void model_end(u64 login, u64 session)
{
    for (u32 i = 0; i < model_count; i += 1) {
        bool is_meant = login == 0 ||
                        (model[i].login == login && (session == 0 || model[i].session == session));
        model[i].is_there = model[i].is_there && !is_meant;
    }
}

static void model_take(const struct page_key_ask *ask)
{
    for (u32 i = 0; i < model_count; i += 1) {
        struct model_key *key = &model[i];
        if (key->is_there && key->told.until_us > now_us && key->login == ask->login &&
            key->session == ask->session && key->public_key == ask->public_key[0]) {
            takes(ask);
            assert_memory_equal(told.api_key, key->told.api_key, sizeof(told.api_key));
            key->told = told;
            key->fresh_until_us = ask->fresh_until_us;
            return;
        }
    }
    takes(ask);
    assert_true(model_count < ARRAY_COUNT(model));
    model[model_count] = (struct model_key){.told = told,
                                            .login = ask->login,
                                            .session = ask->session,
                                            .fresh_until_us = ask->fresh_until_us,
                                            .public_key = ask->public_key[0],
                                            .is_there = true};
    model_count += 1;
}

/* Three logins with two sessions of two public keys: no more keys at a time than there may be, but
 * for those that are over and not swept. */
static void random_acts_as_a_plain_list(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    model_count = 0;
    for (u32 step = 0; step < 1500; step += 1) {
        u64 login = random_between(&random, 1, 3);
        u64 session = random_between(&random, 11, 12);
        struct page_key_ask ask = ask_of(login, session, (u8)random_between(&random, 1, 2));
        ask.fresh_until_us = random_chance(&random, 1, 3) ? 0 : now_us + MINUTE;
        gone_count = 0;
        if (random_chance(&random, 2, 3)) {
            model_take(&ask);
        } else {
            u64 whose = random_chance(&random, 1, 20) ? 0 : login;
            u64 which = random_chance(&random, 1, 4) ? 0 : session;
            page_keys_end(&keys, whose, which);
            model_end(whose, which);
        }
        now_us += random_between(&random, 0, 3 * MINUTE);
        page_keys_sweep(&keys);
        for (u32 i = model_count > 40 ? model_count - 40 : 0; i < model_count; i += 1) {
            const struct model_key *key = &model[i];
            bool is_there = key->is_there && now_us < key->told.until_us;
            assert_int_equal(finds(&key->told), is_there);
            if (is_there) {
                assert_int_equal((entry.rights & KEY_RIGHT_WITHDRAW) != 0,
                                 now_us < key->fresh_until_us);
            }
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        TEST(a_key_speaks_for_its_account_for_ten_minutes),
        TEST(it_withdraws_while_the_proof_is_fresh),
        TEST(its_session_alone_renews_it),
        TEST(it_ends_with_its_session_and_no_other),
        TEST(a_login_has_so_many_and_its_oldest_gives_way),
        TEST(no_other_login_ends_or_moves_ones_keys),
        TEST(what_was_renewed_is_not_the_oldest),
        TEST(a_key_that_cannot_be_opened_ends_none),
        TEST(other_names_are_the_stores),
        TEST(random_acts_as_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

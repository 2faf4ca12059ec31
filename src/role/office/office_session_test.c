/* Aim: a challenge is good once, for five minutes, for one officer and one purpose; a session is
 * known by its token alone and ends by idleness, age, another's beginning or its end; guessing is
 * paused.
 *
 * Method: the modules by hand, with times that the test makes up. */
#include "role/office/office_session.h"

#include "base/span.h"
#include "role/office/office_limit.h"
#include "tests/support/test.h"

#include <string.h>

enum { NOW = 1000000 };

static struct office_sessions sessions;
static struct office_limit limit;
static struct sha256 sha256;
static u8 challenge[OFFICE_CHALLENGE_BYTES];

static int make(void **state)
{
    static const u8 key[OFFICE_LIMIT_KEY_BYTES] = {1, 2, 3};
    (void)state;
    office_limit_init(&limit, key);
    return sha256_open(&sha256) == FAULT_NONE && office_sessions_open(&sessions) == FAULT_NONE ? 0
                                                                                               : -1;
}

static int clear(void **state)
{
    (void)state;
    sha256_close(&sha256);
    office_sessions_close(&sessions);
    return 0;
}

static bool holds(const char *code, enum office_purpose purpose, u64 now_ms)
{
    return office_challenge_holds(&sessions, purpose, span_of_text(code), now_ms, challenge);
}

static void challenge_make(const char *code)
{
    assert_int_equal(office_challenge_make(&sessions, OFFICE_PURPOSE_SIGN_IN, span_of_text(code),
                                           NOW, challenge),
                     FAULT_NONE);
}

/* ---- challenges ---- */

static void a_challenge_is_one_officers_for_one_purpose(void **state)
{
    (void)state;
    challenge_make("anna");
    assert_true(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW));
    assert_false(holds("anna", OFFICE_PURPOSE_CREDENTIAL, NOW));
    assert_false(holds("bela", OFFICE_PURPOSE_SIGN_IN, NOW));
    assert_false(holds("", OFFICE_PURPOSE_SIGN_IN, NOW));
}

static void a_challenge_lasts_five_minutes(void **state)
{
    (void)state;
    challenge_make("anna");
    assert_true(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW + OFFICE_CHALLENGE_MS - 1));
    assert_false(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW + OFFICE_CHALLENGE_MS));
}

static void a_challenge_works_once(void **state)
{
    (void)state;
    challenge_make("anna");
    assert_true(office_challenge_use(&sessions, NOW, challenge));
    assert_false(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW));
    assert_false(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW + OFFICE_CHALLENGE_MS - 1));
}

static void no_bit_of_a_challenge_may_differ(void **state)
{
    (void)state;
    challenge_make("anna");
    for (u32 bit = 0; bit < 8 * OFFICE_CHALLENGE_BYTES; bit += 1) {
        challenge[bit / 8] ^= (u8)(1U << bit % 8);
        assert_false(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW));
        challenge[bit / 8] ^= (u8)(1U << bit % 8);
    }
    assert_true(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW));
}

static void a_challenge_of_another_life_is_none(void **state)
{
    (void)state;
    challenge_make("anna");
    office_sessions_close(&sessions);
    assert_int_equal(office_sessions_open(&sessions), FAULT_NONE);
    assert_false(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW));
}

static void two_challenges_of_one_moment_differ(void **state)
{
    u8 first[OFFICE_CHALLENGE_BYTES];
    (void)state;
    challenge_make("anna");
    memcpy(first, challenge, sizeof(first));
    challenge_make("anna");
    assert_memory_not_equal(first, challenge, sizeof(first));
    assert_true(office_challenge_use(&sessions, NOW, first));
    assert_true(holds("anna", OFFICE_PURPOSE_SIGN_IN, NOW)); /* the other is not used up with it */
}

static void without_room_nothing_is_used(void **state)
{
    (void)state;
    for (u32 i = 0; i < OFFICE_USED_MAX; i += 1) {
        challenge_make("anna");
        assert_true(office_challenge_use(&sessions, NOW, challenge));
    }
    challenge_make("anna");
    assert_false(office_challenge_use(&sessions, NOW, challenge));
    assert_true(office_challenge_use(&sessions, NOW + OFFICE_CHALLENGE_MS, challenge));
}

/* ---- sessions ---- */

static void session_make(u32 person, u64 now_ms, u8 token_out[OFFICE_TOKEN_BYTES])
{
    struct office_session *session = NULL;
    assert_int_equal(
        office_session_make(&sessions, person, OFFICE_BY_KEY, now_ms, token_out, &session),
        FAULT_NONE);
    assert_int_equal(session->person, person);
}

static void a_session_ends_when_nobody_uses_it(void **state)
{
    u8 token[OFFICE_TOKEN_BYTES];
    (void)state;
    session_make(3, NOW, token);
    assert_non_null(office_session_find(&sessions, token, NOW + OFFICE_IDLE_MS - 1, false));
    assert_null(office_session_find(&sessions, token, NOW + OFFICE_IDLE_MS, true));
    assert_null(office_session_find(&sessions, token, NOW, true)); /* for good */
}

static void an_end_stays_one_however_late_it_is_looked_at(void **state)
{
    struct office_session *session = NULL;
    u8 token[OFFICE_TOKEN_BYTES];
    (void)state;
    assert_int_equal(office_session_make(&sessions, 3, OFFICE_BY_WEBAUTHN, NOW, token, &session),
                     FAULT_NONE);
    assert_int_equal(session->by, OFFICE_BY_WEBAUTHN);
    assert_int_equal(office_session_left(session, NOW + OFFICE_IDLE_MS + 1), 0);
    assert_int_equal(office_sessions_count(&sessions, NOW + OFFICE_LIFE_MS + 1), 0);
    assert_null(office_session_find(&sessions, token, NOW + OFFICE_LIFE_MS + 1, true));
}

static void a_use_makes_it_last_but_not_for_ever(void **state)
{
    u8 token[OFFICE_TOKEN_BYTES];
    u64 now_ms = NOW;
    (void)state;
    session_make(3, NOW, token);
    for (; now_ms < NOW + OFFICE_LIFE_MS; now_ms += OFFICE_IDLE_MS / 2) {
        struct office_session *at = office_session_find(&sessions, token, now_ms, true);
        assert_non_null(at);
        assert_true(office_session_left(at, now_ms) <= OFFICE_IDLE_MS);
        assert_true(now_ms + office_session_left(at, now_ms) <= NOW + OFFICE_LIFE_MS);
    }
    assert_null(office_session_find(&sessions, token, NOW + OFFICE_LIFE_MS, true));
}

static void another_token_is_nobodys(void **state)
{
    u8 token[OFFICE_TOKEN_BYTES];
    (void)state;
    session_make(3, NOW, token);
    token[0] ^= 1;
    assert_null(office_session_find(&sessions, token, NOW, true));
    memset(token, 0, sizeof(token)); /* what a place that nobody has is filled with */
    assert_null(office_session_find(&sessions, token, NOW, true));
}

static void an_officer_has_few(void **state)
{
    u8 tokens[OFFICE_SESSIONS_EACH + 1][OFFICE_TOKEN_BYTES];
    u8 other[OFFICE_TOKEN_BYTES];
    (void)state;
    session_make(9, NOW, other);
    for (u32 i = 0; i <= OFFICE_SESSIONS_EACH; i += 1) {
        session_make(3, NOW + i, tokens[i]);
    }
    assert_null(office_session_find(&sessions, tokens[0], NOW + 9, true));
    for (u32 i = 1; i <= OFFICE_SESSIONS_EACH; i += 1) {
        assert_non_null(office_session_find(&sessions, tokens[i], NOW + 9, true));
    }
    assert_non_null(office_session_find(&sessions, other, NOW + 9, true));
    assert_int_equal(office_sessions_count(&sessions, NOW + 9), OFFICE_SESSIONS_EACH + 1);
}

/* In whatever places they are. */
static void the_oldest_gives_way(void **state)
{
    static const u32 ages[OFFICE_SESSIONS_EACH] = {2, 0, 3, 1};
    u8 tokens[OFFICE_SESSIONS_EACH][OFFICE_TOKEN_BYTES];
    u8 other[OFFICE_TOKEN_BYTES];
    (void)state;
    for (u32 i = 0; i < OFFICE_SESSIONS_EACH; i += 1) {
        session_make(3, NOW + ages[i], tokens[i]);
    }
    session_make(3, NOW + 4, other);
    for (u32 i = 0; i < OFFICE_SESSIONS_EACH; i += 1) {
        bool is_there = office_session_find(&sessions, tokens[i], NOW + 5, false) != NULL;
        assert_int_equal(is_there, ages[i] > 0);
    }
    for (u32 i = 0; i < OFFICE_SESSIONS_MAX; i += 1) { /* everybody else's are younger */
        session_make(10 + i, NOW + 10 + (i + 7) % OFFICE_SESSIONS_MAX, other);
    }
    for (u32 i = 0; i < OFFICE_SESSIONS_EACH; i += 1) {
        assert_null(office_session_find(&sessions, tokens[i], NOW + 99, false));
    }
}

static void all_together_are_bounded(void **state)
{
    u8 first[OFFICE_TOKEN_BYTES];
    u8 token[OFFICE_TOKEN_BYTES];
    (void)state;
    session_make(0, NOW, first);
    for (u32 i = 1; i <= OFFICE_SESSIONS_MAX; i += 1) {
        session_make(i, NOW + i, token);
    }
    assert_null(office_session_find(&sessions, first, NOW + OFFICE_SESSIONS_MAX, true));
    assert_non_null(office_session_find(&sessions, token, NOW + OFFICE_SESSIONS_MAX, true));
    assert_int_equal(office_sessions_count(&sessions, NOW + OFFICE_SESSIONS_MAX),
                     OFFICE_SESSIONS_MAX);
}

/* ---- pauses ---- */

static u64 attempt(const char *code, bool is_right, u64 now_ms)
{
    u64 wait_ms = office_limit_try(&limit, &sha256, span_of_text(code), now_ms);
    if (wait_ms == 0) {
        office_limit_tell(&limit, &sha256, span_of_text(code), is_right, now_ms);
    }
    return wait_ms;
}

static void brute_force_pauses(void **state)
{
    u64 now_ms = NOW;
    (void)state;
    for (u32 i = 0; i < OFFICE_LIMIT_FREE - 1; i += 1) {
        assert_int_equal(attempt("anna", false, now_ms), 0);
    }
    now_ms += OFFICE_LIMIT_FORGET_MS; /* so late it counts no more */
    for (u32 i = 0; i < OFFICE_LIMIT_FREE; i += 1) {
        assert_int_equal(attempt("anna", false, now_ms), 0);
    }
    u64 pause_ms = OFFICE_LIMIT_FIRST_MS;
    for (u32 i = 0; i < 100; i += 1) {
        assert_int_equal(attempt("anna", true, now_ms), pause_ms);
        assert_int_equal(attempt("anna", true, now_ms + pause_ms - 1), 1);
        now_ms += pause_ms;
        assert_int_equal(attempt("anna", false, now_ms), 0);
        pause_ms = u64_min(2 * pause_ms, OFFICE_LIMIT_LONG_MS);
    }
    assert_int_equal(attempt("bela", false, now_ms), 0); /* nobody else waits */
    now_ms += OFFICE_LIMIT_LONG_MS;
    assert_int_equal(attempt("anna", true, now_ms), 0);
    assert_int_equal(attempt("anna", false, now_ms), 0); /* what was right forgets what was wrong */
    assert_int_equal(attempt("anna", false, now_ms), 0);
}

static void all_attempts_together_are_bounded(void **state)
{
    char code[] = "aa";
    (void)state;
    for (u32 i = 0; i < OFFICE_LIMIT_ALL; i += 1) {
        code[0] = (char)('a' + i % 26);
        code[1] = (char)('a' + i / 26);
        assert_int_equal(attempt(code, true, NOW), 0);
    }
    assert_true(attempt("anna", true, NOW) > 0);
    assert_int_equal(attempt("anna", true, NOW + 60000), 0);
    assert_int_equal(limit.waits_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_challenge_is_one_officers_for_one_purpose, make, clear),
        cmocka_unit_test_setup_teardown(a_challenge_lasts_five_minutes, make, clear),
        cmocka_unit_test_setup_teardown(a_challenge_works_once, make, clear),
        cmocka_unit_test_setup_teardown(no_bit_of_a_challenge_may_differ, make, clear),
        cmocka_unit_test_setup_teardown(a_challenge_of_another_life_is_none, make, clear),
        cmocka_unit_test_setup_teardown(two_challenges_of_one_moment_differ, make, clear),
        cmocka_unit_test_setup_teardown(without_room_nothing_is_used, make, clear),
        cmocka_unit_test_setup_teardown(a_session_ends_when_nobody_uses_it, make, clear),
        cmocka_unit_test_setup_teardown(an_end_stays_one_however_late_it_is_looked_at, make, clear),
        cmocka_unit_test_setup_teardown(a_use_makes_it_last_but_not_for_ever, make, clear),
        cmocka_unit_test_setup_teardown(another_token_is_nobodys, make, clear),
        cmocka_unit_test_setup_teardown(an_officer_has_few, make, clear),
        cmocka_unit_test_setup_teardown(the_oldest_gives_way, make, clear),
        cmocka_unit_test_setup_teardown(all_together_are_bounded, make, clear),
        cmocka_unit_test_setup_teardown(brute_force_pauses, make, clear),
        cmocka_unit_test_setup_teardown(all_attempts_together_are_bounded, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

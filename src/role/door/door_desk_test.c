/* Aim: customers come in as docs/sign-in.md says, and nobody else does: each rule of sign-up,
 * sign-in, sessions, second factors and resets has a test by its name, and nothing tells whether an
 * address has a login. Method: the desk without sockets, a clock that is moved, random bytes from a
 * seed, so that answers can be compared byte for byte. */
#include "role/door/door_desk.h"

#include "tests/support/door_scene.h"

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"
#define OTHER    "another row of such words"

static struct door_scene scene;

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    scene.ask.language = DOOR_LANGUAGE_ENGLISH;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

static u32 act_with(const struct door_scene_session *session, u32 kind)
{
    door_scene_with(&scene, session);
    return door_scene_act(&scene, kind);
}

static u32 code_with(const struct door_scene_session *session, u32 kind, const char *code)
{
    door_scene_with(&scene, session);
    door_scene_texts(&scene, "", "", code);
    return door_scene_act(&scene, kind);
}

static u32 sign_in_code(const char *address, const char *password)
{
    door_scene_texts(&scene, address, password, "");
    return door_scene_act(&scene, DOOR_ASK_SIGN_IN);
}

static struct door_effect effects[DOOR_EFFECTS_MAX];

static u32 effects_count(void)
{
    u32 count = 0;
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &count));
    for (u32 i = 0; i < count; i += 1) {
        assert_int_equal(effects[i].number, i + 1);
    }
    return count;
}

static void ticket_of_answer(u8 ticket_out[DOOR_TICKET_BYTES])
{
    assert_int_equal(scene.head.contents.size, DOOR_TICKET_BYTES + 8);
    memcpy(ticket_out, scene.head.contents.data, DOOR_TICKET_BYTES);
}

/* ---- sign-up ---- */

static void a_sign_up_makes_a_login_and_one_effect(void **state)
{
    (void)state;
    u64 login = door_scene_sign_up(&scene, "  Ada.Invented@Example.org ", PASSWORD);
    assert_int_equal(login, 1);
    assert_int_equal(effects_count(), 1);
    assert_int_equal(effects[0].kind, DOOR_EFFECT_OPEN);
    assert_int_equal(effects[0].login, 1);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(session.login, 1);
    assert_int_equal(session.level, DOOR_LEVEL_FULL);
    assert_int_equal(sign_in_code(ADDRESS, OTHER), DOOR_CODE_WRONG);
    door_scene_reopen(&scene);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
}

static void a_code_confirms_once_and_in_time(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    char code[16];
    (void)state;
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    ticket_of_answer(ticket);
    assert_true(door_scene_mail(&scene));
    (void)snprintf(code, sizeof(code), "%s", door_scene_code(&scene));
    scene.now_us += DOOR_TICKET_US;
    memcpy(scene.ask.ticket, ticket, sizeof(ticket));
    door_scene_texts(&scene, "", "", code);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_WRONG);
    scene.now_us -= 1;
    memcpy(scene.ask.ticket, ticket, sizeof(ticket));
    door_scene_texts(&scene, "", "", code);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_OK);
    memcpy(scene.ask.ticket, ticket, sizeof(ticket));
    door_scene_texts(&scene, "", "", code);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_WRONG);
    assert_int_equal(effects_count(), 1);
}

static void a_ticket_has_five_tries(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    ticket_of_answer(ticket);
    assert_true(door_scene_mail(&scene));
    for (u32 i = 0; i < DOOR_TICKET_TRIES_MAX; i += 1) {
        memcpy(scene.ask.ticket, ticket, sizeof(ticket));
        door_scene_texts(&scene, "", "", "AAAA-AAAA");
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_WRONG);
    }
    memcpy(scene.ask.ticket, ticket, sizeof(ticket));
    door_scene_texts(&scene, "", "", door_scene_code(&scene));
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_WRONG);
    assert_int_equal(effects_count(), 0);
}

static void two_tickets_of_an_address_make_one_login(void **state)
{
    u8 tickets[2][DOOR_TICKET_BYTES];
    char codes[2][16];
    (void)state;
    for (u32 i = 0; i < 2; i += 1) {
        door_scene_texts(&scene, ADDRESS, PASSWORD, "");
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
        ticket_of_answer(tickets[i]);
        assert_true(door_scene_mail(&scene));
        (void)snprintf(codes[i], sizeof(codes[i]), "%s", door_scene_code(&scene));
    }
    memcpy(scene.ask.ticket, tickets[1], DOOR_TICKET_BYTES); /* with the other's code */
    door_scene_texts(&scene, "", "", codes[0]);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_WRONG);
    for (u32 i = 0; i < 2; i += 1) {
        memcpy(scene.ask.ticket, tickets[i], DOOR_TICKET_BYTES);
        door_scene_texts(&scene, "", "", codes[i]);
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM),
                         i == 0 ? DOOR_CODE_OK : DOOR_CODE_WRONG);
    }
    assert_int_equal(effects_count(), 1);
}

static void bad_passwords_and_addresses_are_named(void **state)
{
    static const struct {
        const char *address;
        const char *password;
        u32 code;
    } examples[] = {
        {ADDRESS, "too short", DOOR_CODE_PASSWORD_SHORT},
        {ADDRESS, ADDRESS, DOOR_CODE_PASSWORD_IS_ADDRESS},
        {ADDRESS, "Password1234", DOOR_CODE_PASSWORD_COMMON},
        {"no address", PASSWORD, DOOR_CODE_ADDRESS},
        {"a\nBcc: b@example.org", PASSWORD, DOOR_CODE_ADDRESS},
        {"\xff\xfe@example.org", PASSWORD, DOOR_CODE_ADDRESS},
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(examples); i += 1) {
        door_scene_texts(&scene, examples[i].address, examples[i].password, "");
        assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), examples[i].code);
    }
    assert_int_equal(door_hash_runs(door_desk_hash(scene.desk)), 0);
    assert_false(door_scene_mail(&scene));
}

/* ---- nothing tells whether an address has a login ---- */

enum { PROBES = 12 };

struct seen {
    u8 bytes[PROBES][DOOR_ANSWER_BYTES_MAX];
    u32 sizes[PROBES];
    u64 runs[PROBES];
    bool mails[PROBES];
    u32 count;
};

static void see(struct seen *seen, u32 kind)
{
    u64 before = door_hash_runs(door_desk_hash(scene.desk));
    (void)door_scene_act(&scene, kind);
    memcpy(seen->bytes[seen->count], scene.answer.bytes, scene.answer.size);
    seen->sizes[seen->count] = scene.answer.size;
    seen->runs[seen->count] = door_hash_runs(door_desk_hash(scene.desk)) - before;
    seen->mails[seen->count] = door_scene_mail(&scene);
    seen->count += 1;
}

/* The same acts with an address, from the same random bytes and the same moment on. */
static void probe(const char *address, struct seen *seen)
{
    u8 ticket[DOOR_TICKET_BYTES];
    memset(seen, 0, sizeof(*seen));
    scene_must(sql_run(&door_desk_store(scene.desk)->sql, "DELETE FROM tickets"));
    random_init(&scene.random, 99);
    scene.now_us = DOOR_SCENE_START_US + 3600 * DOOR_US_S;
    scene.ask.id = 1000;
    door_scene_network(&scene, 9);
    for (u32 i = 0; i < 7; i += 1) { /* into the pause */
        door_scene_texts(&scene, address, "not the password at all", "");
        see(seen, DOOR_ASK_SIGN_IN);
    }
    door_scene_network(&scene, 10);
    for (u32 kind = 0; kind < 2; kind += 1) {
        door_scene_texts(&scene, address, "yet another password", "");
        see(seen, kind == 0 ? DOOR_ASK_SIGN_UP : DOOR_ASK_RESET);
        memcpy(ticket, seen->bytes[seen->count - 1] + DOOR_ANSWER_HEAD, sizeof(ticket));
        memcpy(scene.ask.ticket, ticket, sizeof(ticket));
        door_scene_texts(&scene, address, "yet another password", "ABCD-EFGH");
        see(seen, kind == 0 ? DOOR_ASK_SIGN_UP_CONFIRM : DOOR_ASK_RESET_SET);
    }
    door_scene_texts(&scene, address, "yet another password", "");
    see(seen, DOOR_ASK_SIGN_UP);
    assert_int_equal(seen->count, PROBES);
}

static void answers_and_work_do_not_tell_who_is_registered(void **state)
{
    static struct seen known;
    static struct seen unknown;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    door_scene_reopen(&scene); /* limits forgotten */
    probe(ADDRESS, &known);
    door_scene_reopen(&scene);
    probe("bob.invented@example.org", &unknown);
    for (u32 i = 0; i < PROBES; i += 1) {
        assert_int_equal(known.sizes[i], unknown.sizes[i]);
        assert_memory_equal(known.bytes[i], unknown.bytes[i], known.sizes[i]);
        assert_int_equal(known.runs[i], unknown.runs[i]);
        assert_int_equal(known.mails[i], unknown.mails[i]);
    }
    assert_int_equal(known.runs[0], 1); /* sign-in */
    assert_int_equal(known.runs[6], 0); /* sign-in that has to wait */
    assert_int_equal(known.runs[7], 1); /* sign-up */
    assert_int_equal(known.runs[9], 0); /* reset */
    assert_true(known.mails[7] && known.mails[9] && known.mails[11]);
    assert_int_equal(bytes_u32(known.bytes[6] + 16), DOOR_CODE_WAIT);
}

static void a_known_address_gets_another_mail(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    door_scene_texts(&scene, ADDRESS, OTHER, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    ticket_of_answer(ticket);
    assert_true(door_scene_mail(&scene));
    assert_non_null(strstr(scene.mail, "You have a login already"));
    assert_string_equal(door_scene_code(&scene), "");
    scene.ask.language = DOOR_LANGUAGE_FRENCH;
    door_scene_texts(&scene, "bob.invented@example.org", "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    assert_true(door_scene_mail(&scene));
    assert_non_null(strstr(scene.mail, "To: <bob.invented@example.org>\n"));
    assert_non_null(strstr(scene.mail, "Aucun accès"));
    assert_string_equal(door_scene_code(&scene), "");
    assert_int_equal(sign_in_code(ADDRESS, OTHER), DOOR_CODE_WRONG);
}

/* ---- sessions ---- */

static void a_session_ends_when_idle_and_when_old(void **state)
{
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    u64 made_us = scene.now_us;
    for (u32 i = 0; i < 24; i += 1) { /* used every 29 minutes */
        scene.now_us += 29 * DOOR_SCENE_MINUTE_US;
        assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    }
    scene.now_us = made_us + DOOR_SESSION_US - 1;
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    scene.now_us += 1;
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    scene.now_us += DOOR_IDLE_US;
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    scene.now_us -= DOOR_IDLE_US; /* it is gone, not only over */
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
}

static void a_token_is_another_after_each_step_up(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session first = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = first;
    door_scene_enrol(&scene, &session, secret, recovery);
    assert_memory_not_equal(first.token, session.token, DOOR_TOKEN_BYTES);
    assert_memory_not_equal(first.csrf, session.csrf, DOOR_TOKEN_BYTES);
    assert_int_equal(act_with(&first, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(half.level, DOOR_LEVEL_HALF);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 1)),
                     DOOR_CODE_OK);
    struct door_scene_session full = door_scene_session(&scene);
    assert_int_equal(full.level, DOOR_LEVEL_FULL);
    assert_int_equal(act_with(&half, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    /* Where there is a second factor, the password proves nothing: it could take the factor off. */
    door_scene_with(&scene, &full);
    door_scene_texts(&scene, "", PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_AGAIN), DOOR_CODE_SECOND_WANTED);
    assert_int_equal(code_with(&full, DOOR_ASK_AGAIN, recovery), DOOR_CODE_WRONG);
    scene.now_us += DOOR_SCENE_MINUTE_US;
    assert_int_equal(code_with(&full, DOOR_ASK_AGAIN, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_OK);
    struct door_scene_session again = door_scene_session(&scene);
    assert_int_equal(act_with(&full, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&again, DOOR_ASK_LOOK), DOOR_CODE_OK);
}

static void what_changes_something_shows_the_csrf_token(void **state)
{
    static const u32 kinds[] = {DOOR_ASK_USE,         DOOR_ASK_SECOND,       DOOR_ASK_SIGN_OUT,
                                DOOR_ASK_SESSION_END, DOOR_ASK_AGAIN,        DOOR_ASK_PASSWORD,
                                DOOR_ASK_TOTP_BEGIN,  DOOR_ASK_TOTP_CONFIRM, DOOR_ASK_TOTP_OFF,
                                DOOR_ASK_RECOVERY_NEW};
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    struct door_scene_session forged = session;
    forged.csrf[31] ^= 1;
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        assert_int_equal(act_with(&forged, kinds[i]), DOOR_CODE_NO_SESSION);
    }
    struct door_scene_session other = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    memcpy(forged.csrf, other.csrf, sizeof(forged.csrf)); /* of another session */
    assert_int_equal(act_with(&forged, DOOR_ASK_USE), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&session, DOOR_ASK_USE), DOOR_CODE_OK);
    assert_int_equal(act_with(&forged, DOOR_ASK_LOOK), DOOR_CODE_OK); /* changes nothing */
}

static void sessions_are_listed_and_ended(void **state)
{
    struct door_scene_session sessions[3];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < 3; i += 1) {
        sessions[i] = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
        scene.now_us += DOOR_US_S;
    }
    assert_int_equal(act_with(&sessions[0], DOOR_ASK_SESSIONS), DOOR_CODE_OK);
    const u8 *listed = scene.head.contents.data;
    assert_int_equal(bytes_u32(listed), 3);
    assert_int_equal(scene.head.contents.size, 4 + 3 * 32);
    u64 newest = bytes_u64(listed + 4);           /* last seen first */
    assert_int_equal(listed[4 + 2 * 32 + 25], 1); /* the asker's own */
    door_scene_with(&scene, &sessions[0]);
    scene.ask.number = newest;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SESSION_END), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), 1);
    assert_int_equal(act_with(&sessions[2], DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&sessions[0], DOOR_ASK_SESSION_END), DOOR_CODE_OK); /* others */
    assert_int_equal(act_with(&sessions[1], DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&sessions[0], DOOR_ASK_SIGN_OUT), DOOR_CODE_OK);
    assert_int_equal(act_with(&sessions[0], DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
}

static void nobody_ends_the_sessions_of_others(void **state)
{
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    door_scene_sign_up(&scene, "bob.invented@example.org", OTHER);
    struct door_scene_session ada = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    struct door_scene_session bob = door_scene_sign_in(&scene, "bob.invented@example.org", OTHER);
    assert_int_equal(act_with(&ada, DOOR_ASK_SESSIONS), DOOR_CODE_OK);
    u64 handle = bytes_u64(scene.head.contents.data + 4);
    door_scene_with(&scene, &bob);
    scene.ask.number = handle;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SESSION_END), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), 0);
    assert_int_equal(act_with(&ada, DOOR_ASK_LOOK), DOOR_CODE_OK);
}

static void a_login_has_sixteen_sessions_at_most(void **state)
{
    struct door_scene_session first;
    struct door_scene_session last;
    struct door_totals totals;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    first = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < DOOR_SESSIONS_MAX; i += 1) {
        scene.now_us += DOOR_US_S;
        last = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    }
    scene_must(door_store_totals(door_desk_store(scene.desk), &totals));
    assert_int_equal(totals.sessions, DOOR_SESSIONS_MAX);
    assert_int_equal(act_with(&first, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&last, DOOR_ASK_LOOK), DOOR_CODE_OK);
}

static void what_loosens_asks_for_a_fresh_proof(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    scene.now_us += DOOR_STRONG_US;
    assert_int_equal(act_with(&session, DOOR_ASK_TOTP_OFF), DOOR_CODE_AGAIN_WANTED);
    assert_int_equal(act_with(&session, DOOR_ASK_RECOVERY_NEW), DOOR_CODE_AGAIN_WANTED);
    assert_int_equal(act_with(&session, DOOR_ASK_PASSWORD), DOOR_CODE_AGAIN_WANTED);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    assert_int_equal(scene.head.contents.data[49], 0); /* not fresh: the gateway sees it for keys */
    assert_int_equal(code_with(&session, DOOR_ASK_AGAIN, "000000"), DOOR_CODE_WRONG);
    assert_int_equal(code_with(&session, DOOR_ASK_AGAIN, recovery), DOOR_CODE_WRONG);
    assert_int_equal(code_with(&session, DOOR_ASK_AGAIN, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_OK);
    session = door_scene_session(&scene);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    assert_int_equal(scene.head.contents.data[49], 1);
    assert_int_equal(act_with(&session, DOOR_ASK_TOTP_OFF), DOOR_CODE_OK);
    assert_int_equal(act_with(&session, DOOR_ASK_TOTP_OFF), DOOR_CODE_REFUSED);
    assert_int_equal(effects_count(), 2);
    assert_int_equal(effects[1].kind, DOOR_EFFECT_TOTP_OFF);
    session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(session.level, DOOR_LEVEL_FULL);
}

/* ---- second factors ---- */

static void half_a_session_can_do_nothing_else(void **state)
{
    static const u32 kinds[] = {DOOR_ASK_SESSIONS, DOOR_ASK_SESSION_END, DOOR_ASK_AGAIN,
                                DOOR_ASK_PASSWORD, DOOR_ASK_TOTP_BEGIN,  DOOR_ASK_TOTP_CONFIRM,
                                DOOR_ASK_TOTP_OFF, DOOR_ASK_RECOVERY_NEW};
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        assert_int_equal(act_with(&half, kinds[i]), DOOR_CODE_SECOND_WANTED);
    }
    scene.now_us += DOOR_HALF_US;
    assert_int_equal(act_with(&half, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
}

static void a_one_time_code_is_taken_once(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    /* The code that confirmed the enrolment is used up. */
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_WRONG);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 2)),
                     DOOR_CODE_WRONG);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 1)),
                     DOOR_CODE_OK);
    half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 1)),
                     DOOR_CODE_WRONG);
}

static void five_wrong_codes_close_the_second_factor(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < DOOR_WRONG_MAX; i += 1) {
        assert_int_equal(code_with(&half, DOOR_ASK_SECOND, "no code"), DOOR_CODE_WRONG);
        scene.now_us += DOOR_US_S;
    }
    u64 closed_us = scene.now_us - DOOR_US_S;
    scene.now_us += 2 * DOOR_SCENE_MINUTE_US;
    struct span wrong = span_of(scene.answer.bytes, scene.answer.size);
    static u8 before[DOOR_ANSWER_BYTES_MAX];
    memcpy(before, wrong.data, wrong.size);
    /* Right ones, and no word more than before. */
    scene.ask.id -= 1;
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_WRONG);
    assert_int_equal(scene.answer.size, wrong.size);
    assert_memory_equal(scene.answer.bytes, before, wrong.size);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, recovery), DOOR_CODE_WRONG);
    door_scene_reopen(&scene); /* a restart opens nothing */
    scene.now_us = closed_us + DOOR_CLOSED_US - 1;
    half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, recovery), DOOR_CODE_WRONG);
    scene.now_us += 1;
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_OK);
}

static void a_recovery_code_works_once_and_is_told(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, recovery), DOOR_CODE_OK);
    session = door_scene_session(&scene);
    assert_int_equal(session.recovery_left, DOOR_RECOVERY_CODES - 1);
    assert_int_equal(effects_count(), 2);
    assert_int_equal(effects[1].kind, DOOR_EFFECT_RECOVERY);
    half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(code_with(&half, DOOR_ASK_SECOND, recovery), DOOR_CODE_WRONG);
    assert_int_equal(act_with(&session, DOOR_ASK_RECOVERY_NEW), DOOR_CODE_OK);
    assert_int_equal(scene.head.contents.size, 4 + 19 * DOOR_RECOVERY_CODES);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    assert_int_equal(scene.head.contents.data[50], DOOR_RECOVERY_CODES);
}

static void an_enrolment_is_confirmed_in_time(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(code_with(&session, DOOR_ASK_TOTP_CONFIRM, "123456"), DOOR_CODE_REFUSED);
    assert_int_equal(act_with(&session, DOOR_ASK_TOTP_BEGIN), DOOR_CODE_OK);
    door_scene_secret(&scene, secret);
    scene.now_us += DOOR_COMING_US;
    assert_int_equal(code_with(&session, DOOR_ASK_TOTP_CONFIRM, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_REFUSED);
    scene.now_us -= 1;
    assert_int_equal(code_with(&session, DOOR_ASK_TOTP_CONFIRM, door_scene_totp(&scene, secret, 5)),
                     DOOR_CODE_WRONG);
    session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(session.level, DOOR_LEVEL_FULL); /* not in force before */
    assert_int_equal(code_with(&session, DOOR_ASK_TOTP_CONFIRM, door_scene_totp(&scene, secret, 0)),
                     DOOR_CODE_OK);
    session = door_scene_session(&scene);
    assert_int_equal(act_with(&session, DOOR_ASK_TOTP_BEGIN), DOOR_CODE_REFUSED);
}

/* ---- new passwords ---- */

static u32 reset_set(const u8 ticket[DOOR_TICKET_BYTES], const char *address, const char *code,
                     const char *second)
{
    memcpy(scene.ask.ticket, ticket, DOOR_TICKET_BYTES);
    door_scene_texts(&scene, address, OTHER, code);
    scene.ask.second_bytes = door_scene_put(scene.ask.second, sizeof(scene.ask.second), second);
    return door_scene_act(&scene, DOOR_ASK_RESET_SET);
}

static void reset_begin(u8 ticket_out[DOOR_TICKET_BYTES], char code_out[16])
{
    door_scene_texts(&scene, ADDRESS, "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    ticket_of_answer(ticket_out);
    assert_true(door_scene_mail(&scene));
    (void)snprintf(code_out, 16, "%s", door_scene_code(&scene));
}

static void a_reset_ends_sessions_and_holds_withdrawals(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    char code[16];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    reset_begin(ticket, code);
    assert_int_equal(reset_set(ticket, "bob.invented@example.org", code, ""), DOOR_CODE_WRONG);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    assert_int_equal(reset_set(ticket, ADDRESS, code, ""), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), scene.now_us + DOOR_HOLD_US);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(sign_in_code(ADDRESS, PASSWORD), DOOR_CODE_WRONG);
    (void)door_scene_sign_in(&scene, ADDRESS, OTHER);
    assert_int_equal(effects_count(), 2);
    assert_int_equal(effects[1].kind, DOOR_EFFECT_HOLD);
    assert_int_equal(effects[1].until_us, scene.now_us + DOOR_HOLD_US);
    assert_int_equal(reset_set(ticket, ADDRESS, code, ""), DOOR_CODE_WRONG); /* once */
}

static void a_reset_still_asks_for_the_second_factor(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u8 ticket[DOOR_TICKET_BYTES];
    char recovery[20];
    char code[16];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    reset_begin(ticket, code);
    assert_int_equal(reset_set(ticket, ADDRESS, "AAAA-AAAA", ""), DOOR_CODE_WRONG);
    assert_int_equal(reset_set(ticket, ADDRESS, code, ""), DOOR_CODE_SECOND_WANTED);
    assert_int_equal(reset_set(ticket, ADDRESS, code, "no code"), DOOR_CODE_WRONG);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_OK);
    assert_int_equal(reset_set(ticket, ADDRESS, code, door_scene_totp(&scene, secret, 1)),
                     DOOR_CODE_OK);
    session = door_scene_sign_in(&scene, ADDRESS, OTHER);
    assert_int_equal(session.level, DOOR_LEVEL_HALF);
}

static void a_code_of_sign_up_resets_nothing(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    ticket_of_answer(ticket);
    assert_true(door_scene_mail(&scene));
    assert_int_equal(reset_set(ticket, ADDRESS, door_scene_code(&scene), ""), DOOR_CODE_WRONG);
}

static void a_new_password_ends_all_sessions(void **state)
{
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    struct door_scene_session other = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_with(&scene, &session);
    door_scene_texts(&scene, "bob.invented@example.org", OTHER, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_PASSWORD), DOOR_CODE_WRONG);
    door_scene_with(&scene, &session);
    door_scene_texts(&scene, ADDRESS, ADDRESS, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_PASSWORD), DOOR_CODE_PASSWORD_IS_ADDRESS);
    door_scene_with(&scene, &session);
    door_scene_texts(&scene, ADDRESS, OTHER, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_PASSWORD), DOOR_CODE_OK);
    assert_int_equal(act_with(&session, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(act_with(&other, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    assert_int_equal(sign_in_code(ADDRESS, PASSWORD), DOOR_CODE_WRONG);
    (void)door_scene_sign_in(&scene, ADDRESS, OTHER);
    assert_int_equal(effects_count(), 1); /* nothing is held */
}

/* ---- floods ---- */

static void guessing_is_held_off_by_address_and_by_network(void **state)
{
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    for (u32 i = 0; i < 5; i += 1) { /* of one address, from everywhere */
        door_scene_network(&scene, 100 + i);
        assert_int_equal(sign_in_code(ADDRESS, OTHER), DOOR_CODE_WRONG);
    }
    door_scene_network(&scene, 200);
    assert_int_equal(sign_in_code(ADDRESS, PASSWORD), DOOR_CODE_WAIT);
    assert_int_equal(scene.head.wait_s, 2);
    scene.now_us += 2 * DOOR_US_S;
    assert_int_equal(sign_in_code(ADDRESS, PASSWORD), DOOR_CODE_OK);
    door_scene_network(&scene, 300);
    u32 waits = 0;
    for (u32 i = 0; i < 40; i += 1) { /* of many addresses, from one network */
        char address[64];
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", i);
        waits += sign_in_code(address, OTHER) == DOOR_CODE_WAIT ? 1 : 0;
    }
    assert_int_equal(waits, 20);
}

static void networks_are_counted_by_their_first_half(void **state)
{
    (void)state;
    for (u32 i = 0; i < 20; i += 1) {
        char address[64];
        memset(scene.ask.network, 0x20, DOOR_NETWORK_BYTES);
        bytes_put_u32(scene.ask.network + 8, i);
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", i);
        assert_int_equal(sign_in_code(address, OTHER), DOOR_CODE_WRONG);
    }
    assert_int_equal(sign_in_code("nobody@example.org", OTHER), DOOR_CODE_WAIT);
    scene.ask.network[7] ^= 1;
    assert_int_equal(sign_in_code("nobody@example.org", OTHER), DOOR_CODE_WRONG);
}

static void a_full_queue_says_so_at_once(void **state)
{
    static struct door_answer answer;
    bool is_out = false;
    (void)state;
    for (u32 i = 0; i < 4; i += 1) {
        char address[64];
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", i);
        door_scene_texts(&scene, address, OTHER, "");
        scene.ask.kind = DOOR_ASK_SIGN_IN;
        scene_must(door_desk_ask(scene.desk, &scene.ask, 5, scene.now_us, &answer, &is_out));
        assert_false(is_out);
    }
    scene_must(door_desk_ask(scene.desk, &scene.ask, 5, scene.now_us, &answer, &is_out));
    assert_true(is_out);
    assert_int_equal(bytes_u32(answer.bytes + 16), DOOR_CODE_BUSY);
    assert_int_equal(door_hash_runs(door_desk_hash(scene.desk)), 0);
    for (u32 i = 0; i < 4; i += 1) {
        scene_must(door_desk_turn(scene.desk, scene.now_us, &answer, &is_out));
        assert_true(is_out);
        assert_int_equal(bytes_u32(answer.bytes + 16), DOOR_CODE_WRONG);
    }
    scene_must(door_desk_turn(scene.desk, scene.now_us, &answer, &is_out));
    assert_false(is_out);
}

static void mails_and_tickets_are_bounded(void **state)
{
    u32 done = 0;
    (void)state;
    for (u32 i = 0; i < 20; i += 1) { /* nobody takes the mails */
        char address[64];
        door_scene_network(&scene, 1000 + i);
        (void)snprintf(address, sizeof(address), "nobody%u@example.org", i);
        door_scene_texts(&scene, address, OTHER, "");
        done += door_scene_act(&scene, DOOR_ASK_SIGN_UP) == DOOR_CODE_OK ? 1 : 0;
    }
    assert_int_equal(done, 12); /* of 16: the others are for new passwords */
    assert_int_equal(scene.head.code, DOOR_CODE_BUSY);
    scene.now_us += 2 * DOOR_US_S;
    door_scene_reopen(&scene); /* they are counted anew */
    door_scene_texts(&scene, ADDRESS, OTHER, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_BUSY);
}

/* ---- effects ---- */

static void effects_are_numbered_without_gaps_for_ever(void **state)
{
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    door_scene_sign_up(&scene, "bob.invented@example.org", OTHER);
    scene.ask.number = 1;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_EFFECTS), DOOR_CODE_OK);
    assert_int_equal(bytes_u32(scene.head.contents.data), 2);
    scene.ask.number = 2;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_EFFECTS_DONE), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), 2);
    door_scene_reopen(&scene);
    door_scene_sign_up(&scene, "eve.invented@example.org", OTHER);
    scene.ask.number = 1;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_EFFECTS), DOOR_CODE_OK);
    assert_int_equal(bytes_u32(scene.head.contents.data), 1);
    assert_int_equal(bytes_u64(scene.head.contents.data + 4), 3);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_STATUS), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), 3);
    assert_int_equal(bytes_u64(scene.head.contents.data + 32), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sign_up_makes_a_login_and_one_effect),
        TEST(a_code_confirms_once_and_in_time),
        TEST(a_ticket_has_five_tries),
        TEST(two_tickets_of_an_address_make_one_login),
        TEST(bad_passwords_and_addresses_are_named),
        TEST(answers_and_work_do_not_tell_who_is_registered),
        TEST(a_known_address_gets_another_mail),
        TEST(a_session_ends_when_idle_and_when_old),
        TEST(a_token_is_another_after_each_step_up),
        TEST(what_changes_something_shows_the_csrf_token),
        TEST(sessions_are_listed_and_ended),
        TEST(nobody_ends_the_sessions_of_others),
        TEST(a_login_has_sixteen_sessions_at_most),
        TEST(what_loosens_asks_for_a_fresh_proof),
        TEST(half_a_session_can_do_nothing_else),
        TEST(a_one_time_code_is_taken_once),
        TEST(five_wrong_codes_close_the_second_factor),
        TEST(a_recovery_code_works_once_and_is_told),
        TEST(an_enrolment_is_confirmed_in_time),
        TEST(a_reset_ends_sessions_and_holds_withdrawals),
        TEST(a_reset_still_asks_for_the_second_factor),
        TEST(a_code_of_sign_up_resets_nothing),
        TEST(a_new_password_ends_all_sessions),
        TEST(guessing_is_held_off_by_address_and_by_network),
        TEST(networks_are_counted_by_their_first_half),
        TEST(a_full_queue_says_so_at_once),
        TEST(mails_and_tickets_are_bounded),
        TEST(effects_are_numbered_without_gaps_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

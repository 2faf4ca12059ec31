/* Aim: whatever is asked in whatever order, the door does what docs/sign-in.md says: limits,
 * tickets, sessions, second factors, recovery codes, resets, effects. Method: a naive model written
 * from that page, lists of times and flags without any of the door's code, against random acts on
 * few addresses, networks and sessions, so that they meet; each answer's code, pause and contents.
 */
#include "role/door/door_desk.h"
#include "tests/support/door_scene.h"

#define S      1000000ULL
#define MINUTE (60 * S)
#define HOUR   (60 * MINUTE)

enum {
    ADDRESSES = 5,
    NETWORKS = 4,
    PASSWORDS = 4, /* the last one is too short */
    SESSIONS = ADDRESSES * DOOR_SESSIONS_MAX + 1,
    TICKETS = 24,
    TIMES = 512,
    CODES = 10,
    ACTS = 2000,
};

static const char *const addresses[ADDRESSES] = {
    "ada.invented@example.org", "bob.invented@example.org", "cy.invented@example.org",
    "di.invented@example.org", "eve.invented@example.org"};
static const char *const passwords[PASSWORDS] = {
    "a row of invented words", "another row of such words", "a third row of these words", "short"};

/* "So many attempts are free; then each needs a pause, which doubles." */
static const struct rule {
    u64 free, first_s, longest_s, peace_s;
} by_sign_address = {5, 2, 900, 6 * 3600}, by_sign_network = {20, 1, 900, 3600},
  by_mail_address = {3, 60, 3600, 86400}, by_mail_network = {10, 10, 900, 6 * 3600},
  by_code_network = {30, 2, 900, 3600};

struct tries {
    u64 at[TIMES];
    u32 count;
};

struct login {
    bool is_there;
    u32 password;
    bool has_totp, has_coming;
    u8 secret[DOOR_TOTP_SECRET_BYTES], coming[DOOR_TOTP_SECRET_BYTES];
    u64 coming_until, step, closed_until;
    struct tries wrong;
    char codes[CODES][20];
    bool is_used[CODES];
    u64 codes_left;
};

struct session {
    bool is_there;
    struct door_scene_session held;
    u32 login; /* index of its address */
    bool is_full;
    u64 made, seen, strong;
};

struct ticket {
    bool is_there;
    u8 id[DOOR_TICKET_BYTES];
    u32 address, password;
    bool is_reset, is_for_somebody;
    char code[10];
    u32 tries;
    u64 until;
};

static struct door_scene scene;
static struct random chance;
static struct login logins[ADDRESSES];
static struct session sessions[SESSIONS];
static struct ticket tickets[TICKETS];
static struct tries sign_address[ADDRESSES], mail_address[ADDRESSES];
static struct tries sign_network[NETWORKS], mail_network[NETWORKS], code_network[NETWORKS];
static u32 network, numbers[ADDRESSES + 1], logins_count, ticket_next;
static u64 effects;
static u32 seen_codes[DOOR_CODE_MAX + 1];

static u32 below(u32 bound)
{
    return (u32)random_below(&chance, bound);
}

static void forget_last(struct tries *tries)
{
    tries->count -= tries->count > 0 ? 1 : 0;
}

static void note(struct tries *tries)
{
    if (tries->count == TIMES) {
        memmove(tries->at, tries->at + 1, sizeof(tries->at) - sizeof(tries->at[0]));
        tries->count -= 1;
    }
    tries->at[tries->count] = scene.now_us;
    tries->count += 1;
}

/* Whole seconds, upwards. */
static u64 pause_of(struct tries *tries, const struct rule *rule)
{
    if (tries->count > 0 && scene.now_us - tries->at[tries->count - 1] >= rule->peace_s * S) {
        tries->count = 0;
    }
    if (tries->count < rule->free) {
        return 0;
    }
    u64 pause_s = rule->first_s;
    for (u64 i = rule->free; i < tries->count && pause_s < rule->longest_s; i += 1) {
        pause_s *= 2;
    }
    pause_s = pause_s > rule->longest_s ? rule->longest_s : pause_s;
    u64 age = scene.now_us - tries->at[tries->count - 1];
    return age >= pause_s * S ? 0 : (pause_s * S - age + S - 1) / S;
}

/* Whether it is admitted, and then counted; else the door must have said how long to wait. */
static bool admitted(u32 code, struct tries *one, const struct rule *one_rule, struct tries *other,
                     const struct rule *other_rule)
{
    u64 wait = pause_of(other, other_rule);
    u64 longer = one == NULL ? 0 : pause_of(one, one_rule);
    wait = longer > wait ? longer : wait;
    if (wait > 0) {
        assert_int_equal(code, DOOR_CODE_WAIT);
        assert_int_equal(scene.head.wait_s, wait);
        return false;
    }
    note(other);
    if (one != NULL) {
        note(one);
    }
    return true;
}

static void expect(u32 code, u32 wanted)
{
    assert_int_equal(code, wanted);
}

/* ---- sessions ---- */

static bool is_over(const struct session *session)
{
    u64 now = scene.now_us;
    return !session->is_there || now - session->made >= 12 * HOUR ||
           now - session->seen >= 30 * MINUTE ||
           (!session->is_full && now - session->made >= 5 * MINUTE);
}

static void session_put(struct session *session, u32 login)
{
    session->held = door_scene_session(&scene);
    session->is_there = true;
    session->login = login;
    assert_int_equal(session->held.login, numbers[login]);
    assert_int_equal(session->held.level == DOOR_LEVEL_FULL, session->is_full);
    assert_int_equal(session->held.recovery_left, logins[login].codes_left);
    assert_int_equal(session->held.has_second, logins[login].has_totp);
    assert_int_equal(session->held.fresh_until_us, session->strong + 5 * MINUTE);
}

static void sessions_end(u32 login, const struct session *but)
{
    for (u32 i = 0; i < SESSIONS; i += 1) {
        if (sessions[i].login == login && &sessions[i] != but) {
            sessions[i].is_there = false;
        }
    }
}

static u32 living(u32 login)
{
    u32 count = 0;
    for (u32 i = 0; i < SESSIONS; i += 1) {
        count += !is_over(&sessions[i]) && sessions[i].login == login ? 1 : 0;
    }
    return count;
}

/* One is taken, which may be over; *csrf: the cross-site token is right. */
static struct session *any_session(bool *csrf_out)
{
    struct session *session = &sessions[below(SESSIONS)];
    for (u32 i = 0; i < 100 && is_over(session) && below(50) != 0; i += 1) {
        session = &sessions[below(SESSIONS)];
    }
    door_scene_with(&scene, &session->held);
    *csrf_out = below(16) != 0;
    scene.ask.csrf[3] ^= *csrf_out ? 0 : 1;
    return session;
}

/* 0: any, 1: signed in, 2: freshly so. Whether the act goes on; else the code is as it must be. */
static bool goes_on(u32 code, struct session *session, bool has_csrf, u32 want)
{
    if (is_over(session)) {
        session->is_there = false;
        expect(code, DOOR_CODE_NO_SESSION);
        return false;
    }
    if (!has_csrf) {
        expect(code, DOOR_CODE_NO_SESSION);
        return false;
    }
    if (scene.now_us - session->seen >= MINUTE) {
        session->seen = scene.now_us;
    }
    if (want > 0 && !session->is_full) {
        expect(code, DOOR_CODE_SECOND_WANTED);
        return false;
    }
    if (want == 2 && scene.now_us - session->strong >= 5 * MINUTE) {
        expect(code, DOOR_CODE_AGAIN_WANTED);
        return false;
    }
    return true;
}

static void stepped_up(struct session *session)
{
    u8 before[DOOR_TOKEN_BYTES];
    memcpy(before, session->held.token, sizeof(before));
    session->seen = scene.now_us;
    session->strong = scene.now_us;
    session_put(session, session->login);
    assert_memory_not_equal(before, session->held.token, sizeof(before));
}

/* ---- second factors ---- */

/* A code for the login: of a step near now, one that fits none, or a recovery code. */
static void code_choose(const struct login *login, const u8 *secret, char text_out[20])
{
    u32 what = below(8);
    if (what == 0 && login->codes[0][0] != 0) {
        memcpy(text_out, login->codes[below(CODES)], 20);
        return;
    }
    if (what < 4) {
        (void)snprintf(text_out, 20, "%s", door_scene_totp(&scene, secret, (i64)below(5) - 2));
        return;
    }
    for (bool fits = true; fits;) {
        (void)snprintf(text_out, 20, "%06u", below(1000000));
        fits = false;
        for (i64 step = -1; step <= 1; step += 1) {
            fits = fits || strcmp(text_out, door_scene_totp(&scene, secret, step)) == 0;
        }
    }
}

/* The step that the code is of and may still be used; 0: none. */
static u64 step_of(const u8 *secret, const char *text, u64 last)
{
    u64 now = scene.now_us / S / 30;
    for (u64 step = now - 1; step <= now + 1; step += 1) {
        const char *right = door_scene_totp(&scene, secret, (i64)(step - now));
        if (strcmp(text, right) == 0 && step > last) {
            return step;
        }
    }
    return 0;
}

static bool second_is_right(struct login *login, const char *text, bool with_recovery)
{
    if (scene.now_us < login->closed_until) {
        return false;
    }
    u64 step = strlen(text) == 6 ? step_of(login->secret, text, login->step) : 0;
    bool is_right = step != 0;
    login->step = is_right ? step : login->step;
    for (u32 i = 0; i < CODES && with_recovery && !is_right; i += 1) {
        if (strcmp(text, login->codes[i]) == 0 && !login->is_used[i]) {
            login->is_used[i] = true;
            login->codes_left -= 1;
            effects += 1;
            is_right = true;
        }
    }
    if (is_right) {
        login->wrong.count = 0;
        return true;
    }
    note(&login->wrong);
    u32 lately = 0;
    for (u32 i = 0; i < login->wrong.count; i += 1) {
        lately += scene.now_us - login->wrong.at[i] < 15 * MINUTE ? 1 : 0;
    }
    if (lately == 5) {
        login->closed_until = scene.now_us + 15 * MINUTE;
        login->wrong.count = 0;
    }
    return false;
}

static void codes_take(struct login *login, size_t at)
{
    for (u32 i = 0; i < CODES; i += 1) {
        memcpy(login->codes[i], scene.head.contents.data + at + 4 + (size_t)i * 19, 19);
        login->codes[i][19] = 0;
        login->is_used[i] = false;
    }
    login->codes_left = CODES;
}

static void act_second(void)
{
    bool csrf = false;
    char text[20];
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    code_choose(login, login->secret, text);
    door_scene_texts(&scene, "", "", text);
    u32 code = door_scene_act(&scene, DOOR_ASK_SECOND);
    if (!admitted(code, NULL, NULL, &code_network[network], &by_code_network) ||
        !goes_on(code, session, csrf, 0)) {
        return;
    }
    if (session->is_full) {
        expect(code, DOOR_CODE_REFUSED);
    } else if (!login->has_totp || !second_is_right(login, text, true)) {
        expect(code, DOOR_CODE_WRONG);
    } else {
        expect(code, DOOR_CODE_OK);
        forget_last(&code_network[network]);
        session->is_full = true;
        stepped_up(session);
    }
}

static void act_totp_begin(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    u32 code = door_scene_act(&scene, DOOR_ASK_TOTP_BEGIN);
    if (!goes_on(code, session, csrf, 2)) {
        return;
    }
    expect(code, login->has_totp ? DOOR_CODE_REFUSED : DOOR_CODE_OK);
    if (!login->has_totp) {
        door_scene_secret(&scene, login->coming);
        login->has_coming = true;
        login->coming_until = scene.now_us + 10 * MINUTE;
    }
}

static void act_totp_confirm(void)
{
    bool csrf = false;
    char text[20];
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    code_choose(login, login->coming, text);
    door_scene_texts(&scene, "", "", text);
    u32 code = door_scene_act(&scene, DOOR_ASK_TOTP_CONFIRM);
    if (!admitted(code, NULL, NULL, &code_network[network], &by_code_network) ||
        !goes_on(code, session, csrf, 1)) {
        return;
    }
    if (login->has_totp || !login->has_coming || scene.now_us >= login->coming_until) {
        expect(code, DOOR_CODE_REFUSED);
        return;
    }
    u64 step = strlen(text) == 6 ? step_of(login->coming, text, 0) : 0;
    expect(code, step == 0 ? DOOR_CODE_WRONG : DOOR_CODE_OK);
    if (step != 0) {
        login->has_totp = true;
        login->has_coming = false;
        login->step = step;
        login->closed_until = 0;
        login->wrong.count = 0;
        memcpy(login->secret, login->coming, sizeof(login->secret));
        codes_take(login, 104);
        stepped_up(session);
    }
}

static void act_totp_off(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    u32 code = door_scene_act(&scene, DOOR_ASK_TOTP_OFF);
    if (goes_on(code, session, csrf, 2)) {
        expect(code, login->has_totp ? DOOR_CODE_OK : DOOR_CODE_REFUSED);
        effects += login->has_totp ? 1 : 0;
        login->codes_left = login->has_totp ? 0 : login->codes_left;
        memset(login->is_used, login->has_totp, sizeof(login->is_used));
        login->has_totp = false;
    }
}

static void act_recovery(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    u32 code = door_scene_act(&scene, DOOR_ASK_RECOVERY_NEW);
    if (goes_on(code, session, csrf, 2)) {
        expect(code, login->has_totp ? DOOR_CODE_OK : DOOR_CODE_REFUSED);
        if (login->has_totp) {
            codes_take(login, 0);
        }
    }
}

/* ---- signing up ---- */

static void ticket_put(u32 address, u32 password, bool is_reset)
{
    struct ticket *ticket = &tickets[ticket_next % TICKETS];
    bool is_known = logins[address].is_there;
    ticket_next += 1;
    assert_true(door_scene_mail(&scene));
    *ticket = (struct ticket){.is_there = true,
                              .address = address,
                              .password = password,
                              .is_reset = is_reset,
                              .is_for_somebody = is_known == is_reset,
                              .until = scene.now_us + 30 * MINUTE};
    memcpy(ticket->id, scene.head.contents.data, sizeof(ticket->id));
    (void)snprintf(ticket->code, sizeof(ticket->code), "%s", door_scene_code(&scene));
    assert_int_equal(ticket->code[0] != 0, ticket->is_for_somebody);
}

static void act_mail(bool is_reset)
{
    u32 address = below(ADDRESSES);
    u32 password = below(PASSWORDS);
    door_scene_texts(&scene, addresses[address], is_reset ? "" : passwords[password], "");
    u32 code = door_scene_act(&scene, is_reset ? DOOR_ASK_RESET : DOOR_ASK_SIGN_UP);
    if (!is_reset && password == PASSWORDS - 1) {
        expect(code, DOOR_CODE_PASSWORD_SHORT);
    } else if (admitted(code, &mail_address[address], &by_mail_address, &mail_network[network],
                        &by_mail_network)) {
        expect(code, DOOR_CODE_OK);
        ticket_put(address, password, is_reset);
    }
}

/* Whether the ticket's code is right; a wrong one is a try. */
static bool ticket_is_right(struct ticket *ticket, bool is_reset, bool has_code)
{
    bool is_right = ticket->is_there && ticket->is_reset == is_reset && ticket->tries < 5 &&
                    scene.now_us < ticket->until && ticket->is_for_somebody && has_code;
    ticket->tries += is_right ? 0 : 1;
    return is_right;
}

static void tickets_end(u32 address, bool is_reset)
{
    for (u32 i = 0; i < TICKETS; i += 1) {
        if (tickets[i].address == address && tickets[i].is_reset == is_reset) {
            tickets[i].is_there = false;
        }
    }
}

/* The ticket and its code, or a wrong one, into the ask. */
static struct ticket *any_ticket(const char **code_out)
{
    u32 last = ticket_next == 0 ? 0 : ticket_next - 1;
    struct ticket *ticket = &tickets[(below(2) == 0 ? last : below(TICKETS)) % TICKETS];
    bool has_code = ticket->code[0] != 0 && below(4) != 0;
    *code_out = has_code ? ticket->code : "AAAA-AAAA";
    memcpy(scene.ask.ticket, ticket->id, sizeof(ticket->id));
    return ticket;
}

static void act_confirm(void)
{
    const char *text = NULL;
    struct ticket *ticket = any_ticket(&text);
    struct login *login = &logins[ticket->address];
    door_scene_texts(&scene, "", "", text);
    u32 code = door_scene_act(&scene, DOOR_ASK_SIGN_UP_CONFIRM);
    if (!admitted(code, NULL, NULL, &code_network[network], &by_code_network)) {
        return;
    }
    bool is_right = ticket_is_right(ticket, false, text == ticket->code);
    expect(code, is_right && !login->is_there ? DOOR_CODE_OK : DOOR_CODE_WRONG);
    if (is_right) {
        tickets_end(ticket->address, false);
    }
    if (is_right && !login->is_there) {
        logins_count += 1;
        effects += 1;
        numbers[ticket->address] = logins_count;
        *login = (struct login){.is_there = true, .password = ticket->password};
    }
}

static void act_reset_set(void)
{
    const char *text = NULL;
    char second[20] = "";
    struct ticket *ticket = any_ticket(&text);
    u32 address = below(4) == 0 ? below(ADDRESSES) : ticket->address;
    u32 password = below(PASSWORDS);
    struct login *login = &logins[ticket->address];
    if (below(2) == 0) {
        code_choose(login, login->secret, second);
    }
    door_scene_texts(&scene, addresses[address], passwords[password], text);
    scene.ask.second_bytes = door_scene_put(scene.ask.second, sizeof(scene.ask.second), second);
    u32 code = door_scene_act(&scene, DOOR_ASK_RESET_SET);
    if (password == PASSWORDS - 1) {
        expect(code, DOOR_CODE_PASSWORD_SHORT);
        return;
    }
    if (!admitted(code, NULL, NULL, &code_network[network], &by_code_network)) {
        return;
    }
    if (!ticket_is_right(ticket, true, text == ticket->code) || address != ticket->address) {
        expect(code, DOOR_CODE_WRONG);
        return;
    }
    if (login->has_totp && second[0] == 0) {
        expect(code, DOOR_CODE_SECOND_WANTED);
        return;
    }
    if (login->has_totp && !second_is_right(login, second, true)) {
        ticket->tries += 1;
        expect(code, DOOR_CODE_WRONG);
        return;
    }
    expect(code, DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), scene.now_us + 48 * HOUR);
    effects += 1;
    login->password = password;
    login->has_coming = false;
    tickets_end(address, true);
    sessions_end(address, NULL);
}

/* ---- signing in ---- */

static void act_sign_in(void)
{
    u32 address = below(ADDRESSES);
    struct login *login = &logins[address];
    u32 password = below(3) == 0 ? below(PASSWORDS) : login->password;
    door_scene_texts(&scene, addresses[address], passwords[password], "");
    u32 code = door_scene_act(&scene, DOOR_ASK_SIGN_IN);
    if (!admitted(code, &sign_address[address], &by_sign_address, &sign_network[network],
                  &by_sign_network)) {
        return;
    }
    bool is_right = login->is_there && password == login->password;
    expect(code, is_right ? DOOR_CODE_OK : DOOR_CODE_WRONG);
    if (is_right) {
        forget_last(&sign_address[address]);
        forget_last(&sign_network[network]);
        struct session *session = &sessions[0];
        /* The one seen longest ago gives way, first of those without their second factor. */
        for (; living(address) >= 16;) {
            struct session *oldest = NULL;
            for (u32 i = 0; i < SESSIONS; i += 1) {
                bool is_ours = !is_over(&sessions[i]) && sessions[i].login == address;
                bool is_less =
                    oldest == NULL || sessions[i].is_full < oldest->is_full ||
                    (sessions[i].is_full == oldest->is_full && sessions[i].seen < oldest->seen);
                oldest = is_ours && is_less ? &sessions[i] : oldest;
            }
            oldest->is_there = false;
        }
        while (!is_over(session)) {
            session += 1;
        }
        *session = (struct session){.is_full = !login->has_totp,
                                    .made = scene.now_us,
                                    .seen = scene.now_us,
                                    .strong = scene.now_us};
        session_put(session, address);
    }
}

static void act_again(void)
{
    bool csrf = false;
    char text[20] = "";
    struct session *session = any_session(&csrf);
    struct login *login = &logins[session->login];
    bool by_code = below(2) == 0;
    u32 password = below(3) == 0 ? below(PASSWORDS) : login->password;
    if (by_code) {
        code_choose(login, login->secret, text);
    }
    door_scene_texts(&scene, "", by_code ? "" : passwords[password], text);
    u32 code = door_scene_act(&scene, DOOR_ASK_AGAIN);
    if (!goes_on(code, session, csrf, 1)) {
        return;
    }
    if (!by_code && login->has_totp) { /* the second factor proves it, where there is one */
        expect(code, DOOR_CODE_SECOND_WANTED);
        return;
    }
    struct tries *of_address = &sign_address[session->login];
    if (!admitted(code, of_address, &by_sign_address, &sign_network[network], &by_sign_network)) {
        return;
    }
    bool is_right = by_code ? login->has_totp && second_is_right(login, text, false)
                            : password == login->password;
    expect(code, is_right ? DOOR_CODE_OK : DOOR_CODE_WRONG);
    if (is_right) {
        forget_last(of_address);
        forget_last(&sign_network[network]);
        stepped_up(session);
    }
}

static void act_password(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    u32 address = below(4) == 0 ? below(ADDRESSES) : session->login;
    u32 password = below(PASSWORDS);
    door_scene_texts(&scene, addresses[address], passwords[password], "");
    u32 code = door_scene_act(&scene, DOOR_ASK_PASSWORD);
    if (!goes_on(code, session, csrf, 2)) {
        return;
    }
    if (address != session->login) {
        expect(code, DOOR_CODE_WRONG);
    } else if (password == PASSWORDS - 1) {
        expect(code, DOOR_CODE_PASSWORD_SHORT);
    } else if (admitted(code, &sign_address[address], &by_sign_address, &sign_network[network],
                        &by_sign_network)) {
        expect(code, DOOR_CODE_OK);
        logins[address].password = password;
        tickets_end(address, true);
        sessions_end(address, NULL);
    }
}

static void act_look(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    u32 code = door_scene_act(&scene, DOOR_ASK_LOOK);
    if (goes_on(code, session, true, 0)) {
        const u8 *state = scene.head.contents.data;
        expect(code, DOOR_CODE_OK);
        assert_memory_equal(state, session->held.csrf, DOOR_TOKEN_BYTES);
        assert_int_equal(bytes_u64(state + 32), numbers[session->login]);
        assert_int_equal(bytes_u64(state + 40), session->made + 12 * HOUR);
        assert_int_equal(state[48], session->is_full ? DOOR_LEVEL_FULL : DOOR_LEVEL_HALF);
        assert_int_equal(state[49], scene.now_us - session->strong < 5 * MINUTE ? 1 : 0);
        assert_int_equal(state[50], logins[session->login].codes_left);
    }
}

static void act_sign_out(void)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    u32 code = door_scene_act(&scene, DOOR_ASK_SIGN_OUT);
    if (goes_on(code, session, csrf, 0)) {
        expect(code, DOOR_CODE_OK);
        session->is_there = false;
    }
}

static void act_sessions(bool is_end)
{
    bool csrf = false;
    struct session *session = any_session(&csrf);
    u32 code = door_scene_act(&scene, is_end ? DOOR_ASK_SESSION_END : DOOR_ASK_SESSIONS);
    if (!goes_on(code, session, csrf || !is_end, 1)) {
        return;
    }
    expect(code, DOOR_CODE_OK);
    if (is_end) {
        sessions_end(session->login, session);
    } else {
        assert_int_equal(bytes_u32(scene.head.contents.data), living(session->login));
    }
}

/* ---- all ---- */

/* Each that was living and is not any more is told. */
static void ends_are_told(const struct session before[SESSIONS])
{
    struct door_scene_ends ends;
    door_scene_ends(&scene, &ends);
    for (u32 i = 0; i < SESSIONS; i += 1) {
        bool goes_on = sessions[i].is_there && sessions[i].held.handle == before[i].held.handle;
        assert_true(is_over(&before[i]) || goes_on || door_scene_has_ended(&ends, &before[i].held));
    }
}

static void act(void)
{
    u32 what = below(40);
    network = below(NETWORKS);
    door_scene_network(&scene, network);
    scene.ask.language = DOOR_LANGUAGE_ENGLISH;
    if (what < 3) {
        act_mail(what == 0);
    } else if (what < 6) {
        act_confirm();
    } else if (what < 14) {
        act_sign_in();
    } else if (what < 20) {
        act_second();
    } else if (what < 22) {
        act_totp_begin();
    } else if (what < 25) {
        act_totp_confirm();
    } else if (what == 25) {
        act_totp_off();
    } else if (what == 26) {
        act_recovery();
    } else if (what < 29) {
        act_reset_set();
    } else if (what < 33) {
        act_again();
    } else if (what == 33) {
        act_password();
    } else if (what == 34) {
        act_sign_out();
    } else if (what < 37) {
        act_sessions(what == 35 && below(4) == 0);
    } else {
        act_look();
    }
    seen_codes[scene.head.code] += 1;
}

/* Mostly moments, sometimes long enough that something is over. */
static void time_goes(void)
{
    static const u64 most[] = {S,      S,          S,           5 * S, 30 * S,   30 * S,
                               MINUTE, 6 * MINUTE, 16 * MINUTE, HOUR,  13 * HOUR};
    u32 what = below(100);
    u64 span = most[what < ARRAY_COUNT(most) ? what : what % 3];
    scene.now_us += 1 + random_below(&chance, span);
}

static void forget_all(void)
{
    memset(logins, 0, sizeof(logins));
    memset(sessions, 0, sizeof(sessions));
    memset(tickets, 0, sizeof(tickets));
    memset(sign_address, 0, sizeof(sign_address));
    memset(mail_address, 0, sizeof(mail_address));
    memset(sign_network, 0, sizeof(sign_network));
    memset(mail_network, 0, sizeof(mail_network));
    memset(code_network, 0, sizeof(code_network));
    logins_count = 0;
    ticket_next = 0;
    effects = 0;
}

static void the_door_does_what_its_page_says(void **state)
{
    struct door_totals totals;
    (void)state;
    random_init(&chance, test_seed());
    for (u64 round = 0; round < test_rounds(3); round += 1) {
        forget_all();
        door_scene_open(&scene, random_u64(&chance));
        for (u32 i = 0; i < ACTS; i += 1) {
            struct session before[SESSIONS];
            time_goes();
            memcpy(before, sessions, sizeof(before));
            act();
            ends_are_told(before);
        }
        scene_must(door_store_totals(door_desk_store(scene.desk), &totals));
        assert_int_equal(totals.logins, logins_count);
        assert_int_equal(totals.effects_last, effects);
        door_scene_close(&scene);
    }
    for (u32 code = 0; code <= DOOR_CODE_MAX; code += 1) {
        if (seen_codes[code] > 0) {
            print_message("%-60s %u\n", door_code_text(code), seen_codes[code]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_door_does_what_its_page_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A door's desk without sockets, for its tests: a folder of its own, a clock that the test moves,
 * random bytes from a seed, small parameters of Argon2id, and the mails that were written.
 *
 *     door_scene_open ─▶ door_scene_sign_in(...), door_scene_act(...) ─▶ code, contents
 *
 * Each act is one door_ask, done to its end. Persons and addresses are invented. */
#ifndef TESTS_SUPPORT_DOOR_SCENE_H
#define TESTS_SUPPORT_DOOR_SCENE_H

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "role/door/door_code.h"
#include "role/door/door_desk.h"
#include "role/door/door_totp.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DOOR_SCENE_START_US   1700000000000000ULL
#define DOOR_SCENE_MINUTE_US  60000000ULL
#define DOOR_SCENE_MAIL_BYTES 4096U

struct door_scene {
    struct door_entropy entropy; /* first: it is cast back */
    struct random random;
    char folder[SCENE_PATH_BYTES];
    struct door_desk *desk;
    u64 now_us;
    struct door_ask ask; /* of the next act; wiped behind it, network aside */
    struct door_answer answer;
    struct door_answer_head head; /* of the last answer */
    char mail[DOOR_SCENE_MAIL_BYTES];
};

struct door_scene_session {
    u8 token[DOOR_TOKEN_BYTES];
    u8 csrf[DOOR_TOKEN_BYTES];
    u64 login;
    u8 level;
    u8 recovery_left;
    bool has_second; /* a second factor is on */
    u64 handle;
    u64 fresh_until_us;
};

static inline enum fault door_scene_fill(struct door_entropy *entropy, u8 *target, size_t bytes)
{
    struct door_scene *scene = (struct door_scene *)(void *)entropy;
    random_fill(&scene->random, target, bytes);
    return FAULT_NONE;
}

static inline struct door_desk_options door_scene_options(struct door_scene *scene)
{
    return (struct door_desk_options){
        .disk = disk_real(),
        .folder = scene->folder,
        .issuer = "Cambist",
        .entropy = &scene->entropy,
        .hash = {.threads = 0, .jobs_max = 4, .memory_bytes = 8192, .passes = 1},
        .tickets_max = 64,
        .mails_max = 16,
        .limit_places = 4096};
}

static inline void door_scene_reopen(struct door_scene *scene)
{
    struct door_desk_options options = door_scene_options(scene);
    door_desk_close(scene->desk);
    scene_must(door_desk_open(&scene->desk, &options));
    scene_must(door_desk_start(scene->desk));
    /* Power cuts are not tested here. */
    scene_must(sql_run(&door_desk_store(scene->desk)->sql, "PRAGMA synchronous=OFF"));
}

static inline void door_scene_open(struct door_scene *scene, u64 seed)
{
    memset(scene, 0, sizeof(*scene));
    scene->entropy.fill = door_scene_fill;
    scene->now_us = DOOR_SCENE_START_US;
    random_init(&scene->random, seed);
    scene_folder_make(scene->folder);
    door_scene_reopen(scene);
}

static inline void door_scene_close(struct door_scene *scene)
{
    door_desk_close(scene->desk);
    scene->desk = NULL;
    scene_folder_remove(scene->folder);
}

/* ---- acts ---- */

static inline void door_scene_network(struct door_scene *scene, u32 number)
{
    static const u8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    memcpy(scene->ask.network, mapped, sizeof(mapped));
    bytes_put_big_u32(scene->ask.network + sizeof(mapped), 0x0a000000U + number);
}

/* Does scene->ask, with this kind; the code of its answer. */
static inline u32 door_scene_act(struct door_scene *scene, u32 kind)
{
    bool is_out = false;
    scene->ask.kind = (u16)kind;
    scene->ask.id += 1;
    scene_must(door_desk_ask(scene->desk, &scene->ask, 77, scene->now_us, &scene->answer, &is_out));
    if (!is_out) {
        scene_must(door_desk_turn(scene->desk, scene->now_us, &scene->answer, &is_out));
    }
    assert_true(is_out);
    assert_int_equal(scene->answer.origin, 77);
    assert_true(door_answer_read(span_of(scene->answer.bytes, scene->answer.size), &scene->head));
    assert_int_equal(scene->head.id, scene->ask.id);
    assert_int_equal(scene->head.kind, kind);
    u64 id = scene->ask.id;
    u8 network[DOOR_NETWORK_BYTES];
    memcpy(network, scene->ask.network, sizeof(network));
    memset(&scene->ask, 0, sizeof(scene->ask));
    scene->ask.id = id;
    scene->ask.language = DOOR_LANGUAGE_ENGLISH;
    memcpy(scene->ask.network, network, sizeof(network));
    return scene->head.code;
}

static inline u32 door_scene_put(u8 *target, size_t room, const char *text)
{
    struct span span = span_of_text(text);
    assert_true(span_copy(span, target, room));
    return (u32)span.size;
}

static inline void door_scene_texts(struct door_scene *scene, const char *address,
                                    const char *password, const char *code)
{
    struct door_ask *ask = &scene->ask;
    ask->address_bytes = door_scene_put(ask->address, sizeof(ask->address), address);
    ask->password_bytes = door_scene_put(ask->password, sizeof(ask->password), password);
    ask->code_bytes = door_scene_put(ask->code, sizeof(ask->code), code);
}

static inline void door_scene_with(struct door_scene *scene,
                                   const struct door_scene_session *session)
{
    memcpy(scene->ask.token, session->token, DOOR_TOKEN_BYTES);
    memcpy(scene->ask.csrf, session->csrf, DOOR_TOKEN_BYTES);
}

/* The session that the last answer gave. */
static inline struct door_scene_session door_scene_session(const struct door_scene *scene)
{
    struct door_scene_session session;
    const u8 *at = scene->head.contents.data;
    assert_true(scene->head.contents.size >= 104);
    memcpy(session.token, at, DOOR_TOKEN_BYTES);
    memcpy(session.csrf, at + 32, DOOR_TOKEN_BYTES);
    session.login = bytes_u64(at + 64);
    session.level = at[80];
    session.recovery_left = at[82];
    session.has_second = at[83] == 1;
    session.handle = bytes_u64(at + 88);
    session.fresh_until_us = bytes_u64(at + 96);
    return session;
}

/* Sessions that have ended since the last call. */
struct door_scene_ends {
    struct door_ended told[DOOR_SESSIONS_MAX * 2];
    u32 count;
};

static inline void door_scene_ends(struct door_scene *scene, struct door_scene_ends *ends_out)
{
    ends_out->count = 0;
    while (door_desk_ended(scene->desk, &ends_out->told[ends_out->count])) {
        ends_out->count += 1;
        assert_true(ends_out->count < ARRAY_COUNT(ends_out->told));
    }
}

/* Whether it was told that this one has. */
static inline bool door_scene_has_ended(const struct door_scene_ends *ends,
                                        const struct door_scene_session *session)
{
    bool is_told = false;
    for (u32 i = 0; i < ends->count; i += 1) {
        const struct door_ended *told = &ends->told[i];
        is_told |= told->login == 0 || (told->login == session->login &&
                                        (told->handle == 0 || told->handle == session->handle));
    }
    return is_told;
}

/* ---- mails ---- */

/* Takes the only mail there is, as the command outside does; false: there is none. */
static inline bool door_scene_mail(struct door_scene *scene)
{
    char folder[2 * SCENE_PATH_BYTES];
    char path[4 * SCENE_PATH_BYTES] = "";
    (void)snprintf(folder, sizeof(folder), "%s/mail", scene->folder);
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.') {
            assert_string_equal(path, "");
            (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        }
    }
    (void)closedir(directory);
    if (path[0] == '\0') {
        return false;
    }
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(scene->mail, 1, sizeof(scene->mail) - 1, file);
    scene->mail[size] = '\0';
    (void)fclose(file);
    assert_int_equal(unlink(path), 0);
    return true;
}

/* The code in the mail that was taken, or "" where it has none. */
static inline const char *door_scene_code(struct door_scene *scene)
{
    static char code[10];
    const char *at = strstr(scene->mail, "\n    ");
    code[0] = '\0';
    if (at != NULL) {
        memcpy(code, at + 5, 9);
        code[9] = '\0';
    }
    return code;
}

/* ---- ways that many tests go ---- */

/* A login from nothing; its number. */
static inline u64 door_scene_sign_up(struct door_scene *scene, const char *address,
                                     const char *password)
{
    struct door_totals totals;
    u8 ticket[DOOR_TICKET_BYTES];
    scene->ask.language = DOOR_LANGUAGE_ENGLISH;
    door_scene_texts(scene, address, password, "");
    assert_int_equal(door_scene_act(scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    memcpy(ticket, scene->head.contents.data, sizeof(ticket));
    assert_true(door_scene_mail(scene));
    memcpy(scene->ask.ticket, ticket, sizeof(ticket));
    door_scene_texts(scene, "", "", door_scene_code(scene));
    assert_int_equal(door_scene_act(scene, DOOR_ASK_SIGN_UP_CONFIRM), DOOR_CODE_OK);
    scene_must(door_store_totals(door_desk_store(scene->desk), &totals));
    return totals.logins;
}

static inline struct door_scene_session door_scene_sign_in(struct door_scene *scene,
                                                           const char *address,
                                                           const char *password)
{
    door_scene_texts(scene, address, password, "");
    assert_int_equal(door_scene_act(scene, DOOR_ASK_SIGN_IN), DOOR_CODE_OK);
    return door_scene_session(scene);
}

/* The secret in the answer to TOTP_BEGIN. */
static inline void door_scene_secret(const struct door_scene *scene,
                                     u8 secret_out[DOOR_TOTP_SECRET_BYTES])
{
    struct span contents = scene->head.contents;
    const u8 *at = memmem(contents.data, contents.size, "secret=", 7);
    assert_non_null(at);
    assert_true(door_code_read(span_of(at + 7, 32), secret_out, DOOR_TOTP_SECRET_BYTES));
}

static inline const char *door_scene_totp(const struct door_scene *scene,
                                          const u8 secret[DOOR_TOTP_SECRET_BYTES], i64 steps)
{
    static char text[8];
    u64 step = scene->now_us / DOOR_US_S / DOOR_TOTP_STEP_S + (u64)steps;
    u32 code = door_totp_code(span_of(secret, DOOR_TOTP_SECRET_BYTES), step, 6);
    (void)snprintf(text, sizeof(text), "%06u", code % 1000000);
    return text;
}

/* Puts a second factor on; the session goes on under a new token. The first recovery code is in
 * recovery_out. */
static inline void door_scene_enrol(struct door_scene *scene, struct door_scene_session *session,
                                    u8 secret_out[DOOR_TOTP_SECRET_BYTES], char recovery_out[20])
{
    door_scene_with(scene, session);
    assert_int_equal(door_scene_act(scene, DOOR_ASK_TOTP_BEGIN), DOOR_CODE_OK);
    door_scene_secret(scene, secret_out);
    door_scene_with(scene, session);
    door_scene_texts(scene, "", "", door_scene_totp(scene, secret_out, 0));
    assert_int_equal(door_scene_act(scene, DOOR_ASK_TOTP_CONFIRM), DOOR_CODE_OK);
    *session = door_scene_session(scene);
    assert_true(session->has_second);
    assert_int_equal(bytes_u32(scene->head.contents.data + 104), DOOR_RECOVERY_CODES);
    assert_int_equal(scene->head.contents.size, 104 + 4 + 19 * DOOR_RECOVERY_CODES);
    memcpy(recovery_out, scene->head.contents.data + 108, 19);
    recovery_out[19] = '\0';
}

#endif /* TESTS_SUPPORT_DOOR_SCENE_H */

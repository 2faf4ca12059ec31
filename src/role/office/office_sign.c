/* Signing in and out, and the security keys of an officer. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/log.h"
#include "io/sign.h"
#include "role/office/office_inner.h"

#include <stdio.h>
#include <string.h>

#define CODE_BYTES_MAX       64U
#define CHALLENGE_TEXT_BYTES 48U
#define ID_TEXT_BYTES        (4U * (OFFICE_ID_BYTES_MAX / 3U + 1U) + 1U)
#define TEXT_BYTES           1024U
#define USER_BYTES           16U

/* ---- texts that the officer's key signs ---- */

static size_t head_print(const struct office *office, const char *what, struct span code,
                         char target[TEXT_BYTES])
{
    int size = snprintf(target, TEXT_BYTES,
                        "cambist office %s v1\nvenue: %s\norigin: %s\n"
                        "officer: %.*s\n",
                        what, office->options.people->venue, office->options.origin, (int)code.size,
                        (const char *)code.data);
    CHECK(size > 0 && (size_t)size < TEXT_BYTES);
    return (size_t)size;
}

static size_t sign_in_text(const struct office *office, struct span code,
                           const u8 challenge[OFFICE_CHALLENGE_BYTES], char target[TEXT_BYTES])
{
    char hex[OFFICE_HEX_BYTES];
    size_t used = head_print(office, "sign-in", code, target);
    int size = snprintf(target + used, TEXT_BYTES - used, "challenge: %s\n",
                        bytes_to_hex(challenge, OFFICE_CHALLENGE_BYTES, hex));
    CHECK(size > 0 && (size_t)size < TEXT_BYTES - used);
    return used + (size_t)size;
}

static size_t credential_text(const struct office *office,
                              const struct office_credential *credential,
                              const u8 cose_hash[SHA256_BYTES],
                              const u8 challenge[OFFICE_CHALLENGE_BYTES], char target[TEXT_BYTES])
{
    char id[2 * OFFICE_ID_BYTES_MAX + 1];
    char key[OFFICE_HEX_BYTES];
    char hex[OFFICE_HEX_BYTES];
    size_t used =
        head_print(office, "credential", span_of_text(office->person->officer.code), target);
    int size =
        snprintf(target + used, TEXT_BYTES - used, "credential: %s\nkey: %s\nchallenge: %s\n",
                 bytes_to_hex(credential->id, credential->id_bytes, id),
                 bytes_to_hex(cose_hash, SHA256_BYTES, key),
                 bytes_to_hex(challenge, OFFICE_CHALLENGE_BYTES, hex));
    CHECK(size > 0 && (size_t)size < TEXT_BYTES - used);
    return used + (size_t)size;
}

static bool is_signed(const struct officer *officer, struct span text, struct span base64)
{
    u8 signature[OFFICER_SIGNATURE_BYTES];
    return sign_decode_base64(base64, signature, sizeof(signature)) == sizeof(signature) &&
           officer_signed(officer, text, signature);
}

/* In whose place one is looked at who does not exist, so that both take the same time. Number 0 is
 * nobody's in a register. */
static const struct officer nobody = {.code = ""};

/* ---- beginning ---- */

/* Letters that a code of the register may have, so that what is shown again is plain. */
static bool is_code(struct span code)
{
    for (size_t i = 0; i < code.size; i += 1) {
        u8 byte = code.data[i];
        bool is_fine = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
        if (!is_fine) {
            return false;
        }
    }
    return code.size > 0 && code.size <= CODE_BYTES_MAX;
}

/* The id that stands where an officer has no credential, or is none: the same each time. */
static size_t id_invent(struct office *office, struct span code, u32 place,
                        u8 id_out[2 * SHA256_BYTES])
{
    static const u8 lengths[] = {16, 20, 32, 32, 48, 64};
    struct sha256 *sha256 = &office->sessions.sha256;
    u8 hash[SHA256_BYTES];
    for (u32 half = 0; half < 2; half += 1) {
        u8 words[2] = {(u8)place, (u8)half};
        sha256_begin(sha256);
        sha256_add(sha256, span_of(office_store_secret(office->store), OFFICE_SECRET_BYTES));
        sha256_add(sha256, span_of(words, sizeof(words)));
        sha256_add(sha256, code);
        sha256_end(sha256, hash);
        memcpy(id_out + (size_t)half * SHA256_BYTES, hash, sizeof(hash));
    }
    return lengths[(hash[0] ^ hash[1]) % sizeof(lengths)];
}

/* Always OFFICE_CREDENTIALS_MAX ids, those that exist among others: in places that follow from the
 * code, so that a new one takes the place of one that nobody has. */
static void ids_put(struct office *office, struct span code, u32 count)
{
    char text[ID_TEXT_BYTES];
    u8 id[2 * SHA256_BYTES];
    u32 first = (u32)id_invent(office, code, OFFICE_CREDENTIALS_MAX, id) + id[1];
    for (u32 i = 0; i < OFFICE_CREDENTIALS_MAX; i += 1) {
        u32 place = (i + first) % OFFICE_CREDENTIALS_MAX;
        size_t size = id_invent(office, code, place, id);
        const struct office_credential *own = &office->credentials[place];
        json_put_text(&office->json, place < count
                                         ? office_to_base64url(own->id, own->id_bytes, text)
                                         : office_to_base64url(id, size, text));
    }
}

struct http_reply office_sign_in_begin(struct office *office)
{
    static const struct office_wanted wanted[] = {{"officer", CODE_BYTES_MAX}};
    u8 challenge[OFFICE_CHALLENGE_BYTES];
    char base64[CHALLENGE_TEXT_BYTES];
    char text[TEXT_BYTES];
    struct http_reply reply;
    u32 count = 0;
    if (!office_body_take(office, wanted, ARRAY_COUNT(wanted), false, &reply)) {
        return reply;
    }
    struct span code = office->body.texts[0];
    if (!is_code(code)) {
        return office_refuse(office, 400, "body", "officer: no code of an officer");
    }
    enum fault fault = office_challenge_make(&office->sessions, OFFICE_PURPOSE_SIGN_IN, code,
                                             office->now_ms, challenge);
    const struct office_person *person = office_person_of(office, code);
    if (fault == FAULT_NONE) { /* looked for in every case: it takes its time */
        fault = office_credentials_of(office->store, person == NULL ? &nobody : &person->officer,
                                      office->credentials, &count);
    }
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    size_t size = sign_in_text(office, code, challenge, text);
    office_json_begin(office);
    json_field_text(&office->json, "challenge",
                    office_to_base64url(challenge, sizeof(challenge), base64));
    json_key(&office->json, "text");
    json_put_span(&office->json, span_of(text, size));
    json_key(&office->json, "credentials");
    json_array_begin(&office->json);
    ids_put(office, code, count);
    json_array_end(&office->json);
    json_field_u64(&office->json, "until", office->wall_ms + OFFICE_CHALLENGE_MS);
    return office_json_say(office);
}

/* ---- sessions ---- */

static void session_put(struct office *office)
{
    char csrf[OFFICE_HEX_BYTES];
    const struct office_session *session = office->session;
    const struct office_person *person = office->person;
    json_field_text(&office->json, "officer", person->officer.code);
    json_field_u64(&office->json, "number", person->officer.number);
    json_field_text(&office->json, "group", person->officer.group);
    json_field_text(&office->json, "role", person->role);
    json_field_text(&office->json, "region", person->region);
    json_field_text(&office->json, "csrf",
                    bytes_to_hex(session->csrf, sizeof(session->csrf), csrf));
    json_field_u64(&office->json, "until",
                   office->wall_ms + office_session_left(session, office->now_ms));
    json_field_text(&office->json, "by", session->by == OFFICE_BY_KEY ? "key" : "webauthn");
    json_field_text(&office->json, "venue", office->options.people->venue);
    json_key(&office->json, "quorum");
    json_object_begin(&office->json);
    json_field_u64(&office->json, "a", office->options.people->quorum_a);
    json_field_u64(&office->json, "b", office->options.people->quorum_b);
    json_object_end(&office->json);
}

struct http_reply office_session_say(struct office *office)
{
    office_json_begin(office);
    session_put(office);
    return office_json_say(office);
}

struct http_reply office_sign_out(struct office *office)
{
    office_session_end(office->session);
    office->session = NULL;
    office_cookie_clear(office);
    office_json_begin(office);
    return office_json_say(office);
}

/* Whoever it is may try now; else the answer is *reply_out. `code` and challenge as they came. */
static bool attempt_begin(struct office *office, struct span code, struct span challenge,
                          u8 challenge_out[OFFICE_CHALLENGE_BYTES], struct http_reply *reply_out)
{
    u64 wait_ms = office_limit_try(&office->limit, &office->sessions.sha256, code, office->now_ms);
    if (wait_ms > 0) {
        *reply_out = office_wait(office, wait_ms);
        return false;
    }
    memset(challenge_out, 0, OFFICE_CHALLENGE_BYTES);
    /* One that is none does not hold: nothing more is told of it. */
    if (office_from_base64url(challenge, challenge_out, OFFICE_CHALLENGE_BYTES) !=
        OFFICE_CHALLENGE_BYTES) {
        memset(challenge_out, 0, OFFICE_CHALLENGE_BYTES);
    }
    return true;
}

/* One answer for whatever was wrong: no officer, no challenge, no signature. */
static struct http_reply attempt_wrong(struct office *office, struct span code, const char *why)
{
    office->counts.wrong += 1;
    log_info("office.sign_in_wrong", LOG_STR("why", why));
    office_limit_tell(&office->limit, &office->sessions.sha256, code, false, office->now_ms);
    return office_refuse(office, 403, "wrong", "not signed by this officer for this sign-in");
}

/* The session that came with the request, if any, ends: its token is never taken over. */
static struct http_reply attempt_right(struct office *office, const struct office_person *person,
                                       enum office_by by,
                                       const u8 challenge[OFFICE_CHALLENGE_BYTES])
{
    u8 token[OFFICE_TOKEN_BYTES];
    u32 place = (u32)(person - office->options.people->list);
    struct span code = span_of_text(person->officer.code);
    if (!office_challenge_use(&office->sessions, office->now_ms, challenge)) {
        return office_wait(office, OFFICE_CHALLENGE_MS);
    }
    office_limit_tell(&office->limit, &office->sessions.sha256, code, true, office->now_ms);
    enum fault fault =
        office_row_put(office->store, person->officer.number, OFFICE_WHAT_SIGN_IN,
                       span_of_text(by == OFFICE_BY_KEY ? "key" : "webauthn"), office->wall_ms);
    if (office->session != NULL) {
        office_session_end(office->session);
    }
    if (fault == FAULT_NONE) {
        fault = office_session_make(&office->sessions, place, by, office->now_ms, token,
                                    &office->session);
    }
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    office->person = person;
    office->counts.signed_in += 1;
    office_cookie_set(office, token);
    secret_wipe(token, sizeof(token));
    log_info("office.signed_in", LOG_STR("by", by == OFFICE_BY_KEY ? "key" : "webauthn"));
    return office_session_say(office);
}

struct http_reply office_sign_in_key(struct office *office)
{
    static const struct office_wanted wanted[] = {
        {"officer", CODE_BYTES_MAX}, {"challenge", CHALLENGE_TEXT_BYTES}, {"signature", 96}};
    u8 challenge[OFFICE_CHALLENGE_BYTES];
    char text[TEXT_BYTES];
    struct http_reply reply;
    if (!office_body_take(office, wanted, ARRAY_COUNT(wanted), false, &reply)) {
        return reply;
    }
    struct span code = office->body.texts[0];
    if (!is_code(code)) {
        return office_refuse(office, 400, "body", "officer: no code of an officer");
    }
    if (!attempt_begin(office, code, office->body.texts[1], challenge, &reply)) {
        return reply;
    }
    const struct office_person *person = office_person_of(office, code);
    if (!office_challenge_holds(&office->sessions, OFFICE_PURPOSE_SIGN_IN, code, office->now_ms,
                                challenge)) {
        return attempt_wrong(office, code, "challenge");
    }
    size_t size = sign_in_text(office, code, challenge, text);
    bool is_right = is_signed(person == NULL ? &nobody : &person->officer, span_of(text, size),
                              office->body.texts[2]);
    if (person == NULL || !is_right) {
        return attempt_wrong(office, code, "signature");
    }
    return attempt_right(office, person, OFFICE_BY_KEY, challenge);
}

/* ---- with a security key ---- */

enum { SIGN_OFFICER, SIGN_CHALLENGE, SIGN_CREDENTIAL, SIGN_CLIENT, SIGN_DATA, SIGN_SIGNATURE };

#define BASE64_OF(bytes) (4U * ((bytes) / 3U + 1U))

static const struct office_wanted sign_wanted[] = {
    [SIGN_OFFICER] = {"officer", CODE_BYTES_MAX},
    [SIGN_CHALLENGE] = {"challenge", CHALLENGE_TEXT_BYTES},
    [SIGN_CREDENTIAL] = {"credential", BASE64_OF(OFFICE_ID_BYTES_MAX)},
    [SIGN_CLIENT] = {"clientData", BASE64_OF(OFFICE_CLIENT_BYTES_MAX)},
    [SIGN_DATA] = {"authenticatorData", BASE64_OF(OFFICE_AUTH_BYTES_MAX)},
    [SIGN_SIGNATURE] = {"signature", BASE64_OF(OFFICE_SIGNATURE_BYTES_MAX)}};

/* The officer's credential with this id; NULL: none. */
static const struct office_credential *credential_find(const struct office *office, u32 count,
                                                       struct span id)
{
    for (u32 i = 0; i < count; i += 1) {
        const struct office_credential *at = &office->credentials[i];
        if (span_equal(span_of(at->id, at->id_bytes), id)) {
            return at;
        }
    }
    return NULL;
}

/* Why not; NULL: it is, and its counter is on the disk. */
static const char *assertion_take(struct office *office, const struct office_person *person,
                                  const u8 challenge[OFFICE_CHALLENGE_BYTES], enum fault *fault_out)
{
    u8 id[OFFICE_ID_BYTES_MAX];
    u8 client[OFFICE_CLIENT_BYTES_MAX];
    u8 data[OFFICE_AUTH_BYTES_MAX];
    u8 signature[OFFICE_SIGNATURE_BYTES_MAX];
    const struct span *texts = office->body.texts;
    u32 count = 0;
    u32 counter = 0;
    size_t id_bytes = office_from_base64url(texts[SIGN_CREDENTIAL], id, sizeof(id));
    size_t client_bytes = office_from_base64url(texts[SIGN_CLIENT], client, sizeof(client));
    size_t data_bytes = office_from_base64url(texts[SIGN_DATA], data, sizeof(data));
    size_t bytes = office_from_base64url(texts[SIGN_SIGNATURE], signature, sizeof(signature));
    *fault_out =
        office_credentials_of(office->store, &person->officer, office->credentials, &count);
    const struct office_credential *credential =
        *fault_out == FAULT_NONE ? credential_find(office, count, span_of(id, id_bytes)) : NULL;
    if (id_bytes == 0 || client_bytes == 0 || data_bytes == 0 || bytes == 0 || credential == NULL) {
        return "credential";
    }
    const char *why = office_assertion_check(
        &office->sessions.sha256, &office->party, span_of(challenge, OFFICE_CHALLENGE_BYTES),
        credential, span_of(client, client_bytes), span_of(data, data_bytes),
        span_of(signature, bytes), &counter);
    if (why != NULL) {
        return why;
    }
    if (!office_counter_rises(credential->counter, counter)) {
        log_warn("office.counter_went_back", LOG_STR("officer", person->officer.code));
        return "its counter went back";
    }
    *fault_out =
        office_credential_used(office->store, span_of(id, id_bytes), counter, office->wall_ms);
    return NULL;
}

struct http_reply office_sign_in_webauthn(struct office *office)
{
    u8 challenge[OFFICE_CHALLENGE_BYTES];
    struct http_reply reply;
    enum fault fault = FAULT_NONE;
    if (!office_body_take(office, sign_wanted, ARRAY_COUNT(sign_wanted), false, &reply)) {
        return reply;
    }
    struct span code = office->body.texts[SIGN_OFFICER];
    if (!is_code(code)) {
        return office_refuse(office, 400, "body", "officer: no code of an officer");
    }
    if (!attempt_begin(office, code, office->body.texts[SIGN_CHALLENGE], challenge, &reply)) {
        return reply;
    }
    const struct office_person *person = office_person_of(office, code);
    if (!office_challenge_holds(&office->sessions, OFFICE_PURPOSE_SIGN_IN, code, office->now_ms,
                                challenge)) {
        return attempt_wrong(office, code, "challenge");
    }
    const char *why =
        person == NULL ? "officer" : assertion_take(office, person, challenge, &fault);
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    if (why != NULL) {
        return attempt_wrong(office, code, why);
    }
    return attempt_right(office, person, OFFICE_BY_WEBAUTHN, challenge);
}

/* ---- security keys ---- */

struct http_reply office_credentials_say(struct office *office)
{
    char text[ID_TEXT_BYTES];
    u32 count = 0;
    enum fault fault =
        office_credentials_of(office->store, &office->person->officer, office->credentials, &count);
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    office_json_begin(office);
    json_key(&office->json, "credentials");
    json_array_begin(&office->json);
    for (u32 i = 0; i < count; i += 1) {
        const struct office_credential *at = &office->credentials[i];
        json_object_begin(&office->json);
        json_field_text(&office->json, "id", office_to_base64url(at->id, at->id_bytes, text));
        json_field_text(&office->json, "name", at->name);
        json_field_u64(&office->json, "made", at->made_ms);
        json_key(&office->json, "used");
        if (at->used_ms == 0) {
            json_put_null(&office->json);
        } else {
            json_put_u64(&office->json, at->used_ms);
        }
        json_object_end(&office->json);
    }
    json_array_end(&office->json);
    return office_json_say(office);
}

/* The same for an officer at a venue, and nobody's name. */
static void user_handle(struct office *office, u8 user_out[SHA256_BYTES])
{
    struct sha256 *sha256 = &office->sessions.sha256;
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text("cambist office user v1\n"));
    sha256_add(sha256, span_of_text(office->options.people->venue));
    sha256_add(sha256, span_of_text("\n"));
    sha256_add(sha256, span_of_text(office->person->officer.code));
    sha256_end(sha256, user_out);
}

struct http_reply office_credentials_begin(struct office *office)
{
    struct span code = span_of_text(office->person->officer.code);
    u8 challenge[OFFICE_CHALLENGE_BYTES];
    u8 user[SHA256_BYTES];
    char text[ID_TEXT_BYTES];
    struct http_reply reply;
    u32 count = 0;
    if (!office_body_take(office, NULL, 0, false, &reply)) {
        return reply;
    }
    enum fault fault = office_challenge_make(&office->sessions, OFFICE_PURPOSE_CREDENTIAL, code,
                                             office->now_ms, challenge);
    if (fault == FAULT_NONE) {
        fault = office_credentials_of(office->store, &office->person->officer, office->credentials,
                                      &count);
    }
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    user_handle(office, user);
    office_json_begin(office);
    json_field_text(&office->json, "challenge",
                    office_to_base64url(challenge, sizeof(challenge), text));
    json_field_text(&office->json, "user", office_to_base64url(user, USER_BYTES, text));
    json_field_text(&office->json, "rp", office->rp);
    json_key(&office->json, "exclude");
    json_array_begin(&office->json);
    for (u32 i = 0; i < count; i += 1) {
        const struct office_credential *at = &office->credentials[i];
        json_put_text(&office->json, office_to_base64url(at->id, at->id_bytes, text));
    }
    json_array_end(&office->json);
    return office_json_say(office);
}

enum { BIND_CHALLENGE, BIND_NAME, BIND_CLIENT, BIND_ATTESTATION, BIND_SIGNATURE };

static const struct office_wanted bind_wanted[] = {
    [BIND_CHALLENGE] = {"challenge", CHALLENGE_TEXT_BYTES},
    [BIND_NAME] = {"name", OFFICE_NAME_BYTES_MAX},
    [BIND_CLIENT] = {"clientData", BASE64_OF(OFFICE_CLIENT_BYTES_MAX)},
    [BIND_ATTESTATION] = {"attestation", BASE64_OF(OFFICE_ATTESTATION_BYTES_MAX)},
    [BIND_SIGNATURE] = {"signature", 96}};

/* Why not; NULL: the key that was brought, and the officer's own signature over it. */
static const char *credential_take(struct office *office, u8 challenge[OFFICE_CHALLENGE_BYTES],
                                   struct office_credential *credential)
{
    u8 client[OFFICE_CLIENT_BYTES_MAX];
    u8 attestation[OFFICE_ATTESTATION_BYTES_MAX];
    u8 cose_hash[SHA256_BYTES];
    char text[TEXT_BYTES];
    const struct officer *officer = &office->person->officer;
    const struct span *texts = office->body.texts;
    size_t client_bytes = office_from_base64url(texts[BIND_CLIENT], client, sizeof(client));
    size_t bytes = office_from_base64url(texts[BIND_ATTESTATION], attestation, sizeof(attestation));
    if (office_from_base64url(texts[BIND_CHALLENGE], challenge, OFFICE_CHALLENGE_BYTES) !=
            OFFICE_CHALLENGE_BYTES ||
        !office_challenge_holds(&office->sessions, OFFICE_PURPOSE_CREDENTIAL,
                                span_of_text(officer->code), office->now_ms, challenge)) {
        return "the challenge is none, is over, or was used";
    }
    if (client_bytes == 0 || bytes == 0) {
        return "what the browser brings is none";
    }
    const char *why = office_attestation_check(
        &office->sessions.sha256, &office->party, span_of(challenge, OFFICE_CHALLENGE_BYTES),
        span_of(client, client_bytes), span_of(attestation, bytes), credential, cose_hash);
    if (why != NULL) {
        return why;
    }
    size_t size = credential_text(office, credential, cose_hash, challenge, text);
    return is_signed(officer, span_of(text, size), texts[BIND_SIGNATURE])
               ? NULL
               : "not signed by the officer's key of the register";
}

struct http_reply office_credentials_put(struct office *office)
{
    static struct office_credential credential;
    u8 challenge[OFFICE_CHALLENGE_BYTES];
    char id[ID_TEXT_BYTES];
    struct http_reply reply;
    if (!office_body_take(office, bind_wanted, ARRAY_COUNT(bind_wanted), false, &reply)) {
        return reply;
    }
    const char *why = credential_take(office, challenge, &credential);
    if (why != NULL) {
        return office_refuse(office, 403, "wrong", why);
    }
    if (!office_challenge_use(&office->sessions, office->now_ms, challenge)) {
        return office_wait(office, OFFICE_CHALLENGE_MS);
    }
    struct span name = office->body.texts[BIND_NAME];
    memcpy(credential.name, name.data, name.size);
    credential.name_bytes = name.size;
    credential.officer = office->person->officer.number;
    memcpy(credential.officer_key, office->person->officer.key, sizeof(credential.officer_key));
    enum fault fault = office_credential_put(office->store, &credential, office->wall_ms);
    if (fault == FAULT_EXISTS || fault == FAULT_LIMIT) {
        reply = office_refuse(office, 409, fault_name(fault), fault_text());
        fault_forget();
        return reply;
    }
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    log_info("office.credential_added", LOG_STR("officer", office->person->officer.code));
    office_json_begin(office);
    json_field_text(&office->json, "id",
                    office_to_base64url(credential.id, credential.id_bytes, id));
    return office_json_say(office);
}

struct http_reply office_credentials_remove(struct office *office)
{
    static const struct office_wanted wanted[] = {{"id", BASE64_OF(OFFICE_ID_BYTES_MAX)}};
    u8 id[OFFICE_ID_BYTES_MAX];
    struct http_reply reply;
    if (!office_body_take(office, wanted, ARRAY_COUNT(wanted), false, &reply)) {
        return reply;
    }
    size_t size = office_from_base64url(office->body.texts[0], id, sizeof(id));
    enum fault fault = size == 0 ? FAULT(FAULT_MISSING, "no id of a security key")
                                 : office_credential_remove(office->store, &office->person->officer,
                                                            span_of(id, size), office->wall_ms);
    if (fault == FAULT_MISSING) {
        reply = office_refuse(office, 404, "none", fault_text());
        fault_forget();
        return reply;
    }
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    office_json_begin(office);
    return office_json_say(office);
}

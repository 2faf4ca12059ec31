#include "app/demo_officers.h"

#include "app/ceremony.h"
#include "app/demo_log.h"
#include "app/text_file.h"
#include "app/venue_rules.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/officers.h"
#include "io/sign_pair.h"
#include "role/desk/desk_agent.h"
#include "role/vault/seal_room.h"
#include "role/vault/share_file.h"
#include "role/vault/share_part.h"
#include "role/vault/vault_groups.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FOLDER         "demo/officers/"
#define REVIEWERS_FILE "vault/reviewers"
#define GROUPS_FILE    "vault/" VAULT_GROUPS_FILE
#define TEXT_BYTES     8192U
#define PEM_BYTES      1024U
#define THRESHOLD      2U
#define SIDE_MEMBERS   3U
#define NO_SHARE       0
#define NAME_BYTES     64U

_Static_assert(sizeof(DEMO_LOG_ORIGIN) == sizeof(DEMO_OFFICERS_VENUE), "one venue, one name");

/* Nobody is meant. Those of venue_rules.c have their numbers there. */
static const struct officer_row {
    const char *code;
    u32 number;
    const char *group;
    const char *role; /* at the desk */
    const char *region;
    u32 side; /* enum share_side: whose shares */
} rows[] = {
    {"tomas", VENUE_OFFICER_SECOND, "legal", "legal", "fr", SHARE_SIDE_A},
    {"greta", 14, "legal", "legal", "fr", SHARE_SIDE_A},
    {"henri", 15, "legal", "legal", "de", SHARE_SIDE_A},
    {"liv", VENUE_OFFICER, "compliance", "independent", "it", SHARE_SIDE_B},
    {"mara", VENUE_OFFICER_THIRD, "compliance", "independent", "it", SHARE_SIDE_B},
    {"odo", 16, "compliance", "independent", "pl", SHARE_SIDE_B},
    {DEMO_OFFICERS_ASSESSES, 17, "legal", "legal", "fr", NO_SHARE},
    {DEMO_OFFICERS_CLERK, 18, "legal", "clerk", "fr", NO_SHARE},
    {"pia", 19, "legal", "preparer", "fr", NO_SHARE},
    {"otto", 20, "compliance", "ombud", "it", NO_SHARE},
};

/* One group of the ceremony; the secrets are in the room. */
struct demo_side {
    struct share_transcript transcript;
    struct share_group group;
    struct share_secrets *secrets; /* SIDE_MEMBERS */
};

/* ---- files ---- */

static enum fault path_of(const char *folder, const char *place, const char *name,
                          const char *ending, char path[FILE_PATH_BYTES])
{
    char file[FILE_NAME_BYTES];
    int size = snprintf(file, sizeof(file), "%s%s%s", place, name, ending);
    CHECK(size > 0 && (size_t)size < sizeof(file));
    return file_path(path, folder, file);
}

static enum fault put(const char *folder, const char *name, const char *text, size_t size,
                      bool is_secret)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, name));
    return text_file_put(path, text, size, is_secret);
}

/* Puts formatted text behind what is there. CHECK: there is room. */
__attribute__((format(printf, 3, 4))) static void add(char text[TEXT_BYTES], size_t *used,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text + *used, TEXT_BYTES - *used, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < TEXT_BYTES - *used);
    *used += (size_t)size;
}

/* ---- keys of age ---- */

static enum fault recipient_make(const char *folder, const char *name, const char *path)
{
    char secret_path[FILE_PATH_BYTES];
    u8 secret[AGE_KEY_BYTES];
    u8 key[AGE_KEY_BYTES];
    char text[AGE_SECRET_BYTES + 1];
    char recipient[AGE_RECIPIENT_BYTES];
    TRY(path_of(folder, FOLDER, name, ".age", secret_path));
    if (sodium_init() < 0) {
        return FAULT(FAULT_IO, "libsodium does not start");
    }
    randombytes_buf(secret, sizeof(secret));
    CHECK(crypto_scalarmult_base(key, secret) == 0);
    age_secret_print(secret, text);
    memcpy(text + AGE_SECRET_BYTES - 1, "\n", 2);
    enum fault fault = text_file_put(secret_path, text, AGE_SECRET_BYTES, true);
    secret_wipe(secret, sizeof(secret));
    secret_wipe(text, sizeof(text));
    TRY(fault);
    age_recipient_print(key, recipient);
    return text_file_put(path, recipient, sizeof(recipient) - 1, false);
}

enum fault demo_officers_recipient(const char *folder, const char *name,
                                   char recipient_out[AGE_RECIPIENT_BYTES])
{
    char path[FILE_PATH_BYTES];
    u8 key[AGE_KEY_BYTES];
    bool exists = false;
    size_t size = 0;
    memset(recipient_out, 0, AGE_RECIPIENT_BYTES);
    TRY(file_path(path, folder, "demo/officers"));
    TRY(disk_make_folder(disk_real(), path));
    TRY(path_of(folder, FOLDER, name, ".recipient", path));
    TRY(disk_exists(disk_real(), path, &exists));
    if (!exists) {
        TRY(recipient_make(folder, name, path));
    }
    TRY(ceremony_read_file(path, recipient_out, AGE_RECIPIENT_BYTES, &size));
    return age_recipient_read(span_of(recipient_out, size), key)
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: no key of age", path);
}

/* ---- the register ---- */

/* The public key of one, whose private key is made if it is missing. */
static enum fault public_key(const char *folder, const char *code,
                             char public_out[SIGN_PUBLIC_TEXT_BYTES])
{
    char path[FILE_PATH_BYTES];
    char pem[PEM_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    bool exists = false;
    size_t size = 0;
    TRY(venue_rules_key(folder, code, path));
    TRY(disk_exists(disk_real(), path, &exists));
    if (!exists) {
        struct sign_pair pair;
        TRY(sign_pair_make(&pair));
        enum fault made = text_file_put(path, pair.private_pem, strlen(pair.private_pem), true);
        secret_wipe(&pair, sizeof(pair));
        TRY(made);
    }
    TRY(ceremony_read_own(path, pem, sizeof(pem), &size));
    enum fault fault =
        sign_with_private(span_of(pem, size), span_of_text("the demo"), public_out, signature);
    secret_wipe(pem, sizeof(pem));
    return fault;
}

/* Adds those whom the register does not have. */
static enum fault register_put(const char *folder)
{
    static struct officers known; /* one thread */
    char path[FILE_PATH_BYTES];
    char text[TEXT_BYTES];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    size_t used = 0;
    TRY(file_path(path, folder, OFFICERS_FILE));
    TRY(officers_read_file(disk_real(), path, &known));
    TRY(ceremony_read_file(path, text, sizeof(text), &used));
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (officers_by_code(&known, span_of_text(rows[i].code)) == NULL) {
            TRY(public_key(folder, rows[i].code, public_text));
            add(text, &used, "%s %u %s %s\n", rows[i].code, rows[i].number, rows[i].group,
                public_text);
        }
    }
    return text_file_put(path, text, used, false);
}

/* ---- the ceremony ---- */

static enum fault roster_fill(struct seal_room *room, struct demo_side *side, enum share_side which)
{
    struct share_roster *roster = &side->transcript.roster;
    memset(&side->transcript, 0, sizeof(side->transcript));
    *roster = (struct share_roster){.side = which, .epoch = 1, .threshold = THRESHOLD};
    (void)snprintf(roster->venue, sizeof(roster->venue), "%s", DEMO_OFFICERS_VENUE);
    side->secrets = seal_room_take(room, SIDE_MEMBERS * sizeof(*side->secrets));
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (rows[i].side != which) {
            continue;
        }
        CHECK(roster->count < SIDE_MEMBERS);
        struct share_member *member = &roster->members[roster->count];
        struct seal_scalar *key = &side->secrets[roster->count].key;
        memcpy(member->name, rows[i].code, strlen(rows[i].code));
        seal_scalar_random(key);
        if (!seal_point_of(key, &member->key)) {
            return FAULT(FAULT_IO, "libsodium makes no key");
        }
        roster->count += 1;
    }
    CHECK(roster->count == SIDE_MEMBERS);
    TRY(share_roster_check(roster));
    share_roster_hash(roster);
    return FAULT_NONE;
}

/* All steps of `cambist ceremony`, each member's in turn. */
static enum fault ceremony_hold(struct seal_room *room, struct demo_side *side,
                                enum share_side which)
{
    struct share_transcript *transcript = &side->transcript;
    u8 gathered[SHARE_HASH_BYTES];
    TRY(roster_fill(room, side, which));
    for (u32 i = 0; i < SIDE_MEMBERS; i += 1) {
        share_deal_make(room, &transcript->roster, i + 1, NULL, &transcript->deals[i]);
    }
    transcript->deals_count = SIDE_MEMBERS;
    TRY(share_deals_check(&transcript->roster, transcript->deals, SIDE_MEMBERS, NULL,
                          &side->group));
    transcript->public = side->group.public;
    share_transcript_hash_gathered(transcript, gathered);
    for (u32 i = 0; i < SIDE_MEMBERS; i += 1) {
        struct share_secrets *own = &side->secrets[i];
        TRY(share_deals_take(room, &side->group, transcript->deals, SIDE_MEMBERS, i + 1, &own->key,
                             &own->share));
        TRY(share_drill(room, &side->group, i + 1, &own->share, gathered,
                        &transcript->confirmed[i]));
    }
    transcript->confirmed_count = SIDE_MEMBERS;
    return share_transcript_check(transcript, NULL, NULL, &side->group);
}

/* A key file of the least cost that there is, as `ceremony join --quick` makes it, and its words.
 */
static enum fault share_put(const char *folder, struct seal_room *room,
                            const struct demo_side *side, u32 member)
{
    const struct share_roster *roster = &side->transcript.roster;
    struct share_holder holder = {.key = roster->members[member].key,
                                  .index = member + 1,
                                  .side = roster->side,
                                  .epoch = roster->epoch,
                                  .passes = 1,
                                  .memory_kb = SHARE_FILE_MEMORY_KB_MIN};
    char path[FILE_PATH_BYTES];
    char words[NAME_BYTES];
    char text[SHARE_FILE_BYTES];
    size_t size = 0;
    memcpy(holder.name, roster->members[member].name, sizeof(holder.name));
    share_transcript_hash_gathered(&side->transcript, holder.transcript);
    int words_size = snprintf(words, sizeof(words), "the words of %s\n", holder.name);
    CHECK(words_size > 0 && (size_t)words_size < sizeof(words));
    struct span passphrase = span_of(words, (size_t)words_size - 1);
    TRY(share_file_print(room, &holder, &side->secrets[member], passphrase, text, &size));
    TRY(path_of(folder, FOLDER, holder.name, ".key", path));
    TRY(text_file_put(path, text, size, true));
    TRY(path_of(folder, FOLDER, holder.name, ".words", path));
    return text_file_put(path, words, (size_t)words_size, true);
}

static enum fault side_put(const char *folder, struct seal_room *room, const struct demo_side *side)
{
    static char text[SHARE_TEXT_BYTES]; /* one thread */
    bool is_a = side->transcript.roster.side == SHARE_SIDE_A;
    for (u32 i = 0; i < SIDE_MEMBERS; i += 1) {
        TRY(share_put(folder, room, side, i));
    }
    size_t size = share_transcript_print(&side->transcript, text);
    return put(folder, is_a ? FOLDER "a.transcript" : FOLDER "b.transcript", text, size, false);
}

/* The vault's pins: the key of both groups, and who reviews. */
static enum fault pins_put(const char *folder, const struct demo_side sides[2])
{
    static struct share_key key; /* one thread */
    char path[FILE_PATH_BYTES];
    char hex[2 * SEAL_POINT_BYTES + 1];
    char text[TEXT_BYTES];
    size_t used = 0;
    TRY(share_key_form(&sides[0].group, &sides[1].group, &key));
    TRY(file_path(path, folder, "vault"));
    TRY(disk_make_folder(disk_real(), path));
    add(text, &used, "1 %s\n", bytes_to_hex(key.public.bytes, SEAL_POINT_BYTES, hex));
    TRY(put(folder, GROUPS_FILE, text, used, false));
    used = 0;
    const struct share_roster *roster = &sides[0].transcript.roster;
    for (u32 i = 0; i < roster->count; i += 1) {
        if (strcmp(roster->members[i].name, DEMO_OFFICERS_REVIEWER) == 0) {
            add(text, &used, "%s %s\n", roster->members[i].name,
                bytes_to_hex(roster->members[i].key.bytes, SEAL_POINT_BYTES, hex));
        }
    }
    return put(folder, REVIEWERS_FILE, text, used, false);
}

static enum fault groups_put(const char *folder)
{
    static struct demo_side sides[2]; /* one thread; nothing secret but by pointer */
    struct seal_room *room = NULL;
    TRY(seal_room_open(&room));
    enum fault fault = ceremony_hold(room, &sides[0], SHARE_SIDE_A);
    if (fault == FAULT_NONE) {
        fault = ceremony_hold(room, &sides[1], SHARE_SIDE_B);
    }
    for (u32 i = 0; i < 2 && fault == FAULT_NONE; i += 1) {
        fault = side_put(folder, room, &sides[i]);
    }
    seal_room_close(room);
    TRY(fault);
    return pins_put(folder, sides);
}

/* ---- who may approve, who works at the desk ---- */

/* Who assesses stands in the circle too, which holds a grant against what somebody of it assessed;
 * without a share they approve nothing. 0: neither. */
static u32 circle_side(const struct officer_row *row)
{
    return strcmp(row->code, DEMO_OFFICERS_ASSESSES) == 0 ? (u32)SHARE_SIDE_A : row->side;
}

static enum fault circle_put(const char *folder)
{
    static const char *const authorities[] = {DEMO_OFFICERS_COURT, DEMO_OFFICERS_POLICE};
    char text[TEXT_BYTES];
    size_t used = 0;
    add(text, &used,
        "cambist circle v1\nvenue: %s\nrecords-a-day: 40\nfresh-seconds: 1200\ncase: wanted\n",
        DEMO_OFFICERS_VENUE);
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        char public_text[SIGN_PUBLIC_TEXT_BYTES];
        u32 side = circle_side(&rows[i]);
        if (side != NO_SHARE) {
            TRY(public_key(folder, rows[i].code, public_text));
            add(text, &used, "officer: %s %c %s %u %s\n", rows[i].code,
                share_side_letter((enum share_side)side), rows[i].region, rows[i].number,
                public_text);
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(authorities); i += 1) {
        char recipient[AGE_RECIPIENT_BYTES];
        TRY(demo_officers_recipient(folder, authorities[i], recipient));
        add(text, &used, "authority: %s %s\n", authorities[i], recipient);
    }
    return put(folder, FOLDER "circle", text, used, false);
}

static enum fault staff_put(const char *folder)
{
    char text[TEXT_BYTES];
    size_t used = 0;
    add(text, &used, "cambist desk-staff v1\nvenue: %s\nquorum: %u %u\n", DEMO_OFFICERS_VENUE,
        THRESHOLD, THRESHOLD);
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        add(text, &used, "officer: %s %s %s\n", rows[i].code, rows[i].role, rows[i].region);
    }
    return put(folder, DESK_STAFF_FILE, text, used, false);
}

enum fault demo_officers_put(const char *folder)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, DESK_STAFF_FILE));
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        return FAULT_NONE;
    }
    TRY(register_put(folder));
    TRY(groups_put(folder));
    TRY(circle_put(folder));
    return staff_put(folder);
}

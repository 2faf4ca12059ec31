#include "app/story_vault.h"

#include "app/text_file.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sign_pair.h"
#include "role/vault/tlog_file.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH     1U
#define THRESHOLD 2U
#define TEXT_MAX  512U

/* Nobody has such a document or such an account. */
static const struct {
    u64 person;
    enum seal_group group;
    const char *text;
} texts[STORY_VAULT_RECORDS] = {
    {7, SEAL_GROUP_IDENTITY, "name: Claire Vasseur\ndocument: XF-100007\nnationality: FR\n"},
    {7, SEAL_GROUP_BANK,
     "account: FR00 0000 0007\n2020-12-30T10:00:00Z 40 EUR in\n2021-01-11T10:00:00Z 900 EUR in\n"
     "2021-03-02T10:00:00Z 850 EUR out\n2021-04-01T10:00:00Z 20 EUR in\n"},
    {8, SEAL_GROUP_IDENTITY, "name: Ilya Venn\ndocument: XO-200008\nnationality: XO\n"},
    {8, SEAL_GROUP_ADDRESS, "address: 8 Harbour Row, Port Ostran\n"},
};

struct record {
    struct opening_row row;
    u8 body[SEAL_BODY_BYTES(TEXT_MAX)];
    size_t body_bytes;
};

struct side {
    struct share_transcript transcript;
    struct share_group group;
};

struct secrets {
    struct seal_scalar keys[2][SHARE_MEMBERS_MAX];
    struct seal_scalar shares[2][SHARE_MEMBERS_MAX];
};

struct story_vault {
    const char *folder;
    struct seal_room *room;
    struct seal_room *shares; /* has what is next, and nothing else */
    struct secrets *secrets;
    struct side sides[2];
    char recipient[AGE_RECIPIENT_BYTES];
    bool has_pins;
    struct open_pins pins;
    struct record records[STORY_VAULT_RECORDS];
};

/* ---- ceremonies ---- */

static enum desk_role role_of(u32 side)
{
    return side == 0 ? DESK_ROLE_LEGAL : DESK_ROLE_INDEPENDENT;
}

static void roster_make(struct story_vault *vault, const struct desk_staff *staff, u32 side)
{
    struct share_roster *roster = &vault->sides[side].transcript.roster;
    *roster = (struct share_roster){
        .side = side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B, .epoch = EPOCH, .threshold = THRESHOLD};
    (void)snprintf(roster->venue, sizeof(roster->venue), "%.63s", staff->venue);
    for (u32 i = 0; i < staff->count; i += 1) {
        struct share_member *member = &roster->members[roster->count];
        struct seal_scalar *key = &vault->secrets->keys[side][roster->count];
        if (staff->list[i].role == role_of(side)) {
            memcpy(member->name, staff->list[i].officer.code, sizeof(member->name));
            seal_scalar_random(key);
            CHECK(seal_point_of(key, &member->key));
            roster->count += 1;
        }
    }
}

/* Everybody deals, takes their share, and confirms it. */
static enum fault ceremony_hold(struct story_vault *vault, u32 side)
{
    struct share_transcript *transcript = &vault->sides[side].transcript;
    struct share_group *group = &vault->sides[side].group;
    const struct share_roster *roster = &transcript->roster;
    u8 gathered[SHARE_HASH_BYTES];
    TRY(share_roster_check(roster));
    share_roster_hash(&transcript->roster);
    for (u32 i = 0; i < roster->count; i += 1) {
        share_deal_make(vault->room, roster, i + 1, NULL, &transcript->deals[i]);
    }
    transcript->deals_count = roster->count;
    TRY(share_deals_check(roster, transcript->deals, roster->count, NULL, group));
    transcript->public = group->public;
    share_transcript_hash_gathered(transcript, gathered);
    for (u32 i = 0; i < roster->count; i += 1) {
        struct seal_scalar *share = &vault->secrets->shares[side][i];
        TRY(share_deals_take(vault->room, group, transcript->deals, roster->count, i + 1,
                             &vault->secrets->keys[side][i], share));
        TRY(share_drill(vault->room, group, i + 1, share, gathered, &transcript->confirmed[i]));
    }
    transcript->confirmed_count = roster->count;
    return share_transcript_check(transcript, NULL, NULL, group);
}

/* ---- what is pinned ---- */

static enum fault pinned_put(const struct story_vault *vault, const char *name, struct span text)
{
    char folder[FILE_PATH_BYTES];
    TRY(file_path(folder, vault->folder, "pinned"));
    TRY(disk_make_folder(disk_real(), folder));
    return tlog_file_replace(disk_real(), folder, name, text);
}

static enum fault chain_put(struct story_vault *vault, u32 side)
{
    static char text[SHARE_TEXT_BYTES]; /* one thread */
    size_t size = share_transcript_print(&vault->sides[side].transcript, text);
    return pinned_put(vault, side == 0 ? "a.chain" : "b.chain", span_of(text, size));
}

static enum fault circle_put(const struct story_vault *vault, const struct desk_staff *staff,
                             const char *court)
{
    char text[4096];
    int used = snprintf(text, sizeof(text),
                        "cambist circle v1\nvenue: %s\nrecords-a-day: 40\nfresh-seconds: 1200\n"
                        "case: wanted\nauthority: %s %s\n",
                        staff->venue, court, vault->recipient);
    for (u32 i = 0; i < staff->count; i += 1) {
        const struct desk_member *member = &staff->list[i];
        char key[SIGN_SIGNATURE_TEXT_BYTES];
        sign_pair_text(span_of(member->officer.key, OFFICER_KEY_BYTES), key);
        if (member->role == DESK_ROLE_LEGAL || member->role == DESK_ROLE_INDEPENDENT) {
            used += snprintf(text + used, sizeof(text) - (size_t)used, "officer: %s %c %s %u %s\n",
                             member->officer.code, member->role == DESK_ROLE_LEGAL ? 'A' : 'B',
                             member->region, member->officer.number, key);
        }
        CHECK(used > 0 && (size_t)used < sizeof(text));
    }
    return pinned_put(vault, "circle", span_of(text, (size_t)used));
}

/* The court's own: the venue has the public half. */
static enum fault court_make(struct story_vault *vault, const char *court)
{
    u8 secret[crypto_scalarmult_SCALARBYTES];
    u8 key[AGE_KEY_BYTES];
    char hex[2 * sizeof(secret) + 1];
    char name[64];
    char path[FILE_PATH_BYTES];
    randombytes_buf(secret, sizeof(secret));
    CHECK(crypto_scalarmult_base(key, secret) == 0);
    age_recipient_print(key, vault->recipient);
    (void)snprintf(name, sizeof(name), "demo/%.32s.key", court);
    enum fault fault = file_path(path, vault->folder, name);
    if (fault == FAULT_NONE) {
        fault = text_file_put(path, bytes_to_hex(secret, sizeof(secret), hex), 2 * sizeof(secret),
                              true);
    }
    secret_wipe(secret, sizeof(secret));
    secret_wipe(hex, sizeof(hex));
    return fault;
}

static enum fault pins_read(struct story_vault *vault)
{
    char circle[FILE_PATH_BYTES];
    char policy[FILE_PATH_BYTES];
    char a[FILE_PATH_BYTES];
    char b[FILE_PATH_BYTES];
    TRY(file_path(circle, vault->folder, "pinned/circle"));
    TRY(file_path(policy, vault->folder, "log/policy.txt"));
    TRY(file_path(a, vault->folder, "pinned/a.chain"));
    TRY(file_path(b, vault->folder, "pinned/b.chain"));
    TRY(open_pins_read(
        &(struct open_pin_paths){.circle = circle, .policy = policy, .groups = {a, b}},
        &vault->pins));
    vault->has_pins = true;
    return FAULT_NONE;
}

/* ---- records ---- */

/* Sealed for both groups' key, as in the browser of whom they are about. */
static enum fault record_seal(struct story_vault *vault, u32 place)
{
    struct record *record = &vault->records[place];
    struct opening_row *row = &record->row;
    struct span text = span_of_text(texts[place].text);
    u8 key[SEAL_KEY_SIZE];
    CHECK(text.size <= TEXT_MAX);
    row->label = (struct seal_label){.subject = texts[place].person,
                                     .version = 1,
                                     .epoch = EPOCH,
                                     .group = (u8)texts[place].group,
                                     .retention = 1};
    seal_key_make(key);
    record->body_bytes = SEAL_BODY_BYTES(text.size);
    seal_body_close(&row->label, key, text, record->body, row->body_hash);
    enum fault fault = seal_wrap_make(vault->room, &row->label, &vault->pins.key.public, key,
                                      row->body_hash, &row->wrap);
    secret_wipe(key, sizeof(key));
    return fault;
}

static enum fault begin(struct story_vault *vault, const struct desk_staff *staff,
                        const char *court)
{
    char path[FILE_PATH_BYTES];
    TRY(seal_room_open(&vault->room));
    TRY(seal_room_open(&vault->shares));
    vault->secrets = seal_room_take(vault->shares, sizeof(*vault->secrets));
    TRY(file_path(path, vault->folder, "opening"));
    TRY(disk_make_folder(disk_real(), path));
    TRY(court_make(vault, court));
    for (u32 side = 0; side < 2; side += 1) {
        roster_make(vault, staff, side);
        TRY(ceremony_hold(vault, side));
        TRY(chain_put(vault, side));
    }
    TRY(circle_put(vault, staff, court));
    TRY(pins_read(vault));
    for (u32 i = 0; i < STORY_VAULT_RECORDS; i += 1) {
        TRY(record_seal(vault, i));
    }
    return FAULT_NONE;
}

enum fault story_vault_open(struct story_vault **vault_out, const char *folder,
                            const struct desk_staff *staff, const char *court)
{
    struct story_vault *vault = calloc(1, sizeof(*vault));
    *vault_out = vault; /* also one that did not begin is closed by the caller */
    if (vault == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the story's vault");
    }
    vault->folder = folder;
    return begin(vault, staff, court);
}

void story_vault_close(struct story_vault *vault)
{
    if (vault == NULL) {
        return;
    }
    if (vault->has_pins) {
        open_pins_close(&vault->pins);
    }
    seal_room_close(vault->room);
    seal_room_close(vault->shares);
    free(vault);
}

const char *story_vault_recipient(const struct story_vault *vault)
{
    return vault->recipient;
}

struct open_pins *story_vault_pins(struct story_vault *vault)
{
    return &vault->pins;
}

struct seal_room *story_vault_room(struct story_vault *vault)
{
    return vault->room;
}

/* ---- an opening's folder ---- */

static const struct record *record_of(const struct story_vault *vault, const char *wanted)
{
    for (u32 i = 0; i < STORY_VAULT_RECORDS; i += 1) {
        char name[STORY_VAULT_WANT_BYTES];
        (void)snprintf(name, sizeof(name), "%llu %s", (unsigned long long)texts[i].person,
                       seal_group_name(texts[i].group));
        if (strcmp(name, wanted) == 0) {
            return &vault->records[i];
        }
    }
    CHECK(false);
    return NULL;
}

enum fault story_vault_collect(struct story_vault *vault, const char *folder,
                               const char *const *wanted, u32 count, char lines[STORY_VAULT_LINES])
{
    static struct opening_rows rows; /* one thread */
    static char text[OPENING_ROWS_BYTES];
    int used = 0;
    rows.count = count;
    TRY(disk_make_folder(disk_real(), folder));
    for (u32 i = 0; i < count; i += 1) {
        const struct record *record = record_of(vault, wanted[i]);
        const struct seal_label *label = &record->row.label;
        char name[FILE_NAME_BYTES];
        u8 hash[32];
        char hex[2 * sizeof(hash) + 1];
        rows.list[i] = record->row;
        open_body_name(i, name);
        TRY(tlog_file_replace(disk_real(), folder, name,
                              span_of(record->body, record->body_bytes)));
        grant_row_hash(label, &record->row.wrap, record->row.body_hash, hash);
        used += snprintf(lines + used, STORY_VAULT_LINES - (size_t)used, "%s %u %u %u %s\n",
                         wanted[i], label->version, label->retention, label->epoch,
                         bytes_to_hex(hash, sizeof(hash), hex));
        CHECK(used > 0 && (size_t)used < STORY_VAULT_LINES);
    }
    return tlog_file_replace(disk_real(), folder, OPEN_ROWS,
                             span_of(text, opening_rows_print(&rows, text)));
}

/* ---- shares ---- */

void story_vault_share(const struct story_vault *vault, const char *code,
                       struct share_holder *holder_out, struct share_secrets *secrets_out)
{
    for (u32 side = 0; side < 2; side += 1) {
        const struct share_roster *roster = &vault->sides[side].group.roster;
        for (u32 i = 0; i < roster->count; i += 1) {
            if (strcmp(roster->members[i].name, code) == 0) {
                *holder_out = (struct share_holder){
                    .index = i + 1, .side = roster->side, .epoch = roster->epoch};
                memcpy(holder_out->name, roster->members[i].name, sizeof(holder_out->name));
                *secrets_out = (struct share_secrets){.key = vault->secrets->keys[side][i],
                                                      .share = vault->secrets->shares[side][i]};
                return;
            }
        }
    }
    CHECK(false);
}

static enum fault pry_shares(struct story_vault *vault, const struct share_case *about,
                             const char *const *codes, u32 count, u8 key_out[SEAL_KEY_SIZE])
{
    struct share_partial partials[SHARE_PARTIALS_MAX];
    struct share_wrong wrong;
    for (u32 i = 0; i < count; i += 1) {
        struct share_holder holder;
        struct share_secrets secrets;
        story_vault_share(vault, codes[i], &holder, &secrets);
        enum fault fault = share_answer(vault->room, about, holder.side, holder.index,
                                        &secrets.share, &partials[i]);
        secret_wipe(&secrets, sizeof(secrets));
        TRY(fault);
    }
    return share_open(vault->room, about, partials, count, key_out, &wrong);
}

enum fault story_vault_pry(struct story_vault *vault, const struct opening_rows *rows,
                           const char *const *codes, u32 count)
{
    const struct opening_row *row = &rows->list[0];
    u8 context[SHARE_HASH_BYTES] = {0};
    u8 key[SEAL_KEY_SIZE];
    struct seal_scalar made_up;
    struct seal_point shared;
    if (count > 0) {
        const struct share_case about = {.key = &vault->pins.key,
                                         .label = row->label,
                                         .wrap = &row->wrap,
                                         .body_hash = row->body_hash,
                                         .context = context};
        return pry_shares(vault, &about, codes, count, key);
    }
    seal_scalar_random(&made_up);
    CHECK(seal_point_of(&made_up, &shared));
    return seal_wrap_open(vault->room, &row->label, &vault->pins.key.public, &shared,
                          row->body_hash, &row->wrap, key);
}

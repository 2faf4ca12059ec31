#include "tests/support/opening_scene.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *const regions[OPENING_SCENE_OFFICERS] = {"fr", "fr", "de", "jp", "jp", "sg"};

static void put(char *target, size_t target_bytes, size_t *used, const char *text)
{
    size_t size = strlen(text);
    CHECK(*used + size < target_bytes);
    memcpy(target + *used, text, size + 1);
    *used += size;
}

static void officer_code(const struct opening_scene *scene, u32 officer, char code[CODE_NAME_BYTES])
{
    memcpy(code, scene->sides[officer / 3].group.roster.members[officer % 3].name, CODE_NAME_BYTES);
}

static void circle_make(struct opening_scene *scene)
{
    size_t used = 0;
    char line[256];
    char recipient[AGE_RECIPIENT_BYTES];
    u8 key[AGE_KEY_BYTES];
    put(scene->circle_text, sizeof(scene->circle_text), &used,
        "cambist circle v1\nvenue: demo.invalid\nrecords-a-day: 5\nfresh-seconds: 1200\n");
    for (u32 i = 0; i < OPENING_SCENE_OFFICERS; i += 1) {
        char code[CODE_NAME_BYTES];
        char public_key[SIGN_SIGNATURE_TEXT_BYTES];
        officer_code(scene, i, code);
        sign_pair_text(span_of(scene->signers[i].key.public_key, TLOG_KEY_BYTES), public_key);
        (void)snprintf(line, sizeof(line), "officer: %s %c %s %u %s\n", code, i < 3 ? 'A' : 'B',
                       regions[i], 11 + i, public_key);
        put(scene->circle_text, sizeof(scene->circle_text), &used, line);
    }
    assert_int_equal(crypto_scalarmult_base(key, scene->recipient_secret), 0);
    age_recipient_print(key, recipient);
    (void)snprintf(line, sizeof(line), "authority: fr-police %s\n", recipient);
    put(scene->circle_text, sizeof(scene->circle_text), &used, line);
    if (grant_circle_read(span_of(scene->circle_text, used), "circle", &scene->circle) !=
        FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void policy_make(struct opening_scene *scene)
{
    char text[TLOG_VKEY_BYTES];
    char line[TLOG_VKEY_BYTES + 32];
    size_t used = 0;
    tlog_key_text(&scene->log.key, text);
    (void)snprintf(line, sizeof(line), "log %s\n", text);
    put(scene->policy_text, sizeof(scene->policy_text), &used, line);
    for (u32 i = 0; i < OPENING_SCENE_WITNESSES; i += 1) {
        tlog_key_text(&scene->witnesses[i].key, text);
        (void)snprintf(line, sizeof(line), "witness w%u %s\n", i + 1, text);
        put(scene->policy_text, sizeof(scene->policy_text), &used, line);
    }
    put(scene->policy_text, sizeof(scene->policy_text), &used,
        "group most 2 w1 w2 w3\nquorum most\noperator venue w1\noperator somebody w2 w3\n"
        "independent 1\n");
    if (tlog_policy_read(&scene->crypto.sha256, span_of(scene->policy_text, used),
                         &scene->policy) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

void opening_scene_open(struct opening_scene *scene)
{
    memset(scene, 0, sizeof(*scene));
    assert_int_equal(seal_room_open(&scene->room), FAULT_NONE);
    assert_int_equal(tlog_crypto_open(&scene->crypto), FAULT_NONE);
    share_scene_hold(scene->room, &scene->sides[0], SHARE_SIDE_A, 1, 2, 3);
    share_scene_hold(scene->room, &scene->sides[1], SHARE_SIDE_B, 1, 2, 3);
    assert_int_equal(share_key_form(&scene->sides[0].group, &scene->sides[1].group, &scene->key),
                     FAULT_NONE);
    for (u32 i = 0; i < OPENING_SCENE_OFFICERS; i += 1) {
        log_scene_key_make("officer", TLOG_KEY_LOG, &scene->signers[i]);
    }
    log_scene_key_make("demo.invalid/log", TLOG_KEY_LOG, &scene->log);
    for (u32 i = 0; i < OPENING_SCENE_WITNESSES; i += 1) {
        char name[32];
        (void)snprintf(name, sizeof(name), "w%u.invalid", i + 1);
        log_scene_key_make(name, TLOG_KEY_WITNESS, &scene->witnesses[i]);
    }
    randombytes_buf(scene->recipient_secret, sizeof(scene->recipient_secret));
    circle_make(scene);
    policy_make(scene);
}

void opening_scene_close(struct opening_scene *scene)
{
    tlog_crypto_close(&scene->crypto);
    seal_room_close(scene->room);
}

/* ---- records ---- */

void opening_scene_seal(struct opening_scene *scene, u32 record, const char *text)
{
    struct opening_scene_record *target = &scene->records[record];
    u8 key[SEAL_KEY_SIZE];
    CHECK(strlen(text) <= OPENING_SCENE_TEXT);
    seal_key_make(key);
    target->body_bytes = SEAL_BODY_BYTES(strlen(text));
    seal_body_close(&target->label, key, span_of_text(text), target->body, target->hash);
    assert_int_equal(seal_wrap_make(scene->room, &target->label, &scene->key.public, key,
                                    target->hash, &target->wrap),
                     FAULT_NONE);
}

void opening_scene_fill(struct opening_scene *scene, struct grant *grant)
{
    char text[OPENING_SCENE_TEXT];
    assert_int_equal(crypto_scalarmult_base(grant->recipient, scene->recipient_secret), 0);
    for (u32 i = 0; i < grant->records_count; i += 1) {
        struct opening_scene_record *record = &scene->records[i];
        record->label = grant->records[i].label;
        (void)snprintf(text, sizeof(text),
                       i % 2 == 0 ? "name: Anna %s\ndocument: XY-%06u\nnationality: FR\n"
                                  : "account: " OPENING_SCENE_CANARY " %s\n"
                                    "2025-12-31T23:59:59Z before %u\n2026-01-01T00:00:00Z first\n"
                                    "2026-06-30T23:59:59Z last\n2026-07-01T00:00:00Z behind\n",
                       OPENING_SCENE_CANARY, 100 + i / 2);
        opening_scene_seal(scene, i, text);
        grant_row_hash(&record->label, &record->wrap, record->hash, grant->records[i].row);
    }
    scene->records_count = grant->records_count;
}

/* ---- approvals ---- */

void opening_scene_signature(const struct opening_scene *scene, u32 officer, struct span message,
                             struct grant_signature *signature_out)
{
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    *signature_out = (struct grant_signature){.officer = ""};
    officer_code(scene, officer, signature_out->officer);
    assert_int_equal(
        sign_with_private(log_scene_pem(&scene->signers[officer]), message, public_key, text),
        FAULT_NONE);
    assert_int_equal(
        sign_decode_base64(span_of_text(text), signature_out->bytes, sizeof(signature_out->bytes)),
        sizeof(signature_out->bytes));
}

void opening_scene_sign(const struct opening_scene *scene, const struct grant *grant,
                        const u32 *officers, u32 count, struct grant_file *file_out)
{
    memset(file_out, 0, sizeof(*file_out));
    file_out->grant = *grant;
    file_out->text_bytes = grant_print(grant, file_out->text);
    (void)crypto_hash_sha256(file_out->hash, (const u8 *)file_out->text, file_out->text_bytes);
    for (u32 i = 0; i < count; i += 1) {
        struct grant_signature signature;
        opening_scene_signature(scene, officers[i], span_of(file_out->text, file_out->text_bytes),
                                &signature);
        assert_int_equal(grant_file_add(file_out, &signature), FAULT_NONE);
    }
}

/* ---- the log ---- */

static const u8 month_key[PUBLOG_KEY_BYTES] = {7};

struct scene_nodes {
    struct tlog_nodes nodes;
    struct opening_scene *scene;
};

static enum fault scene_node(struct tlog_nodes *nodes, u32 level, u64 index,
                             struct tlog_hash *hash_out)
{
    struct opening_scene *scene = ((struct scene_nodes *)nodes)->scene;
    struct tlog_range range = {.size = 0};
    for (u64 leaf = index << level; leaf < (index + 1) << level; leaf += 1) {
        tlog_range_add(&scene->crypto.sha256, &range, &scene->leaves[leaf].hash);
    }
    tlog_range_root(&scene->crypto.sha256, &range, hash_out);
    return FAULT_NONE;
}

static struct scene_nodes nodes_of(struct opening_scene *scene)
{
    struct scene_nodes nodes = {.nodes = {.node = scene_node, .size = scene->leaves_count},
                                .scene = scene};
    for (u32 i = 0; i < scene->leaves_count; i += 1) {
        if (!scene->leaves[i].is_slot) { /* what it is, a test may have written */
            tlog_hash_leaf(&scene->crypto.sha256,
                           span_of(scene->leaves[i].bytes, PUBLOG_LEAF_BYTES),
                           &scene->leaves[i].hash);
        }
    }
    return nodes;
}

/* A checkpoint over all leaves, signed and cosigned. */
static size_t checkpoint_make(struct opening_scene *scene, struct scene_nodes *nodes, u64 time_s,
                              u32 witnesses, char note[4096])
{
    char body[TLOG_CHECKPOINT_BYTES];
    char line[TLOG_LINE_BYTES];
    size_t used = 0;
    struct tlog_checkpoint checkpoint = {.origin = span_of_text("demo.invalid/log"),
                                         .size = scene->leaves_count};
    assert_int_equal(
        tlog_root_of(&scene->crypto.sha256, &nodes->nodes, scene->leaves_count, &checkpoint.root),
        FAULT_NONE);
    size_t body_bytes = tlog_checkpoint_write(&checkpoint, body);
    put(note, 4096, &used, body);
    put(note, 4096, &used, "\n");
    for (u32 i = 0; i <= witnesses; i += 1) {
        const struct log_scene_key *key = i == 0 ? &scene->log : &scene->witnesses[i - 1];
        assert_int_equal(tlog_note_sign(log_scene_pem(key), &key->key, i == 0 ? 0 : time_s,
                                        span_of(body, body_bytes), line),
                         FAULT_NONE);
        put(note, 4096, &used, line);
    }
    return used;
}

/* Logs a slot, with an event unless that is NULL. */
static struct opening_scene_leaf *leaf_add(struct opening_scene *scene, struct publog_leaf leaf,
                                           const struct publog_event *event,
                                           struct publog_slot *slot)
{
    CHECK(scene->leaves_count < OPENING_SCENE_LEAVES);
    struct opening_scene_leaf *added = &scene->leaves[scene->leaves_count];
    *added = (struct opening_scene_leaf){.is_slot = true, .leaf = leaf, .has_event = event != NULL};
    publog_slot_begin(slot);
    if (event != NULL) {
        added->event = *event;
        added->place = randombytes_uniform(PUBLOG_PLACES);
        publog_slot_put(slot, added->place, event);
    }
    publog_slot_make(slot, &scene->crypto.sha256, month_key, leaf.class, leaf.slot,
                     added->leaf.root);
    publog_leaf_encode(&added->leaf, added->bytes);
    tlog_hash_leaf(&scene->crypto.sha256, span_of(added->bytes, PUBLOG_LEAF_BYTES), &added->hash);
    scene->leaves_count += 1;
    return added;
}

/* Logs the slots before this one that were not logged yet. */
static void gap_fill(struct opening_scene *scene, enum publog_class class, u64 slot_s,
                     struct publog_slot *slot)
{
    u64 next = publog_slot_of(class, scene->begins_s);
    for (u32 i = 0; i < scene->leaves_count; i += 1) {
        const struct opening_scene_leaf *leaf = &scene->leaves[i];
        if (leaf->is_slot && leaf->leaf.class == class && leaf->leaf.slot >= next) {
            next = leaf->leaf.slot + publog_slot_seconds(class);
        }
    }
    for (; next < slot_s; next += publog_slot_seconds(class)) {
        (void)leaf_add(scene, (struct publog_leaf){.class = class, .slot = next}, NULL, slot);
    }
}

size_t opening_scene_show(struct opening_scene *scene, const struct opening_scene_event *event,
                          u8 target[OPENING_SCENE_SHOWN])
{
    static struct publog_slot slot;
    static u8 proof[TLOG_RECEIPT_BYTES_MAX];
    char note[4096];
    struct publog_shown shown = {.until = 0};
    struct publog_receipt *receipt = &shown.receipt;
    randombytes_buf(shown.body_salt, sizeof(shown.body_salt));
    randombytes_buf(shown.mark_salt, sizeof(shown.mark_salt));
    if (event->mark_salt != NULL) {
        memcpy(shown.mark_salt, event->mark_salt, sizeof(shown.mark_salt));
    }
    receipt->event = (struct publog_event){.kind = event->kind, .flags = event->flags};
    publog_body_of(&scene->crypto.sha256, shown.body_salt, event->text, receipt->event.body);
    publog_mark_of(&scene->crypto.sha256, shown.mark_salt, event->name, 0, receipt->event.mark);
    const struct publog_leaf leaf = {.class = event->class,
                                     .flags = event->is_flag_hidden ? 0 : event->flags,
                                     .slot = publog_slot_of(event->class, event->slot_s)};
    gap_fill(scene, leaf.class, leaf.slot, &slot);
    const struct opening_scene_leaf *added = leaf_add(scene, leaf, &receipt->event, &slot);
    receipt->place = added->place;
    receipt->leaf = added->leaf;
    memcpy(receipt->leaf_bytes, added->bytes, PUBLOG_LEAF_BYTES);
    publog_slot_path(&slot, receipt->place, receipt->path);
    struct scene_nodes nodes = nodes_of(scene);
    struct tlog_receipt of_leaf = {.index = scene->leaves_count - 1};
    assert_int_equal(tlog_inclusion_make(&scene->crypto.sha256, &nodes.nodes, of_leaf.index,
                                         scene->leaves_count, &of_leaf.proof),
                     FAULT_NONE);
    of_leaf.checkpoint =
        span_of(note, checkpoint_make(scene, &nodes, event->times_s, event->witnesses, note));
    size_t bytes = tlog_receipt_write(&of_leaf, proof, sizeof(proof));
    assert_true(bytes > 0);
    receipt->of_leaf = span_of(proof, bytes);
    bytes = publog_shown_write(&shown, target, OPENING_SCENE_SHOWN);
    assert_true(bytes > 0);
    return bytes;
}

/* ---- its slots ---- */

/* The last leaf of the slot; false: it was not logged. */
static bool leaf_find(const struct opening_scene *scene, enum publog_class class, u64 slot,
                      u32 *index_out)
{
    for (u32 i = scene->leaves_count; i > 0; i -= 1) {
        const struct opening_scene_leaf *leaf = &scene->leaves[i - 1];
        if (leaf->is_slot && leaf->leaf.class == class && leaf->leaf.slot == slot) {
            *index_out = i - 1;
            return true;
        }
    }
    return false;
}

static size_t slot_write(struct opening_scene *scene, struct scene_nodes *nodes, u32 index,
                         u8 *target, size_t target_bytes)
{
    static struct publog_span_slot slot;
    const struct opening_scene_leaf *leaf = &scene->leaves[index];
    slot.index = index;
    slot.leaf = leaf->leaf;
    memcpy(slot.leaf_bytes, leaf->bytes, PUBLOG_LEAF_BYTES);
    publog_slot_key_of(&scene->crypto.sha256, month_key, leaf->leaf.class, leaf->leaf.slot,
                       slot.key);
    publog_slot_begin(&slot.events);
    if (leaf->has_event) {
        publog_slot_put(&slot.events, leaf->place, &leaf->event);
    }
    assert_int_equal(tlog_inclusion_make(&scene->crypto.sha256, &nodes->nodes, index,
                                         scene->leaves_count, &slot.proof),
                     FAULT_NONE);
    size_t bytes = publog_span_slot_write(&slot, target, target_bytes);
    assert_true(bytes > 0);
    return bytes;
}

size_t opening_scene_slots(struct opening_scene *scene, const struct opening_scene_slots *slots,
                           u8 target[PUBLOG_SPAN_BYTES_MAX])
{
    char note[4096];
    struct scene_nodes nodes = nodes_of(scene);
    u64 last = publog_slot_of(slots->class, slots->to_s);
    size_t used = publog_span_head_write(slots->class, target, PUBLOG_SPAN_BYTES_MAX);
    for (u64 slot = publog_slot_of(slots->class, slots->from_s); slot <= last;
         slot += publog_slot_seconds(slots->class)) {
        u32 index = 0;
        if (!leaf_find(scene, slots->class, slot, &index)) {
            return 0;
        }
        used += slot_write(scene, &nodes, index, target + used, PUBLOG_SPAN_BYTES_MAX - used);
    }
    size_t size = checkpoint_make(scene, &nodes, slots->times_s, OPENING_SCENE_WITNESSES, note);
    size_t tail =
        publog_span_tail_write(span_of(note, size), target + used, PUBLOG_SPAN_BYTES_MAX - used);
    assert_true(tail > 0);
    return used + tail;
}

/* The vault's messages: a frame that is read is within itself: what it names lies in it, counts are
 * within their bounds, and what can be written again is the same bytes. Anything else is refused.
 * And the text of the groups' keys: what is read has epochs that rise; verdicts of reviewers, which
 * print as they were; what enrolments tell the vault, whose values lie in the text; and the files
 * of reviewers, of which none opens without its key. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/review_file.h"
#include "role/vault/seal_enrol.h"
#include "role/vault/vault_drills.h"
#include "role/vault/vault_groups.h"
#include "role/vault/vault_message.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct vault_ask ask;
static u8 again[1 << 16];

static void groups_check(struct span text)
{
    static struct vault_groups groups;
    if (vault_groups_read(text, "groups", &groups) != FAULT_NONE) {
        return;
    }
    CHECK(groups.count >= 1 && groups.count <= VAULT_GROUPS_MAX);
    for (u32 i = 1; i < groups.count; i += 1) {
        CHECK(groups.epochs[i] > groups.epochs[i - 1]);
    }
}

static void verdict_check(struct span text)
{
    struct seal_verdict verdict;
    char printed[SEAL_VERDICT_BYTES];
    if (seal_verdict_read(text, "verdict", &verdict) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(printed, seal_verdict_print(&verdict, printed))));
        CHECK(verdict.subject > 0 && verdict.version > 0);
    }
}

static bool lies_in(struct span piece, struct span text)
{
    return piece.size > 0 && piece.data >= text.data &&
           piece.data + piece.size <= text.data + text.size;
}

static void enrolled_check(struct span text)
{
    struct seal_enrolled enrolled;
    if (!seal_enrol_read(text, &enrolled)) {
        return;
    }
    CHECK(enrolled.names_count >= 1 && enrolled.names_count <= SEAL_ENROL_NAMES_MAX);
    for (u32 i = 0; i < enrolled.names_count; i += 1) {
        CHECK(lies_in(enrolled.names[i], text));
    }
    CHECK(lies_in(enrolled.birth_date, text) && lies_in(enrolled.email, text) &&
          lies_in(enrolled.document, text));
}

/* The officer's key is 1, and nothing was sealed for it. */
static void review_check(struct span bytes)
{
    static struct seal_room *room;
    static const struct seal_scalar secret = {.bytes = {1}};
    static struct review review;
    struct review_pins pins = {.epoch = 1, .secret = &secret};
    if (room == NULL && seal_room_open(&room) != FAULT_NONE) {
        return; /* memory cannot be locked here */
    }
    CHECK(seal_point_of(&secret, &pins.reviewer));
    pins.group_key = pins.reviewer;
    CHECK(review_open(room, bytes, "review", &pins, &review) != FAULT_NONE);
    CHECK(review.count == 0 && span_is_zero(seal_room_bytes(room)));
}

static void spares_check(struct span text)
{
    static struct vault_drills drills = {
        .key.sides = {{.roster = {.count = 2, .members = {{.name = "anna"}, {.name = "bela"}}}},
                      {.roster = {.count = 1, .members = {{.name = "dora"}}}}}};
    if (vault_spares_read(text, "spares", &drills) == FAULT_NONE) {
        u32 count = drills.is_spare[0][0] + 0U + drills.is_spare[0][1] + drills.is_spare[1][0];
        CHECK(text.size == count * sizeof("anna"));
    }
}

static void value_check(const struct vault_value *value, size_t size)
{
    CHECK(value->size > 0 && value->size <= VAULT_VALUE_BYTES_MAX);
    CHECK(value->at <= size && value->size <= size - value->at);
}

static void records_check(const u8 *data, size_t size)
{
    CHECK(ask.count >= 1 && ask.count <= VAULT_PUT_MAX);
    for (u32 i = 0; i < ask.count; i += 1) {
        const struct vault_record *record = &ask.records[i];
        CHECK(seal_label_is_sound(&record->label));
        CHECK(record->hands_count <= VAULT_HANDS_MAX && record->tags_count == 0);
        CHECK(ask.values_counts[i] <= VAULT_TAGS_MAX);
        CHECK(record->body.size == 0 || (record->body.data >= data && record->body.size <= size &&
                                         record->body.data + record->body.size <= data + size));
        for (u32 at = 0; at < ask.values_counts[i]; at += 1) {
            value_check(&ask.values[i][at], size);
        }
    }
}

static void place_check(struct span frame)
{
    struct frame_writer writer = vault_writer_begin(again, sizeof(again), ask.kind);
    const struct seal_label label = {
        .subject = ask.subject, .group = ask.group, .version = ask.version};
    vault_write_place(&writer, &label);
    vault_writer_end(&writer);
    CHECK(span_equal(frame, span_of(writer.bytes, writer.size)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct span frame = span_of(data, size);
    u32 told = vault_frame_bytes(frame);
    groups_check(frame);
    verdict_check(frame);
    enrolled_check(frame);
    review_check(frame);
    spares_check(frame);
    if (vault_ask_read(frame, &ask) != NULL) {
        return 0;
    }
    CHECK(told == size && ask.kind >= 1 && ask.kind <= VAULT_ASK_MAX);
    if (ask.kind == VAULT_ASK_PUT) {
        records_check(data, size);
    } else if (ask.kind == VAULT_ASK_ENROL) {
        records_check(data, size);
        CHECK(ask.box.size == SEAL_ENROL_BOX_BYTES && lies_in(ask.box, frame));
    } else if (ask.kind == VAULT_ASK_LOOKUP) {
        value_check(&ask.value, size);
    } else if (ask.kind == VAULT_ASK_REWRAP) {
        CHECK(ask.count >= 1 && ask.count <= VAULT_REWRAP_MAX);
        CHECK(size == VAULT_HEAD_BYTES + 4 + (size_t)ask.count * VAULT_REWRAP_BYTES);
    } else if (ask.kind == VAULT_ASK_GET || ask.kind == VAULT_ASK_ERASE ||
               ask.kind == VAULT_ASK_DROP) {
        place_check(frame);
    } else if (ask.kind == VAULT_ASK_SHOWN) {
        CHECK(size == VAULT_HEAD_BYTES + SHARE_SHOWN_BYTES);
        CHECK(memcmp(&ask.shown, data + VAULT_HEAD_BYTES, SHARE_SHOWN_BYTES) == 0);
        CHECK(ask.shown.place[0] >= 1 && ask.shown.place[0] <= VAULT_SIDES);
    } else if (ask.kind == VAULT_ASK_DRILL || ask.kind == VAULT_ASK_SHARES) {
        CHECK(size == VAULT_HEAD_BYTES);
    }
    return 0;
}

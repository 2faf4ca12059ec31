#include "role/vault/grant_refusal.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "io/sign.h"
#include "io/sign_pair.h"

#include <stdio.h>
#include <string.h>

#define HASH_HEX  (2U * GRANT_HASH_BYTES)
#define CASE_HEX  (2U * PUBLOG_CASE_BYTES)
#define WORDS_SUM 128U /* more than all that stands before the values, and the ends of lines */

_Static_assert(WORDS_SUM + SHARE_VENUE_SYMBOLS + HASH_HEX + CASE_HEX + CODE_NAME_BYTES +
                       GRANT_MOMENT_BYTES + REFUSAL_REASON_BYTES + SIGN_SIGNATURE_TEXT_BYTES <
                   REFUSAL_TEXT_BYTES,
               "the longest refusal");

/* ---- the reason ---- */

static u32 character_of(const u8 *bytes, size_t size)
{
    static const u8 first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    u32 character = bytes[0] & first_bits[size];
    for (size_t i = 1; i < size; i += 1) {
        character = character << 6 | (bytes[i] & 0x3fU);
    }
    return character;
}

/* What would make another line of it, or show it in another order than it stands. */
static bool is_shown_otherwise(u32 character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) ||
           (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0x061c ||
           character == 0xfeff || (character >= 0xfff9 && character <= 0xfffb) ||
           (character >= 0xe0000 && character <= 0xe007f);
}

bool grant_refusal_reason_fits(struct span reason)
{
    if (reason.size == 0 || reason.size > REFUSAL_REASON_BYTES || reason.data[0] == ' ' ||
        reason.data[reason.size - 1] == ' ') {
        return false;
    }
    while (reason.size > 0) {
        size_t size = utf8_bytes(reason);
        if (size == 0 || is_shown_otherwise(character_of(reason.data, size))) {
            return false;
        }
        reason = span_after(reason, size);
    }
    return true;
}

void grant_refusal_make(const struct grant_file *file, const char *officer, struct span reason,
                        u64 now_s, struct grant_refusal *refusal_out)
{
    CHECK(grant_refusal_reason_fits(reason));
    *refusal_out = (struct grant_refusal){.at_s = now_s};
    memcpy(refusal_out->venue, file->grant.venue, sizeof(refusal_out->venue));
    memcpy(refusal_out->grant, file->hash, sizeof(refusal_out->grant));
    memcpy(refusal_out->name, file->grant.name, sizeof(refusal_out->name));
    (void)snprintf(refusal_out->officer, sizeof(refusal_out->officer), "%s", officer);
    memcpy(refusal_out->reason, reason.data, reason.size);
}

/* ---- writing ---- */

size_t grant_refusal_print_signed(const struct grant_refusal *refusal,
                                  char target[REFUSAL_TEXT_BYTES])
{
    char grant[HASH_HEX + 1];
    char name[CASE_HEX + 1];
    char at[GRANT_MOMENT_BYTES];
    grant_moment_print(refusal->at_s, at);
    int size = snprintf(
        target, REFUSAL_TEXT_BYTES,
        "cambist refusal v1\nvenue: %s\ngrant: %s\ncase: %s\nofficer: %s\nat: %s\nreason: %s\n",
        refusal->venue, bytes_to_hex(refusal->grant, sizeof(refusal->grant), grant),
        bytes_to_hex(refusal->name, sizeof(refusal->name), name), refusal->officer, at,
        refusal->reason);
    CHECK(size > 0 && (size_t)size < REFUSAL_TEXT_BYTES);
    return (size_t)size;
}

size_t grant_refusal_print(const struct grant_refusal *refusal, char target[REFUSAL_TEXT_BYTES])
{
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    size_t used = grant_refusal_print_signed(refusal, target);
    sign_pair_text(span_of(refusal->signature, sizeof(refusal->signature)), signature);
    int size = snprintf(target + used, REFUSAL_TEXT_BYTES - used, "signature: %s\n", signature);
    CHECK(size > 0 && used + (size_t)size < REFUSAL_TEXT_BYTES);
    return used + (size_t)size;
}

/* ---- reading ---- */

static bool take(struct span *rest, const char *word, struct span *value_out)
{
    struct span line;
    size_t size = strlen(word);
    if (!span_cut_line(rest, &line) || line.size < size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *value_out = span_of(line.data + size, line.size - size);
    return true;
}

/* Into a text that is all zeros. */
static bool take_text(struct span *rest, const char *word, char *target, size_t target_bytes)
{
    struct span value;
    return take(rest, word, &value) && value.size > 0 && span_copy(value, target, target_bytes - 1);
}

static bool refusal_take(struct span text, struct grant_refusal *refusal)
{
    struct span value;
    return take(&text, "cambist refusal v1", &value) &&
           take_text(&text, "venue: ", refusal->venue, sizeof(refusal->venue)) &&
           take(&text, "grant: ", &value) &&
           bytes_from_hex(value, refusal->grant, sizeof(refusal->grant)) &&
           take(&text, "case: ", &value) &&
           bytes_from_hex(value, refusal->name, sizeof(refusal->name)) &&
           take_text(&text, "officer: ", refusal->officer, sizeof(refusal->officer)) &&
           code_name_of(span_of_text(refusal->officer)) != 0 && take(&text, "at: ", &value) &&
           grant_moment_read(value, &refusal->at_s) &&
           take_text(&text, "reason: ", refusal->reason, sizeof(refusal->reason)) &&
           grant_refusal_reason_fits(span_of_text(refusal->reason)) &&
           take(&text, "signature: ", &value) &&
           sign_decode_base64(value, refusal->signature, sizeof(refusal->signature)) ==
               sizeof(refusal->signature) &&
           text.size == 0;
}

/* Printed characters of ASCII: a venue's name as this module takes it. */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text += 1) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

enum fault grant_refusal_read(struct span text, const char *name, struct grant_refusal *refusal_out)
{
    char again[REFUSAL_TEXT_BYTES];
    *refusal_out = (struct grant_refusal){.at_s = 0};
    if (!refusal_take(text, refusal_out) || !is_plain(refusal_out->venue) ||
        !span_equal(span_of(again, grant_refusal_print(refusal_out, again)), text)) {
        return FAULT(FAULT_INPUT, "%s: not a refusal in its one form", name);
    }
    return FAULT_NONE;
}

enum fault grant_refusal_check(const struct grant_circle *circle, const struct grant_file *file,
                               const struct grant_refusal *refusal)
{
    char text[REFUSAL_TEXT_BYTES];
    const struct circle_officer *officer =
        grant_circle_officer(circle, span_of_text(refusal->officer));
    if (memcmp(refusal->grant, file->hash, sizeof(refusal->grant)) != 0 ||
        memcmp(refusal->name, file->grant.name, sizeof(refusal->name)) != 0 ||
        strcmp(refusal->venue, file->grant.venue) != 0) {
        return FAULT(FAULT_REFUSED, "refusal of %s: of another grant", refusal->officer);
    }
    if (officer == NULL) {
        return FAULT(FAULT_REFUSED, "refusal of %s: the circle knows no such officer",
                     refusal->officer);
    }
    size_t size = grant_refusal_print_signed(refusal, text);
    if (!officer_signed(&officer->signer, span_of(text, size), refusal->signature)) {
        return FAULT(FAULT_REFUSED, "refusal of %s: the signature is not over it",
                     refusal->officer);
    }
    return FAULT_NONE;
}

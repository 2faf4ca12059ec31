/* Bytes of sealed records and of officers' answers: whatever they are, labels that are read print
 * the same, and no wrap, answer, body or copy is believed that nobody made. The first byte says
 * which. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/share_part.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct seal_room *room;
static struct share_key key;
static struct seal_scalar secret;

static void open_once(void)
{
    if (room != NULL) {
        return;
    }
    CHECK(seal_room_open(&room) == FAULT_NONE);
    seal_scalar_random(&secret);
    CHECK(seal_point_of(&secret, &key.public));
    for (u32 side = 0; side < 2; side += 1) {
        key.sides[side].roster =
            (struct share_roster){.side = side == 0 ? SHARE_SIDE_A : SHARE_SIDE_B,
                                  .epoch = 1,
                                  .threshold = 2,
                                  .count = 3};
        key.sides[side].public = key.public;
        for (u32 i = 0; i < 3; i += 1) {
            key.sides[side].shares[i] = key.public;
        }
    }
}

static const struct seal_label label = {
    .subject = 1, .version = 1, .epoch = 1, .group = 1, .retention = 1};

static void wraps(struct span bytes)
{
    struct seal_label found;
    struct seal_wrap wrap;
    u8 hash[SEAL_HASH_BYTES] = {0};
    if (seal_label_decode(span_piece(bytes, 0, SEAL_LABEL_BYTES), &found) == FAULT_NONE) {
        u8 again[SEAL_LABEL_BYTES];
        seal_label_encode(&found, again);
        CHECK(memcmp(again, bytes.data, sizeof(again)) == 0);
        struct span rest = span_after(bytes, SEAL_LABEL_BYTES);
        if (rest.size >= sizeof(wrap) &&
            span_copy(span_piece(rest, 0, sizeof(wrap)), &wrap, sizeof(wrap))) {
            CHECK(seal_wrap_check(&found, &key.public, hash, &wrap) == FAULT_INPUT);
        }
    }
}

static void partials(struct span bytes)
{
    struct share_partial partial;
    struct share_wrong wrong;
    struct seal_wrap wrap = {.point = key.public};
    u8 hash[SEAL_HASH_BYTES] = {0};
    u8 opened[SEAL_KEY_SIZE];
    const struct share_case about = {
        .key = &key, .label = label, .wrap = &wrap, .body_hash = hash, .context = hash};
    if (share_partial_decode(bytes, &partial) == FAULT_NONE) {
        CHECK(share_partial_check(&about, &partial, &wrong) == FAULT_INPUT);
        CHECK(share_open(room, &about, &partial, 1, opened, &wrong) == FAULT_INPUT);
    }
}

static void bodies(struct span bytes)
{
    static u8 text[65536];
    size_t size;
    u8 opened[SEAL_KEY_SIZE];
    if (bytes.size <= sizeof(text)) {
        CHECK(seal_body_open(&label, key.public.bytes, bytes, text, &size) == FAULT_ROT);
    }
    CHECK(seal_hand_open(room, &label, SEAL_HAND_OWNER, &secret, 0, bytes, opened) == FAULT_ROT);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    open_once();
    if (size > 0) {
        struct span rest = span_of(data + 1, size - 1);
        switch (data[0] % 3) {
        case 0:
            wraps(rest);
            break;
        case 1:
            partials(rest);
            break;
        default: /* not an enum: a byte from outside */
            bodies(rest);
            break;
        }
    }
    CHECK(span_is_zero(seal_room_bytes(room)));
    fault_forget();
    return 0;
}

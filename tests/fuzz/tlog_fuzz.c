/* What outsiders send or publish of a public log: a note, a key, a checkpoint, a receipt, a policy,
 * a bundle of entries, a path of a tile. The first byte says which. What is taken is written again
 * byte for byte, where there is one way to write it. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_policy.h"
#include "role/vault/tlog_receipt.h"
#include "role/vault/tlog_tile.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct tlog_crypto crypto;
static struct tlog_policy policy;

static const struct tlog_crypto *opened(void)
{
    static bool is_open;
    if (!is_open) {
        enum fault fault = tlog_crypto_open(&crypto);
        CHECK(fault == FAULT_NONE);
        is_open = true;
    }
    return &crypto;
}

static void take_note(struct span bytes)
{
    static struct tlog_note note;
    struct tlog_key key;
    bool found = true;
    u64 time = 0;
    if (tlog_note_read(bytes, &note) != TLOG_FLAW_NONE) {
        return;
    }
    CHECK(note.signatures_count >= 1 && note.signatures_count <= TLOG_SIGNATURES_MAX);
    CHECK(note.text.size < bytes.size && note.text.data[note.text.size - 1] == '\n');
    /* A key under the name of the first line: it cannot have signed. */
    u8 public_key[TLOG_KEY_BYTES];
    memset(public_key, 0x66, sizeof(public_key));
    tlog_key_make(&crypto.sha256, note.signatures[0].name, TLOG_KEY_WITNESS, public_key, &key);
    key.id = note.signatures[0].id;
    CHECK(tlog_note_verify(&crypto, &note, &key, &found, &time) == TLOG_FLAW_SIGNATURE);
    CHECK(!found);
}

static void take_checkpoint(struct span text)
{
    struct tlog_checkpoint checkpoint;
    char again[TLOG_CHECKPOINT_BYTES];
    if (tlog_checkpoint_read(text, &checkpoint) != TLOG_FLAW_NONE ||
        !tlog_name_valid(checkpoint.origin)) {
        return;
    }
    size_t size = tlog_checkpoint_write(&checkpoint, again);
    CHECK(size <= text.size && memcmp(again, text.data, size) == 0);
}

static void take_key(struct span vkey)
{
    struct tlog_key key;
    char again[TLOG_VKEY_BYTES];
    if (tlog_key_read(&crypto.sha256, vkey, &key) == TLOG_FLAW_NONE) {
        tlog_key_text(&key, again);
        CHECK(span_equal(vkey, span_of_text(again)));
    }
}

static void take_receipt(struct span bytes)
{
    static struct tlog_receipt receipt;
    static u8 again[TLOG_RECEIPT_BYTES_MAX];
    if (tlog_receipt_read(bytes, &receipt) == TLOG_FLAW_NONE) {
        size_t size = tlog_receipt_write(&receipt, again, sizeof(again));
        CHECK(span_equal(bytes, span_of(again, size)));
    }
}

static void take_policy(struct span text)
{
    if (tlog_policy_read(&crypto.sha256, text, &policy) == FAULT_NONE) {
        CHECK(policy.logs_count >= 1 && policy.logs_count <= TLOG_POLICY_LOGS_MAX);
        CHECK(policy.witnesses_count <= TLOG_POLICY_WITNESSES_MAX);
        CHECK(policy.groups_count <= TLOG_POLICY_GROUPS_MAX);
    }
}

static void take_bundle(struct span bytes)
{
    u8 *again = malloc(bytes.size + 1);
    struct span rest = bytes;
    size_t used = 0;
    CHECK(again != NULL);
    while (rest.size > 0) {
        struct span entry;
        if (!tlog_bundle_next(&rest, &entry)) {
            break;
        }
        used = tlog_bundle_put(again, bytes.size, used, entry);
        CHECK(used > 0);
    }
    CHECK(used <= bytes.size && memcmp(again, bytes.data, used) == 0);
    free(again);
}

static void take_path(struct span path)
{
    struct tlog_tile_name name;
    char again[TLOG_TILE_PATH_BYTES];
    if (tlog_tile_path_read(path, &name)) {
        tlog_tile_path(name, again);
        CHECK(span_equal(path, span_of_text(again)));
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static void (*const takers[])(struct span bytes) = {
        take_note, take_checkpoint, take_key, take_receipt, take_policy, take_bundle, take_path};
    if (size == 0 || opened() == NULL) {
        return 0;
    }
    takers[data[0] % ARRAY_COUNT(takers)](span_of(data + 1, size - 1));
    return 0;
}

#include "role/vault/publog_shown.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdio.h>
#include <string.h>

#define FIRST_LINE "cambist-shown/v1"
#define SALT_HEX   (2U * PUBLOG_SALT_BYTES)

size_t publog_shown_write(const struct publog_shown *shown, u8 *target, size_t target_bytes)
{
    char body[SALT_HEX + 1];
    char mark[SALT_HEX + 1];
    int size = snprintf((char *)target, target_bytes, FIRST_LINE "\nbody %s\nmark %s %llu\n",
                        bytes_to_hex(shown->body_salt, PUBLOG_SALT_BYTES, body),
                        bytes_to_hex(shown->mark_salt, PUBLOG_SALT_BYTES, mark),
                        (unsigned long long)shown->until);
    CHECK(size > 0);
    if ((size_t)size >= target_bytes) {
        return 0;
    }
    size_t rest = publog_receipt_write(&shown->receipt, target + size, target_bytes - (size_t)size);
    return rest == 0 ? 0 : (size_t)size + rest;
}

/* Cuts a line off that begins with `word`; what follows the word is the value. */
static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL || (size_t)(end - rest->data) < size || memcmp(rest->data, word, size) != 0) {
        return false;
    }
    *value_out = span_of(rest->data + size, (size_t)(end - rest->data) - size);
    *rest = span_after(*rest, size + value_out->size + 1);
    return true;
}

bool publog_shown_read(struct span bytes, struct publog_shown *shown_out)
{
    struct span rest = bytes;
    struct span value;
    return line_next(&rest, FIRST_LINE, &value) && value.size == 0 &&
           line_next(&rest, "body ", &value) &&
           bytes_from_hex(value, shown_out->body_salt, PUBLOG_SALT_BYTES) &&
           line_next(&rest, "mark ", &value) && value.size > SALT_HEX + 1 &&
           value.data[SALT_HEX] == ' ' &&
           bytes_from_hex(span_of(value.data, SALT_HEX), shown_out->mark_salt, PUBLOG_SALT_BYTES) &&
           tlog_number_read(span_after(value, SALT_HEX + 1), INT64_MAX, &shown_out->until) &&
           publog_receipt_read(rest, &shown_out->receipt);
}

static enum fault check_event(struct tlog_crypto *crypto, const char *what,
                              const struct publog_shown *shown, const struct publog_wanted *wanted)
{
    const struct publog_event *event = &shown->receipt.event;
    u8 hash[SHA256_BYTES];
    if (event->kind != wanted->kind) {
        return FAULT(FAULT_REFUSED, "%s: the receipt is of an event of the kind %s, not %s", what,
                     publog_kind_name(event->kind), publog_kind_name(wanted->kind));
    }
    /* What is to be seen in public must be, also before the month is opened. */
    if (event->flags != wanted->flags || shown->receipt.leaf.class != wanted->class ||
        (shown->receipt.leaf.flags & wanted->flags) != wanted->flags) {
        return FAULT(FAULT_REFUSED, "%s: logged as another class, or with other flags", what);
    }
    publog_body_of(&crypto->sha256, shown->body_salt, wanted->text, hash);
    if (memcmp(hash, event->body, sizeof(hash)) != 0) {
        return FAULT(FAULT_REFUSED, "%s: the receipt is of another text", what);
    }
    if (wanted->mark_salt != NULL &&
        memcmp(wanted->mark_salt, shown->mark_salt, PUBLOG_SALT_BYTES) != 0) {
        return FAULT(FAULT_REFUSED, "%s: logged without the mark that this grant leaves", what);
    }
    publog_mark_of(&crypto->sha256, shown->mark_salt, wanted->name, wanted->until, hash);
    if (shown->until != wanted->until || memcmp(hash, event->mark, sizeof(hash)) != 0) {
        return FAULT(FAULT_REFUSED, "%s: the receipt is of another case", what);
    }
    if (!publog_receipt_verify(&crypto->sha256, &shown->receipt)) {
        return FAULT(FAULT_REFUSED, "%s: the event is not under its slot's root", what);
    }
    return FAULT_NONE;
}

/* Whether the slot's leaf is in a log that the policy believes. */
static enum tlog_flaw leaf_verify(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                  const struct publog_shown *shown, struct publog_seen *seen_out)
{
    struct tlog_receipt receipt;
    struct tlog_hash leaf;
    enum tlog_flaw flaw = tlog_receipt_read(shown->receipt.of_leaf, &receipt);
    if (flaw != TLOG_FLAW_NONE) {
        return flaw;
    }
    tlog_hash_leaf(&crypto->sha256, span_of(shown->receipt.leaf_bytes, PUBLOG_LEAF_BYTES), &leaf);
    flaw = tlog_receipt_verify(crypto, policy, &receipt, &leaf, &seen_out->verdict);
    seen_out->index = receipt.index;
    seen_out->slot = shown->receipt.leaf.slot;
    return flaw;
}

enum fault publog_shown_verify(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                               const char *what, const struct publog_shown *shown,
                               const struct publog_wanted *wanted, struct publog_seen *seen_out)
{
    TRY(check_event(crypto, what, shown, wanted));
    enum tlog_flaw flaw = leaf_verify(crypto, policy, shown, seen_out);
    return flaw == TLOG_FLAW_NONE ? FAULT_NONE
                                  : FAULT(FAULT_REFUSED, "%s: %s (%s)", what,
                                          tlog_flaw_meaning(flaw), tlog_flaw_name(flaw));
}

enum tlog_flaw publog_shown_judge(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                  const struct publog_shown *shown,
                                  const u8 name[PUBLOG_CASE_BYTES], struct publog_seen *seen_out)
{
    u8 mark[SHA256_BYTES];
    *seen_out = (struct publog_seen){.index = 0};
    publog_mark_of(&crypto->sha256, shown->mark_salt, name, shown->until, mark);
    if (memcmp(mark, shown->receipt.event.mark, sizeof(mark)) != 0) {
        return TLOG_FLAW_EVENT_CASE;
    }
    return publog_receipt_verify(&crypto->sha256, &shown->receipt)
               ? leaf_verify(crypto, policy, shown, seen_out)
               : TLOG_FLAW_EVENT_SLOT;
}

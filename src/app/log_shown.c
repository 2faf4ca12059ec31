#include "app/log_shown.h"

#include "app/cli.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/publog_shown.h"
#include "wire/json.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND_US  1000000ULL
#define JSON_BYTES 1024U

static const char *class_name(const struct publog_shown *shown)
{
    return shown->receipt.leaf.class == PUBLOG_CLASS_ORDINARY ? "ordinary" : "emergency";
}

static void print_json(const struct publog_shown *shown, const struct publog_seen *seen,
                       enum tlog_flaw flaw)
{
    static char text[JSON_BYTES];
    const struct tlog_verdict *verdict = &seen->verdict;
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    json_field_text(&json, "flaw", tlog_flaw_name(flaw));
    if (flaw == TLOG_FLAW_NONE) {
        json_field_text(&json, "kind", publog_kind_name(shown->receipt.event.kind));
        json_field_text(&json, "class", class_name(shown));
        json_field_u64(&json, "slot", seen->slot);
        json_field_u64(&json, "until", shown->until);
        json_field_u64(&json, "index", seen->index);
        json_field_u64(&json, "entries", verdict->checkpoint.size);
        json_field_u64(&json, "cosigned", (u64)__builtin_popcount(verdict->cosigned));
        json_field_u64(&json, "independent", verdict->independent);
        json_field_u64(&json, "fresh", verdict->fresh_s);
        json_field_u64(&json, "known", verdict->known_s);
    }
    json_object_end(&json);
    cli_print_json(&json);
}

static void print(const struct publog_shown *shown, const struct publog_seen *seen,
                  const struct tlog_policy *policy)
{
    char slot[TIME_TEXT_BYTES];
    const struct tlog_verdict *verdict = &seen->verdict;
    cli_line("event", "%s", publog_kind_name(shown->receipt.event.kind));
    cli_line("slot", "%s, %s", time_text_print(seen->slot * SECOND_US, slot), class_name(shown));
    cli_line("entry", "%" PRIu64 " of %" PRIu64, seen->index, verdict->checkpoint.size);
    cli_line("witnesses", "%u of %u have cosigned", __builtin_popcount(verdict->cosigned),
             policy->witnesses_count);
    cli_line("independent witnesses", "%u", verdict->independent);
}

static enum tlog_flaw judge(struct span text, const u8 name[PUBLOG_CASE_BYTES],
                            struct tlog_crypto *crypto, const struct tlog_policy *policy,
                            struct publog_shown *shown, struct publog_seen *seen)
{
    return publog_shown_read(text, shown) ? publog_shown_judge(crypto, policy, shown, name, seen)
                                          : TLOG_FLAW_EVENT;
}

enum fault log_shown_check(const char *path, struct span text, const char *name,
                           struct tlog_crypto *crypto, const struct tlog_policy *policy,
                           bool is_json)
{
    static struct publog_shown shown; /* one run */
    static struct publog_seen seen;
    u8 code[PUBLOG_CASE_BYTES];
    if (!bytes_from_hex(span_of_text(name), code, sizeof(code))) {
        return FAULT(FAULT_USAGE, "--case: 32 small hexadecimal digits are wanted");
    }
    enum tlog_flaw flaw = judge(text, code, crypto, policy, &shown, &seen);
    if (is_json) {
        print_json(&shown, &seen, flaw);
    } else if (flaw == TLOG_FLAW_NONE) {
        print(&shown, &seen, policy);
    }
    return flaw == TLOG_FLAW_NONE ? FAULT_NONE
                                  : FAULT(FAULT_ROT, "%s: %s (%s)", path, tlog_flaw_meaning(flaw),
                                          tlog_flaw_name(flaw));
}

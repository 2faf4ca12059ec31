/* Texts of ceremonies, drills and key files: what is read prints the same bytes, and a ceremony is
 * judged whatever stands in it. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/share_file.h"
#include "role/vault/share_shown.h"
#include "role/vault/share_text.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

static char printed[SHARE_TEXT_BYTES];

static void transcripts(struct span text)
{
    static struct share_transcript transcript;
    static struct share_group group;
    static struct share_deal deal;
    if (share_transcript_read(text, "fuzz", &transcript) != FAULT_NONE) {
        return;
    }
    CHECK(span_equal(text, span_of(printed, share_transcript_print(&transcript, printed))));
    if (share_transcript_check(&transcript, NULL, NULL, &group) == FAULT_NONE) {
        CHECK(group.roster.count > group.roster.threshold);
    }
    for (u32 i = 0; i < transcript.deals_count; i += 1) {
        size_t size = share_deal_print(&transcript.roster, &transcript.deals[i], printed);
        CHECK(share_deal_read(span_of(printed, size), "fuzz", &transcript.roster, &deal) ==
              FAULT_NONE);
    }
}

static void others(struct span text)
{
    static const struct share_roster roster = {.threshold = 2, .count = 3};
    static struct share_deal deal;
    struct seal_proof proof;
    struct share_holder holder;
    struct share_shown shown;
    struct share_shown again;
    u8 hash[SHARE_HASH_BYTES] = {0};
    u32 index;
    if (share_deal_read(text, "fuzz", &roster, &deal) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(printed, share_deal_print(&roster, &deal, printed))));
    }
    if (share_confirm_read(text, "fuzz", hash, &index, &proof) == FAULT_NONE) {
        CHECK(
            span_equal(text, span_of(printed, share_confirm_print(hash, index, &proof, printed))));
    }
    if (share_shown_read(text, "fuzz", &shown) == FAULT_NONE) {
        CHECK(span_equal(text, span_of(printed, share_shown_print(&shown, printed))));
        CHECK(share_shown_decode(span_of(&shown, sizeof(shown)), &again) == FAULT_NONE);
    }
    if (share_shown_decode(text, &shown) == FAULT_NONE) {
        CHECK(memcmp(text.data, &shown, sizeof(shown)) == 0);
    }
    if (share_file_look(text, "fuzz", &holder) == FAULT_NONE) {
        CHECK(holder.index <= SHARE_MEMBERS_MAX);
        CHECK(holder.memory_kb <= SHARE_FILE_MEMORY_KB_MAX);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    CHECK(sodium_init() >= 0);
    transcripts(span_of(data, size));
    others(span_of(data, size));
    fault_forget();
    return 0;
}

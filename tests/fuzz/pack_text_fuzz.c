/* Canonical forms of packs: refused with a reason, or texts that lie within the pack, of which
 * every notice can be printed. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/notice.h"

static void check_span(const struct pack_text *pack, struct span text)
{
    const u8 *first = (const u8 *)pack->text;
    CHECK(text.size == 0 || (text.data >= first && text.data + text.size <= first + pack->used));
}

static void check_rule(const struct pack_text *pack, const struct pack_rule_text *rule)
{
    static struct notice_text text;
    check_span(pack, rule->id);
    check_span(pack, rule->explain[LANGUAGE_EN]);
    check_span(pack, rule->evidence);
    for (u32 i = 0; i < rule->cites_count; i += 1) {
        check_span(pack, rule->cites[i].source);
        check_span(pack, rule->cites[i].paragraph);
    }
    for (u32 kind = 1; kind < NOTICE_KIND_COUNT; kind += 1) {
        struct notice notice = {.kind = (enum notice_kind)kind,
                                .time_us = pack->version,
                                .finding = {.vector = (u16)pack->used, .missing = 0xFE, .flags = 7},
                                .holdings = pack->used};
        notice_print(&notice, pack, rule, (enum language)(kind % LANGUAGES_COUNT), &text);
        CHECK(text.count > 0 && text.count <= NOTICE_PARTS_MAX);
        for (u32 i = 0; i < text.count; i += 1) {
            CHECK(text.parts[i].text.size > 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct pack_text pack;
    if (pack_text_read(span_of(data, size), &pack) != NULL) {
        return 0;
    }
    CHECK(pack.rules_count > 0 && pack.rules_count <= PACK_TEXT_RULES_MAX);
    check_span(&pack, pack.id);
    for (u32 i = 0; i < pack.rules_count; i += 1) {
        check_rule(&pack, &pack.rules[i]);
    }
    for (u32 i = 0; i < pack.duties_count; i += 1) {
        CHECK(pack.duties[i].rule < pack.rules_count);
        check_span(&pack, pack.duties[i].what);
    }
    return 0;
}

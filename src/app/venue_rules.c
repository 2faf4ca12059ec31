#include "app/venue_rules.h"

#include "app/pack_store.h"
#include "app/rule_sign.h"
#include "app/rules_builtin.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/secret.h"
#include "core/rule_form.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/officers.h"
#include "io/sign_pair.h"
#include "wire/code.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 128U

enum { PRICE_SOURCES = 3, LINE_BYTES = 128, HALF = 5000 };

/* Nobody is meant. */
static const struct {
    const char *code;
    const char *group;
    u32 number;
} officers[] = {
    {"liv", "compliance", VENUE_OFFICER},
    {"tomas", "legal", VENUE_OFFICER_SECOND},
    {"mara", "compliance", VENUE_OFFICER_THIRD},
};

/* ---- the officers ---- */

enum fault venue_rules_key(const char *folder, const char *code, char path[FILE_PATH_BYTES])
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof(name), "demo/officers/%s.pem", code);
    return file_path(path, folder, name);
}

static enum fault folder_make(const char *folder, const char *name)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, name));
    return disk_make_folder(disk_real(), path);
}

/* Makes one, and its line of the register. */
static enum fault officer_make(const char *folder, u32 index, char line[LINE_BYTES])
{
    char path[FILE_PATH_BYTES];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    struct sign_pair pair;
    TRY(venue_rules_key(folder, officers[index].code, path));
    TRY(sign_pair_make(&pair));
    struct span pem = span_of_text(pair.private_pem);
    enum fault fault = text_file_put(path, pem.data, pem.size, true);
    if (fault == FAULT_NONE) {
        fault = sign_with_private(pem, span_of_text("the demo"), public_text, signature);
    }
    secret_wipe(&pair, sizeof(pair));
    TRY(fault);
    (void)snprintf(line, LINE_BYTES, "%s %u %s %s\n", officers[index].code, officers[index].number,
                   officers[index].group, public_text);
    return FAULT_NONE;
}

enum fault venue_rules_officers(const char *folder)
{
    char text[ARRAY_COUNT(officers) * LINE_BYTES + LINE_BYTES];
    char path[FILE_PATH_BYTES];
    int used = snprintf(text, sizeof(text), "# Officers of a demo: nobody is meant.\n");
    TRY(folder_make(folder, "demo"));
    TRY(folder_make(folder, "demo/officers"));
    for (u32 index = 0; index < ARRAY_COUNT(officers); index += 1) {
        char line[LINE_BYTES];
        TRY(officer_make(folder, index, line));
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s", line);
    }
    TRY(file_path(path, folder, OFFICERS_FILE));
    return text_file_put(path, text, (size_t)used, false);
}

/* ---- packs ---- */

const struct rules_builtin *rules_builtin_find(const char *name)
{
    for (u32 index = 0; index < rules_builtin_count; index += 1) {
        if (strcmp(rules_builtin[index].name, name) == 0) {
            return &rules_builtin[index];
        }
    }
    return NULL;
}

/* Writes the pack and both signatures, and reads them as a venue would. */
static enum fault pack_sign(const char *folder, const struct rules_builtin *pack,
                            const u8 content_hash[RULE_HASH_BYTES])
{
    char name[NAME_BYTES];
    char path[FILE_PATH_BYTES];
    char signatures_path[FILE_PATH_BYTES];
    u8 signatures[RULE_SIGN_FILE_BYTES];
    size_t bytes = 0;
    struct officers known;
    struct rule_signature two[RULE_SIGN_WANTED];
    (void)snprintf(name, sizeof(name), "demo/rules/%s", pack->name);
    TRY(folder_make(folder, "demo/rules"));
    TRY(file_path(path, folder, name));
    TRY(text_file_put(path, pack->text.data, pack->text.size, false));
    for (u32 index = 0; index < RULE_SIGN_WANTED; index += 1) {
        char key_path[FILE_PATH_BYTES];
        TRY(venue_rules_key(folder, officers[index].code, key_path));
        TRY(rule_sign_add(path, content_hash, key_path, officers[index].code,
                          officers[index].group));
    }
    (void)snprintf(name, sizeof(name), "demo/rules/%s.sig", pack->name);
    TRY(file_path(signatures_path, folder, name));
    TRY(rule_read_bytes(signatures_path, signatures, sizeof(signatures), &bytes));
    TRY(file_path(path, folder, OFFICERS_FILE));
    TRY(officers_read_file(disk_real(), path, &known));
    return rule_sign_read(span_of(signatures, bytes), signatures_path, &known, path, content_hash,
                          two);
}

static enum fault pack_send(struct venue_maker *maker, const struct rule_pack *pack)
{
    static u8 form[RULE_FORM_BYTES_MAX];
    size_t size = rule_form_encode(pack, form);
    struct command_pack_activate activate = {.size = (u32)size,
                                             .officer = VENUE_OFFICER,
                                             .second = VENUE_OFFICER_SECOND,
                                             .confirmed = pack->is_uncertain ? 1 : 0};
    for (size_t offset = 0; offset < size;) {
        struct command_pack_part part = {.offset = (u32)offset};
        size_t piece = size - offset < sizeof(part.data) ? size - offset : sizeof(part.data);
        part.size = (u16)piece;
        memcpy(part.data, form + offset, piece);
        TRY(venue_maker_put(maker, &part, sizeof(part), COMMAND_PACK_PART, 0));
        offset += piece;
    }
    memcpy(activate.content_hash, pack->content_hash, RULE_HASH_BYTES);
    return venue_maker_put(maker, &activate, sizeof(activate), COMMAND_PACK_ACTIVATE, 0);
}

enum fault venue_rules_read(const char *name, struct rule_source *source_out)
{
    const struct rules_builtin *pack = rules_builtin_find(name);
    return pack == NULL ? FAULT(FAULT_MISSING, "no pack is called %s", name)
                        : rule_read(pack->text, name, source_out);
}

enum fault venue_rules_activate(struct venue_maker *maker, const char *name,
                                const struct rule_source *source)
{
    const struct rules_builtin *pack = rules_builtin_find(name);
    const char *folder = maker->options.folder;
    CHECK(pack != NULL);
    TRY(pack_sign(folder, pack, source->pack.content_hash));
    TRY(pack_store_put(folder, source,
                       (const char *const[]){officers[0].group, officers[1].group}));
    return pack_send(maker, &source->pack);
}

/* ---- persons ---- */

enum fault venue_rules_person(struct venue_maker *maker, u32 person)
{
    struct command_person_add add = {.person = person, .officer = VENUE_OFFICER};
    return venue_maker_put(maker, &add, sizeof(add), COMMAND_PERSON_ADD, 0);
}

enum fault venue_rules_link(struct venue_maker *maker, u32 person, u32 account)
{
    struct command_link link = {.person = person, .officer = VENUE_OFFICER};
    return venue_maker_put(maker, &link, sizeof(link), COMMAND_LINK, account);
}

enum fault venue_rules_unlink(struct venue_maker *maker, u32 person, u32 account)
{
    struct command_link link = {
        .person = person, .officer = VENUE_OFFICER, .second = VENUE_OFFICER_SECOND};
    return venue_maker_put(maker, &link, sizeof(link), COMMAND_UNLINK, account);
}

static u16 value_of(const struct venue_fact *fact)
{
    if (strcmp(fact->value, "none") == 0) {
        return RULE_VALUE_NONE;
    }
    if (fact->kind != FACT_KIND_KIND) {
        return code_country_of(span_of_text(fact->value));
    }
    return strcmp(fact->value, "natural") == 0 ? RULE_KIND_NATURAL : RULE_KIND_LEGAL;
}

/* A row has the number of the command that recorded it. */
static void row_tell(const struct venue_maker *maker, u64 *row_out)
{
    if (row_out != NULL) {
        *row_out = engine_status(maker->engine).seq_durable;
    }
}

enum fault venue_rules_fact(struct venue_maker *maker, const struct venue_fact *fact, u64 *row_out)
{
    struct command_fact_set set = {.person = fact->person,
                                   .fact = fact->kind,
                                   .verified = fact->verified,
                                   .value = value_of(fact),
                                   .from = fact->from,
                                   .until = fact->until == 0 ? VENUE_RULES_OPEN : fact->until,
                                   .expires = fact->expires == 0 ? VENUE_RULES_OPEN : fact->expires,
                                   .evidence = fact->evidence,
                                   .replaces = fact->replaces,
                                   .officer = VENUE_OFFICER,
                                   .second = VENUE_OFFICER_SECOND};
    TRY(venue_maker_put(maker, &set, sizeof(set), COMMAND_FACT_SET, 0));
    row_tell(maker, row_out);
    return FAULT_NONE;
}

static enum fault listing_put(struct venue_maker *maker, const struct venue_verdict *verdict)
{
    struct command_listing_set set = {.person = verdict->person,
                                      .state = verdict->state,
                                      .list = code_name_of(span_of_text(VENUE_RULES_LIST)),
                                      .entry = verdict->entry,
                                      .list_version = 1,
                                      .from = verdict->from,
                                      .until = VENUE_RULES_OPEN,
                                      .replaces = verdict->replaces,
                                      .officer = VENUE_OFFICER,
                                      .second = VENUE_OFFICER_SECOND};
    return venue_maker_put(maker, &set, sizeof(set), COMMAND_LISTING_SET, 0);
}

static enum fault ownership_put(struct venue_maker *maker, const struct venue_verdict *verdict)
{
    struct command_ownership_set set = {.person = verdict->person,
                                        .compare = SHARE_COMPARE_AT_LEAST,
                                        .control = TRUTH_NO,
                                        .percent = HALF,
                                        .lower = verdict->lower,
                                        .upper = verdict->upper,
                                        .list = code_name_of(span_of_text(VENUE_RULES_LIST)),
                                        .path = verdict->entry,
                                        .from = verdict->from,
                                        .until = VENUE_RULES_OPEN,
                                        .replaces = verdict->replaces,
                                        .officer = VENUE_OFFICER,
                                        .second = VENUE_OFFICER_SECOND};
    return venue_maker_put(maker, &set, sizeof(set), COMMAND_OWNERSHIP_SET, 0);
}

enum fault venue_rules_verdict(struct venue_maker *maker, const struct venue_verdict *verdict,
                               u64 *row_out)
{
    TRY(verdict->state == 0 ? ownership_put(maker, verdict) : listing_put(maker, verdict));
    row_tell(maker, row_out);
    return FAULT_NONE;
}

/* ---- prices ---- */

enum fault venue_rules_price(struct venue_maker *maker, u16 asset, u64 eur)
{
    struct command_valuation_price price = {.price = price_of(eur),
                                            .time_us = clock_wall_us(maker->options.clock),
                                            .asset = asset,
                                            .sources = PRICE_SOURCES};
    return venue_maker_put(maker, &price, sizeof(price), COMMAND_VALUATION_PRICE, 0);
}

enum fault venue_rules_valuation(struct venue_maker *maker, u16 pack)
{
    struct command_valuation valuation = {.pack = pack};
    return venue_maker_put(maker, &valuation, sizeof(valuation), COMMAND_VALUATION, 0);
}

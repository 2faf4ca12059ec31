/* The rules in the core: persons, facts, verdicts, prices, packs and licences in any order, with
 * orders and money between. The core survives, what it keeps twice agrees, and a core rebuilt from
 * its snapshot has the same snapshot and gives the same answers. The first byte says after how many
 * commands the snapshot is taken. */
#include "base/span.h"
#include "core/rule_form.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core.h"
#include "wire/link.h"

#define DAY_US  86400000000ULL
#define START   (100 * DAY_US)
#define PERSONS 4U
#define LOGINS  4U /* with 0, which none has */
#define PACKS   3U
#define EUR     100000000ULL

static struct fuzz_core world;
static struct fuzz_core twin;
static u8 *filled;
static struct rule_pack pack;
static u8 forms[PACKS][RULE_FORM_BYTES_MAX];
static size_t sizes[PACKS];
static u8 hashes[PACKS][RULE_HASH_BYTES];

static u64 list_name(void)
{
    return rule_name_of(span_of_text("list"));
}

static struct rule *rule_begin(u8 letter, u64 vector)
{
    struct rule *rule = &pack.rules[pack.rules_count++];
    rule->id[0] = (char)letter;
    rule->effective = pack.effective;
    rule->scope = RULE_SCOPE_PERSON;
    rule->subject_first = pack.nodes_count;
    rule->subject_count = 1;
    rule->vector = vector;
    rule->unknown_vector = 0x100;
    rule->candidate_vector = 0x400;
    rule->deadline_vector = 0x200;
    rule->evidence = RULE_FACT_NATIONALITY;
    rule->evidence_days = 3;
    return rule;
}

/* A nationality over an amount; a list; an ownership; an asset: dates, margins and flags differ. */
static void pack_make(u32 number)
{
    memset(&pack, 0, sizeof pack);
    pack.id[0] = (char)('p' + (number == 2 ? 1 : number));
    pack.version = number + 1;
    pack.effective.from = START - DAY_US + number * 40 * DAY_US;
    pack.effective.until = number == 0 ? START + 30 * DAY_US : RULE_TIME_OPEN;
    pack.is_uncertain = number == 1;
    memset(pack.content_hash, (int)number + 1, sizeof pack.content_hash);
    struct rule *rule = rule_begin('a', 0x2A | 0x200);
    pack.values[pack.values_count++] = 5;
    pack.nodes[pack.nodes_count++] = (struct rule_node){
        .op = RULE_OP_HAS, .detail = RULE_FACT_NATIONALITY, .parent = RULE_NONE, .count = 1};
    rule->flags = (u16)(RULE_FLAG_THRESHOLD | (number == 2 ? RULE_FLAG_STICKY : 0));
    rule->compare = RULE_ABOVE;
    rule->amount = 50 * EUR;
    rule->lift_margin = number * EUR;
    rule->dwell_us = number * DAY_US;
    rule->warn_percent = 9000;
    rule->grounds = 6;
    rule = rule_begin('b', 0x3FFF);
    pack.nodes[pack.nodes_count++] = (struct rule_node){.op = RULE_OP_LISTED,
                                                        .detail = RULE_LISTING_CONFIRMED,
                                                        .parent = RULE_NONE,
                                                        .list = list_name()};
    rule->unknown_vector = 0;
    rule = rule_begin('c', 0);
    rule->scope = RULE_SCOPE_ASSET;
    rule->subject_first = 0;
    rule->subject_count = 0;
    rule->vector = number == 1 ? 0x2A : 0x20;
    rule->unknown_vector = rule->candidate_vector = rule->deadline_vector = 0;
    rule->evidence = 0;
    rule->evidence_days = 0;
    rule->assets_count = 1;
    pack.names[pack.names_count++] = rule_name_of(span_of_text("b"));
    CHECK(rule_pack_check(&pack) == NULL);
    sizes[number] = rule_form_encode(&pack, forms[number]);
    memcpy(hashes[number], pack.content_hash, RULE_HASH_BYTES);
}

static void pack_send(struct fuzz_core *target, u32 number)
{
    for (size_t at = 0; at < sizes[number];) {
        struct command_pack_part part = {.offset = (u32)at};
        part.size = (u16)u64_min(sizeof part.data, sizes[number] - at);
        memcpy(part.data, forms[number] + at, part.size);
        fuzz_core_command(target, &part, COMMAND_PACK_PART, 0);
        at += part.size;
    }
}

static void set_up(void)
{
    struct command_genesis limits = fuzz_limits();
    limits.persons_max = PERSONS;
    limits.person_rows_max = 20;
    fuzz_core_make(&world, &limits);
    fuzz_core_make(&twin, &limits);
    core_set_time(world.core, START);
    fuzz_core_fill(&world);
    for (u32 i = 1; i <= PERSONS / 2; i++) { /* the others may come */
        struct command_person_add person = {.person = i, .officer = 1};
        struct command_link link = {.person = i, .officer = 1};
        fuzz_core_command(&world, &person, COMMAND_PERSON_ADD, 0);
        fuzz_core_command(&world, &link, COMMAND_LINK, i);
    }
    for (u32 i = 0; i < PACKS; i++) {
        pack_make(i);
    }
    filled = malloc(world.bytes);
    CHECK(filled != NULL);
    memcpy(filled, world.memory, world.bytes);
}

/* ---- one command from the input ---- */

static u64 some_time(struct fuzz_input *input)
{
    u8 byte = fuzz_byte(input);
    return byte > 200 ? RULE_TIME_OPEN : byte > 190 ? 0 : START + (byte - 60U) * (DAY_US / 2);
}

static u32 some_officer(struct fuzz_input *input)
{
    return fuzz_byte(input) % 8 == 0 ? 0 : 1 + fuzz_byte(input) % 2;
}

/* What all commands about persons have alike. */
static void person_fields(struct fuzz_input *input, u16 kind, u8 *record, u64 seq)
{
    const struct wire_field *field = wire_commands[kind].fields;
    for (; field->name != NULL; field++) {
        u32 word = 0;
        u64 time = 0;
        if (strcmp(field->name, "officer") == 0 || strcmp(field->name, "second") == 0) {
            word = some_officer(input);
            memcpy(record + field->offset, &word, sizeof word);
        } else if (strcmp(field->name, "person") == 0) {
            word = fuzz_byte(input) % (PERSONS + 2);
            memcpy(record + field->offset, &word, sizeof word);
        } else if (strcmp(field->name, "from") == 0 || strcmp(field->name, "until") == 0 ||
                   strcmp(field->name, "expires") == 0) {
            time = some_time(input);
            memcpy(record + field->offset, &time, sizeof time);
        } else if (strcmp(field->name, "list") == 0) {
            time = list_name();
            memcpy(record + field->offset, &time, sizeof time);
        } else if (strcmp(field->name, "programme") == 0) {
            time = fuzz_byte(input) % 2 ? list_name() : 0;
            memcpy(record + field->offset, &time, sizeof time);
        } else if (strcmp(field->name, "replaces") == 0 || strcmp(field->name, "row") == 0) {
            u8 back = fuzz_byte(input);
            time = back < 128 ? 0 : seq - back % 32;
            memcpy(record + field->offset, &time, sizeof time);
        }
    }
}

static void details(struct fuzz_input *input, u16 kind, u8 *record, u64 time_us)
{
    u32 number = fuzz_byte(input) % PACKS;
    struct command_licence_set *licence = (void *)record;
    struct command_pack_activate *activate = (void *)record;
    struct command_pack_replace *replace = (void *)record;
    struct command_valuation_price *price = (void *)record;
    struct command_login_open *open = (void *)record;
    switch (kind) {
    case COMMAND_FACT_SET:
        ((struct command_fact_set *)(void *)record)->value = fuzz_byte(input) % 8;
        break;
    case COMMAND_LICENCE_SET:
        licence->pack_id[0] = 'p';
        licence->rule_id[0] = 'a';
        licence->ceiling = fuzz_byte(input) * EUR;
        licence->operations = 1U << OPERATION_WITHDRAW | 1U << OPERATION_TRANSFER_OUT;
        licence->ground = 'b';
        break;
    case COMMAND_PACK_ACTIVATE:
        activate->size = (u32)sizes[number];
        memcpy(activate->content_hash, hashes[number], sizeof activate->content_hash);
        break;
    case COMMAND_PACK_END:
        memcpy(((struct command_pack_end *)(void *)record)->content_hash, hashes[number],
               RULE_HASH_BYTES);
        break;
    case COMMAND_PACK_REPLACE:
        replace->size = (u32)sizes[number];
        memcpy(replace->content_hash, hashes[number], sizeof replace->content_hash);
        memcpy(replace->ended_hash, hashes[fuzz_byte(input) % PACKS], sizeof replace->ended_hash);
        break;
    case COMMAND_VALUATION_PRICE:
        price->time_us = time_us - fuzz_byte(input);
        price->price = price_of(fuzz_byte(input) * (EUR / 10));
        break;
    case COMMAND_LOGIN_OPEN:
        open->login = fuzz_byte(input) % LOGINS;
        open->person = fuzz_byte(input) / 250U;
        break;
    case COMMAND_WITHDRAW_PAUSE:
        ((struct command_withdraw_pause *)(void *)record)->login = fuzz_byte(input) % LOGINS;
        break;
    default: /* not an enum: a kind of command */
        break;
    }
}

static u16 some_kind(struct fuzz_input *input)
{
    static const u16 others[] = {COMMAND_ORDER,    COMMAND_DEPOSIT,         COMMAND_WITHDRAW_HOLD,
                                 COMMAND_TRANSFER, COMMAND_WITHDRAW_SETTLE, COMMAND_HOLD_RELEASE,
                                 COMMAND_RESTRICT, COMMAND_CONTINUE,        COMMAND_CONTINUE};
    u8 byte = fuzz_byte(input);
    if (byte >= 240) {
        return (u16)(COMMAND_LOGIN_OPEN + byte % (COMMAND_KIND_COUNT - COMMAND_LOGIN_OPEN));
    }
    return byte < 90 ? others[byte % ARRAY_COUNT(others)]
                     : (u16)(COMMAND_PERSON_ADD + byte % (COMMAND_LOGIN_OPEN - COMMAND_PERSON_ADD));
}

/* Each kind from COMMAND_PERSON_ADD to the last one can be picked. */
_Static_assert(COMMAND_LOGIN_OPEN == COMMAND_PERSON_GROUP + 1, "no kind lies between");
_Static_assert(COMMAND_KIND_COUNT - COMMAND_LOGIN_OPEN <= 256 - 240, "a byte picks any of them");
_Static_assert(COMMAND_LOGIN_OPEN - COMMAND_PERSON_ADD <= 240 - 90, "a byte picks any of them");

_Static_assert(offsetof(struct command_listing_set, officer) ==
                   offsetof(struct command_ownership_set, officer),
               "both verdicts");

/* Some verdicts are screening's, nearly always without officers; what is of logins is nearly always
 * their agent's. */
static u8 source_of(struct fuzz_input *input, u16 kind, u8 *record)
{
    bool is_verdict = kind == COMMAND_LISTING_SET || kind == COMMAND_OWNERSHIP_SET;
    u8 byte = fuzz_byte(input);
    if (kind == COMMAND_LOGIN_OPEN || kind == COMMAND_WITHDRAW_PAUSE) {
        return byte >= 250 ? 0 : LINK_SOURCE_LOGINS;
    }
    if (byte >= (is_verdict ? 128 : 4)) {
        return 0;
    }
    if (is_verdict && byte % 16 != 0) {
        memset(record + offsetof(struct command_listing_set, officer), 0, 2 * sizeof(u32));
    }
    return LINK_SOURCE_SCREEN;
}

static void step(struct fuzz_core *target, struct fuzz_input *input, u64 time_us)
{
    u8 record[FUZZ_RECORD_BYTES] = {0};
    u16 kind = some_kind(input);
    u32 account = fuzz_account(fuzz_byte(input));
    if (kind == COMMAND_PACK_PART && fuzz_byte(input) < 240) {
        pack_send(target, fuzz_byte(input) % PACKS);
        return;
    }
    fuzz_fields(input, wire_commands[kind].fields, record);
    if (kind >= COMMAND_PERSON_ADD) {
        person_fields(input, kind, record, core_seq(target->core));
        details(input, kind, record, time_us);
        target->source = source_of(input, kind, record);
    }
    fuzz_core_command(target, record, kind, account);
    target->source = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct fuzz_input input = {data, size};
    if (filled == NULL) {
        set_up();
    }
    memcpy(world.memory, filled, world.bytes);
    u32 rebuild_after = fuzz_byte(&input);
    u64 time_us = START;
    bool has_twin = false;
    for (u32 i = 0; input.left > 0 && i < 400; i++) {
        if (i == rebuild_after) {
            fuzz_core_twin(&world, &twin);
            has_twin = true;
        }
        u8 hours = fuzz_byte(&input);
        time_us += hours > 200 ? (hours - 200U) * (DAY_US / 4) : hours % 2;
        struct fuzz_input same = input;
        core_set_time(world.core, time_us);
        u64 seq = core_seq(world.core);
        step(&world, &input, time_us);
        bool is_one = core_seq(world.core) == seq + 1;
        if (has_twin) {
            core_set_time(twin.core, time_us);
            step(&twin, &same, time_us);
            CHECK(!is_one || world.output.used == twin.output.used);
            CHECK(!is_one || memcmp(world.output.data, twin.output.data, world.output.used) == 0);
        }
    }
    fuzz_core_check(&world);
    fuzz_core_twin(&world, &twin);
    return 0;
}

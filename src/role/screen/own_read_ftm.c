/* Entities of FollowTheMoney: a line each, people and companies as well as what ties them. */
#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "role/screen/own_read_inner.h"

#include <stdio.h>
#include <string.h>

enum { PARTIES_MAX = 256 }; /* of one property of a tie */

/* Those that are somebody. */
static const struct {
    const char *name;
    enum own_node_kind kind;
    u32 flags;
} somebody[] = {
    {"Person", OWN_NODE_PERSON, 0},       {"Company", OWN_NODE_ENTITY, 0},
    {"Organization", OWN_NODE_ENTITY, 0}, {"PublicBody", OWN_NODE_ENTITY, OWN_NODE_STATE},
    {"LegalEntity", OWN_NODE_UNKNOWN, 0}, {"Asset", OWN_NODE_UNKNOWN, 0},
    {"Vessel", OWN_NODE_UNKNOWN, 0},      {"Airplane", OWN_NODE_UNKNOWN, 0},
    {"Vehicle", OWN_NODE_UNKNOWN, 0},     {"Trust", OWN_NODE_ENTITY, OWN_NODE_TRUST},
};

/* Those that tie two: who has something in whom. */
static const struct {
    const char *name;
    const char *holder;
    const char *target;
    enum own_kind kind;
} ties[] = {
    {"Ownership", "owner", "asset", OWN_SHARE},
    {"Directorship", "director", "organization", OWN_DIRECTOR},
    {"Representation", "agent", "client", OWN_BEHALF},
    {"UnknownLink", "subject", "object", OWN_LINKED},
    {"Membership", "member", "organization", OWN_OTHER},
    {"Employment", "employee", "employer", OWN_OTHER},
    {"Associate", "person", "associate", OWN_OTHER},
    {"Family", "person", "relative", OWN_OTHER},
    {"Payment", "payer", "beneficiary", OWN_PAYMENT},
};

struct item {
    struct own_reader *reader;
    const struct own_json *json;
    u32 properties;
    struct span id;
    bool is_refused;
    const char *wrong; /* with a tie that stays one all the same; NULL: nothing */
    enum own_refusal why;
};

static void refuse(struct item *item, enum own_refusal refusal, const char *text)
{
    own_refuse(item->reader, refusal, item->id, "%s", text);
    item->is_refused = true;
}

/* A property is an array of texts; some writers leave the array out when there is one. */
struct values {
    u32 at; /* OWN_JSON_NONE: no more */
    bool is_array;
};

static struct values property(const struct item *item, const char *name)
{
    u32 member = own_json_member(item->json, item->properties, name);
    bool is_array = own_json_is(item->json, member, JSON_TOKEN_ARRAY_BEGIN);
    return (struct values){.at = is_array ? own_json_first(item->json, member) : member,
                           .is_array = is_array};
}

static void values_next(const struct item *item, struct values *values)
{
    values->at = values->is_array ? own_json_next(item->json, values->at) : OWN_JSON_NONE;
}

static struct span first_text(const struct item *item, const char *name)
{
    return own_json_text(item->json, property(item, name).at);
}

/* An id that is a key already, "SG-ACRA:201912345K", names that; else it is one of this file. */
static struct span key_of(struct span id, char target[OWN_KEY_BYTES])
{
    bool is_key = id.size > 0 && id.size <= OWN_KEY_BYTES && memchr(id.data, ':', id.size) != NULL;
    if (is_key) {
        memcpy(target, id.data, id.size);
        return span_of(target, id.size);
    }
    return own_key("ftm", id, target);
}

/* ---- somebody ---- */

static void take_country(const struct item *item, struct own_node *facts)
{
    static const char *const names[] = {"jurisdiction", "country", "nationality", "mainCountry"};
    for (u32 i = 0; i < ARRAY_COUNT(names) && facts->country[0] == 0; i += 1) {
        struct span code = first_text(item, names[i]);
        bool is_code = code.size == 2 || (code.size > 2 && code.data[2] == '-');
        for (u32 k = 0; is_code && k < 2; k += 1) {
            u8 letter = code.data[k] | 0x20;
            is_code = letter >= 'a' && letter <= 'z';
            facts->country[k] = is_code ? (char)(letter - 'a' + 'A') : (char)0;
        }
        facts->country[0] = is_code ? facts->country[0] : (char)0;
    }
}

static enum fault take_attributes(struct item *item, u32 node)
{
    static const struct {
        const char *name;
        enum own_node_kind kind;
    } shared[] = {{"address", OWN_NODE_ADDRESS},
                  {"phone", OWN_NODE_CONTACT},
                  {"email", OWN_NODE_CONTACT},
                  {"website", OWN_NODE_CONTACT}};
    struct own_times times = OWN_TIMES_ALWAYS;
    for (u32 i = 0; i < ARRAY_COUNT(shared); i += 1) {
        for (struct values value = property(item, shared[i].name); value.at != OWN_JSON_NONE;
             values_next(item, &value)) {
            TRY(own_note_attribute(item->reader, node, shared[i].kind,
                                   own_json_text(item->json, value.at), &times, OWN_NONE,
                                   item->id));
        }
    }
    return FAULT_NONE;
}

static enum fault describe(struct item *item, u32 node, const struct own_node *facts)
{
    struct own_reader *reader = item->reader;
    char bytes[OWN_KEY_BYTES];
    struct span lei = own_key("XI-LEI", first_text(item, "leiCode"), bytes);
    struct span number = first_text(item, "registrationNumber");
    TRY(own_build_describe(reader->build, node, facts));
    if (lei.size > 0) {
        TRY(own_build_alias(reader->build, node, lei));
        TRY(own_note_number(reader, node, span_of_text("XI"), first_text(item, "leiCode")));
    }
    if (facts->country[0] != 0) {
        TRY(own_note_number(reader, node, span_of_text(facts->country), number));
    }
    for (struct values name = property(item, "name"); name.at != OWN_JSON_NONE;
         values_next(item, &name)) {
        TRY(own_note_name(reader, node, own_json_text(item->json, name.at)));
    }
    return take_attributes(item, node);
}

static enum fault take_somebody(struct item *item, u32 row)
{
    struct own_reader *reader = item->reader;
    char bytes[OWN_KEY_BYTES];
    u32 node = 0;
    u32 second = 0;
    struct own_node facts = {.kind = somebody[row].kind,
                             .flags = somebody[row].flags | OWN_NODE_DESCRIBED,
                             .name = first_text(item, "name"),
                             .founded = OWN_DAY_EVER};
    struct span founded = first_text(item, "incorporationDate");
    take_country(item, &facts);
    if (facts.name.size > OWN_TEXT_MAX) {
        refuse(item, OWN_REFUSED_TOO_LARGE, "an overlong name");
    } else if (founded.size > 0 && !own_text_day(founded, &facts.founded, &second)) {
        refuse(item, OWN_REFUSED_DATE, "incorporationDate is no day");
    }
    if (item->is_refused) {
        return FAULT_NONE;
    }
    TRY(own_build_node(reader->build, key_of(item->id, bytes), &node));
    TRY(own_refused_by_build(reader, describe(item, node, &facts), item->id, &item->is_refused));
    reader->report->described += item->is_refused ? 0 : 1;
    return FAULT_NONE;
}

/* ---- ties ---- */

static bool take_days(const struct item *item, struct own_interest *interest)
{
    u32 second = 0;
    bool is_payment = interest->kind == OWN_PAYMENT;
    struct span start = first_text(item, "startDate");
    struct span end = first_text(item, "endDate");
    if (start.size == 0) {
        start = first_text(item, "date");
    }
    interest->from = OWN_DAY_EVER;
    interest->until = OWN_DAY_NEVER;
    if ((start.size > 0 && !own_text_day(start, &interest->from, &second)) ||
        (end.size > 0 && !own_text_day(end, &interest->until, &second)) ||
        interest->until < interest->from) {
        return false;
    }
    if (is_payment && interest->until == OWN_DAY_NEVER && interest->from != OWN_DAY_EVER) {
        interest->until = interest->from; /* on one day */
    }
    interest->until += interest->until == interest->from ? 1 : 0;
    return true;
}

/* Euros with up to two decimals; what is no such number is not known. */
static u64 take_cents(struct span text)
{
    u64 cents = 0;
    u32 places = 3; /* 3: before the point */
    for (size_t i = 0; i < text.size && cents < UINT64_MAX / 1000; i += 1) {
        u8 byte = text.data[i];
        if (byte == '.' && places == 3) {
            places = 0;
        } else if (byte < '0' || byte > '9') {
            return 0;
        } else if (places != 2) {
            cents = cents * 10 + (u64)(byte - '0');
            places += places < 2 ? 1 : 0;
        }
    }
    u32 missing = places == 3 ? 2 : 2 - places;
    return missing == 2 ? cents * 100 : missing == 1 ? cents * 10 : cents;
}

/* A payment has an amount, which no interest has: it becomes an edge at once. */
static enum fault take_payment(struct item *item, const struct own_version *version)
{
    u32 number = 0;
    struct own_edge edge = {.kind = OWN_PAYMENT,
                            .holder = version->holder,
                            .target = version->target,
                            .via = OWN_NONE,
                            .amount_cents = take_cents(first_text(item, "amountEur")),
                            .times = {.valid_from = version->interests[0].from,
                                      .valid_until = version->interests[0].until,
                                      .recorded_from = version->day,
                                      .recorded_until = OWN_DAY_NEVER},
                            .source = version->source,
                            .statement = version->statement};
    item->reader->report->edges += 1;
    return own_build_edge(item->reader->build, &edge, &number);
}

static enum fault keep_pair(struct item *item, struct own_version *version, struct span holder,
                            struct span target)
{
    struct own_reader *reader = item->reader;
    char bytes[OWN_KEY_BYTES];
    char record[OWN_KEY_BYTES];
    TRY(own_build_node(reader->build, key_of(holder, bytes), &version->holder));
    TRY(own_build_node(reader->build, key_of(target, bytes), &version->target));
    if (version->interests[0].kind == OWN_PAYMENT) {
        return take_payment(item, version);
    }
    int length = snprintf(record, sizeof(record), "%x|%x|%.*s", version->holder, version->target,
                          (int)item->id.size, (const char *)item->id.data);
    CHECK(length > 0 && (size_t)length < sizeof(record));
    return own_rows_take(&reader->rows, span_of(record, (size_t)length), version);
}

static void refuse_pair(struct item *item, enum own_refusal refusal, const char *text)
{
    own_refuse_interest(item->reader, refusal, item->id, "%s", text);
}

/* One holder with every target. */
static enum fault keep_targets(struct item *item, u32 row, struct own_version *version,
                               struct span holder)
{
    struct own_report *report = item->reader->report;
    struct values target = property(item, ties[row].target);
    char bytes[OWN_KEY_BYTES];
    for (u32 i = 0; target.at != OWN_JSON_NONE; i += 1) {
        struct span to = own_json_text(item->json, target.at);
        report->interests += 1;
        if (i == PARTIES_MAX) {
            refuse_pair(item, OWN_REFUSED_TOO_LARGE, "more than 256 parties on one side");
            return FAULT_NONE;
        }
        if (key_of(holder, bytes).size == 0 || key_of(to, bytes).size == 0) {
            refuse_pair(item, OWN_REFUSED_MISSING, "a party without an id");
        } else if (item->wrong != NULL) {
            refuse_pair(item, item->why, item->wrong);
            TRY(keep_pair(item, version, holder, to));
        } else {
            report->interests_taken += 1;
            TRY(keep_pair(item, version, holder, to));
        }
        values_next(item, &target);
    }
    return FAULT_NONE;
}

/* Every holder with every target. */
static enum fault keep_pairs(struct item *item, u32 row, struct own_version *version)
{
    struct values holder = property(item, ties[row].holder);
    for (u32 i = 0; holder.at != OWN_JSON_NONE; i += 1) {
        if (i == PARTIES_MAX) {
            item->reader->report->interests += 1;
            refuse_pair(item, OWN_REFUSED_TOO_LARGE, "more than 256 parties on one side");
            return FAULT_NONE;
        }
        TRY(keep_targets(item, row, version, own_json_text(item->json, holder.at)));
        values_next(item, &holder);
    }
    return FAULT_NONE;
}

/* Two ties of one data set add up; those of several speak of the same. */
static enum fault take_source(struct item *item, u32 *source_out)
{
    char name[256];
    u32 sets = own_json_member(item->json, 0, "datasets");
    struct span set = own_json_text(item->json, own_json_first(item->json, sets));
    int length = set.size == 0 ? snprintf(name, sizeof(name), "%.100s", item->reader->name)
                               : snprintf(name, sizeof(name), "%.*s", (int)u64_min(set.size, 200),
                                          (const char *)set.data);
    CHECK(length > 0 && (size_t)length < sizeof(name));
    return own_build_source(item->reader->build, span_of(name, (size_t)length), source_out);
}

/* What several say is what lies between them. */
static bool take_share(const struct item *item, struct own_share *share_out)
{
    struct values value = property(item, "percentage");
    bool is_first = true;
    *share_out = OWN_SHARE_UNKNOWN;
    for (; value.at != OWN_JSON_NONE; values_next(item, &value)) {
        struct own_share share;
        if (!own_text_share(own_json_text(item->json, value.at), &share)) {
            *share_out = OWN_SHARE_UNKNOWN;
            return false;
        }
        if (is_first) {
            *share_out = share;
        } else if (share.lower != share_out->lower || share.upper != share_out->upper) {
            share_out->lower = share.lower < share_out->lower ? share.lower : share_out->lower;
            share_out->upper = share.upper > share_out->upper ? share.upper : share_out->upper;
            share_out->flags |= share.flags | OWN_EDGE_BAND;
        }
        is_first = false;
    }
    return true;
}

/* Days that are none: of a payment nothing is left; a tie possibly holds on any day. */
static void undate(struct item *item, struct own_version *version)
{
    static const char text[] = "no such day, or an end before the start";
    if (version->interests[0].kind == OWN_PAYMENT) {
        refuse(item, OWN_REFUSED_DATE, text);
        return;
    }
    item->wrong = text;
    item->why = OWN_REFUSED_DATE;
    version->day = OWN_DAY_EVER;
    version->second = 0;
    own_interest_undate(&version->interests[0]);
}

static void take_size(struct item *item, u32 row, struct own_interest *interest)
{
    struct own_share share;
    struct span role = first_text(item, "role");
    if (ties[row].kind == OWN_SHARE) {
        if (!take_share(item, &share)) {
            item->wrong = "percentage is none, over 100, or upside down";
            item->why = OWN_REFUSED_SHARE;
        }
        interest->lower = share.lower;
        interest->upper = share.upper;
        interest->flags |= share.flags;
    } else if (ties[row].kind == OWN_DIRECTOR && role.size > 0 &&
               (memmem(role.data, role.size, "ominee", 6) != NULL)) {
        interest->kind = OWN_NOMINEE;
    }
}

static enum fault take_tie(struct item *item, u32 row)
{
    struct own_version version = {.statement = item->id, .day = OWN_DAY_EVER, .interests_count = 1};
    struct own_interest *interest = &version.interests[0];
    struct span seen = own_json_field(item->json, 0, "first_seen");
    *interest = (struct own_interest){.type = (u16)row, .kind = (u8)ties[row].kind};
    if (property(item, ties[row].holder).at == OWN_JSON_NONE ||
        property(item, ties[row].target).at == OWN_JSON_NONE) {
        refuse(item, OWN_REFUSED_MISSING, "one of its two parties is missing");
        return FAULT_NONE;
    }
    if (!take_days(item, interest) ||
        (seen.size > 0 && !own_text_day(seen, &version.day, &version.second))) {
        undate(item, &version);
    }
    take_size(item, row, interest);
    if (item->is_refused) {
        return FAULT_NONE;
    }
    item->reader->report->linked += 1;
    TRY(take_source(item, &version.source));
    return keep_pairs(item, row, &version);
}

/* ---- an entity ---- */

/* The same entity once more, byte for byte. Further fragments of one are taken. */
static enum fault take_content(struct item *item, struct span value, bool *is_new_out)
{
    char text[OWN_KEY_BYTES];
    u32 number = 0;
    int length = snprintf(text, sizeof(text), "%016llx ",
                          (unsigned long long)hash_bytes(value.data, value.size, 1));
    CHECK(length == 17);
    memcpy(text + length, item->id.data, item->id.size);
    TRY(own_read_texts_put(&item->reader->statements, span_of(text, 17 + item->id.size), &number,
                           is_new_out));
    item->reader->report->repeated += *is_new_out ? 0 : 1;
    return FAULT_NONE;
}

/* A wallet is what its holder has. */
static enum fault take_wallet(struct item *item)
{
    char bytes[OWN_KEY_BYTES];
    struct own_times times = OWN_TIMES_ALWAYS;
    u32 node = 0;
    struct span holder = key_of(first_text(item, "holder"), bytes);
    struct span address = first_text(item, "publicKey");
    if (holder.size == 0 || address.size == 0) {
        item->reader->report->passed += 1;
        return FAULT_NONE;
    }
    item->reader->report->described += 1;
    TRY(own_build_node(item->reader->build, holder, &node));
    return own_note_attribute(item->reader, node, OWN_NODE_WALLET, address, &times, OWN_NONE,
                              item->id);
}

enum fault own_read_ftm(struct own_reader *reader, struct span value)
{
    const struct own_json *json = &reader->json;
    struct item item = {.reader = reader,
                        .json = json,
                        .id = own_json_field(json, 0, "id"),
                        .properties = own_json_member(json, 0, "properties")};
    struct span schema = own_json_field(json, 0, "schema");
    bool is_new = false;
    if (item.id.size == 0 || item.id.size > OWN_KEY_BYTES - 64 || schema.size == 0 ||
        !own_json_is(json, item.properties, JSON_TOKEN_OBJECT_BEGIN)) {
        refuse(&item, OWN_REFUSED_MISSING, "id, schema or properties is missing");
        return FAULT_NONE;
    }
    TRY(take_content(&item, value, &is_new));
    if (!is_new) {
        return FAULT_NONE;
    }
    for (u32 i = 0; i < ARRAY_COUNT(somebody); i += 1) {
        if (span_equal(schema, span_of_text(somebody[i].name))) {
            return take_somebody(&item, i);
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(ties); i += 1) {
        if (span_equal(schema, span_of_text(ties[i].name))) {
            return take_tie(&item, i);
        }
    }
    if (span_equal(schema, span_of_text("CryptoWallet"))) {
        return take_wallet(&item);
    }
    reader->report->passed += 1;
    return FAULT_NONE;
}

/* The answer for officers as JSON. Keys stand in one order; what there is not is null. */
#include "app/cli.h"
#include "app/rule_words.h"
#include "app/why.h"
#include "app/why_path.h"
#include "base/span.h"
#include "wire/schema.h"

#include <string.h>

void why_put_time(struct json_writer *writer, const char *key, u64 time_us)
{
    char text[RULE_WORDS_BYTES];
    json_key(writer, key);
    if (time_us == 0) {
        json_put_null(writer);
    } else {
        json_put_text(writer, rule_words_time(time_us, text));
    }
}

static void put_eur(struct json_writer *writer, const char *key, u64 eur)
{
    char text[RULE_WORDS_BYTES];
    json_field_text(writer, key, rule_words_eur(eur, text));
}

static void put_name(struct json_writer *writer, const char *key, u64 name)
{
    char text[RULE_NAME_SYMBOLS + 1];
    rule_name_print(name, text);
    json_key(writer, key);
    if (name == 0) {
        json_put_null(writer);
    } else {
        json_put_text(writer, text);
    }
}

/* Every operation, also what is allowed. */
static void put_vector(struct json_writer *writer, const char *key, u64 vector)
{
    json_key(writer, key);
    json_object_begin(writer);
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        json_field_text(writer, rule_words_operation(i),
                        rule_words_restriction(rule_vector_of(vector, i)));
    }
    json_object_end(writer);
}

static void put_bits(struct json_writer *writer, const char *key, u32 bits,
                     const char *(*print)(u32, char *))
{
    char text[RULE_WORDS_BYTES];
    json_key(writer, key);
    json_array_begin(writer);
    for (u32 i = 0; i < 32; i += 1) {
        if ((bits >> i & 1U) != 0) {
            json_put_text(writer, print(1U << i, text));
        }
    }
    json_array_end(writer);
}

/* ---- rows ---- */

static void put_row(struct json_writer *writer, u64 row, u64 from, u64 until, u64 recorded)
{
    json_field_u64(writer, "row", row);
    why_put_time(writer, "from", from);
    why_put_time(writer, "until", until);
    why_put_time(writer, "recorded", recorded);
}

static void put_facts(const struct why_answer *answer, u64 rows, u64 rows_true,
                      struct json_writer *writer)
{
    char text[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_fact *facts = rule_state_of(&answer->known->facts, answer->person, &count);
    json_key(writer, "facts");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        if ((rows >> i & 1U) == 0) {
            continue;
        }
        json_object_begin(writer);
        json_field_text(writer, "fact", rule_words_fact(facts[i].fact));
        json_field_text(writer, "value", rule_words_value(facts[i].fact, facts[i].value, text));
        put_bits(writer, "verified", facts[i].verified, rule_words_methods);
        put_row(writer, facts[i].head.id, facts[i].from, facts[i].until, facts[i].recorded_at);
        why_put_time(writer, "expires", facts[i].expires);
        json_field_u64(writer, "evidence", facts[i].evidence);
        json_field_u64(writer, "officer", facts[i].officer);
        json_field_bool(writer, "fits", (rows_true >> i & 1U) != 0);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_listings(const struct why_answer *answer, u32 rows, u32 rows_true,
                         struct json_writer *writer)
{
    u32 count = 0;
    const struct state_listing *listings =
        rule_state_of(&answer->known->listings, answer->person, &count);
    json_key(writer, "listings");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        if ((rows >> i & 1U) == 0) {
            continue;
        }
        json_object_begin(writer);
        put_name(writer, "list", listings[i].list);
        put_name(writer, "programme", listings[i].programme);
        json_field_u64(writer, "listVersion", listings[i].list_version);
        json_field_u64(writer, "entry", listings[i].entry);
        json_field_text(writer, "state", rule_words_listing(listings[i].state));
        put_row(writer, listings[i].head.id, listings[i].from, listings[i].until,
                listings[i].recorded_at);
        json_field_bool(writer, "fits", (rows_true >> i & 1U) != 0);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_ownerships(const struct why_answer *answer, u32 rows, u32 rows_true,
                           struct json_writer *writer)
{
    char text[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_ownership *owned =
        rule_state_of(&answer->known->ownerships, answer->person, &count);
    json_key(writer, "ownerships");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        if ((rows >> i & 1U) == 0) {
            continue;
        }
        json_object_begin(writer);
        put_name(writer, "list", owned[i].list);
        json_field_text(writer, "op", rule_words_compare(owned[i].compare));
        json_field_text(writer, "percent", rule_words_percent(owned[i].percent, text));
        json_field_text(writer, "lower", rule_words_percent(owned[i].lower, text));
        json_field_text(writer, "upper", rule_words_percent(owned[i].upper, text));
        json_field_text(writer, "control", rule_words_truth(owned[i].control));
        json_field_u64(writer, "path", owned[i].path);
        const char *chain = why_path_text(answer->question.folder, owned[i].path);
        if (chain[0] != 0) {
            json_field_text(writer, "chain", chain);
        }
        put_row(writer, owned[i].head.id, owned[i].from, owned[i].until, owned[i].recorded_at);
        json_field_bool(writer, "fits", (rows_true >> i & 1U) != 0);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* ---- money ---- */

const char *why_units_text(u128 units, u32 scale, char target[64])
{
    char digits[48];
    u32 count = 0;
    for (u128 rest = units; rest > 0 || count <= scale; rest /= 10) {
        digits[count] = (char)('0' + (u32)(rest % 10));
        count += 1;
    }
    u32 used = 0;
    for (u32 i = count; i > 0; i -= 1) {
        target[used] = digits[i - 1];
        used += 1;
        if (i - 1 == scale && scale > 0) {
            target[used] = '.';
            used += 1;
        }
    }
    target[used] = 0;
    return target;
}

static void put_holdings(const struct why_answer *answer, struct json_writer *writer)
{
    char units[64];
    json_key(writer, "holdings");
    json_object_begin(writer);
    json_field_bool(writer, "known", answer->holdings.is_known);
    put_eur(writer, "eur", answer->holdings.eur);
    json_key(writer, "assets");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->assets_count; i += 1) {
        const struct rule_state_holding *holding = &answer->assets[i];
        const struct rule_state_asset *asset = rule_state_asset(answer->money, holding->asset);
        json_object_begin(writer);
        json_field_text(writer, "asset", asset->name);
        json_field_text(writer, "amount", why_units_text(holding->quantity, asset->scale, units));
        put_eur(writer, "price", asset->price.units); /* raw: 10^-8 EUR, printed */
        why_put_time(writer, "priceTime", asset->price_time);
        json_field_u64(writer, "priceSources", asset->sources);
        json_field_bool(writer, "fresh", holding->is_fresh);
        put_eur(writer, "eur", holding->eur);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static struct span name_span(const u8 id[RULE_ID_BYTES])
{
    return span_of(id, strnlen((const char *)id, RULE_ID_BYTES));
}

static void put_licences(const struct why_answer *answer, struct json_writer *writer)
{
    u32 count = 0;
    const struct state_licence *licences =
        rule_state_of(&answer->money->licences, answer->person, &count);
    json_key(writer, "licences");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        const struct state_licence *licence = &licences[i];
        const char ground[2] = {(char)licence->ground, 0};
        json_object_begin(writer);
        json_field_u64(writer, "licence", licence->head.id);
        json_key(writer, "pack");
        json_put_span(writer, name_span(licence->pack_id));
        json_key(writer, "rule");
        json_put_span(writer, name_span(licence->rule_id));
        put_name(writer, "authority", licence->authority);
        json_field_u64(writer, "number", licence->number);
        json_field_text(writer, "ground", ground);
        put_eur(writer, "ceiling", licence->ceiling);
        put_eur(writer, "used", licence->used);
        why_put_time(writer, "from", licence->from);
        why_put_time(writer, "until", licence->until);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* ---- rules ---- */

static void put_span(struct json_writer *writer, const char *key, struct span text)
{
    json_key(writer, key);
    if (text.size == 0) {
        json_put_null(writer);
    } else {
        json_put_span(writer, text);
    }
}

/* What the canonical form says; nulls where it is not at hand. */
static void put_law(const struct why_pack *pack, u32 rule, struct json_writer *writer)
{
    const struct pack_rule_text *text = pack->has_text ? &pack->text.rules[rule] : NULL;
    json_key(writer, "acts");
    json_array_begin(writer);
    for (u32 i = 0; text != NULL && i < text->cites_count; i += 1) {
        const struct pack_cite *cite = &text->cites[i];
        json_object_begin(writer);
        put_span(writer, "source", cite->source);
        put_span(writer, "title", pack_act_title(cite->source, LANGUAGE_EN));
        put_span(writer, "article", cite->article);
        put_span(writer, "paragraph", cite->paragraph);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_key(writer, "text");
    if (text == NULL) {
        json_put_null(writer);
        return;
    }
    json_object_begin(writer);
    put_span(writer, "en", text->explain[LANGUAGE_EN]);
    put_span(writer, "fr", text->explain[LANGUAGE_FR]);
    json_object_end(writer);
}

static void put_threshold(const struct why_answer *answer, const struct why_rule *rule,
                          struct json_writer *writer)
{
    const struct rule *law = rule->law;
    json_key(writer, "threshold");
    if ((law->flags & RULE_FLAG_THRESHOLD) == 0) {
        json_put_null(writer);
        return;
    }
    json_object_begin(writer);
    json_field_text(writer, "reached", rule_words_truth(rule->result->threshold));
    json_field_text(writer, "op", rule_words_compare(law->compare));
    put_eur(writer, "amount", law->amount);
    json_key(writer, "holdings");
    if (answer->holdings.is_known) {
        char text[RULE_WORDS_BYTES];
        json_put_text(writer, rule_words_eur(answer->holdings.eur, text));
    } else {
        json_put_null(writer);
    }
    json_field_bool(writer, "warned", rule->result->is_warned);
    why_put_time(writer, "belowSince", rule->result->memory.below_since);
    json_field_u64(writer, "dwellSeconds", law->dwell_us / 1000000);
    json_object_end(writer);
}

static void put_cause(const struct why_rule *rule, struct json_writer *writer)
{
    const struct event_decision *said = &rule->said.event;
    json_key(writer, "lastChange");
    if (said->head.seq == 0) {
        json_put_null(writer);
        return;
    }
    json_object_begin(writer);
    json_field_u64(writer, "seq", said->head.seq);
    why_put_time(writer, "time", rule->said.time_us);
    json_field_text(writer, "truth", rule_words_truth(said->truth));
    json_field_text(writer, "before", rule_words_truth(said->truth_before));
    put_vector(writer, "vector", said->vector);
    json_key(writer, "holdings");
    if ((said->flags & DECISION_FLAG_HOLDINGS_KNOWN) != 0) {
        char text[RULE_WORDS_BYTES];
        json_put_text(writer, rule_words_eur(said->holdings, text));
    } else {
        json_put_null(writer);
    }
    json_field_u64(writer, "causeSeq", said->cause_seq);
    why_put_time(writer, "causeTime", rule->cause.time_us);
    json_key(writer, "cause");
    if (rule->cause.seq == 0 ||
        !json_put_record(writer, span_of(rule->cause.record, rule->cause.size), false)) {
        json_put_null(writer);
    }
    json_object_end(writer);
}

static void put_rule(const struct why_answer *answer, const struct why_rule *rule,
                     struct json_writer *writer)
{
    const struct why_pack *pack = &answer->packs[rule->pack];
    const struct rule_result *result = rule->result;
    char hash[CLI_HASH_BYTES];
    json_object_begin(writer);
    json_field_text(writer, "pack", pack->pack->pack.id);
    json_field_u64(writer, "version", pack->pack->pack.version);
    json_field_text(writer, "hash", cli_hash(pack->pack->pack.content_hash, hash));
    json_field_bool(writer, "endedSince", pack->ended_since);
    json_field_text(writer, "rule", rule->law->id);
    json_field_text(writer, "scope", rule_words_scope(rule->law->scope));
    json_field_text(writer, "audience",
                    (rule->law->flags & RULE_FLAG_NEUTRAL) != 0 ? "neutral" : "customer");
    why_put_time(writer, "from", rule->law->effective.from);
    why_put_time(writer, "until", rule->law->effective.until);
    json_field_bool(writer, "inForce", result->is_in_force);
    json_field_text(writer, "truth", rule_words_truth(result->truth));
    json_field_text(writer, "subject", rule_words_truth(result->subject));
    json_field_text(writer, "exception", rule_words_truth(result->unless));
    put_threshold(answer, rule, writer);
    put_vector(writer, "vector", result->vector);
    put_bits(writer, "reasons", result->reasons, rule_words_reasons);
    put_bits(writer, "missing", result->missing, rule_words_facts);
    why_put_time(writer, "deadline", result->deadline);
    put_law(pack, rule->rule, writer);
    put_facts(answer, result->facts, result->facts_true, writer);
    put_listings(answer, result->listings, result->listings_true, writer);
    put_ownerships(answer, result->ownerships, result->ownerships_true, writer);
    put_cause(rule, writer);
    json_object_end(writer);
}

/* ---- the whole ---- */

static void put_accounts(const struct why_answer *answer, struct json_writer *writer)
{
    json_key(writer, "accounts");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        json_object_begin(writer);
        json_field_u64(writer, "account", account->account.account);
        put_vector(writer, "stands", account->account.restrictions);
        put_vector(writer, "byHand", account->account.hand);
        json_key(writer, "setByHand");
        if (account->account.hand == 0 || account->hand.seq == 0) {
            json_put_null(writer);
        } else {
            json_object_begin(writer);
            json_field_u64(writer, "seq", account->hand.seq);
            why_put_time(writer, "time", account->hand.time_us);
            json_field_u64(writer, "actor", account->hand.actor);
            json_field_u64(writer, "reason", account->hand.reason);
            json_field_u64(writer, "officer", account->hand.officer);
            json_field_u64(writer, "second", account->hand.second);
            json_field_u64(writer, "matter", account->hand.matter);
            json_object_end(writer);
        }
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_operations(const struct why_answer *answer, struct json_writer *writer)
{
    json_key(writer, "operations");
    json_object_begin(writer);
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        u32 restriction = rule_vector_of(answer->vector, i);
        json_key(writer, rule_words_operation(i));
        json_object_begin(writer);
        json_field_text(writer, "restriction", rule_words_restriction(restriction));
        json_key(writer, "by");
        json_array_begin(writer);
        for (u32 k = 0; k < answer->rules_count; k += 1) {
            if (rule_vector_of(answer->rules[k].result->vector, i) != 0) {
                json_put_text(writer, answer->rules[k].law->id);
            }
        }
        json_array_end(writer);
        json_object_end(writer);
    }
    json_object_end(writer);
}

void why_put_json(const struct why_answer *answer, struct json_writer *writer)
{
    const struct past_look *money = &answer->looks[0];
    const struct past_look *known = &answer->looks[answer->known == answer->money ? 0 : 1];
    json_object_begin(writer);
    json_field_u64(writer, "person", answer->person);
    why_put_time(writer, "at", answer->at);
    why_put_time(writer, "knownAt", answer->known_at);
    json_field_u64(writer, "seq", money->seq);
    json_field_u64(writer, "knownSeq", known->seq);
    json_field_bool(writer, "final", known->is_final);
    put_accounts(answer, writer);
    put_operations(answer, writer);
    put_holdings(answer, writer);
    put_licences(answer, writer);
    json_key(writer, "rules");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        put_rule(answer, &answer->rules[i], writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

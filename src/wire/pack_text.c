#include "wire/pack_text.h"

#include "base/check.h"
#include "base/span.h"
#include "wire/acts_gen.h"
#include "wire/json_pull.h"

#include <string.h>

#define DAYS_MAX 3660U

struct reading {
    struct json_pull pull;
    struct pack_text *pack;
    struct pack_rule_text *rule; /* the one that is read */
    const char *reason;          /* NULL: fine so far */
    bool is_interim;             /* duties that are read */
};

/* Takes one value, whose first token has been read, as a whole. */
typedef void (*take)(struct reading *reading, struct span key, enum json_token token);

static void refuse(struct reading *reading, const char *reason)
{
    if (reading->reason == NULL) {
        reading->reason = reason;
    }
}

static enum json_token next(struct reading *reading)
{
    enum json_token token = json_pull_next(&reading->pull);
    if (token == JSON_TOKEN_BAD) {
        refuse(reading, json_pull_fault_text((enum json_pull_fault)reading->pull.fault));
    }
    return token;
}

static void pass(struct reading *reading, enum json_token token)
{
    bool opens = token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN;
    if (opens && !json_pull_skip(&reading->pull)) {
        refuse(reading, json_pull_fault_text((enum json_pull_fault)reading->pull.fault));
    }
}

static void each_field(struct reading *reading, enum json_token token, take field)
{
    if (token != JSON_TOKEN_OBJECT_BEGIN) {
        refuse(reading, "an object is wanted");
        return;
    }
    for (token = next(reading); token == JSON_TOKEN_KEY; token = next(reading)) {
        struct span key = reading->pull.raw;
        token = next(reading);
        if (token != JSON_TOKEN_BAD) {
            field(reading, key, token);
        }
        if (reading->reason != NULL) {
            return;
        }
    }
}

static void each_element(struct reading *reading, enum json_token token, take element)
{
    if (token != JSON_TOKEN_ARRAY_BEGIN) {
        refuse(reading, "a list is wanted");
        return;
    }
    for (token = next(reading); token != JSON_TOKEN_ARRAY_END && token != JSON_TOKEN_BAD;
         token = next(reading)) {
        element(reading, span_of_text(""), token);
        if (reading->reason != NULL) {
            return;
        }
    }
}

static bool is(struct span key, const char *name)
{
    return span_equal(key, span_of_text(name));
}

/* ---- scalars: all of them are strings ---- */

static struct span text_of(struct reading *reading, enum json_token token)
{
    struct pack_text *pack = reading->pack;
    struct span text = span_of_text("");
    if (token != JSON_TOKEN_STRING) {
        refuse(reading, "a text is wanted");
        return text;
    }
    if (reading->pull.raw.size > PACK_TEXT_BYTES_MAX - pack->used) {
        refuse(reading, "its texts are too long");
        return text;
    }
    char *place = pack->text + pack->used;
    if (!json_pull_text(&reading->pull, place, PACK_TEXT_BYTES_MAX - pack->used, &text)) {
        refuse(reading, "its texts are too long");
        return text;
    }
    if (text.size > 0 && (const char *)text.data != place) {
        memcpy(place, text.data, text.size);
    }
    pack->used += (u32)text.size;
    return span_of(place, text.size);
}

static bool number_of(struct span text, u32 limit, u32 *number_out)
{
    u32 number = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        if (byte < '0' || byte > '9' || number > limit / 10) {
            return false;
        }
        number = number * 10 + (byte - (u32)'0');
    }
    *number_out = number;
    return text.size > 0 && number <= limit;
}

static u32 take_number(struct reading *reading, enum json_token token, u32 limit)
{
    u32 number = 0;
    if (!number_of(text_of(reading, token), limit, &number)) {
        refuse(reading, "a number is wanted");
    }
    return number;
}

/* 09-30 */
static void take_day(struct reading *reading, enum json_token token, u8 *month_out, u8 *day_out)
{
    struct span text = text_of(reading, token);
    u32 month = 0;
    u32 day = 0;
    bool is_day = text.size == 5 && text.data[2] == '-' &&
                  number_of(span_piece(text, 0, 2), 12, &month) &&
                  number_of(span_piece(text, 3, 2), 31, &day) && month > 0 && day > 0;
    if (!is_day) {
        refuse(reading, "a day of the year is wanted");
    }
    *month_out = (u8)month;
    *day_out = (u8)day;
}

/* ---- duties ---- */

static struct pack_duty *duty_of(struct reading *reading)
{
    return &reading->pack->duties[reading->pack->duties_count];
}

static void duty_field(struct reading *reading, struct span key, enum json_token token)
{
    struct pack_duty *duty = duty_of(reading);
    if (is(key, "request_evidence")) {
        duty->kind = PACK_DUTY_EVIDENCE;
        duty->what = text_of(reading, token);
    } else if (is(key, "report")) {
        duty->kind = duty->due_month > 0 ? PACK_DUTY_REPORT_YEARLY : PACK_DUTY_REPORT_AFTER;
        duty->what = text_of(reading, token);
    } else if (is(key, "wind_down")) {
        duty->kind = PACK_DUTY_WIND_DOWN;
        duty->what = text_of(reading, token);
    } else if (is(key, "close_account")) {
        duty->kind = PACK_DUTY_CLOSE;
        duty->what = text_of(reading, token);
    } else if (is(key, "days") || is(key, "business_days")) {
        duty->days = (u16)take_number(reading, token, DAYS_MAX);
    } else if (is(key, "due")) {
        take_day(reading, token, &duty->due_month, &duty->due_day);
        duty->kind = duty->kind == PACK_DUTY_REPORT_AFTER ? PACK_DUTY_REPORT_YEARLY : duty->kind;
    } else if (is(key, "as_of")) {
        take_day(reading, token, &duty->as_of_month, &duty->as_of_day);
    } else {
        pass(reading, token);
    }
}

/* A named vector is a text; `set` is an object and no duty. */
static void action(struct reading *reading, struct span key, enum json_token token)
{
    (void)key;
    if (token != JSON_TOKEN_OBJECT_BEGIN) {
        pass(reading, token);
        return;
    }
    if (reading->pack->duties_count == PACK_TEXT_DUTIES_MAX) {
        refuse(reading, "too many duties");
        return;
    }
    struct pack_duty *duty = duty_of(reading);
    *duty = (struct pack_duty){.rule = reading->pack->rules_count - 1,
                               .is_interim = reading->is_interim,
                               .what = span_of_text("")};
    each_field(reading, token, duty_field);
    bool is_yearly = duty->kind == PACK_DUTY_REPORT_YEARLY;
    if (is_yearly && (duty->due_month == 0 || duty->as_of_month == 0)) {
        refuse(reading, "due and as_of stand together");
    }
    reading->pack->duties_count += duty->kind != 0 ? 1 : 0;
}

static void actions(struct reading *reading, enum json_token token, bool is_interim)
{
    reading->is_interim = is_interim;
    each_element(reading, token, action);
}

/* ---- rules ---- */

static void languages(struct reading *reading, struct span key, enum json_token token,
                      struct span texts[LANGUAGES_COUNT])
{
    if (is(key, "en")) {
        texts[LANGUAGE_EN] = text_of(reading, token);
    } else if (is(key, "fr")) {
        texts[LANGUAGE_FR] = text_of(reading, token);
    } else {
        pass(reading, token);
    }
}

static void explain_field(struct reading *reading, struct span key, enum json_token token)
{
    languages(reading, key, token, reading->rule->explain);
}

static void cite_field(struct reading *reading, struct span key, enum json_token token)
{
    struct pack_cite *cite = &reading->rule->cites[reading->rule->cites_count];
    if (is(key, "source")) {
        cite->source = text_of(reading, token);
    } else if (is(key, "article")) {
        cite->article = text_of(reading, token);
    } else if (is(key, "paragraph")) {
        cite->paragraph = text_of(reading, token);
    } else {
        pass(reading, token);
    }
}

static void cite(struct reading *reading, struct span key, enum json_token token)
{
    (void)key;
    if (reading->rule->cites_count == PACK_TEXT_CITES_MAX) {
        pass(reading, token);
        return;
    }
    struct span none = span_of_text("");
    reading->rule->cites[reading->rule->cites_count] = (struct pack_cite){none, none, none};
    each_field(reading, token, cite_field);
    reading->rule->cites_count += 1;
}

static void threshold_field(struct reading *reading, struct span key, enum json_token token)
{
    if (is(key, "amount")) {
        reading->rule->has_threshold = true;
        reading->rule->amount = text_of(reading, token);
    } else {
        pass(reading, token);
    }
}

static void unknown_field(struct reading *reading, struct span key, enum json_token token)
{
    if (is(key, "actions")) {
        actions(reading, token, true);
    } else if (is(key, "evidence")) {
        reading->rule->evidence = text_of(reading, token);
    } else if (is(key, "days")) {
        reading->rule->evidence_days = (u16)take_number(reading, token, DAYS_MAX);
    } else {
        pass(reading, token);
    }
}

static void scope(struct reading *reading, enum json_token token)
{
    struct span text = text_of(reading, token);
    reading->rule->scope = is(text, "venue")   ? PACK_SCOPE_VENUE
                           : is(text, "asset") ? PACK_SCOPE_ASSET
                                               : PACK_SCOPE_PERSON;
}

static void rule_field(struct reading *reading, struct span key, enum json_token token)
{
    if (is(key, "id")) {
        reading->rule->id = text_of(reading, token);
    } else if (is(key, "scope")) {
        scope(reading, token);
    } else if (is(key, "audience")) {
        reading->rule->is_neutral = !is(text_of(reading, token), "customer");
    } else if (is(key, "explain")) {
        each_field(reading, token, explain_field);
    } else if (is(key, "cite")) {
        each_element(reading, token, cite);
    } else if (is(key, "threshold")) {
        each_field(reading, token, threshold_field);
    } else if (is(key, "actions")) {
        actions(reading, token, false);
    } else if (is(key, "on_unknown")) {
        each_field(reading, token, unknown_field);
    } else {
        pass(reading, token);
    }
}

/* Who may read a reason is told by the rule; where it says nothing, nobody may. */
static void rule(struct reading *reading, struct span key, enum json_token token)
{
    (void)key;
    if (reading->pack->rules_count == PACK_TEXT_RULES_MAX) {
        refuse(reading, "too many rules");
        return;
    }
    struct span none = span_of_text("");
    reading->rule = &reading->pack->rules[reading->pack->rules_count];
    *reading->rule = (struct pack_rule_text){.id = none,
                                             .explain = {none, none},
                                             .scope = PACK_SCOPE_PERSON,
                                             .is_neutral = true,
                                             .evidence = none,
                                             .amount = none};
    reading->pack->rules_count += 1;
    each_field(reading, token, rule_field);
    if (reading->rule->id.size == 0) {
        refuse(reading, "a rule without an id");
    }
}

/* ---- the pack ---- */

static void title_field(struct reading *reading, struct span key, enum json_token token)
{
    languages(reading, key, token, reading->pack->title);
}

static void pack_field(struct reading *reading, struct span key, enum json_token token)
{
    struct pack_text *pack = reading->pack;
    if (is(key, "id")) {
        pack->id = text_of(reading, token);
    } else if (is(key, "version")) {
        pack->version = take_number(reading, token, 1000000);
    } else if (is(key, "jurisdiction")) {
        pack->jurisdiction = text_of(reading, token);
    } else if (is(key, "origin")) {
        pack->origin = text_of(reading, token);
    } else if (is(key, "published")) {
        pack->published = text_of(reading, token);
    } else if (is(key, "effective_from")) {
        pack->effective_from = text_of(reading, token);
    } else if (is(key, "effective_until")) {
        pack->effective_until = text_of(reading, token);
    } else if (is(key, "uncertain")) {
        pack->is_uncertain = true;
        pass(reading, token);
    } else if (is(key, "title")) {
        each_field(reading, token, title_field);
    } else {
        pass(reading, token);
    }
}

static void top_field(struct reading *reading, struct span key, enum json_token token)
{
    if (is(key, "pack")) {
        each_field(reading, token, pack_field);
    } else if (is(key, "rules")) {
        each_element(reading, token, rule);
    } else {
        pass(reading, token);
    }
}

const char *pack_text_read(struct span canonical, struct pack_text *pack_out)
{
    struct reading reading = {.pack = pack_out};
    struct span none = span_of_text("");
    if (canonical.size > PACK_TEXT_JSON_MAX) {
        return "too large";
    }
    pack_out->id = none;
    pack_out->title[LANGUAGE_EN] = none;
    pack_out->title[LANGUAGE_FR] = none;
    pack_out->jurisdiction = none;
    pack_out->origin = none;
    pack_out->published = none;
    pack_out->effective_from = none;
    pack_out->effective_until = none;
    pack_out->is_uncertain = false;
    pack_out->version = 0;
    pack_out->rules_count = 0;
    pack_out->duties_count = 0;
    pack_out->used = 0;
    json_pull_begin(&reading.pull, canonical);
    each_field(&reading, next(&reading), top_field);
    if (reading.reason == NULL && next(&reading) != JSON_TOKEN_END) {
        refuse(&reading, "something behind the pack");
    }
    if (reading.reason == NULL && (pack_out->id.size == 0 || pack_out->rules_count == 0)) {
        refuse(&reading, "a pack has an id and rules");
    }
    return reading.reason;
}

/* ---- acts ---- */

static const struct {
    const char *id;
    const char *title[LANGUAGES_COUNT];
} acts[] = {ACT_ROWS};

struct span pack_act_title(struct span source, enum language language)
{
    for (u32 i = 0; i < ARRAY_COUNT(acts); i += 1) {
        if (is(source, acts[i].id)) {
            return span_of_text(acts[i].title[language]);
        }
    }
    return source;
}

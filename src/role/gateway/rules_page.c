#include "role/gateway/rules_page.h"

#include "base/check.h"
#include "role/gateway/call_json.h"
#include "wire/notice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PACK_PREFIX   "/rules/"
#define PACK_SUFFIX   ".json"
#define INSTANT_BYTES 21U /* 2022-04-22T10:00:00Z */
#define SECOND_US     1000000ULL

/* ---- paths ---- */

enum rules_path rules_path_of(struct span path, struct span *hash_out)
{
    size_t prefix = sizeof(PACK_PREFIX) - 1;
    size_t suffix = sizeof(PACK_SUFFIX) - 1;
    if (span_equal(path, span_of_text("/rules"))) {
        return RULES_PATH_PAGE;
    }
    if (span_equal(path, span_of_text("/rules.txt"))) {
        return RULES_PATH_TEXT;
    }
    if (span_equal(path, span_of_text("/rules/list.json"))) {
        return RULES_PATH_LIST;
    }
    if (path.size != prefix + SHELF_NAME_BYTES + suffix ||
        memcmp(path.data, PACK_PREFIX, prefix) != 0 ||
        memcmp(path.data + path.size - suffix, PACK_SUFFIX, suffix) != 0) {
        return RULES_PATH_NONE;
    }
    *hash_out = span_of(path.data + prefix, SHELF_NAME_BYTES);
    return RULES_PATH_PACK;
}

/* ---- states ---- */

/* As dates and instants are written in packs, so that they compare as texts. */
static void instant_print(u64 us, char target[INSTANT_BYTES])
{
    char date[NOTICE_DATE_BYTES];
    u32 second = (u32)(us % NOTICE_DAY_US / SECOND_US);
    (void)snprintf(target, INSTANT_BYTES, "%sT%02u:%02u:%02uZ", notice_date(us, date),
                   second / 3600 % 24, second / 60 % 60, second % 60);
}

/* Whether the instant has come; a day comes at its midnight. */
static bool has_come(struct span written, const char *now)
{
    size_t size = strlen(now);
    size_t least = written.size < size ? written.size : size;
    int order = memcmp(written.data, now, least);
    return order < 0 || (order == 0 && written.size <= size);
}

/* The newest turn of this pack in the venue; NULL: it was not seen. */
static const struct view_pack *turn_of(const struct rules_page *page, const struct shelf_pack *pack)
{
    const struct view_pack *found = NULL;
    for (u32 i = 0; i < VIEW_PACKS_MAX; i += 1) {
        const struct view_pack *one = view_pack_at(page->view, i);
        if (one != NULL && memcmp(one->hash, pack->hash, sizeof(one->hash)) == 0 &&
            (found == NULL || one->turn > found->turn)) {
            found = one;
        }
    }
    return found;
}

enum rules_state rules_state_of(const struct rules_page *page, const struct shelf_pack *pack)
{
    char now[INSTANT_BYTES];
    const struct view_pack *turn = turn_of(page, pack);
    struct span until = pack->text.effective_until;
    instant_print(page->now_us, now);
    if (turn == NULL || turn->state != PACK_STATE_ACTIVE ||
        (until.size > 0 && has_come(until, now))) {
        return RULES_ENDED;
    }
    return has_come(pack->text.effective_from, now) ? RULES_IN_FORCE : RULES_ANNOUNCED;
}

/* ---- JSON ---- */

static void put_time(struct json_writer *json, const char *key, u64 time_us)
{
    json_key(json, key);
    if (time_us == 0) {
        json_put_null(json);
    } else {
        json_put_u64(json, time_us / 1000);
    }
}

/* Whether an earlier rule, or an earlier place of this one, cites the same act. */
static bool was_cited(const struct pack_text *text, u32 rule, u32 place)
{
    struct span source = text->rules[rule].cites[place].source;
    for (u32 i = 0; i <= rule; i += 1) {
        u32 count = i < rule ? text->rules[i].cites_count : place;
        for (u32 k = 0; k < count; k += 1) {
            if (span_equal(text->rules[i].cites[k].source, source)) {
                return true;
            }
        }
    }
    return false;
}

/* The titles of what its rules cite: [[id, English, French]]. */
static void put_acts(const struct shelf_pack *pack, struct json_writer *json)
{
    json_key(json, "acts");
    json_array_begin(json);
    for (u32 i = 0; i < pack->text.rules_count; i += 1) {
        const struct pack_rule_text *rule = &pack->text.rules[i];
        for (u32 k = 0; k < rule->cites_count; k += 1) {
            if (was_cited(&pack->text, i, k)) {
                continue;
            }
            json_array_begin(json);
            json_put_span(json, rule->cites[k].source);
            json_put_span(json, pack_act_title(rule->cites[k].source, LANGUAGE_EN));
            json_put_span(json, pack_act_title(rule->cites[k].source, LANGUAGE_FR));
            json_array_end(json);
        }
    }
    json_array_end(json);
}

static void put_pack(const struct rules_page *page, const struct shelf_pack *pack,
                     struct json_writer *json)
{
    static const char *const states[] = {
        [RULES_ANNOUNCED] = "announced", [RULES_IN_FORCE] = "in_force", [RULES_ENDED] = "ended"};
    const struct view_pack *turn = turn_of(page, pack);
    json_object_begin(json);
    call_name(json, "hash", pack->name);
    json_key(json, "id");
    json_put_span(json, pack->text.id);
    call_number(json, "version", pack->text.version);
    call_name(json, "state", states[rules_state_of(page, pack)]);
    put_time(json, "activated", turn == NULL ? 0 : turn->since_us);
    put_time(json, "ended", turn == NULL ? 0 : turn->ended_us);
    put_acts(pack, json);
    json_key(json, "groups");
    json_array_begin(json);
    for (u32 i = 0; i < pack->groups_count; i += 1) {
        json_put_text(json, pack->groups[i]);
    }
    json_array_end(json);
    json_object_end(json);
}

void rules_list_print(const struct rules_page *page, struct json_writer *json)
{
    json_object_begin(json);
    call_number(json, "time", page->now_us / 1000);
    json_key(json, "packs");
    json_array_begin(json);
    for (u32 i = 0; pack_shelf_at(page->shelf, i) != NULL; i += 1) {
        put_pack(page, pack_shelf_at(page->shelf, i), json);
    }
    json_array_end(json);
    json_object_end(json);
}

/* ---- plain text ---- */

struct text {
    char *target;
    size_t size;
    size_t used;
    bool is_full;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t room = text->size - text->used;
    va_start(arguments, format);
    int size = vsnprintf(text->target + text->used, room, format, arguments);
    va_end(arguments);
    CHECK(size >= 0);
    text->is_full = text->is_full || (size_t)size >= room;
    text->used += text->is_full ? 0 : (size_t)size;
}

/* "%.*s" of a span. */
#define TEXT(span) (int)(span).size, (const char *)(span).data

static void add_rule(struct text *text, const struct pack_rule_text *rule)
{
    add(text, "\n  Rule %.*s\n", TEXT(rule->id));
    for (u32 i = 0; i < rule->cites_count; i += 1) {
        const struct pack_cite *cite = &rule->cites[i];
        add(text, "    %.*s", TEXT(pack_act_title(cite->source, LANGUAGE_EN)));
        if (cite->article.size > 0) {
            add(text, ", article %.*s", TEXT(cite->article));
        }
        if (cite->paragraph.size > 0) {
            add(text, ", paragraph %.*s", TEXT(cite->paragraph));
        }
        add(text, "\n");
    }
    if (rule->has_threshold) {
        add(text, "    Amount: EUR %.*s\n", TEXT(rule->amount));
    }
    add(text, "    EN: %.*s\n", TEXT(rule->explain[LANGUAGE_EN]));
    add(text, "    FR: %.*s\n", TEXT(rule->explain[LANGUAGE_FR]));
}

static void add_pack(const struct rules_page *page, const struct shelf_pack *pack,
                     struct text *text)
{
    static const char *const states[] = {[RULES_ANNOUNCED] = "announced",
                                         [RULES_IN_FORCE] = "in force",
                                         [RULES_ENDED] = "not in force"};
    const struct pack_text *words = &pack->text;
    add(text, "\n%.*s\n%.*s\n", TEXT(words->title[LANGUAGE_EN]), TEXT(words->title[LANGUAGE_FR]));
    add(text, "  %.*s, version %u: %s\n", TEXT(words->id), words->version,
        states[rules_state_of(page, pack)]);
    add(text, "  %.*s, %.*s, published %.*s\n", TEXT(words->jurisdiction), TEXT(words->origin),
        TEXT(words->published));
    add(text, "  in force from %.*s", TEXT(words->effective_from));
    if (words->effective_until.size > 0) {
        add(text, " until %.*s (excluded)", TEXT(words->effective_until));
    }
    add(text, "\n  SHA-256 %s, see /rules/%s.json\n", pack->name, pack->name);
    for (u32 i = 0; i < pack->groups_count; i += 1) {
        add(text, "%s%s", i == 0 ? "  signed by officers of: " : ", ", pack->groups[i]);
    }
    add(text, pack->groups_count > 0 ? "\n" : "");
    if (words->is_uncertain) {
        add(text, "  some of its dates or readings are uncertain; its canonical form says which\n");
    }
    for (u32 i = 0; i < words->rules_count; i += 1) {
        add_rule(text, &words->rules[i]);
    }
}

size_t rules_text_print(const struct rules_page *page, char *target, size_t target_bytes)
{
    struct text text = {.target = target, .size = target_bytes};
    char now[INSTANT_BYTES];
    instant_print(page->now_us, now);
    add(&text, "The rules of this venue, %s\nLes règles de cette plateforme\n", now);
    if (pack_shelf_at(page->shelf, 0) == NULL) {
        add(&text, "\nThere are none. Il n'y en a pas.\n");
    }
    for (u32 i = 0; pack_shelf_at(page->shelf, i) != NULL; i += 1) {
        add_pack(page, pack_shelf_at(page->shelf, i), &text);
    }
    return text.is_full ? 0 : text.used;
}

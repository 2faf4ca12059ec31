#include "role/desk/desk_register.h"

#include "base/check.h"
#include "wire/moment.h"

#include <string.h>

#define US 1000000ULL

/* ---- the question ---- */

static bool number_take(struct span value, u64 most, u64 *number_out)
{
    u64 number = 0;
    for (size_t i = 0; i < value.size && value.size <= 15; i += 1) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            return false;
        }
        number = number * 10 + (u64)(value.data[i] - '0');
    }
    *number_out = number;
    return value.size > 0 && value.size <= 15 && number <= most;
}

static bool code_take(struct span value, char *target, size_t bytes)
{
    return value.size > 0 && value.size < bytes && span_copy(value, target, bytes - 1);
}

static const char *word_take(struct desk_register_asked *asked, struct span name, struct span value)
{
    u64 limit = 0;
    bool is_it = false;
    if (span_equal(name, span_of_text("authority"))) {
        is_it = code_take(value, asked->authority, sizeof(asked->authority));
    } else if (span_equal(name, span_of_text("member"))) {
        is_it = code_take(value, asked->member, sizeof(asked->member));
    } else if (span_equal(name, span_of_text("from"))) {
        is_it = number_take(value, INT64_MAX, &asked->from_s);
    } else if (span_equal(name, span_of_text("until"))) {
        is_it = number_take(value, INT64_MAX, &asked->until_s);
    } else if (span_equal(name, span_of_text("before"))) {
        is_it = number_take(value, INT64_MAX, &asked->before);
    } else if (span_equal(name, span_of_text("limit"))) {
        is_it = number_take(value, DESK_REGISTER_LIMIT, &limit) && limit > 0;
        asked->limit = (u32)limit;
    } else {
        return "a word is none of authority=, member=, from=, until=, before=, limit=";
    }
    return is_it ? NULL : "a value that this word does not have";
}

const char *desk_register_read(struct span words, enum desk_act_kind kind,
                               struct desk_register_asked *asked_out)
{
    struct span rest = words;
    CHECK(kind == DESK_ACT_CONTACT || kind == DESK_ACT_RECUSE);
    *asked_out = (struct desk_register_asked){
        .kind = kind, .until_s = INT64_MAX, .before = INT64_MAX, .limit = DESK_REGISTER_LIMIT};
    while (rest.size > 0) {
        const u8 *blank = memchr(rest.data, ' ', rest.size);
        size_t size = blank == NULL ? rest.size : (size_t)(blank - rest.data);
        const u8 *sign = size == 0 ? NULL : memchr(rest.data, '=', size);
        size_t name = sign == NULL ? 0 : (size_t)(sign - rest.data);
        if (sign == NULL || (blank != NULL && size + 1 == rest.size)) {
            return "words are NAME=VALUE with one blank between them";
        }
        const char *why =
            word_take(asked_out, span_of(rest.data, name), span_of(sign + 1, size - name - 1));
        if (why != NULL) {
            return why;
        }
        rest = span_after(rest, blank == NULL ? size : size + 1);
    }
    return NULL;
}

/* ---- the answer ---- */

struct putting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct json_writer *json;
    const struct desk_register_asked *asked;
    u32 looked;
    u32 count;
    u64 last;     /* number of the last act that was looked at */
    bool is_more; /* the answer is full, and another act would have been in it */
};

static void put_moment(struct json_writer *json, const char *name, u64 seconds)
{
    char text[MOMENT_TEXT_BYTES];
    json_key(json, name);
    if (seconds > UINT64_MAX / US || !moment_print(seconds * US, text)) {
        json_put_null(json);
    } else {
        json_put_text(json, text);
    }
}

static void put_row(struct json_writer *json, const struct desk_row *row)
{
    const struct desk_act *act = &row->file.act;
    json_object_begin(json);
    json_field_u64(json, "number", row->number);
    put_moment(json, "taken", row->step.now_s);
    put_moment(json, "signed", act->at_s);
    if (act->kind == DESK_ACT_CONTACT) {
        json_field_text(json, "contact", desk_word(DESK_WORDS_CONTACT, act->contact));
    }
    json_field_text(json, "authority", act->authority);
    json_field_text(json, "member", act->member);
    json_field_text(json, "officer", act->officer);
    json_field_text(json, "role", desk_word(DESK_WORDS_ROLE, act->role));
    json_field_text(json, "region", act->region);
    json_key(json, "evidence");
    if (span_is_zero(span_of(act->evidence, sizeof(act->evidence)))) {
        json_put_null(json);
    } else {
        json_put_hex(json, span_of(act->evidence, sizeof(act->evidence)));
    }
    json_field_hex(json, "act", span_of(row->step.hash, sizeof(row->step.hash)));
    json_field_u64(json, "log", row->log);
    json_object_end(json);
}

static enum fault register_visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct putting *putting = (struct putting *)(void *)visitor;
    const struct desk_register_asked *asked = putting->asked;
    const struct desk_act *act = &row->file.act;
    bool is_asked = (asked->authority[0] == 0 || strcmp(asked->authority, act->authority) == 0) &&
                    (asked->member[0] == 0 || strcmp(asked->member, act->member) == 0);
    CHECK(act->kind == asked->kind);
    if (is_asked && putting->count == asked->limit) {
        putting->is_more = true;
    }
    if (putting->is_more) {
        return FAULT_NONE;
    }
    putting->looked += 1;
    putting->last = row->number;
    if (is_asked) {
        put_row(putting->json, row);
        putting->count += 1;
    }
    return FAULT_NONE;
}

enum fault desk_register_put(struct json_writer *json, struct desk_store *store,
                             const struct desk_register_asked *asked)
{
    struct putting putting = {.visitor = {.visit = register_visit}, .json = json, .asked = asked};
    bool is_any = asked->authority[0] == 0 && asked->member[0] == 0;
    u32 look = is_any ? asked->limit + 1 : DESK_REGISTER_LOOK;
    json_object_begin(json);
    json_key(json, asked->kind == DESK_ACT_CONTACT ? "contacts" : "recusals");
    json_array_begin(json);
    TRY(desk_store_kind(store, asked->kind, asked->before, asked->from_s, asked->until_s, look,
                        &putting.visitor));
    json_array_end(json);
    json_field_u64(json, "count", putting.count);
    json_key(json, "next");
    if (putting.is_more || putting.looked == DESK_REGISTER_LOOK) {
        json_put_u64(json, putting.last);
    } else {
        json_put_null(json);
    }
    json_object_end(json);
    return FAULT_NONE;
}

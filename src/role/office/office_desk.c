/* What goes to the desk: its queue, its cases, drafts, and acts that officers have signed. */
#include "base/bytes.h"
#include "base/check.h"
#include "role/office/office_inner.h"

#include <stdio.h>
#include <string.h>

#define CASE_DIGITS    32U
#define ACT_BYTES_MAX  16384U
#define WORD_BYTES_MAX 72U

/* ---- asking ---- */

static struct http_reply say_away(struct office *office, const char *who)
{
    return office_refuse(office, 503, "away", who);
}

static bool begins_with(struct span text, const char *word, struct span *rest_out)
{
    size_t size = strlen(word);
    if (text.size <= size || memcmp(text.data, word, size) != 0 || text.data[size] != ' ') {
        return false;
    }
    *rest_out = span_after(text, size + 1);
    return true;
}

enum fault office_desk_ask(struct office *office, struct span question, const char *wanted,
                           struct span *rest_out)
{
    static const struct {
        const char *word;
        enum fault fault;
    } words[] = {{"refused", FAULT_REFUSED}, {"wrong", FAULT_INPUT}, {"missing", FAULT_MISSING}};
    struct span answer;
    struct span why;
    *rest_out = span_of(NULL, 0);
    if (!office_line_ask(&office->desk, question, &answer)) {
        return FAULT(FAULT_UNAVAILABLE, "the desk does not answer");
    }
    if (begins_with(answer, wanted, rest_out)) {
        return FAULT_NONE;
    }
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        if (begins_with(answer, words[i].word, &why)) {
            return FAULT(words[i].fault, "%.*s", (int)u64_min(why.size, 300),
                         (const char *)why.data);
        }
    }
    return FAULT(FAULT_UNAVAILABLE, "the desk begins anew");
}

/* "RULE: why" of the desk's as name and words. */
static struct http_reply say_rule(struct office *office, const char *text)
{
    char name[48] = "refused";
    const char *colon = strstr(text, ": ");
    if (colon != NULL && (size_t)(colon - text) < sizeof(name)) {
        (void)snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
        text = colon + 2;
    }
    return office_refuse(office, 409, name, text);
}

/* What the fault of a question is to who asked. */
static struct http_reply say_fault(struct office *office, enum fault fault)
{
    char text[FAULT_TEXT_BYTES];
    (void)snprintf(text, sizeof(text), "%s", fault_text());
    fault_forget();
    if (fault == FAULT_REFUSED) {
        return say_rule(office, text);
    }
    if (fault == FAULT_MISSING) {
        return office_refuse(office, 404, "none", text);
    }
    if (fault == FAULT_UNAVAILABLE || fault == FAULT_FOREIGN) {
        return say_away(office, text);
    }
    return office_refuse(office, 400, "wrong", text);
}

/* ---- the queue ---- */

static bool is_word(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return text[strspn(text, letters)] == 0;
}

/* Asks the desk with a word and what the query has of these names. */
static struct http_reply ask_words(struct office *office, const char *word,
                                   const char *const *names, u32 count, const char *wanted)
{
    size_t used = strlen(word);
    struct span rest;
    memcpy(office->question, word, used);
    for (u32 i = 0; i < count; i += 1) {
        char value[WORD_BYTES_MAX];
        bool given = false;
        bool is_read =
            office_query_text(office->request->query, names[i], value, sizeof(value), &given);
        if (given && (!is_read || !is_word(value))) {
            return office_refuse(office, 400, "query", names[i]);
        }
        if (given && value[0] != 0) {
            int size = snprintf(office->question + used, sizeof(office->question) - used, " %s=%s",
                                names[i], value);
            used += (size_t)size;
        }
    }
    office->question[used] = '\n';
    enum fault fault = office_desk_ask(office, span_of(office->question, used + 1), wanted, &rest);
    return fault == FAULT_NONE ? office_say(office, 200, rest) : say_fault(office, fault);
}

struct http_reply office_queue(struct office *office)
{
    static const char *const names[] = {"state",     "request", "class", "urgency", "country",
                                        "authority", "alarm",   "all",   "limit"};
    return ask_words(office, "list", names, ARRAY_COUNT(names), "cases");
}

/* ---- the registers ---- */

static const char *const register_names[] = {"authority", "member", "from",
                                             "until",     "before", "limit"};

struct http_reply office_contacts(struct office *office)
{
    return ask_words(office, "contacts", register_names, ARRAY_COUNT(register_names), "contacts");
}

struct http_reply office_recusals(struct office *office)
{
    return ask_words(office, "recusals", register_names, ARRAY_COUNT(register_names), "recusals");
}

/* ---- one case ---- */

static bool case_name(struct office *office, char name_out[CASE_DIGITS + 1])
{
    u8 bytes[CASE_DIGITS / 2];
    bool given = false;
    return office_query_text(office->request->query, "case", name_out, CASE_DIGITS + 1, &given) &&
           bytes_from_hex(span_of_text(name_out), bytes, sizeof(bytes));
}

static enum fault ask_about(struct office *office, const char *word, const char *about,
                            const char *wanted, struct span *rest_out)
{
    int size = snprintf(office->question, sizeof(office->question), "%s %s\n", word, about);
    CHECK(size > 0 && (size_t)size < sizeof(office->question));
    return office_desk_ask(office, span_of(office->question, (size_t)size), wanted, rest_out);
}

/* "# NUMBER LOG" and the text up to the next such line. */
static bool acts_put(struct office *office, struct span bytes)
{
    struct span line;
    while (bytes.size > 0) {
        unsigned long long number = 0;
        unsigned long long log = 0;
        char head[64] = "";
        if (!span_cut_line(&bytes, &line) || !span_copy(line, head, sizeof(head) - 1) ||
            sscanf(head, "# %llu %llu", &number, &log) != 2) {
            return false;
        }
        const u8 *first = bytes.data;
        size_t size = 0;
        while (bytes.size > 0 && bytes.data[0] != '#') {
            if (!span_cut_line(&bytes, &line)) {
                return false;
            }
            size += line.size + 1;
        }
        json_object_begin(&office->json);
        json_field_u64(&office->json, "number", number);
        json_field_u64(&office->json, "log", log);
        json_key(&office->json, "text");
        json_put_span(&office->json, span_of(first, size));
        json_object_end(&office->json);
    }
    return true;
}

/* Digits become bytes where they lie. */
static bool unhex(struct office *office, struct span hex, struct span *bytes_out)
{
    u8 *target = (u8 *)office->heard;
    if (hex.size % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < hex.size / 2; i += 1) {
        u32 high = bytes_hex_digit(hex.data[2 * i]);
        u32 low = bytes_hex_digit(hex.data[2 * i + 1]);
        if (high > 15 || low > 15) {
            return false;
        }
        target[i] = (u8)(high * 16 + low); /* behind what is still to be read, never before it */
    }
    *bytes_out = span_of(target, hex.size / 2);
    return true;
}

struct http_reply office_case(struct office *office)
{
    char name[CASE_DIGITS + 1];
    struct span rest;
    struct span bytes;
    if (!case_name(office, name)) {
        return office_refuse(office, 400, "query", "case");
    }
    enum fault fault = ask_about(office, "show", name, "case", &rest);
    if (fault != FAULT_NONE) {
        return say_fault(office, fault);
    }
    /* Who has seen it is on the disk before it is seen. */
    fault = office_row_put(office->store, office->person->officer.number, OFFICE_WHAT_VIEW,
                           span_of_text(name), office->wall_ms);
    if (fault != FAULT_NONE) {
        return office_fail(office, fault);
    }
    office->counts.views += 1;
    office_json_begin(office);
    json_key(&office->json, "case");
    json_put_raw(&office->json, rest);
    fault = ask_about(office, "acts", name, "acts", &rest);
    if (fault != FAULT_NONE) {
        return say_fault(office, fault);
    }
    json_key(&office->json, "acts");
    json_array_begin(&office->json);
    if (!unhex(office, rest, &bytes) || !acts_put(office, bytes)) {
        return say_away(office, "an answer of the desk's that is none");
    }
    json_array_end(&office->json);
    return office_json_say(office);
}

struct http_reply office_authority(struct office *office)
{
    char name[WORD_BYTES_MAX];
    bool given = false;
    struct span rest;
    if (!office_query_text(office->request->query, "name", name, sizeof(name), &given) ||
        !is_word(name) || name[0] == 0) {
        return office_refuse(office, 400, "query", "name");
    }
    enum fault fault = ask_about(office, "authority", name, "authority", &rest);
    return fault == FAULT_NONE ? office_say(office, 200, rest) : say_fault(office, fault);
}

/* ---- acts ---- */

static enum fault ask_with(struct office *office, const char *word, struct span act,
                           const char *wanted, struct span *rest_out)
{
    size_t head = strlen(word);
    CHECK(act.size <= ACT_BYTES_MAX);
    memcpy(office->question, word, head);
    office->question[head] = ' ';
    (void)bytes_to_hex(act.data, act.size, office->question + head + 1);
    size_t size = head + 1 + 2 * act.size;
    office->question[size] = '\n';
    return office_desk_ask(office, span_of(office->question, size + 1), wanted, rest_out);
}
_Static_assert(2 * ACT_BYTES_MAX + 64 < OFFICE_QUESTION_BYTES, "an act is one question");

static bool act_take(struct office *office, struct http_reply *reply_out)
{
    static const struct office_wanted wanted[] = {{"act", ACT_BYTES_MAX}};
    if (!office_body_take(office, wanted, ARRAY_COUNT(wanted), false, reply_out)) {
        return false;
    }
    if (office->body.texts[0].size == 0) {
        *reply_out = office_refuse(office, 400, "body", "act: empty");
        return false;
    }
    return true;
}

struct http_reply office_put(struct office *office)
{
    struct http_reply reply;
    struct span rest;
    if (!act_take(office, &reply)) {
        return reply;
    }
    enum fault fault = ask_with(office, "put", office->body.texts[0], "taken", &rest);
    if (fault != FAULT_NONE) {
        return say_fault(office, fault);
    }
    office_json_begin(office);
    json_key(&office->json, "state");
    json_put_span(&office->json, rest);
    return office_json_say(office);
}

struct http_reply office_letter(struct office *office)
{
    struct http_reply reply;
    struct span rest;
    struct span bytes;
    if (!act_take(office, &reply)) {
        return reply;
    }
    enum fault fault = ask_with(office, "letter", office->body.texts[0], "letter", &rest);
    if (fault != FAULT_NONE) {
        return say_fault(office, fault);
    }
    if (!unhex(office, rest, &bytes)) {
        return say_away(office, "an answer of the desk's that is none");
    }
    office_json_begin(office);
    json_key(&office->json, "letter");
    json_put_span(&office->json, bytes);
    return office_json_say(office);
}

/* A text that stays in its line, and names no file of this machine. */
static bool is_plain(struct span text)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
            return false;
        }
    }
    return text.size == 0 || text.data[0] != '@';
}

static const char *fields_check(const struct office_body *body)
{
    for (u32 i = 0; i < body->fields_count; i += 1) {
        struct span name = body->fields[i].name;
        struct span value = body->fields[i].value;
        if (span_equal(name, span_of_text("identifier"))) {
            return "what the paper says is hashed where it is typed: a subject is wanted";
        }
        for (size_t at = 0; at < name.size; at += 1) {
            if ((name.data[at] < 'a' || name.data[at] > 'z') && name.data[at] != '-') {
                return "fields: names are of small letters and -";
            }
        }
        if (name.size == 0 || !is_plain(value)) {
            return "fields: a value is one line and begins with no @";
        }
    }
    return NULL;
}

struct http_reply office_draft_make(struct office *office)
{
    static const struct office_wanted wanted[] = {{"act", 24}, {"case", CASE_DIGITS}, {"name", 64}};
    struct http_reply reply;
    struct span text;
    if (!office_body_take(office, wanted, ARRAY_COUNT(wanted), true, &reply)) {
        return reply;
    }
    const char *why = fields_check(&office->body);
    if (why != NULL) {
        return office_refuse(office, 400, "body", why);
    }
    const struct office_draft draft = {.act = office->body.texts[0],
                                       .name = office->body.texts[1],
                                       .officer = office->person->officer.code,
                                       .body = &office->body};
    enum fault fault = office->options.draft(office, &draft, &text);
    if (fault != FAULT_NONE) {
        return say_fault(office, fault);
    }
    office_json_begin(office);
    json_key(&office->json, "text");
    json_put_span(&office->json, text);
    return office_json_say(office);
}

#include "app/desk_draft.h"

#include "base/bytes.h"
#include "base/check.h"
#include "io/digest.h"
#include "io/entropy.h"
#include "io/file.h"
#include "role/vault/grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAPER_BYTES_MAX (64U << 20)
#define HEAD_WORDS      7U
#define VALUE_BYTES     (GRANT_VALUE_BYTES_MAX + 64U) /* of a field, and the longest identifier */

/* ---- what was typed ---- */

/* The value of FIELD=VALUE; NULL: another field. */
static const char *value_of(const char *word, const char *field)
{
    size_t size = strlen(field);
    return strncmp(word, field, size) == 0 && word[size] == '=' ? word + size + 1 : NULL;
}

static enum fault case_take(struct desk_draft *draft, const char *word)
{
    u8 *name = draft->act.name;
    memset(name, 0, DESK_NAME_BYTES);
    if (strcmp(word, "none") == 0) {
        (void)snprintf(draft->case_hex, sizeof(draft->case_hex), "-");
        return FAULT_NONE;
    }
    if (strcmp(word, "new") == 0) {
        TRY(entropy_fill(name, DESK_NAME_BYTES));
    } else if (!bytes_from_hex(span_of_text(word), name, DESK_NAME_BYTES)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no case: 32 small hexadecimal digits, new or none",
                     word);
    }
    (void)bytes_to_hex(name, DESK_NAME_BYTES, draft->case_hex);
    return FAULT_NONE;
}

enum fault desk_draft_begin(struct desk_draft *draft, const char *act, const char *case_word,
                            const char *officer, const char *const *words, u32 words_count)
{
    memset(draft, 0, sizeof(*draft));
    draft->words = words;
    draft->words_count = words_count;
    draft->act.kind = (u8)desk_word_number(DESK_WORDS_ACT, span_of_text(act));
    if (draft->act.kind == 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is no act of the desk", act);
    }
    if (words_count > DESK_DRAFT_WORDS_MAX) {
        return FAULT(FAULT_USAGE, "more fields than an act has");
    }
    if (!span_copy(span_of_text(officer), draft->act.officer, sizeof(draft->act.officer) - 1)) {
        return FAULT(FAULT_USAGE, "--officer: too long");
    }
    TRY(case_take(draft, case_word));
    (void)snprintf(draft->authority, sizeof(draft->authority), "-");
    for (u32 i = 0; i < words_count && draft->case_hex[0] == '-'; i += 1) {
        const char *name = value_of(words[i], "authority");
        if (name != NULL &&
            !span_copy(span_of_text(name), draft->authority, sizeof(draft->authority) - 1)) {
            return FAULT(FAULT_USAGE, "authority: too long");
        }
    }
    return FAULT_NONE;
}

/* ---- what it follows ---- */

static bool hash_read(const char *text, u8 target[DESK_HASH_BYTES])
{
    return strcmp(text, "none") == 0 || bytes_from_hex(span_of_text(text), target, DESK_HASH_BYTES);
}

static bool head_read(struct desk_draft *draft, char words[HEAD_WORDS][80])
{
    struct desk_act *act = &draft->act;
    char *end = NULL;
    bool is_case = draft->case_hex[0] != '-';
    act->role = (u8)desk_word_number(DESK_WORDS_ROLE, span_of_text(words[1]));
    act->at_s = strtoull(words[6], &end, 10);
    bool is_register_prior = act->kind >= DESK_ACT_AUTHORITY && act->kind <= DESK_ACT_STRIKE;
    memset(act->prior, 0, sizeof(act->prior));
    memset(act->grant, 0, sizeof(act->grant));
    if ((is_case || is_register_prior) && !hash_read(words[3], act->prior)) {
        return false;
    }
    if (is_case && act->kind == DESK_ACT_APPROVE && !hash_read(words[4], act->grant)) {
        return false;
    }
    memset(act->authority, 0, sizeof(act->authority));
    return act->role != 0 && end != words[6] && *end == 0 &&
           span_copy(span_of_text(words[0]), act->venue, sizeof(act->venue) - 1) &&
           span_copy(span_of_text(words[2]), act->region, sizeof(act->region) - 1) &&
           span_copy(span_of_text(words[5]), act->authority, sizeof(act->authority) - 1);
}

enum fault desk_draft_head(struct desk_draft *draft, struct span answer)
{
    char words[HEAD_WORDS][80];
    struct span rest = answer;
    for (u32 i = 0; i < HEAD_WORDS; i += 1) {
        const u8 *blank = rest.size == 0 ? NULL : memchr(rest.data, ' ', rest.size);
        size_t size = blank == NULL ? rest.size : (size_t)(blank - rest.data);
        memset(words[i], 0, sizeof(words[i]));
        if (size == 0 || !span_copy(span_of(rest.data, size), words[i], sizeof(words[i]) - 1)) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        rest = blank == NULL ? span_of(NULL, 0) : span_after(rest, size + 1);
    }
    return head_read(draft, words) ? FAULT_NONE : FAULT(FAULT_FOREIGN, "an answer that is none");
}

/* ---- the text ---- */

enum fault desk_draft_file_hash(const char *path, char hex_out[2 * DESK_HASH_BYTES + 1])
{
    SCOPED_FILE file = {.disk = NULL};
    struct sha256 sha256;
    u8 hash[DESK_HASH_BYTES];
    u64 size = 0;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    u8 *bytes = size > PAPER_BYTES_MAX ? NULL : malloc((size_t)size + 1);
    if (bytes == NULL) {
        return FAULT(FAULT_LIMIT, "%s: larger than a paper is", path);
    }
    enum fault fault = file_read_whole(&file, 0, bytes, (size_t)size);
    if (fault == FAULT_NONE) {
        fault = sha256_open(&sha256);
    }
    if (fault == FAULT_NONE) {
        sha256_begin(&sha256);
        sha256_add(&sha256, span_of(bytes, (size_t)size));
        sha256_end(&sha256, hash);
        sha256_close(&sha256);
        (void)bytes_to_hex(hash, sizeof(hash), hex_out);
    }
    free(bytes);
    return fault;
}

/* "PERSON FIELD VALUE" as "PERSON FIELD HASH": with the case as nonce. */
static enum fault identifier_hash(const struct desk_draft *draft, const char *word,
                                  char target[VALUE_BYTES])
{
    char *end = NULL;
    u8 hash[32];
    char hex[65];
    u64 person = strtoull(word, &end, 10);
    const char *field = end == word || *end != ' ' ? "" : end + 1;
    size_t size = strcspn(field, " ");
    u32 number = grant_field_by_name(span_of(field, size));
    if (number == 0 || field[size] != ' ' || person == 0 ||
        !grant_identifier_hash(draft->act.name, person, (enum grant_field)number,
                               span_of_text(field + size + 1), hash)) {
        return FAULT(FAULT_USAGE, "identifier: not \"PERSON FIELD VALUE\" of a field");
    }
    (void)snprintf(target, VALUE_BYTES, "%llu %.*s %s", (unsigned long long)person, (int)size,
                   field, bytes_to_hex(hash, sizeof(hash), hex));
    return FAULT_NONE;
}

static bool put_line(struct desk_draft *draft, struct span name, const char *value)
{
    int size = snprintf(draft->text + draft->text_bytes, sizeof(draft->text) - draft->text_bytes,
                        "%.*s: %s\n", (int)name.size, (const char *)name.data, value);
    if (size < 0 || (size_t)size >= sizeof(draft->text) - draft->text_bytes) {
        return false;
    }
    draft->text_bytes += (size_t)size;
    return true;
}

/* A word of the command line as the line that it becomes. */
static enum fault word_put(struct desk_draft *draft, const char *word)
{
    char value[VALUE_BYTES] = "";
    const char *sign = strchr(word, '=');
    if (sign == NULL) {
        return FAULT(FAULT_USAGE, "\"%s\" is not FIELD=VALUE", word);
    }
    struct span name = span_of(word, (size_t)(sign - word));
    if (!span_copy(span_of_text(sign + 1), value, sizeof(value) - 1)) {
        return FAULT(FAULT_USAGE, "%.*s: longer than a value is", (int)name.size,
                     (const char *)name.data);
    }
    if (sign[1] == '@') {
        TRY(desk_draft_file_hash(sign + 2, value));
    }
    if (span_equal(name, span_of_text("identifier"))) {
        TRY(identifier_hash(draft, sign + 1, value));
        name = span_of_text("subject");
    }
    return put_line(draft, name, value) ? FAULT_NONE
                                        : FAULT(FAULT_LIMIT, "the act is longer than one is");
}

static bool is_many(const char *word)
{
    return value_of(word, "subject") != NULL || value_of(word, "record") != NULL ||
           value_of(word, "person") != NULL || value_of(word, "identifier") != NULL;
}

/* A line of the empty act, or what was typed for it. *used_out: which word that was. */
static enum fault line_put(struct desk_draft *draft, struct span line, bool *used)
{
    const u8 *colon = memchr(line.data, ':', line.size);
    if (colon == NULL) { /* the first line */
        memcpy(draft->text, line.data, line.size);
        draft->text[line.size] = '\n';
        draft->text_bytes = line.size + 1;
        return FAULT_NONE;
    }
    struct span name = span_of(line.data, (size_t)(colon - line.data));
    for (u32 i = 0; i < draft->words_count; i += 1) {
        const char *sign = strchr(draft->words[i], '=');
        bool is_it = sign != NULL && !used[i] && !is_many(draft->words[i]) &&
                     span_equal(name, span_of(draft->words[i], (size_t)(sign - draft->words[i])));
        if (is_it) {
            used[i] = true;
            return word_put(draft, draft->words[i]);
        }
    }
    char value[VALUE_BYTES] = "";
    struct span rest = span_after(line, name.size + 2);
    CHECK(span_copy(rest, value, sizeof(value) - 1)); /* no field of an empty act is as long */
    return put_line(draft, name, value) ? FAULT_NONE
                                        : FAULT(FAULT_LIMIT, "the act is longer than one is");
}

static enum fault many_put(struct desk_draft *draft, const char *field, bool *used)
{
    for (u32 i = 0; i < draft->words_count; i += 1) {
        if (value_of(draft->words[i], field) != NULL) {
            used[i] = true;
            TRY(word_put(draft, draft->words[i]));
        }
    }
    return FAULT_NONE;
}

enum fault desk_draft_make(struct desk_draft *draft)
{
    static const char *const many[] = {"identifier", "subject", "record", "person"};
    bool used[DESK_DRAFT_WORDS_MAX] = {false};
    char empty[DESK_ACT_TEXT_BYTES];
    struct span line;
    if (draft->act.reason == 0) {
        draft->act.reason = DESK_REASON_NONE;
    }
    struct span rest = span_of(empty, desk_act_print(&draft->act, empty));
    while (span_cut_line(&rest, &line)) {
        TRY(line_put(draft, line, used));
    }
    for (u32 i = 0; i < ARRAY_COUNT(many); i += 1) {
        TRY(many_put(draft, many[i], used));
    }
    for (u32 i = 0; i < draft->words_count; i += 1) {
        if (!used[i]) {
            return FAULT(FAULT_USAGE, "\"%s\" is no field of this act", draft->words[i]);
        }
    }
    return desk_act_read(span_of(draft->text, draft->text_bytes), "draft", &draft->act);
}

enum fault desk_draft_letter(struct desk_draft *draft, struct span letter)
{
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, letter);
    sha256_end(&sha256, draft->act.letter);
    sha256_close(&sha256);
    draft->text_bytes = desk_act_print(&draft->act, draft->text);
    return FAULT_NONE;
}

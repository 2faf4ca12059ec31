#include "role/vault/grant_circle.h"

#include "base/span.h"
#include "io/sign.h"
#include "role/vault/tlog_checkpoint.h"

#include <string.h>

#define WORDS_MAX 5U

static const char first_line[] = "cambist circle v1";

/* The words of a line; 0: not single blanks between them, or too many. */
static u32 words_of(struct span line, struct span words[WORDS_MAX])
{
    u32 count = 0;
    for (size_t begin = 0; begin <= line.size;) {
        size_t end = begin;
        while (end < line.size && line.data[end] != ' ') {
            end += 1;
        }
        if (end == begin || count == WORDS_MAX) {
            return 0;
        }
        words[count] = span_of(line.data + begin, end - begin);
        count += 1;
        begin = end + 1;
    }
    return count;
}

static bool code_take(struct span word, char target[CODE_NAME_BYTES])
{
    memset(target, 0, CODE_NAME_BYTES);
    return code_name_of(word) != 0 && span_copy(word, target, CODE_NAME_BYTES - 1);
}

static bool name_take(struct span word, char *target, size_t target_bytes)
{
    memset(target, 0, target_bytes);
    return span_copy(word, target, target_bytes - 1);
}

static bool number_take(struct span word, u64 least, u64 most, u32 *number_out)
{
    u64 number = 0;
    if (!tlog_number_read(word, most, &number) || number < least) {
        return false;
    }
    *number_out = (u32)number;
    return true;
}

const struct circle_officer *grant_circle_officer(const struct grant_circle *circle,
                                                  struct span code)
{
    for (u32 i = 0; i < circle->officers_count; i += 1) {
        if (span_equal(span_of_text(circle->officers[i].signer.code), code)) {
            return &circle->officers[i];
        }
    }
    return NULL;
}

static const struct circle_authority *authority_of(const struct grant_circle *circle,
                                                   struct span name)
{
    for (u32 i = 0; i < circle->authorities_count; i += 1) {
        if (span_equal(span_of_text(circle->authorities[i].name), name)) {
            return &circle->authorities[i];
        }
    }
    return NULL;
}

/* ---- reading: NULL when it was taken, else what is wrong ---- */

static const char *take_officer(struct grant_circle *circle, const struct span *words)
{
    struct circle_officer officer = {.side = SHARE_SIDE_A};
    struct officer *signer = &officer.signer;
    if (!code_take(words[0], signer->code) || !code_take(words[2], officer.region)) {
        return "code and region are 1 to 12 small letters, digits and -";
    }
    if (words[1].size != 1 || words[1].data[0] < 'A' || words[1].data[0] > 'B') {
        return "the group is A or B";
    }
    officer.side = words[1].data[0] == 'A' ? SHARE_SIDE_A : SHARE_SIDE_B;
    memcpy(signer->group, words[1].data, 1);
    if (!number_take(words[3], 1, UINT32_MAX, &signer->number)) {
        return "the person is a number from 1";
    }
    if (sign_decode_base64(words[4], signer->key, sizeof(signer->key)) != sizeof(signer->key)) {
        return "the key is not 32 bytes in base64";
    }
    for (u32 i = 0; i < circle->officers_count; i += 1) {
        const struct circle_officer *other = &circle->officers[i];
        if (strcmp(other->signer.code, signer->code) == 0 ||
            memcmp(other->signer.key, signer->key, sizeof(signer->key)) == 0) {
            return "a code or a key for the second time";
        }
        if (other->signer.number == signer->number && other->side != officer.side) {
            return "one person in both groups";
        }
    }
    if (circle->officers_count == CIRCLE_OFFICERS_MAX) {
        return "more officers than two groups have";
    }
    circle->officers[circle->officers_count] = officer;
    circle->officers_count += 1;
    return NULL;
}

static const char *take_authority(struct grant_circle *circle, const struct span *words, u32 count)
{
    struct circle_authority authority = {.records_a_day = 0};
    if (!name_take(words[0], authority.name, sizeof(authority.name)) ||
        span_equal(words[0], span_of_text("none"))) {
        return "an authority's name is not as a grant has it";
    }
    if (!age_recipient_read(words[1], authority.recipient)) {
        return "the recipient is none of age, age1...";
    }
    if (count == 3 && !number_take(words[2], 1, CIRCLE_A_DAY_MAX, &authority.records_a_day)) {
        return "an authority's records a day are a number from 1 to 10000";
    }
    if (authority_of(circle, words[0]) != NULL) {
        return "an authority for the second time";
    }
    if (circle->authorities_count == CIRCLE_AUTHORITIES_MAX) {
        return "too many authorities";
    }
    circle->authorities[circle->authorities_count] = authority;
    circle->authorities_count += 1;
    return NULL;
}

static const char *take_recused(struct grant_circle *circle, const struct span *words)
{
    const struct circle_officer *officer = grant_circle_officer(circle, words[0]);
    const struct circle_authority *authority = authority_of(circle, words[1]);
    if (officer == NULL || authority == NULL) {
        return "no such officer or authority stands above";
    }
    if (circle->recused_count == CIRCLE_RECUSED_MAX) {
        return "too many who are recused";
    }
    circle->recused[circle->recused_count] =
        (struct circle_recused){.officer = (u32)(officer - circle->officers),
                                .authority = (u32)(authority - circle->authorities)};
    circle->recused_count += 1;
    return NULL;
}

static const char *take_line(struct grant_circle *circle, struct span line, u32 number)
{
    struct span words[WORDS_MAX + 1];
    struct span rest = line;
    const u8 *colon = memchr(line.data, ':', line.size);
    if (number == 1) {
        return span_equal(line, span_of_text(first_line)) ? NULL : "not \"cambist circle v1\"";
    }
    if (colon == NULL) {
        return "not \"WORD: VALUES\"";
    }
    struct span word = span_of(line.data, (size_t)(colon - line.data));
    rest = span_after(line, word.size + 1);
    u32 count = rest.size < 2 || rest.data[0] != ' ' ? 0 : words_of(span_after(rest, 1), words);
    if (span_equal(word, span_of_text("venue"))) {
        return count == 1 && circle->venue[0] == 0 &&
                       name_take(words[0], circle->venue, sizeof(circle->venue))
                   ? NULL
                   : "the venue's name, once";
    }
    if (span_equal(word, span_of_text("records-a-day"))) {
        return count == 1 && circle->records_a_day == 0 &&
                       number_take(words[0], 1, CIRCLE_A_DAY_MAX, &circle->records_a_day)
                   ? NULL
                   : "a number from 1 to 10000, once";
    }
    if (span_equal(word, span_of_text("opened-a-day"))) {
        return count == 1 && circle->opened_a_day == 0 &&
                       number_take(words[0], 1, CIRCLE_A_DAY_MAX, &circle->opened_a_day)
                   ? NULL
                   : "a number from 1 to 10000, once";
    }
    if (span_equal(word, span_of_text("fresh-seconds"))) {
        return count == 1 && circle->fresh_s == 0 &&
                       number_take(words[0], CIRCLE_FRESH_MIN_S, CIRCLE_FRESH_MAX_S,
                                   &circle->fresh_s)
                   ? NULL
                   : "a number from 60 to 86400, once";
    }
    if (span_equal(word, span_of_text("officer"))) {
        return count == 5 ? take_officer(circle, words)
                          : "not \"officer: CODE GROUP REGION PERSON KEY\"";
    }
    if (span_equal(word, span_of_text("authority"))) {
        return count == 2 || count == 3 ? take_authority(circle, words, count)
                                        : "not \"authority: NAME RECIPIENT [RECORDS-A-DAY]\"";
    }
    if (span_equal(word, span_of_text("recused"))) {
        return count == 2 ? take_recused(circle, words) : "not \"recused: OFFICER AUTHORITY\"";
    }
    if (span_equal(word, span_of_text("case"))) {
        bool is_it =
            count == 1 && !circle->wants_case && span_equal(words[0], span_of_text("wanted"));
        circle->wants_case = is_it;
        return is_it ? NULL : "not \"case: wanted\", once";
    }
    return "a circle has no such line";
}

enum fault grant_circle_read(struct span text, const char *name, struct grant_circle *circle_out)
{
    *circle_out = (struct grant_circle){.officers_count = 0};
    size_t begin = 0;
    u32 number = 1;
    for (; begin < text.size; number += 1) {
        size_t end = begin;
        while (end < text.size && text.data[end] != '\n') {
            end += 1;
        }
        struct span line = span_of(text.data + begin, end - begin);
        begin = end + 1;
        if (number > 1 && (line.size == 0 || line.data[0] == '#')) {
            continue;
        }
        const char *flaw = take_line(circle_out, line, number);
        if (flaw != NULL) {
            return FAULT(FAULT_INPUT, "%s:%u: %s", name, number, flaw);
        }
    }
    if (circle_out->venue[0] == 0 || circle_out->records_a_day == 0 || circle_out->fresh_s == 0) {
        return FAULT(FAULT_INPUT, "%s:%u: venue, records-a-day and fresh-seconds are wanted", name,
                     number);
    }
    return FAULT_NONE;
}

/* ---- what a circle allows ---- */

static struct release_budget budget_of(const struct grant_circle *circle, const struct grant *grant,
                                       u32 records)
{
    const struct circle_authority *authority = authority_of(circle, span_of_text(grant->authority));
    bool is_own = authority != NULL && authority->records_a_day != 0;
    return (struct release_budget){.records = records,
                                   .authority = is_own ? authority->records_a_day : records};
}

struct release_budget grant_circle_budget(const struct grant_circle *circle,
                                          const struct grant *grant)
{
    return budget_of(circle, grant, circle->records_a_day);
}

struct release_budget grant_circle_opener_budget(const struct grant_circle *circle,
                                                 const struct grant *grant)
{
    return budget_of(circle, grant, circle->opened_a_day);
}

enum fault grant_circle_allows(const struct grant_circle *circle, const struct grant *grant)
{
    if (strcmp(circle->venue, grant->venue) != 0) {
        return FAULT(FAULT_REFUSED, "grant: of the venue %s, not %s", grant->venue, circle->venue);
    }
    if (grant->kind == GRANT_CUSTOMER) {
        return FAULT_NONE;
    }
    const struct circle_authority *authority = authority_of(circle, span_of_text(grant->authority));
    if (authority == NULL) {
        return FAULT(FAULT_REFUSED, "grant: the circle knows no authority %s", grant->authority);
    }
    if (memcmp(authority->recipient, grant->recipient, AGE_KEY_BYTES) != 0) {
        return FAULT(FAULT_REFUSED, "grant: its recipient is not the key that is pinned for %s",
                     grant->authority);
    }
    return FAULT_NONE;
}

enum fault grant_circle_may(const struct grant_circle *circle, const struct circle_officer *officer,
                            const struct grant *grant)
{
    for (u32 i = 0; i < circle->recused_count; i += 1) {
        const struct circle_recused *row = &circle->recused[i];
        const struct circle_officer *recused = &circle->officers[row->officer];
        if (recused->signer.number == officer->signer.number &&
            strcmp(circle->authorities[row->authority].name, grant->authority) == 0) {
            return FAULT(FAULT_REFUSED, "%s is recused in what concerns %s", officer->signer.code,
                         grant->authority);
        }
    }
    return FAULT_NONE;
}

#include "role/vault/approvals.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/grant_circle.h"

#include <stdio.h>
#include <string.h>

#define LABEL "signature: "

/* ---- reading and writing ---- */

size_t approvals_begin(struct span bytes)
{
    size_t begin = 0;
    while (begin < bytes.size) {
        struct span label = span_piece(bytes, begin, strlen(LABEL));
        if (label.data != NULL && memcmp(label.data, LABEL, label.size) == 0) {
            break;
        }
        const u8 *end = memchr(bytes.data + begin, '\n', bytes.size - begin);
        begin = end == NULL ? bytes.size : (size_t)(end - bytes.data) + 1;
    }
    return begin;
}

static bool signature_take(struct span line, struct grant_signature *signature_out)
{
    const u8 *blank = line.size < strlen(LABEL)
                          ? NULL
                          : memchr(line.data + strlen(LABEL), ' ', line.size - strlen(LABEL));
    *signature_out = (struct grant_signature){.officer = ""};
    if (blank == NULL || memcmp(line.data, LABEL, strlen(LABEL)) != 0) {
        return false;
    }
    struct span code =
        span_of(line.data + strlen(LABEL), (size_t)(blank - line.data) - strlen(LABEL));
    struct span text = span_after(line, (size_t)(blank - line.data) + 1);
    return code_name_of(code) != 0 &&
           span_copy(code, signature_out->officer, CODE_NAME_BYTES - 1) &&
           sign_decode_base64(text, signature_out->bytes, sizeof(signature_out->bytes)) ==
               sizeof(signature_out->bytes);
}

enum fault approvals_read(struct span bytes, size_t begin, const char *name,
                          struct approvals approvals)
{
    u32 number = 1;
    for (size_t i = 0; i < begin; i += 1) {
        number += bytes.data[i] == '\n';
    }
    for (; begin < bytes.size; number += 1) {
        struct grant_signature signature;
        const u8 *end = memchr(bytes.data + begin, '\n', bytes.size - begin);
        size_t size = end == NULL ? 0 : (size_t)(end - bytes.data) - begin;
        if (!signature_take(span_of(bytes.data + begin, size), &signature)) {
            return FAULT(FAULT_INPUT, "%s:%u: not \"signature: OFFICER BASE64\"", name, number);
        }
        u32 count = *approvals.count;
        if (count > 0 && strcmp(approvals.list[count - 1].officer, signature.officer) >= 0) {
            return FAULT(FAULT_INPUT, "%s:%u: signatures stand by officer, each once", name,
                         number);
        }
        TRY(approvals_add(approvals, &signature));
        begin += size + 1;
    }
    return FAULT_NONE;
}

size_t approvals_print(const struct grant_signature *list, u32 count, char target[APPROVALS_BYTES])
{
    size_t used = 0;
    target[0] = '\0';
    for (u32 i = 0; i < count; i += 1) {
        char text[SIGN_SIGNATURE_TEXT_BYTES];
        sign_pair_text(span_of(list[i].bytes, OFFICER_SIGNATURE_BYTES), text);
        int size =
            snprintf(target + used, APPROVALS_BYTES - used, LABEL "%s %s\n", list[i].officer, text);
        CHECK(size > 0 && (size_t)size < APPROVALS_BYTES - used);
        used += (size_t)size;
    }
    return used;
}

enum fault approvals_add(struct approvals approvals, const struct grant_signature *signature)
{
    u32 count = *approvals.count;
    u32 place = 0;
    while (place < count && strcmp(approvals.list[place].officer, signature->officer) < 0) {
        place += 1;
    }
    bool is_there = place < count && strcmp(approvals.list[place].officer, signature->officer) == 0;
    if (!is_there && count == APPROVALS_MAX) {
        return FAULT(FAULT_INPUT, "more than %u signatures under one text", APPROVALS_MAX);
    }
    if (!is_there) {
        memmove(&approvals.list[place + 1], &approvals.list[place],
                (count - place) * sizeof(approvals.list[0]));
        *approvals.count += 1;
    }
    approvals.list[place] = *signature;
    return FAULT_NONE;
}

/* ---- whether they are enough ---- */

struct tally {
    u32 count[2];
    const struct circle_officer *people[2][CIRCLE_OFFICERS_MAX];
};

static bool is_member(const struct share_key *key, const struct circle_officer *officer)
{
    const struct share_roster *roster = &key->sides[officer->side == SHARE_SIDE_A ? 0 : 1].roster;
    for (u32 i = 0; i < roster->count; i += 1) {
        if (strcmp(roster->members[i].name, officer->signer.code) == 0) {
            return true;
        }
    }
    return false;
}

enum fault approvals_counts(const struct grant_circle *circle, const struct share_key *key,
                            const struct approvals_matter *matter,
                            const struct grant_signature *signature,
                            const struct circle_officer **officer_out)
{
    const struct circle_officer *officer =
        grant_circle_officer(circle, span_of_text(signature->officer));
    *officer_out = officer;
    if (officer == NULL) {
        return FAULT(FAULT_REFUSED, "approval of %s: the circle knows no such officer",
                     signature->officer);
    }
    if (!is_member(key, officer)) {
        return FAULT(FAULT_REFUSED, "approval of %s: not a member of group %c as it is now",
                     signature->officer, share_side_letter(officer->side));
    }
    if (!officer_signed(&officer->signer, matter->text, signature->bytes)) {
        return FAULT(FAULT_REFUSED, "approval of %s: the signature is not over this %s",
                     signature->officer, matter->word);
    }
    return matter->may == NULL ? FAULT_NONE : matter->may(circle, officer, matter->argument);
}

u32 approvals_wanted(const struct share_roster *roster, const struct approvals_matter *matter)
{
    return roster->threshold + matter->more;
}

static enum fault count_one(const struct grant_circle *circle, const struct share_key *key,
                            const struct approvals_matter *matter,
                            const struct grant_signature *signature, struct tally *tally)
{
    const struct circle_officer *officer = NULL;
    TRY(approvals_counts(circle, key, matter, signature, &officer));
    u32 side = officer->side == SHARE_SIDE_A ? 0 : 1;
    for (u32 i = 0; i < tally->count[side]; i += 1) {
        if (tally->people[side][i]->signer.number == officer->signer.number) {
            return FAULT_NONE; /* counted under another code */
        }
    }
    for (u32 i = 0; i < tally->count[1 - side]; i += 1) {
        if (strcmp(tally->people[1 - side][i]->region, officer->region) == 0) {
            return FAULT(FAULT_REFUSED, "approvals of %s and %s: both of the region %s",
                         tally->people[1 - side][i]->signer.code, officer->signer.code,
                         officer->region);
        }
    }
    tally->people[side][tally->count[side]] = officer;
    tally->count[side] += 1;
    return FAULT_NONE;
}

enum fault approvals_are_enough(const struct grant_circle *circle, const struct share_key *key,
                                const struct approvals_matter *matter)
{
    struct tally tally = {.count = {0, 0}};
    if (strcmp(key->sides[0].roster.venue, matter->venue) != 0) {
        return FAULT(FAULT_REFUSED, "%s: the officers' shares are of the venue %s", matter->word,
                     key->sides[0].roster.venue);
    }
    for (u32 i = 0; i < matter->count; i += 1) {
        TRY(count_one(circle, key, matter, &matter->list[i], &tally));
    }
    for (u32 side = 0; side < 2; side += 1) {
        const struct share_roster *roster = &key->sides[side].roster;
        u32 wanted = approvals_wanted(roster, matter);
        if (tally.count[side] < wanted) {
            return FAULT(FAULT_REFUSED, "group %c: %u of the %u people whose approval it takes",
                         share_side_letter(roster->side), tally.count[side], wanted);
        }
    }
    return FAULT_NONE;
}

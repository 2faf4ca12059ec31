#include "app/grant_case.h"

#include "base/check.h"
#include "io/digest.h"

#include <stdio.h>
#include <string.h>

_Static_assert((u32)DESK_OPENING_REVIEW == (u32)GRANT_REVIEW &&
                   (u32)DESK_BASIS_SIGN_UP == (u32)GRANT_SIGN_UP &&
                   (u32)DESK_FIELD_ACCOUNT == (u32)GRANT_FIELD_ACCOUNT &&
                   (u32)DESK_CLASS_PLAIN == (u32)GRANT_CLASS_PLAIN &&
                   (u32)DESK_CLASS_BULK == (u32)GRANT_CLASS_BULK &&
                   (u32)DESK_CLASS_SEARCH == (u32)GRANT_CLASS_SEARCH &&
                   (u32)DESK_GROUP_LOGINS == (u32)SEAL_GROUP_LOGINS,
               "the desk's numbers are the grant's");
_Static_assert(DESK_NAME_BYTES == GRANT_NONCE_BYTES && DESK_NAME_BYTES == PUBLOG_CASE_BYTES,
               "a case is a nonce too");

#define PRIORS_MAX 20U /* what the next act may follow: the last one, or approvals behind it */

/* ---- the acts ---- */

struct reading {
    const struct grant_circle *circle;
    struct grant_case *at;
    const char *name;
    struct sha256 sha256;
    u32 priors_count;
    u8 priors[PRIORS_MAX][DESK_HASH_BYTES];
};

static bool follows(const struct reading *reading, const struct desk_act *act)
{
    if (reading->priors_count == 0) {
        return span_is_zero(span_of(act->prior, sizeof(act->prior)));
    }
    for (u32 i = 0; i < reading->priors_count; i += 1) {
        if (memcmp(reading->priors[i], act->prior, sizeof(act->prior)) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_proposal(const struct desk_act *act)
{
    return act->kind == DESK_ACT_RECEIVE || act->kind == DESK_ACT_AMEND ||
           act->kind == DESK_ACT_ASSESS || act->kind == DESK_ACT_PREPARE;
}

/* False: no desk has so many. */
static bool proposer_add(struct grant_case *at, const char *code)
{
    for (u32 i = 0; i < at->proposers_count; i += 1) {
        if (strcmp(at->proposers[i], code) == 0) {
            return true;
        }
    }
    if (at->proposers_count == DESK_PROPOSERS_MAX) {
        return false;
    }
    (void)snprintf(at->proposers[at->proposers_count], CODE_NAME_BYTES, "%s", code);
    at->proposers_count += 1;
    return true;
}

static void case_take(struct grant_case *at, const struct desk_act *act, bool is_known)
{
    at->is_assessor_known = act->kind == DESK_ACT_ASSESS ? is_known : at->is_assessor_known;
    if (act->kind == DESK_ACT_RECEIVE || act->kind == DESK_ACT_AMEND) {
        at->asked = *act;
        at->assessed.kind = 0;
        at->prepared.kind = 0;
    } else if (act->kind == DESK_ACT_ASSESS || act->kind == DESK_ACT_COUNTED) {
        at->assessed = *act;
        at->assessed.kind = act->kind == DESK_ACT_ASSESS ? act->kind : 0;
        at->prepared.kind = 0;
    } else if (act->kind == DESK_ACT_PREPARE) {
        at->prepared = *act;
    } else if (act->kind == DESK_ACT_SILENCE) {
        at->silence_s = act->until_s;
    } else if (act->kind == DESK_ACT_INSTRUMENT) {
        memcpy(at->asked.instrument, act->instrument, sizeof(act->instrument));
    }
}

/* Of an officer whom the circle knows. */
static enum fault signature_check(struct reading *reading, const struct desk_file *file,
                                  bool *is_known_out)
{
    const struct circle_officer *officer =
        reading->circle == NULL
            ? NULL
            : grant_circle_officer(reading->circle, span_of_text(file->act.officer));
    *is_known_out = officer != NULL;
    if (officer == NULL) {
        return FAULT_NONE;
    }
    if (!file->is_signed ||
        !officer_signed(&officer->signer, span_of(file->text, file->text_bytes), file->signature)) {
        return FAULT(FAULT_INPUT, "%s: act %u is not signed with the key of %s in the circle",
                     reading->name, reading->at->acts, file->act.officer);
    }
    reading->at->acts_known += 1;
    return FAULT_NONE;
}

/* One act, without the line above it. */
static enum fault act_take(struct reading *reading, struct span text)
{
    static struct desk_file file;
    struct grant_case *at = reading->at;
    u8 hash[DESK_HASH_BYTES];
    TRY(desk_file_read(text, reading->name, &file));
    const struct desk_act *act = &file.act;
    if (at->acts == 0) {
        memcpy(at->name, act->name, sizeof(at->name));
    }
    bool is_first = act->kind == DESK_ACT_RECEIVE;
    if (memcmp(at->name, act->name, sizeof(at->name)) != 0 || is_first != (at->acts == 0) ||
        !follows(reading, act) || reading->priors_count == PRIORS_MAX) {
        return FAULT(FAULT_INPUT, "%s: act %u does not follow those before", reading->name,
                     at->acts + 1);
    }
    at->acts += 1;
    bool is_known = false;
    TRY(signature_check(reading, &file, &is_known));
    if (is_proposal(act) && !proposer_add(at, act->officer)) {
        return FAULT(FAULT_INPUT, "%s: act %u: more people propose than a case has", reading->name,
                     at->acts);
    }
    case_take(at, act, is_known);
    sha256_begin(&reading->sha256);
    sha256_add(&reading->sha256, span_of(file.text, file.text_bytes));
    sha256_end(&reading->sha256, hash);
    reading->priors_count = act->kind == DESK_ACT_APPROVE ? reading->priors_count : 0;
    memcpy(reading->priors[reading->priors_count], hash, sizeof(hash));
    reading->priors_count += 1;
    return FAULT_NONE;
}

/* From behind a line "# ..." to the next one, or the end. */
static enum fault acts_take(struct reading *reading, struct span acts)
{
    struct span rest = acts;
    struct span line;
    while (rest.size > 0) {
        const u8 *begin = NULL;
        if (!span_cut_line(&rest, &line) || line.size < 2 || line.data[0] != '#') {
            return FAULT(FAULT_INPUT, "%s: not what \"cambist desk acts\" prints", reading->name);
        }
        begin = rest.data;
        while (rest.size > 0 && rest.data[0] != '#' && span_cut_line(&rest, &line)) {
        }
        size_t size = rest.size == 0 && begin != NULL ? (size_t)(acts.data + acts.size - begin)
                                                      : (size_t)(rest.data - begin);
        TRY(act_take(reading, span_of(begin, size)));
        rest = span_of(begin + size, (size_t)(acts.data + acts.size - begin) - size);
    }
    return FAULT_NONE;
}

enum fault grant_case_read(struct span acts, const char *name, const struct grant_circle *circle,
                           struct grant_case *case_out)
{
    static struct reading reading;
    memset(case_out, 0, sizeof(*case_out));
    memset(&reading, 0, sizeof(reading));
    reading.at = case_out;
    reading.name = name;
    reading.circle = circle;
    TRY(sha256_open(&reading.sha256));
    enum fault fault = acts_take(&reading, acts);
    sha256_close(&reading.sha256);
    TRY(fault);
    if (case_out->acts == 0) {
        return FAULT(FAULT_INPUT, "%s: no acts", name);
    }
    if (case_out->asked.request != DESK_REQUEST_DISCLOSE) {
        return FAULT(FAULT_REFUSED, "%s: the case discloses nothing", name);
    }
    if (case_out->assessed.kind == 0 || case_out->assessed.records_count == 0) {
        return FAULT(FAULT_REFUSED, "%s: nothing that is granted was assessed", name);
    }
    return FAULT_NONE;
}

/* ---- whether a grant is the case's ---- */

/* The ordinal of a person; 0: none of the preparation's. */
static u32 ordinal_of(const u64 *persons, u32 count, u64 person)
{
    for (u32 i = 0; i < count; i += 1) {
        if (persons[i] == person && person != 0) {
            return i + 1;
        }
    }
    return 0;
}

static const char *head_flaw(const struct grant_case *at, const struct grant *grant)
{
    const struct desk_act *asked = &at->asked;
    if (strcmp(grant->venue, asked->venue) != 0) {
        return "it is of another venue";
    }
    if (memcmp(grant->name, at->name, sizeof(at->name)) != 0) {
        return "it is of another case";
    }
    if ((u32)grant->kind != asked->opening || (u32)grant->basis != asked->basis) {
        return "its kind or basis is not the case's";
    }
    if (memcmp(grant->country, asked->country, sizeof(grant->country)) != 0 ||
        strcmp(grant->authority, asked->authority) != 0) {
        return "its authority or country is not the case's";
    }
    if (memcmp(grant->instrument, asked->instrument, sizeof(grant->instrument)) != 0) {
        return "its instrument is not the case's";
    }
    if ((u32)grant->class != asked->class) {
        return "its class is not the case's";
    }
    if (grant->is_emergency != (asked->urgency == DESK_URGENCY_EMERGENCY)) {
        return "its urgency is not the case's";
    }
    u64 silence_s = at->silence_s > grant->issued_s ? at->silence_s : 0;
    return grant->silence_s == silence_s ? NULL : "its silence is not the case's";
}

static enum fault recipient_holds(const struct grant_case *at, const struct grant *grant)
{
    char recipient[AGE_RECIPIENT_BYTES];
    age_recipient_print(grant->recipient, recipient);
    return at->recipient[0] == '\0' || strcmp(recipient, at->recipient) == 0
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "the grant: its recipient is not the registered one");
}

static bool lies_within(const struct grant_record *record, const struct desk_record *granted)
{
    return granted->to_day == 0 || (record->to_day > 0 && record->from_day >= granted->from_day &&
                                    record->to_day <= granted->to_day);
}

static enum fault record_holds(const struct grant_case *at, const struct grant_record *record,
                               u32 ordinal)
{
    unsigned long long person = record->label.subject;
    const char *group = seal_group_name(record->label.group);
    if (ordinal == 0) {
        return FAULT(FAULT_REFUSED, "the grant: person %llu is nobody of the case", person);
    }
    for (u32 i = 0; i < at->assessed.records_count; i += 1) {
        const struct desk_record *granted = &at->assessed.records[i];
        bool is_group = record->is_compared || granted->group == record->label.group;
        if (granted->ordinal == ordinal && is_group &&
            (record->is_compared || lies_within(record, granted))) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_REFUSED, "the grant: %s of person %llu is more than was assessed", group,
                 person);
}

static bool is_named(const struct grant_case *at, u32 ordinal, u32 field)
{
    for (u32 i = 0; i < at->asked.subjects_count; i += 1) {
        const struct desk_subject *subject = &at->asked.subjects[i];
        if (subject->ordinal == ordinal && subject->field == field) {
            return true;
        }
    }
    return field == GRANT_FIELD_KEY && at->asked.opening == DESK_OPENING_CUSTOMER;
}

enum fault grant_case_holds(const struct grant_case *at, const struct grant *grant,
                            const u64 *persons, u32 persons_count)
{
    const char *flaw = head_flaw(at, grant);
    bool is_found = at->asked.class == DESK_CLASS_SEARCH; /* whom a search found, no paper names */
    if (flaw != NULL) {
        return FAULT(FAULT_REFUSED, "the grant: %s", flaw);
    }
    TRY(recipient_holds(at, grant));
    for (u32 i = 0; i < grant->records_count; i += 1) {
        const struct grant_record *record = &grant->records[i];
        TRY(record_holds(at, record, ordinal_of(persons, persons_count, record->label.subject)));
    }
    for (u32 i = 0; i < grant->identifiers_count && !is_found; i += 1) {
        const struct grant_identifier *identifier = &grant->identifiers[i];
        u32 ordinal = ordinal_of(persons, persons_count, identifier->subject);
        if (ordinal == 0 || !is_named(at, ordinal, identifier->field)) {
            return FAULT(FAULT_REFUSED, "the grant: the case does not name person %llu by %s",
                         (unsigned long long)identifier->subject,
                         grant_field_name(identifier->field));
        }
    }
    return FAULT_NONE;
}

/* Two codes of one person are one. */
static bool is_same_person(const struct grant_circle *circle, const char *code,
                           const struct circle_officer *officer)
{
    const struct circle_officer *other = grant_circle_officer(circle, span_of_text(code));
    return strcmp(code, officer->signer.code) == 0 ||
           (other != NULL && other->signer.number == officer->signer.number);
}

enum fault grant_case_may_approve(const struct grant_case *at, const struct grant_circle *circle,
                                  const struct circle_officer *officer)
{
    for (u32 i = 0; i < at->proposers_count; i += 1) {
        if (is_same_person(circle, at->proposers[i], officer)) {
            return FAULT(FAULT_REFUSED,
                         "%s took in, assessed or prepared this case, and does not approve it",
                         officer->signer.code);
        }
    }
    return FAULT_NONE;
}

enum fault grant_case_judge(struct span acts, const char *name, const struct grant_circle *circle,
                            const struct grant_file *file, struct grant_case *case_out)
{
    TRY(grant_case_read(acts, name, circle, case_out));
    const struct desk_act *prepared = &case_out->prepared;
    if (prepared->kind == 0 || memcmp(prepared->grant, file->hash, sizeof(prepared->grant)) != 0) {
        return FAULT(FAULT_REFUSED, "%s: the case has not prepared this grant", name);
    }
    TRY(grant_case_holds(case_out, &file->grant, prepared->persons, prepared->persons_count));
    if (circle == NULL) {
        return FAULT_NONE;
    }
    if (circle->wants_case && !case_out->is_assessor_known) {
        return FAULT(FAULT_REFUSED, "%s: the circle knows no %s, who assessed", name,
                     case_out->assessed.officer);
    }
    for (u32 i = 0; i < file->signatures_count; i += 1) {
        const struct circle_officer *officer =
            grant_circle_officer(circle, span_of_text(file->signatures[i].officer));
        if (officer != NULL) { /* a stranger's signature is refused elsewhere */
            TRY(grant_case_may_approve(case_out, circle, officer));
        }
    }
    return FAULT_NONE;
}

enum fault grant_case_value(const struct grant_case *at, u32 ordinal, u32 field, struct span value)
{
    u8 hash[32];
    if (grant_identifier_hash(at->name, ordinal, (enum grant_field)field, value, hash)) {
        for (u32 i = 0; i < at->asked.subjects_count; i += 1) {
            const struct desk_subject *subject = &at->asked.subjects[i];
            if (subject->ordinal == ordinal && subject->field == field &&
                memcmp(subject->hash, hash, sizeof(hash)) == 0) {
                return FAULT_NONE;
            }
        }
    }
    return FAULT(FAULT_REFUSED, "the case does not have this %s of its person %u",
                 grant_field_name((enum grant_field)field), ordinal);
}

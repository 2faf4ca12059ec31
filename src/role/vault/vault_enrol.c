/* What comes from customers, and its review (docs/enrolment.md): an offer, the sealed records with
 * the box that this process reads once, what the assigned reviewer is shown, and the verdict. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "io/seal.h"
#include "role/vault/vault_agent_inner.h"

#include <string.h>

#define DAY_S          86400U
#define US_S           1000000U
#define RETENTION      1U
#define POINT_DIGITS   64U
#define REVIEWERS_TEXT (VAULT_REVIEWERS_MAX * (CODE_NAME_BYTES + POINT_DIGITS + 2U))

_Static_assert(VAULT_PUT_MAX == SEAL_ENROL_RECORDS_MAX, "one enrolment");
_Static_assert(SEAL_ENROL_NAMES_MAX + 2 <= VAULT_TAGS_MAX, "all that is read is found again");
_Static_assert(VAULT_REVIEW_BYTES + 8 <= SEAL_ENROL_BOX_BYTES + SEAL_POINT_BYTES,
               "what came in one frame goes out in one");

/* ---- keys ---- */

static bool reviewer_read(struct span line, struct vault_reviewers *reviewers)
{
    u32 place = reviewers->count;
    const u8 *blank = memchr(line.data, ' ', line.size);
    size_t size = blank == NULL ? 0 : (size_t)(blank - line.data);
    if (place == VAULT_REVIEWERS_MAX || size == 0 || size >= CODE_NAME_BYTES ||
        code_name_of(span_of(line.data, size)) == 0 ||
        !bytes_from_hex(span_after(line, size + 1), reviewers->points[place].bytes,
                        SEAL_POINT_BYTES) ||
        !seal_point_is_sound(&reviewers->points[place])) {
        return false;
    }
    memcpy(reviewers->names[place], line.data, size);
    for (u32 i = 0; i < place; i += 1) {
        if (memcmp(&reviewers->points[i], &reviewers->points[place], SEAL_POINT_BYTES) == 0) {
            return false;
        }
    }
    reviewers->count += 1;
    return true;
}

static enum fault reviewers_open(struct disk *disk, const char *folder,
                                 struct vault_reviewers *reviewers)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    u8 text[REVIEWERS_TEXT + 1];
    size_t size = 0;
    u32 number = 1;
    bool exists = false;
    *reviewers = (struct vault_reviewers){.count = 0};
    TRY(file_path(path, folder, VAULT_REVIEWERS_FILE));
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(file_open(disk, path, 0, &file));
    TRY(file_read_at(&file, 0, text, sizeof(text), &size));
    for (size_t at = 0; at < size; number += 1) {
        const u8 *end = memchr(text + at, '\n', size - at);
        size_t bytes = end == NULL ? 0 : (size_t)(end - (text + at));
        if (bytes == 0 || !reviewer_read(span_of(text + at, bytes), reviewers)) {
            return FAULT(FAULT_INPUT,
                         "%s:%u: not a name, a blank and a point of its own in 64 "
                         "small hexadecimal digits; at most 16 lines",
                         path, number);
        }
        at += bytes + 1;
    }
    return reviewers->count > 0 ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: there is nobody", path);
}

enum fault vault_enrol_open(struct vault_agent *agent, const char *folder)
{
    struct seal_key file;
    TRY(reviewers_open(agent->options.disk, folder, &agent->reviewers));
    if (agent->reviewers.count == 0) {
        return FAULT_NONE;
    }
    if (seal_room_open(&agent->room) != FAULT_NONE) {
        log_warn("vault.nobody_enrols", LOG_STR("cause", "memory cannot be locked"));
        fault_forget();
        agent->room = NULL;
        return FAULT_NONE;
    }
    agent->enrol_key = seal_room_take(agent->room, sizeof(*agent->enrol_key));
    TRY(seal_key_open(agent->options.disk, folder, VAULT_ENROL_KEY_FILE, &file));
    seal_enrol_key(file.bytes, agent->enrol_key);
    seal_key_wipe(&file);
    CHECK(seal_point_of(agent->enrol_key, &agent->enrol_point));
    return FAULT_NONE;
}

void vault_enrol_close(struct vault_agent *agent)
{
    seal_room_close(agent->room);
    agent->room = NULL;
}

/* ---- what is offered ---- */

static u64 now_us(const struct vault_agent *agent)
{
    return clock_wall_us(agent->options.clock);
}

static enum fault may_enrol(const struct vault_agent *agent)
{
    if (agent->groups.count == 0) {
        return FAULT(FAULT_REFUSED, "there is no group that anything could be sealed for");
    }
    return agent->reviewers.count > 0 && agent->room != NULL
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "there is nobody who reviews");
}

/* Version and reviewer of what comes next from a subject. Nothing does while one is under review:
 * each version draws another reviewer, and nobody is to draw until they like the lot. */
static enum fault assign(struct vault_agent *agent, u64 subject, u32 *version_out,
                         const struct seal_point **reviewer_out)
{
    bool is_reviewed = false;
    TRY(vault_store_is_reviewed(&agent->store, subject, now_us(agent), &is_reviewed));
    if (is_reviewed) {
        return FAULT(FAULT_REFUSED, "an enrolment of this person is under review");
    }
    TRY(vault_store_next_version(&agent->store, subject, version_out));
    *reviewer_out =
        &agent->reviewers
             .points[vault_store_lot(&agent->store, subject, *version_out, agent->reviewers.count)];
    return FAULT_NONE;
}

static enum fault on_offer(struct vault_agent *agent, struct span *answer_out)
{
    const struct seal_point *reviewer = NULL;
    u32 version = 0;
    TRY(may_enrol(agent));
    TRY(assign(agent, agent->ask.subject, &version, &reviewer));
    u32 last = agent->groups.count - 1;
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_OFFER, VAULT_CODE_OK);
    frame_write_u32(&writer, version);
    frame_write_u32(&writer, agent->groups.epochs[last]);
    frame_write_u64(&writer, RETENTION);
    frame_write_u64(&writer, now_us(agent) / US_S + (u64)VAULT_REVIEW_DAYS_MAX * DAY_S);
    frame_write_bytes(&writer, span_of(agent->groups.points[last].bytes, SEAL_POINT_BYTES));
    frame_write_bytes(&writer, span_of(agent->enrol_point.bytes, SEAL_POINT_BYTES));
    frame_write_bytes(&writer, span_of(reviewer->bytes, SEAL_POINT_BYTES));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

/* ---- what comes ---- */

/* Labels that belong together and were offered, one hand each, all with the same end. */
static enum fault records_check(struct vault_agent *agent, u32 version)
{
    const struct vault_ask *ask = &agent->ask;
    const struct seal_label *first = &ask->records[0].label;
    u64 now_s = now_us(agent) / US_S;
    u64 until_s = ask->records[0].hands[0].until_s;
    for (u32 i = 0; i < ask->count; i += 1) {
        const struct vault_record *record = &ask->records[i];
        const struct seal_label *label = &record->label;
        if (label->subject != first->subject || label->version != version ||
            label->retention != RETENTION || record->until_day != 0 ||
            label->epoch != agent->groups.epochs[agent->groups.count - 1]) {
            return FAULT(FAULT_REFUSED, "number %u: not what was offered", i + 1);
        }
        if (label->group > SEAL_GROUP_DOCUMENTS ||
            (i == 0 ? label->group != SEAL_GROUP_IDENTITY
                    : label->group <= ask->records[i - 1].label.group)) {
            return FAULT(FAULT_REFUSED, "number %u: not a group of a form, in its place", i + 1);
        }
        if (record->hands_count != 1 || ask->values_counts[i] != 0 ||
            record->hands[0].until_s != until_s || until_s <= now_s) {
            return FAULT(FAULT_REFUSED, "number %u: not one copy for the reviewer", i + 1);
        }
        TRY(vault_hands_check(record, i + 1, now_s));
        TRY(vault_groups_check(&agent->groups, label, record->hash, record->wrap));
    }
    return FAULT_NONE;
}

/* The tag of `before` and `value` joined. */
static bool tag_add(struct vault_agent *agent, u32 field, struct span before, struct span value)
{
    struct vault_record *identity = &agent->ask.records[0];
    size_t mark = seal_room_mark(agent->room);
    u8 *joined = seal_room_take(agent->room, PERSONAL_BYTES_MAX);
    size_t size = before.size + value.size + (before.size > 0 ? 1 : 0);
    bool is_right = size <= PERSONAL_BYTES_MAX;
    if (is_right) {
        memcpy(joined + size - value.size, value.data, value.size);
        if (before.size > 0) {
            memcpy(joined, before.data, before.size);
            joined[before.size] = ' ';
        }
        is_right = personal_move(agent->value, joined, size) &&
                   blind_index_tag(agent->index, field, agent->value,
                                   &identity->tags[identity->tags_count]);
    }
    identity->tags_count += is_right ? 1 : 0;
    seal_room_leave(agent->room, mark);
    return is_right;
}

/* Appends "NAME: VALUE" and a newline; all lines of a box fit, so some of them do. */
static size_t line_add(u8 *text, size_t size, const char *name, struct span value)
{
    size_t name_bytes = strlen(name);
    CHECK(size + name_bytes + value.size + 3 <= VAULT_PERSON_TEXT_MAX);
    memcpy(text + size, name, name_bytes);
    memcpy(text + size + name_bytes, ": ", 2);
    memcpy(text + size + name_bytes + 2, value.data, value.size);
    text[size + name_bytes + 2 + value.size] = '\n';
    return size + name_bytes + value.size + 3;
}

/* What screening has to know of them, sealed into agent->person: lines of the form, no others. */
static void person_take(struct vault_agent *agent, const struct seal_enrolled *enrolled)
{
    const struct seal_label *label = &agent->ask.records[0].label;
    size_t mark = seal_room_mark(agent->room);
    u8 *text = seal_room_take(agent->room, VAULT_PERSON_TEXT_MAX);
    size_t size = 0;
    for (u32 i = 0; i < enrolled->names_count; i += 1) {
        size = line_add(text, size, "name", enrolled->names[i]);
    }
    size = line_add(text, size, "birth-date", enrolled->birth_date);
    for (u32 i = 0; i < enrolled->nationalities_count; i += 1) {
        size = line_add(text, size, "nationality", enrolled->nationalities[i]);
    }
    agent->person_bytes = vault_person_seal(&agent->store, label->subject, label->version,
                                            span_of(text, size), agent->person);
    seal_room_leave(agent->room, mark);
}

/* What the box has becomes tags of the identity, and is wiped. False: it has not the form. */
static bool box_take(struct vault_agent *agent)
{
    const struct vault_record *identity = &agent->ask.records[0];
    struct seal_enrolled enrolled;
    const struct span nothing = {.size = 0};
    size_t mark = seal_room_mark(agent->room);
    u8 *text = seal_room_take(agent->room, SEAL_ENROL_TEXT_BYTES);
    size_t size = 0;
    bool is_right =
        seal_enrol_box_open(agent->room, &identity->label, agent->enrol_key, identity->hash,
                            agent->ask.box.data, text, &size) == FAULT_NONE;
    if (!is_right) {
        fault_forget();
    }
    is_right = is_right && seal_enrol_read(span_of(text, size), &enrolled) &&
               tag_add(agent, BLIND_DOCUMENT, nothing, enrolled.document) &&
               tag_add(agent, BLIND_EMAIL, nothing, enrolled.email);
    for (u32 i = 0; is_right && i < enrolled.names_count; i += 1) {
        is_right = tag_add(agent, BLIND_PERSON, enrolled.birth_date, enrolled.names[i]);
    }
    if (is_right) {
        person_take(agent, &enrolled);
    }
    seal_room_leave(agent->room, mark);
    return is_right;
}

static void enrolment_of(const struct vault_agent *agent, struct seal_enrolment *enrolment)
{
    const struct vault_ask *ask = &agent->ask;
    enrolment->until_s = ask->records[0].hands[0].until_s;
    enrolment->enrol_key = agent->enrol_point;
    enrolment->rows_count = ask->count;
    memcpy(enrolment->reviewer.bytes, ask->reviewer, SEAL_POINT_BYTES);
    seal_enrol_box_hash(ask->box.data, enrolment->box_hash);
    for (u32 i = 0; i < ask->count; i += 1) {
        enrolment->rows[i].label = ask->records[i].label;
        memcpy(enrolment->rows[i].wrap, ask->records[i].wrap, SEAL_WRAP_BYTES);
        memcpy(enrolment->rows[i].hash, ask->records[i].hash, SEAL_HASH_BYTES);
    }
}

/* The answer does not say whether anybody was seen before: it goes to the customer. */
static enum fault on_enrol(struct vault_agent *agent, struct span *answer_out)
{
    static struct seal_enrolment enrolment; /* one thread */
    const struct vault_ask *ask = &agent->ask;
    const struct seal_point *reviewer = NULL;
    u32 version = 0;
    TRY(may_enrol(agent));
    TRY(assign(agent, ask->records[0].label.subject, &version, &reviewer));
    if (memcmp(reviewer->bytes, ask->reviewer, SEAL_POINT_BYTES) != 0) {
        return FAULT(FAULT_REFUSED, "another reviewer is assigned");
    }
    TRY(records_check(agent, version));
    if (!box_take(agent)) {
        *answer_out = vault_refuse(agent, VAULT_ASK_ENROL, VAULT_CODE_WRONG,
                                   "the box is not for this key and record, or has not the form");
        return FAULT_NONE;
    }
    struct vault_review review = {.subject = ask->records[0].label.subject,
                                  .version = version,
                                  .time_us = now_us(agent),
                                  .until_s = ask->records[0].hands[0].until_s,
                                  .person = span_of(agent->person, agent->person_bytes)};
    enrolment_of(agent, &enrolment);
    memcpy(review.reviewer, ask->reviewer, SEAL_POINT_BYTES);
    memcpy(review.box, enrolment.box_hash, SEAL_HASH_BYTES);
    seal_enrol_hash(&enrolment, review.enrolment);
    return vault_store_enrol(&agent->store, ask->records, ask->count, &review);
}

/* ---- the review ---- */

enum fault vault_enrol_hide(struct vault_agent *agent, struct vault_record *record)
{
    struct vault_review review;
    bool found = false;
    u32 kept = 0;
    TRY(vault_store_review(&agent->store, record->label.subject, record->label.version, &review,
                           &found));
    for (u32 i = 0; found && i < record->hands_count; i += 1) {
        if (record->hands[i].until_s == 0) {
            record->hands[kept] = record->hands[i];
            kept += 1;
        }
    }
    record->hands_count = found ? kept : record->hands_count;
    return FAULT_NONE;
}

/* The records of one enrolment, identity first. */
static enum fault records_write(struct vault_agent *agent, const struct vault_review *review,
                                struct frame_writer *writer)
{
    static struct vault_record record; /* one thread */
    u32 count_at = writer->size;
    u8 count = 0;
    frame_write_u32(writer, 0);
    for (u8 group = SEAL_GROUP_IDENTITY; group <= SEAL_GROUP_DOCUMENTS; group += 1) {
        const struct seal_label place = {
            .subject = review->subject, .group = group, .version = review->version};
        enum fault fault =
            vault_store_get(&agent->store, place, now_us(agent) / US_S, agent->body, &record);
        if (fault == FAULT_MISSING) {
            fault_forget();
            continue;
        }
        TRY(fault);
        vault_write_record(writer, &record);
        secret_wipe(agent->body, record.body.size);
        secret_wipe(&record, sizeof(record));
        count += 1;
    }
    writer->bytes[count_at] = count;
    return FAULT_NONE;
}

static enum fault on_review(struct vault_agent *agent, struct span *answer_out)
{
    struct vault_review review;
    TRY(vault_store_view(&agent->store, agent->ask.subject, agent->ask.version, now_us(agent),
                         &review));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_REVIEW, VAULT_CODE_OK);
    frame_write_u64(&writer, review.subject);
    frame_write_u32(&writer, review.version);
    frame_write_u32(&writer, review.seen); /* and three zeros */
    frame_write_u64(&writer, review.until_s);
    frame_write_bytes(&writer, span_of(review.reviewer, sizeof(review.reviewer)));
    frame_write_bytes(&writer, span_of(agent->enrol_point.bytes, SEAL_POINT_BYTES));
    frame_write_bytes(&writer, span_of(review.box, sizeof(review.box)));
    frame_write_bytes(&writer, span_of(review.enrolment, sizeof(review.enrolment)));
    TRY(records_write(agent, &review, &writer));
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_decide(struct vault_agent *agent, struct span *answer_out)
{
    const struct seal_verdict *verdict = &agent->ask.verdict;
    struct vault_review review;
    struct seal_point reviewer;
    bool found = false;
    u64 hands = 0;
    TRY(vault_store_review(&agent->store, verdict->subject, verdict->version, &review, &found));
    if (!found) {
        return FAULT(FAULT_MISSING, "there is no such enrolment");
    }
    memcpy(reviewer.bytes, review.reviewer, sizeof(reviewer.bytes));
    if (memcmp(verdict->enrolment, review.enrolment, SEAL_HASH_BYTES) != 0 ||
        !seal_verdict_holds(verdict, &reviewer)) {
        return FAULT(FAULT_REFUSED, "not the verdict of the assigned reviewer on this enrolment");
    }
    TRY(vault_store_decide(&agent->store, verdict->subject, verdict->version,
                           verdict->outcome == SEAL_OUTCOME_ACCEPT ? VAULT_REVIEW_ACCEPTED
                                                                   : VAULT_REVIEW_REJECTED,
                           now_us(agent), &hands));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_DECIDE, VAULT_CODE_OK);
    frame_write_u32(&writer, (u32)hands);
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

/* ---- lists ---- */

static enum fault on_reviews(struct vault_agent *agent, struct span *answer_out)
{
    static struct vault_review reviews[VAULT_LIST_MAX]; /* one thread */
    u32 count = 0;
    TRY(vault_store_reviews(&agent->store, reviews, &count));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_REVIEWS, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        frame_write_u64(&writer, reviews[i].subject);
        frame_write_u32(&writer, reviews[i].version);
        frame_write_u32(&writer, reviews[i].seen);
        frame_write_u64(&writer, reviews[i].until_s);
        frame_write_u64(&writer, reviews[i].views);
        frame_write_bytes(&writer, span_of(reviews[i].reviewer, sizeof(reviews[i].reviewer)));
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

static enum fault on_doubles(struct vault_agent *agent, struct span *answer_out)
{
    static struct vault_double doubles[VAULT_LIST_MAX]; /* one thread */
    u32 count = 0;
    TRY(vault_store_doubles(&agent->store, agent->ask.from, doubles, &count));
    struct frame_writer writer = vault_answer_begin(agent, VAULT_ASK_DOUBLES, VAULT_CODE_OK);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        frame_write_u64(&writer, doubles[i].number);
        frame_write_u64(&writer, doubles[i].time_us);
        frame_write_u64(&writer, doubles[i].subject);
        frame_write_u32(&writer, doubles[i].version);
        frame_write_u32(&writer, doubles[i].seen);
    }
    *answer_out = vault_answer_end(&writer);
    return FAULT_NONE;
}

enum fault vault_enrol_answer(struct vault_agent *agent, struct span *answer_out)
{
    switch (agent->ask.kind) {
    case VAULT_ASK_ENROL:
        return on_enrol(agent, answer_out);
    case VAULT_ASK_OFFER:
        return on_offer(agent, answer_out);
    case VAULT_ASK_REVIEW:
        return on_review(agent, answer_out);
    case VAULT_ASK_DECIDE:
        return on_decide(agent, answer_out);
    case VAULT_ASK_REVIEWS:
        return on_reviews(agent, answer_out);
    default: /* not an enum: vault_answer.c gives no other */
        CHECK(agent->ask.kind == VAULT_ASK_DOUBLES);
        return on_doubles(agent, answer_out);
    }
}

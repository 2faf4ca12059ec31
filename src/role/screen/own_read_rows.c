#include "role/screen/own_read_rows.h"

#include "base/check.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX (1U << 27)

struct own_version_row {
    u32 record;
    u32 order; /* in which it was read */
    u32 holder;
    u32 target;
    u32 source;
    u32 statement; /* its number in `ids` */
    i32 day;
    u32 second;
    bool is_closed;
    u32 interests_first;
    u32 interests_count;
};

struct own_component_row {
    u32 interests_first; /* of the version that names it ... */
    u32 interests_count;
    u32 record; /* ... and the record it names */
    u32 first;  /* of the version's components: their place */
    u32 count;
};

enum fault own_rows_open(struct own_rows_book *book)
{
    *book = (struct own_rows_book){.versions = NULL};
    TRY(own_read_texts_open(&book->records));
    return own_read_texts_open(&book->ids);
}

void own_rows_close(struct own_rows_book *book)
{
    own_read_texts_close(&book->records);
    own_read_texts_close(&book->ids);
    free(book->versions);
    free(book->interests);
    free(book->components);
    *book = (struct own_rows_book){.versions = NULL};
}

static enum fault keep_components(struct own_rows_book *book, const struct own_version *version)
{
    bool is_new = false;
    u32 count = version->components_count;
    CHECK(count <= OWN_COMPONENTS_MAX);
    TRY(own_read_reserve(&book->components, &book->components_capacity, book->components_count,
                         count, sizeof(*book->components), "components"));
    u32 first = book->components_count;
    for (u32 i = 0; i < count; i += 1) {
        struct own_component_row row = {.interests_first = book->interests_count,
                                        .interests_count = version->interests_count,
                                        .first = first,
                                        .count = count};
        TRY(own_read_texts_put(&book->records, version->components[i], &row.record, &is_new));
        book->components[first + i] = row;
    }
    book->components_count += count;
    return FAULT_NONE;
}

enum fault own_rows_take(struct own_rows_book *book, struct span record,
                         const struct own_version *version)
{
    bool is_new = false;
    struct own_version_row row = {.order = book->versions_count,
                                  .holder = version->holder,
                                  .target = version->target,
                                  .source = version->source,
                                  .day = version->day,
                                  .second = version->second,
                                  .is_closed = version->is_closed,
                                  .interests_first = book->interests_count,
                                  .interests_count = version->interests_count};
    CHECK(version->interests_count <= OWN_INTERESTS_MAX);
    if (book->versions_count == STATEMENTS_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u statements of relationships", STATEMENTS_MAX);
    }
    TRY(own_read_texts_put(&book->records, record, &row.record, &is_new));
    TRY(own_read_texts_put(&book->ids, version->statement, &row.statement, &is_new));
    TRY(own_read_reserve(&book->versions, &book->versions_capacity, book->versions_count, 1,
                         sizeof(*book->versions), "statements"));
    TRY(own_read_reserve(&book->interests, &book->interests_capacity, book->interests_count,
                         version->interests_count, sizeof(*book->interests), "interests"));
    TRY(keep_components(book, version));
    for (u32 i = 0; i < version->interests_count; i += 1) {
        book->interests[book->interests_count + i] = version->interests[i];
    }
    book->interests_count += version->interests_count;
    book->versions[book->versions_count] = row;
    book->versions_count += 1;
    return FAULT_NONE;
}

/* ---- chains ---- */

enum { RECORD_LINKS = 1, RECORD_SIZED = 2 };

/* Of every record: whether it is a relationship, and whether it has a share of known size. */
static void look_at_records(struct own_rows_book *book)
{
    for (u32 i = 0; i < book->versions_count; i += 1) {
        const struct own_version_row *version = &book->versions[i];
        u32 *value = own_read_texts_value(&book->records, version->record);
        *value |= RECORD_LINKS;
        for (u32 k = 0; k < version->interests_count; k += 1) {
            const struct own_interest *interest = &book->interests[version->interests_first + k];
            bool is_sized =
                interest->kind == OWN_SHARE && (interest->flags & OWN_EDGE_UNKNOWN) == 0;
            *value |= is_sized ? RECORD_SIZED : 0;
        }
    }
}

static bool is_chain(const struct own_rows_book *book, u32 first, u32 count)
{
    u32 links = 0;
    for (u32 i = first; i < first + count; i += 1) {
        u32 value = *own_read_texts_value(&book->records, book->components[i].record);
        links += (value & RECORD_LINKS) != 0 ? 1 : 0;
        if (value == RECORD_LINKS) {
            return false;
        }
    }
    return links >= 2;
}

static void weigh_chains(struct own_rows_book *book)
{
    look_at_records(book);
    for (u32 i = 0; i < book->components_count; i += book->components[i].count) {
        const struct own_component_row *row = &book->components[i];
        bool speaks = is_chain(book, row->first, row->count);
        for (u32 k = 0; speaks && k < row->interests_count; k += 1) {
            struct own_interest *interest = &book->interests[row->interests_first + k];
            interest->flags |= (interest->flags & OWN_EDGE_INDIRECT) != 0 ? OWN_EDGE_POSSIBLE : 0;
        }
    }
}

/* ---- edges ---- */

/* An interest as it is said at present. */
struct said {
    struct own_interest interest;
    i32 recorded;
    u32 version;  /* that said it first so */
    u32 claimant; /* the last version that said it again, + 1 */
};

struct teller {
    const struct own_rows_book *book;
    struct own_build *build;
    u64 *edges;
    struct said *said;
    u32 count;
    u32 capacity;
};

static int by_record(const void *left, const void *right)
{
    const struct own_version_row *a = left;
    const struct own_version_row *b = right;
    if (a->record != b->record) {
        return a->record < b->record ? -1 : 1;
    }
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    if (a->second != b->second) {
        return a->second < b->second ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order ? 1 : 0;
}

static enum fault make_edge(struct teller *teller, const struct said *said, i32 recorded_until)
{
    const struct own_version_row *version = &teller->book->versions[said->version];
    u32 number = 0;
    struct own_edge edge = {.kind = (enum own_kind)said->interest.kind,
                            .flags = said->interest.flags,
                            .holder = version->holder,
                            .target = version->target,
                            .via = OWN_NONE,
                            .lower = said->interest.lower,
                            .upper = said->interest.upper,
                            .times = {.valid_from = said->interest.from,
                                      .valid_until = said->interest.until,
                                      .recorded_from = said->recorded,
                                      .recorded_until = recorded_until},
                            .source = version->source,
                            .statement =
                                own_read_texts_get(&teller->book->ids, version->statement)};
    if (said->recorded >= recorded_until) {
        return FAULT_NONE; /* taken back on the day it was said */
    }
    *teller->edges += 1;
    return own_build_edge(teller->build, &edge, &number);
}

static bool is_same(const struct own_interest *a, const struct own_interest *b)
{
    return a->type == b->type && a->kind == b->kind && a->flags == b->flags &&
           a->lower == b->lower && a->upper == b->upper && a->from == b->from &&
           a->until == b->until;
}

/* What a version says, with the ends that its being closed means. */
static struct own_interest meant(const struct own_version_row *version,
                                 const struct own_interest *interest)
{
    struct own_interest meant = *interest;
    if (version->is_closed && meant.until == OWN_DAY_NEVER && version->day != OWN_DAY_EVER) {
        i32 least = meant.from == OWN_DAY_EVER ? version->day : meant.from + 1;
        meant.until = version->day > least ? version->day : least;
    }
    return meant;
}

/* From which day on the version speaks of interests of this type. */
static i32 speaks_from(const struct teller *teller, const struct own_version_row *version, u16 type)
{
    i32 from = version->day;
    bool is_named = false;
    for (u32 i = 0; i < version->interests_count; i += 1) {
        const struct own_interest *interest =
            &teller->book->interests[version->interests_first + i];
        if (interest->type == type) {
            from = is_named && from < interest->from ? from : interest->from;
            is_named = true;
        }
    }
    return from;
}

static bool are_same_parties(const struct own_version_row *a, const struct own_version_row *b)
{
    return a->holder == b->holder && a->target == b->target;
}

static bool says_again(const struct teller *teller, const struct own_version_row *version,
                       const struct said *said)
{
    if (!are_same_parties(version, &teller->book->versions[said->version])) {
        return false;
    }
    for (u32 i = 0; i < version->interests_count; i += 1) {
        struct own_interest other =
            meant(version, &teller->book->interests[version->interests_first + i]);
        if (is_same(&other, &said->interest)) {
            return true;
        }
    }
    return false;
}

/* What was said before this version, after it: kept, cut short or taken back. */
static enum fault revise(struct teller *teller, const struct own_version_row *version)
{
    u32 kept = 0;
    for (u32 i = 0; i < teller->count; i += 1) {
        struct said said = teller->said[i];
        i32 cut = speaks_from(teller, version, said.interest.type);
        if (!says_again(teller, version, &said) && said.interest.until > cut) {
            TRY(make_edge(teller, &said, version->day));
            if (said.interest.from >= cut) {
                continue;
            }
            said.interest.until = cut;
            said.recorded = version->day;
        }
        teller->said[kept] = said;
        kept += 1;
    }
    teller->count = kept;
    return FAULT_NONE;
}

/* Whether it was said before; two equal lots in one version are two. */
static bool claim(struct teller *teller, u32 version_number, u32 before,
                  const struct own_interest *interest)
{
    const struct own_version_row *versions = teller->book->versions;
    for (u32 i = 0; i < before; i += 1) {
        struct said *said = &teller->said[i];
        if (said->claimant != version_number + 1 && is_same(&said->interest, interest) &&
            are_same_parties(&versions[version_number], &versions[said->version])) {
            said->claimant = version_number + 1;
            return true;
        }
    }
    return false;
}

static enum fault add_said(struct teller *teller, u32 version_number)
{
    const struct own_version_row *version = &teller->book->versions[version_number];
    u32 before = teller->count;
    for (u32 i = 0; i < version->interests_count; i += 1) {
        struct own_interest interest =
            meant(version, &teller->book->interests[version->interests_first + i]);
        if (claim(teller, version_number, before, &interest)) {
            continue;
        }
        TRY(own_read_reserve(&teller->said, &teller->capacity, teller->count, 1,
                             sizeof(*teller->said), "interests"));
        teller->said[teller->count] = (struct said){
            .interest = interest, .recorded = version->day, .version = version_number};
        teller->count += 1;
    }
    return FAULT_NONE;
}

static enum fault tell_all(struct teller *teller)
{
    const struct own_rows_book *book = teller->book;
    for (u32 i = 0; i < book->versions_count; i += 1) {
        TRY(revise(teller, &book->versions[i]));
        TRY(add_said(teller, i));
        bool is_last = i + 1 == book->versions_count ||
                       book->versions[i + 1].record != book->versions[i].record;
        for (u32 k = 0; is_last && k < teller->count; k += 1) {
            TRY(make_edge(teller, &teller->said[k], OWN_DAY_NEVER));
        }
        teller->count = is_last ? 0 : teller->count;
    }
    return FAULT_NONE;
}

enum fault own_rows_build(struct own_rows_book *book, struct own_build *build, u64 *edges_out)
{
    struct teller teller = {.book = book, .build = build, .edges = edges_out};
    weigh_chains(book);
    if (book->versions_count > 0) {
        qsort(book->versions, book->versions_count, sizeof(*book->versions), by_record);
    }
    enum fault fault = tell_all(&teller);
    free(teller.said);
    own_rows_close(book);
    return fault == FAULT_NONE ? own_rows_open(book) : fault;
}

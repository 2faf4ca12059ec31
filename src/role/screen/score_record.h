/* How alike two records are: the best of their names, then what birth dates, countries, kinds and
 * identifiers add or take away, again as named parts that add up to the score.
 *
 * What only one record says changes nothing: omission is not contradiction. A weak alias never
 * makes a score; where other names agree at least by half, it raises theirs. The same identifier
 * makes a score of one whatever the names say. */
#ifndef ROLE_SCREEN_SCORE_RECORD_H
#define ROLE_SCREEN_SCORE_RECORD_H

#include "role/screen/score.h"
#include "wire/list_entry.h"

/* All belongs to the caller; names are analysed, and weighed with the same counts. */
struct score_record {
    enum name_kind kind; /* NAME_UNKNOWN: not said */
    const struct name *names;
    const u8 *qualities; /* enum list_quality, of each name */
    u32 names_count;
    const struct list_birth *births;
    u32 births_count;
    const struct list_tied_country *countries;
    u32 countries_count;
    const struct list_identifier *identifiers;
    u32 identifiers_count;
};

struct score_record_result {
    u32 millionths;
    u32 a_name; /* the names that scored best */
    u32 b_name;
    struct score_parts parts; /* of these names, then of the records */
};

/* The same either way round. */
void score_records(const struct score_record *a, const struct score_record *b,
                   struct score_record_result *result_out);

#endif /* ROLE_SCREEN_SCORE_RECORD_H */

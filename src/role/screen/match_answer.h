/* What a client of yente's `/match` is answered: entries of lists in the words of its model.
 *
 * Scores are the venue's own, printed from millionths with six places. `features` are the parts
 * that a score is the sum of, added up by their kind; `lists` is ours: which load of which list was
 * asked, and whether it is stale. */
#ifndef ROLE_SCREEN_MATCH_ANSWER_H
#define ROLE_SCREEN_MATCH_ANSWER_H

#include "base/base.h"
#include "role/screen/find.h"
#include "role/screen/match_request.h"
#include "role/screen/score.h"
#include "wire/json.h"
#include "wire/list_entry.h"

/* One that was found, and what its score is made of. */
struct match_hit {
    u32 list;   /* place of the list */
    u32 number; /* of the entry */
    u32 millionths;
    u8 by; /* enum find_by */
    i32 features[SCORE_PART_COUNT];
};

/* `list` is the list's name. */
void match_put_result(struct json_writer *writer, const struct list_entry *entry, const char *list,
                      const struct match_hit *hit, u32 threshold);

/* What was understood of a query. */
void match_put_query(struct json_writer *writer, const struct list_entry *entry,
                     const struct match_subject *subject);

/* One list that was asked. */
void match_put_list(struct json_writer *writer, const struct list_header *header, const char *list,
                    bool is_stale);

/* What the features mean. */
void match_put_matcher(struct json_writer *writer);

#endif /* ROLE_SCREEN_MATCH_ANSWER_H */

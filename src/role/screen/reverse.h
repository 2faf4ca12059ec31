/* Customers by their names, to be asked with the entries of a list: who of them may be meant.
 *
 * The same index and the same search as in the other direction, with customers as subjects and
 * person numbers as their numbers, and with the weights of the list's index; so a customer finds an
 * entry exactly when the entry finds the customer, as long as neither search was cut short.
 *
 * Names are taken apart once, when a customer is added. What has been added, changed or removed is
 * settled before the next question: a few new customers into a small index beside the large one,
 * many into a new large one. One writer adds, removes and settles; between two settlements any
 * number of readers may ask, each with a reader of its own. */
#ifndef ROLE_SCREEN_REVERSE_H
#define ROLE_SCREEN_REVERSE_H

#include "role/screen/find.h"

#define REVERSE_SMALL_MAX                                                  \
    (1U << 16) /* customers beside the large index, before it is laid anew \
                */

struct reverse;

/* `weights`: those of the list's index. */
MUST_USE enum fault reverse_open(struct reverse **reverse_out, struct index_weights *weights);
/* NULL is fine. */
void reverse_close(struct reverse *reverse);

/* What is known of the person, in place of what was: a settled entry in the lists' form. *names_out
 * counts the names that can be read: a person without any is found by identifiers only. */
MUST_USE enum fault reverse_put(struct reverse *reverse, u32 person, const struct list_entry *known,
                                u32 *names_out);
/* False when there is no such person. */
bool reverse_remove(struct reverse *reverse, u32 person);
/* Persons that are there. */
u32 reverse_count(const struct reverse *reverse);
u64 reverse_memory(const struct reverse *reverse);

/* Makes all that was added and removed ready to be asked. After a fault (there was no memory) the
 * customers can only be closed. */
MUST_USE enum fault reverse_settle(struct reverse *reverse);

struct reverse_reader;

/* For a settled set of customers; `hits_max` and `candidates_max` bound one question. */
MUST_USE enum fault reverse_reader_open(struct reverse_reader **reader_out,
                                        const struct reverse *reverse, u32 candidates_max,
                                        u32 hits_max);
/* NULL is fine. */
void reverse_reader_close(struct reverse_reader *reader);

/* The customers whom this settled entry of a list may mean, in order; how many. They live until the
 * next question; their `subject` and `name` say nothing here. *cut_out: there may be more. CHECK:
 * nothing waits to be settled, and the reader was opened after the last settlement. */
u32 reverse_find(const struct reverse *reverse, struct reverse_reader *reader,
                 const struct list_entry *asked, u32 needed, const struct find_hit **hits_out,
                 bool *cut_out);

#endif /* ROLE_SCREEN_REVERSE_H */

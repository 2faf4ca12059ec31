/* What kind of change lies between two versions of an entry: the fields of the normal form that
 * are not the same. */
#ifndef ROLE_LISTS_LIST_CHANGE_H
#define ROLE_LISTS_LIST_CHANGE_H

#include "base/base.h"

#define LIST_FIELDS_MAX   32U
#define LIST_CHANGE_BYTES 512U

/* Names of fields, a blank between, in the order of the normal form: "names births". "added" and
 * "removed" where there is no line before or after; "unreadable" where a line is no object of at
 * most LIST_FIELDS_MAX fields. */
const char *list_change_print(struct span before, struct span after,
                              char target[LIST_CHANGE_BYTES]);

#endif /* ROLE_LISTS_LIST_CHANGE_H */

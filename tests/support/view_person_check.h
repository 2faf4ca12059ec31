/* What a view says of persons and rules, compared with the core's snapshot: links, packs, findings,
 * prices and holdings, number by number. */
#ifndef TESTS_SUPPORT_VIEW_PERSON_CHECK_H
#define TESTS_SUPPORT_VIEW_PERSON_CHECK_H

#include "role/gateway/view.h"

/* Fails the test where they differ. Returns how many findings there are. */
u32 view_check_persons(const struct view *view, const u8 *snapshot, size_t bytes);

#endif /* TESTS_SUPPORT_VIEW_PERSON_CHECK_H */

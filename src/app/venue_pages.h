/* The pages that are linked into the binary: made by tools/pack_pages.py from web/, or from
 * src/app/builtin_page where that was not built (docs/pages.md "Building"). */
#ifndef APP_VENUE_PAGES_H
#define APP_VENUE_PAGES_H

#include "base/base.h"
#include "role/gateway/pages.h"

extern const struct page_table venue_pages;

#endif /* APP_VENUE_PAGES_H */

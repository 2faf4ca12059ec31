/* The officer's page as it is linked into the binary: made by tools/pack_pages.py from
 * src/app/officer_page, whose files are sent as they are written (docs/officer-page.md). */
#ifndef APP_OFFICER_PAGES_H
#define APP_OFFICER_PAGES_H

#include "base/base.h"
#include "role/gateway/pages.h"

extern const struct page_table officer_pages;

#endif /* APP_OFFICER_PAGES_H */

/* The officers' console as it is linked into the binary: made by tools/pack_pages.py from web/, or
 * from src/app/builtin_office where that was not built (docs/office.md "The page"). */
#ifndef APP_OFFICE_PAGES_H
#define APP_OFFICE_PAGES_H

#include "base/base.h"
#include "role/gateway/pages.h"

extern const struct page_table office_pages;

#endif /* APP_OFFICE_PAGES_H */

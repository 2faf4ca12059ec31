/* An act drafted for the officers' console: the steps of `cambist desk draft`, its questions put
 * over the console's own line to the desk. */
#ifndef APP_OFFICE_DRAFT_H
#define APP_OFFICE_DRAFT_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "role/office/office.h"

/* office_options.draft. The text is valid until the next call. */
MUST_USE enum fault office_draft_act(struct office *office, const struct office_draft *asked,
                                     struct span *text_out);

#endif /* APP_OFFICE_DRAFT_H */

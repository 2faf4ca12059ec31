/* What the desk's registers were told of authorities, as JSON: contacts with them, and officers'
 * ties to them (docs/desk.md "Registers"). The acts themselves say it, so who signed what, and
 * when, is shown with each, the newest first.
 *
 * A question is words with one blank between them, as of the queue:
 * `authority=xa-court member=anna from=S until=S before=NUMBER limit=N`. */
#ifndef ROLE_DESK_DESK_REGISTER_H
#define ROLE_DESK_DESK_REGISTER_H

#include "base/base.h"
#include "base/span.h"
#include "role/desk/desk_store.h"
#include "wire/json.h"

#define DESK_REGISTER_LIMIT 500U   /* rows in one answer, at most and unless it is said */
#define DESK_REGISTER_LOOK  10000U /* acts that are looked at for one answer, at most */
#define DESK_REGISTER_BYTES 640U   /* of one row as JSON, at most */

struct desk_register_asked {
    enum desk_act_kind kind; /* DESK_ACT_CONTACT or DESK_ACT_RECUSE */
    u64 from_s;              /* when the desk took them: from here on */
    u64 until_s;             /* and before this */
    u64 before;              /* acts with smaller numbers alone */
    u32 limit;
    char authority[DESK_AUTHORITY_BYTES]; /* "": any */
    char member[CODE_NAME_BYTES];         /* the officer whom it is about; "": any */
};

/* Why the words are none, for people; NULL: they are a question about acts of this kind. */
MUST_USE const char *desk_register_read(struct span words, enum desk_act_kind kind,
                                        struct desk_register_asked *asked_out);

/* {"contacts":[...],"count":N,"next":NUMBER}, or "recusals". `next` is what `before` has to be to
 * see older ones, null where all were looked at. FAULT_ROT: a row that is no act. */
MUST_USE enum fault desk_register_put(struct json_writer *json, struct desk_store *store,
                                      const struct desk_register_asked *asked);

#endif /* ROLE_DESK_DESK_REGISTER_H */

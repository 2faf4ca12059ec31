/* Ownership as the screening process holds it: the graph of the registers in a folder, with the
 * lists in use on it, and for each list what its rule makes of everybody today.
 *
 * Lists of OFAC go by shares alone (ofac50), those of the United Kingdom by "more than half" and
 * control (eu-2014), all others by the rule of the European Union as of the day (own_cascade.h).
 * Whose a list is its format says, or the beginning of its name: us-, ofac-, uk-. */
#ifndef ROLE_SCREEN_SCREEN_OWN_H
#define ROLE_SCREEN_SCREEN_OWN_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/screen/own_cascade.h"
#include "role/screen/own_flags.h"
#include "role/screen/own_group.h"
#include "role/screen/screen_agent.h"
#include "wire/list_entry.h"

#define SCREEN_REGISTERS_FOLDER "registers" /* in the venue's */
#define SCREEN_REGISTERS_MAX    256U        /* files */
#define SCREEN_PATH_BYTES       65536U      /* of a proof as text */

/* A list as it is laid on the graph. */
struct screen_own_list {
    const char *path; /* its compiled file; NULL: none is in use */
    const char *name;
    u32 load; /* in use: another one in the file is a fault */
};

/* Hundredths of a percent, as in ownership_set. */
struct screen_owned {
    u8 compare; /* enum share_compare */
    u8 control; /* enum truth */
    u16 percent;
    u16 lower;
    u16 upper;
};

struct screen_own;

/* Reads everything. *own_out is NULL where there is no register. A fault names the file;
 * FAULT_INPUT also: more than a hundredth of records and interests is refused. Less is logged.
 * *refused_out: how many, after a fault too, as far as files were read. */
MUST_USE enum fault screen_own_open(struct screen_own **own_out, struct disk *disk,
                                    const char *folder, const struct screen_own_list *lists,
                                    u32 lists_count, u64 *refused_out);
void screen_own_close(struct screen_own *own); /* NULL: nothing */

/* FAULT_INPUT: files of the same names hold less than nine tenths of the records that they held
 * before (NULL: nothing to compare with). Below 100 records nothing is judged. */
MUST_USE enum fault screen_own_follows(const struct screen_own *before,
                                       const struct screen_own *after);

/* A digest of the registers' names, and of each one's number, length and time of change in the file
 * system: another number when they have changed. 0: there are none. */
MUST_USE enum fault screen_own_stamp(struct disk *disk, const char *folder, u64 *stamp_out);

/* Owners of whom no record says who they are (own_graph.h). */
u32 screen_own_undescribed(const struct screen_own *own);

/* What is wrong with the registers as of the day (own_flags.h); after screen_own_day. */
struct own_data_counts screen_own_data(const struct screen_own *own);

/* Statements that are dated later than this day. */
u32 screen_own_later(const struct screen_own *own, i32 day);

/* What the registers say as of this day. FAULT_LIMIT: no memory; the day before stays. */
MUST_USE enum fault screen_own_day(struct screen_own *own, i32 day);

/* The node of an identifier of somebody's, by "TYPE:NUMBER"; OWN_NONE: the registers do not know
 * it. */
u32 screen_own_find(const struct screen_own *own, const struct list_identifier *identifier);

/* The declared and confirmed webs of the day (own_group.h); until the next screen_own_day. */
const struct own_groups *screen_own_webs(const struct screen_own *own);

/* The flags of a node that is a customer (own_flags.h), and the view that own_found_print wants. */
u32 screen_own_flags(const struct screen_own *own, u32 node,
                     struct own_found found_out[OWN_FOUND_MAX]);
const struct own_view *screen_own_view(const struct screen_own *own);

/* What the rule of a list says of the node today. The proof, as text, is written to `path_out`
 * (SCREEN_PATH_BYTES); *path_size_out 0: it is clear. */
MUST_USE enum fault screen_own_ask(const struct screen_own *own, u32 list, u32 node,
                                   struct screen_owned *owned_out, char *path_out,
                                   size_t *path_size_out);

#endif /* ROLE_SCREEN_SCREEN_OWN_H */

/* Registers of ownership, read into an own_build (docs/ownership.md "Sources").
 *
 * Formats, told apart by their first bytes: BODS 0.4 as JSON lines or one JSON array;
 * FollowTheMoney as JSON lines; GLEIF's relationship records, entity records and reporting
 * exceptions as XML; OFAC's "linked to" as a table with tabs; and entries of sanctions lists in
 * their normal form, one call each.
 *
 * Every record that goes in is counted once: described, linked, repeated, passed over, or refused
 * with its reason. The same holds for the interests inside the links. A refused interest is no
 * proof that there is none: of one whose share is no share, whose days are no days or whose kind
 * the format does not have, the relation stays, with a share of unknown size, possibly on any day.
 * So a damaged statement leaves a verdict undetermined and never clears anybody. What a register
 * says of one relationship at several times becomes edges when the reader ends: only then all
 * versions are there. */
#ifndef ROLE_SCREEN_OWN_READ_H
#define ROLE_SCREEN_OWN_READ_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/screen/own_graph.h"
#include "wire/list_entry.h"

enum own_format {
    OWN_FORMAT_BODS,
    OWN_FORMAT_FTM,
    OWN_FORMAT_GLEIF_RR,    /* relationship records */
    OWN_FORMAT_GLEIF_LEI,   /* entity records */
    OWN_FORMAT_GLEIF_REPEX, /* reporting exceptions */
    OWN_FORMAT_OFAC_LINKED, /* ent_num name type program linked_to_ent_num linked_to_name */
};
#define OWN_FORMATS 6U

enum own_refusal {
    OWN_REFUSED_SYNTAX,    /* no JSON value, or a row without its columns */
    OWN_REFUSED_MISSING,   /* a field that is needed */
    OWN_REFUSED_KIND,      /* a kind or status that the format does not have */
    OWN_REFUSED_DATE,      /* no such day, or an end before the beginning */
    OWN_REFUSED_SHARE,     /* no percentage, over 100, or a lower limit above the upper */
    OWN_REFUSED_IDENTITY,  /* what is known of somebody contradicts it: a person and a company */
    OWN_REFUSED_TOO_LARGE, /* more of something than a record may have */
};
#define OWN_REFUSALS 7U

#define OWN_REFUSED_KEPT       16U /* the first ones, with their words */
#define OWN_REFUSED_TEXT_BYTES 224U

struct own_report {
    u64 files;
    u64 records; /* = described + linked + repeated + passed + the refused */
    u64 described;
    u64 linked;
    u64 repeated; /* the same statement once more */
    u64 passed;   /* of kinds that say nothing of ownership */
    u64 refused[OWN_REFUSALS];
    u64 interests; /* in the linked records: = taken + the refused */
    u64 interests_taken;
    u64 interests_refused[OWN_REFUSALS];
    u64 edges;         /* more than the interests taken where a register changed its word */
    u64 entries;       /* of lists ... */
    u64 entries_known; /* ... that are somebody in the registers, by an identifier ... */
    u64 entries_named; /* ... or by name alone: possible */
    u32 kept;
    char texts[OWN_REFUSED_KEPT][OWN_REFUSED_TEXT_BYTES]; /* "FILE:LINE: RECORD: reason" */
};

u64 own_report_refused(const struct own_report *report); /* records and interests */

const char *own_refusal_text(enum own_refusal refusal);
const char *own_format_name(enum own_format format);

struct own_reader;

/* The build and the report stay with the caller and outlive the reader. */
MUST_USE enum fault own_reader_open(struct own_reader **reader_out, struct own_build *build,
                                    struct own_report *report);
void own_reader_close(struct own_reader *reader); /* NULL: nothing */

/* FAULT_INPUT: empty, without a record, of no known format, cut off, or not closed; nothing is
 * known then of what was taken before. */
MUST_USE enum fault own_reader_file(struct own_reader *reader, struct disk *disk, const char *path);
MUST_USE enum fault own_reader_bytes(struct own_reader *reader, const char *name,
                                     struct span bytes);

/* One after the other while a file is read: bytes done and in all; NULL: nobody asks. */
void own_reader_watch(struct own_reader *reader, void (*told)(void *context, u64 done, u64 all),
                      void *context);

/* Everything was read: what was said of relationships becomes edges. */
MUST_USE enum fault own_reader_end(struct own_reader *reader);

/* An entry of a sanctions list, after own_reader_end: its node (key "CODE:ID"), its listing on
 * number `list`, what it is linked to. It is somebody of the registers who has that key, or the LEI
 * or the number in the company register of its country; if nobody has, everybody of exactly its
 * name, letters' case and punctuation aside, is possibly listed. `header`: of its list. */
MUST_USE enum fault own_reader_entry(struct own_reader *reader, u32 list,
                                     const struct list_header *header,
                                     const struct list_entry *entry);

/* All entries of a list in its normal form, as the file lists/LIST.list of the data folder has it.
 * FAULT_INPUT: not that form. */
MUST_USE enum fault own_reader_list(struct own_reader *reader, struct disk *disk, const char *path,
                                    u32 list, struct list_header *header_out);

/* All lists were read: links that only name somebody find the one entry of that name in their list.
 */
MUST_USE enum fault own_reader_lists_end(struct own_reader *reader);

/* The key by which registers and OFAC's own lists, whatever they are called here, name an entry:
 * "ofac-sdn:36456". OFAC numbers a party once over all its lists. */
#define OWN_OFAC_SCHEME "ofac-sdn"

#endif /* ROLE_SCREEN_OWN_READ_H */

/* Reading lists of governments: whatever format, entry by entry in the normal form.
 *
 * The caller names one file, or the files of one list that come together (OFAC's csv family, in any
 * order); they may be packed with gzip, xz or zstd. The format is told from the content unless the
 * caller says it. Every entry goes to the sink, settled (wire/list_entry.h), in the order of the
 * source; nothing is kept.
 *
 * Nothing is dropped in silence. A row of the source becomes an entry, or a part of another row's
 * entry (an alias, an address), or it is refused with a reason; the report counts all three, and
 * names file, line and field of the first refusals. A source that is damaged as a whole (empty,
 * truncated, of no known format, not well-formed) is FAULT_INPUT with a text that says where and
 * why: entries that went to the sink before that must not be used.
 *
 * Files are read twice, first for their hash: they must not change meanwhile. */
#ifndef ROLE_LISTS_LIST_READ_H
#define ROLE_LISTS_LIST_READ_H

#include "io/fault.h"
#include "io/file.h"
#include "wire/list_entry.h"

#define LIST_FILES_MAX   8U
#define LIST_FIRST_MAX   20U /* refusals kept with their place */
#define LIST_FILE_BYTES  (8ULL << 30)
#define LIST_FIELD_BYTES 48U
#define LIST_VALUE_BYTES 96U

/* constant, name, what it is. The names are permanent: headers of the normal form carry them. */
#define LIST_FORMAT_TABLE(ROW)                                                          \
    ROW(AUTO, "auto", "told from the content")                                          \
    ROW(OFAC_CSV, "ofac-csv", "OFAC csv: sdn or cons_prim, with add, alt and comments") \
    ROW(OFAC_XML, "ofac-xml", "OFAC classic XML (sdnList)")                             \
    ROW(OFAC_ENHANCED, "ofac-enhanced", "OFAC enhanced XML (sanctionsData)")            \
    ROW(OFAC_ADVANCED, "ofac-advanced", "OFAC advanced XML (Sanctions)")                \
    ROW(US_CSL, "us-csl", "US Consolidated Screening List csv")                         \
    ROW(EU_CSV, "eu-csv", "EU financial sanctions csv, a row an alias")                 \
    ROW(EU_XML, "eu-xml", "EU financial sanctions XML 1.1 (export)")                    \
    ROW(EU_XML_OLD, "eu-xml-old", "EU list in the XML of before 2018 (WHOLE)")          \
    ROW(NAMES_CSV, "names-csv", "csv of Name, Alias, Nationality, Designation")         \
    ROW(UN_XML, "un-xml", "UN Security Council consolidated XML")                       \
    ROW(UK_CSV, "uk-csv", "UK ConList or UK Sanctions List csv")                        \
    ROW(UK_CSV_1252, "uk-csv-1252", "the same, its bytes not UTF-8 but Windows-1252")   \
    ROW(OPENSANCTIONS_CSV, "opensanctions-csv", "OpenSanctions targets.simple.csv")     \
    ROW(FTM, "ftm", "FollowTheMoney entities as JSON lines")                            \
    ROW(ADDRESSES, "addresses", "addresses of crypto assets, one a line")               \
    ROW(NORMAL, "normal", "our own normal form")

#define LIST_FORMAT_ROW(constant, name, text) LIST_FORMAT_##constant,
enum list_format { LIST_FORMAT_TABLE(LIST_FORMAT_ROW) };
#undef LIST_FORMAT_ROW

/* constant, name, what it means. Append new rows. */
#define LIST_REFUSAL_TABLE(ROW)                                                 \
    ROW(UTF8, "utf8", "bytes that are not UTF-8")                               \
    ROW(SHAPE, "shape", "not of the shape its format asks for")                 \
    ROW(NO_ID, "no_id", "no id")                                                \
    ROW(NO_NAME, "no_name", "neither a name nor an address of a crypto asset")  \
    ROW(REPEATED, "repeated", "an id that another entry has")                   \
    ROW(ORPHAN, "orphan", "part of an entry that is not there")                 \
    ROW(TOO_LARGE, "too_large", "more of something than an entry holds")        \
    ROW(NO_PARTY, "no_party", "no person, company, ship or aircraft on a list") \
    ROW(VALUE, "value", "a field that cannot be what it must")                  \
    ROW(HEADER, "header", "the names of the columns once more")

#define LIST_REFUSAL_ROW(constant, name, text) LIST_REFUSAL_##constant,
enum list_refusal { LIST_REFUSAL_TABLE(LIST_REFUSAL_ROW) LIST_REFUSAL_COUNT };
#undef LIST_REFUSAL_ROW

struct list_source {
    const char *list; /* our code of the list */
    const char *const *paths;
    u32 paths_count;          /* 1 to LIST_FILES_MAX */
    u8 format;                /* enum list_format */
    struct disk *disk;        /* NULL: the machine's */
    const struct span *texts; /* what the files hold, where the caller has it; NULL: on the disk */
};

/* Called once an entry, which lives until this returns. A fault ends the reading. */
struct list_sink {
    enum fault (*take)(struct list_sink *sink, const struct list_entry *entry);
};

/* One row that was refused. Its text is cut and without control characters. */
struct list_refused {
    u32 file; /* index into source.paths */
    u64 line;
    u8 refusal; /* enum list_refusal */
    char field[LIST_FIELD_BYTES];
    char value[LIST_VALUE_BYTES];
};

struct list_report {
    struct list_header header; /* of the list as read: its counts add up */
    u64 refused[LIST_REFUSAL_COUNT];
    /* Fields that nothing could be made of, in entries that were taken all the same: the text went
     * to the remarks. */
    u64 fields_kept;
    u64 bytes; /* unpacked */
    u32 first_count;
    struct list_refused first[LIST_FIRST_MAX];
};

/* Fills *report_out also after a fault, as far as it got. */
MUST_USE enum fault list_read(const struct list_source *source, struct list_sink *sink,
                              struct list_report *report_out);

/* Which format the file is in, from its first bytes. FAULT_INPUT: none that we know. */
MUST_USE enum fault list_format_of(struct disk *disk, const char *path,
                                   enum list_format *format_out);

const char *list_format_name(enum list_format format);
const char *list_format_text(enum list_format format);
/* False: no such name. */
MUST_USE bool list_format_find(struct span name, enum list_format *format_out);

const char *list_refusal_name(enum list_refusal refusal);
const char *list_refusal_text(enum list_refusal refusal);

/* "FILE:12: field alias \"x\": bytes that are not UTF-8", cut to size. */
void list_refused_print(const struct list_source *source, const struct list_refused *refused,
                        char *target, size_t target_bytes);

#endif /* ROLE_LISTS_LIST_READ_H */

/* What all readers of lists share: the entry being filled, the counts, the refusals.
 *
 * A reader takes the rows of its source one after the other. For each it either fills
 * reader->entry and ends it (list_reader_end), or refuses it (list_reader_refuse). Rows that are
 * only part of an entry are counted by the reader that joins them: list_reader_end says how many
 * rows the entry is made of. */
#ifndef ROLE_LISTS_LIST_READER_H
#define ROLE_LISTS_LIST_READER_H

#include "base/span.h"
#include "io/input.h"
#include "role/lists/list_read.h"

struct list_id_slot {
    u64 id_hash; /* 0: free */
    u64 line_hash;
};

struct list_reader {
    const struct list_source *source;
    struct list_sink *sink;
    struct list_report *report;
    struct list_entry *entry;
    char *line; /* LIST_LINE_BYTES + 1: the entry as text, to tell copies from contradictions */
    u32 file;   /* being read */
    u64 row_line;
    struct list_id_slot *ids;
    size_t ids_size; /* power of two */
    size_t ids_count;
    bool is_windows_1252; /* csv: the bytes are that and not UTF-8: said, never guessed */
    bool merges_repeats; /* an id that is there already is the same thing again, whatever it says */
    void *memory;
    size_t remarks_used;
    bool remarks_overflown;
    u8 remarks[LIST_TEXT_BYTES];
};

MUST_USE enum fault list_reader_init(struct list_reader *reader, const struct list_source *source,
                                     struct list_sink *sink, struct list_report *report);
void list_reader_free(struct list_reader *reader);

/* Memory of a format's reader, cleared; given back with the list_reader. Once. NULL: none left. */
void *list_reader_memory(struct list_reader *reader, size_t size);

/* Opens file number `file` of the source and makes it the current one. */
MUST_USE enum fault list_reader_open(struct list_reader *reader, u32 file,
                                     struct input **input_out);

/* The next line of the current file. FAULT_INPUT: it has a NUL byte, which no text has: the file is
 * damaged, or something else. */
MUST_USE enum fault list_reader_line(const struct list_reader *reader, struct input *input,
                                     struct span *line_out, bool *more_out);

/* Begins an entry whose first row is at `line` of the current file. */
void list_reader_begin(struct list_reader *reader, u64 line);

/* Ends the entry made of `rows` rows of the source: hands it to the sink, or refuses it. A copy of
 * an earlier entry counts as merged. */
MUST_USE enum fault list_reader_end(struct list_reader *reader, u64 rows);

/* One row at `line` that is refused. `field` says what was wrong, `value` what stood there. */
void list_reader_refuse(struct list_reader *reader, u64 line, enum list_refusal refusal,
                        const char *field, struct span value);

/* Keeps a field that nothing can be made of in the remarks: "field: text". */
void list_reader_keep(struct list_reader *reader, const char *field, struct span text);

/* "label: text" in the remarks. Empty: nothing. */
void list_reader_label(struct list_reader *reader, const char *label, struct span text);

/* Adds to the remarks of the entry; parts are set apart by "; ". */
void list_reader_remark(struct list_reader *reader, struct span text);

/* The cells first .. last in one text in `buffer`, empty ones left out; the entry is overflown when
 * they do not fit. */
struct span list_reader_join(struct list_reader *reader, const struct span *cells, u32 first,
                             u32 last, const char *separator, u8 *buffer, size_t buffer_bytes);

/* A country by whatever it is called: a code where one can be told, else the text. */
struct list_country list_country_of(struct span text);

/* ---- texts ---- */

struct span text_trim(struct span text);
bool text_is(struct span text, const char *word);          /* letters of ASCII in any case */
bool text_begins(struct span text, const char *beginning); /* the same, at the front */
/* The part before the first `separator`, trimmed; *rest_inout goes on behind it, and is NULL when
 * there is none left. False: nothing left. */
bool text_next(struct span *rest_inout, const char *separator, struct span *part_out);
/* Where `word` begins in the text, or the text's size. */
size_t text_find(struct span text, const char *word);
/* Digits alone, not too many. */
bool text_number(struct span text, u64 *number_out);

#endif /* ROLE_LISTS_LIST_READER_H */

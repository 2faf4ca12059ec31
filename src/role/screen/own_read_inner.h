/* Shared by the readers of the single formats. */
#ifndef ROLE_SCREEN_OWN_READ_INNER_H
#define ROLE_SCREEN_OWN_READ_INNER_H

#include "io/input.h"
#include "role/screen/own_read.h"
#include "role/screen/own_read_json.h"
#include "role/screen/own_read_rows.h"
#include "role/screen/own_read_text.h"
#include "role/screen/own_read_texts.h"

#define OWN_KEY_BYTES    1024U /* of a key that a reader puts together */
#define OWN_RECORD_BYTES 64U   /* of a record's id in a text about it */

struct own_reader {
    struct own_build *build;
    struct own_report *report;
    void (*told)(void *context, u64 done, u64 all);
    void *told_context;
    const char *name; /* of the file that is read */
    u64 line;
    bool is_ended;
    struct own_rows_book rows;        /* what is said of relationships */
    struct own_read_texts statements; /* ids of statements that were read */
    struct own_read_texts attributes; /* "node|node" of attribute edges that are there */
    struct own_read_texts names;      /* folded; value: the last of its name_rows + 1 */
    struct own_read_texts numbers;    /* "CC:NUMBER" of registers; value: a node + 1 */
    struct own_name_row *name_rows;
    u32 name_rows_count;
    u32 name_rows_capacity;
    struct own_read_texts entries; /* "LIST:NAME" of entries; value: a node + 1 */
    struct own_link_row *links;    /* that name nobody's id */
    u32 links_count;
    u32 links_capacity;
    struct list_entry *entry; /* of the list that is read; NULL: none yet */
    struct own_json json;
    u8 value[OWN_JSON_BYTES_MAX];
};

/* A node that has the name; the value of a number that two nodes have is OWN_NONE. */
struct own_name_row {
    u32 node;
    u32 next; /* the row before + 1; 0: none */
};

/* "Linked to" a name of the same list. */
struct own_link_row {
    u32 holder;
    u32 name; /* in `entries` */
    u32 source;
    u32 entry_name; /* of the holder, in `entries`: the statement */
    struct own_times times;
};

/* Counts a refused record, or an interest of one, and keeps its words: "FILE:LINE: RECORD: text".
 */
__attribute__((format(printf, 4, 5))) void own_refuse(struct own_reader *reader,
                                                      enum own_refusal refusal, struct span record,
                                                      const char *format, ...);
__attribute__((format(printf, 4, 5))) void own_refuse_interest(struct own_reader *reader,
                                                               enum own_refusal refusal,
                                                               struct span record,
                                                               const char *format, ...);

/* The build refused it (FAULT_INPUT): counted and forgotten. Other faults are passed up. */
MUST_USE enum fault own_refused_by_build(struct own_reader *reader, enum fault fault,
                                         struct span record, bool *refused_out);

/* Its days cannot be told: it possibly holds on any day, and proves nothing. */
void own_interest_undate(struct own_interest *interest);

/* "SCHEME:ID" in `target`; {NULL, 0} when one is empty or they do not fit. */
struct span own_key(const char *scheme, struct span id, char target[OWN_KEY_BYTES]);
struct span own_key_of(struct span scheme, struct span id, char target[OWN_KEY_BYTES]);

/* The node is found later by name and register number (own_read_list.c). */
MUST_USE enum fault own_note_name(struct own_reader *reader, u32 node, struct span name);
MUST_USE enum fault own_note_number(struct own_reader *reader, u32 node, struct span country,
                                    struct span number);

/* An edge from the node to the address, contact or wallet of that text, once. */
MUST_USE enum fault own_note_attribute(struct own_reader *reader, u32 node, enum own_node_kind kind,
                                       struct span text, const struct own_times *times, u32 source,
                                       struct span statement);

/* How far the file is, to whoever watches. */
void own_tell(const struct own_reader *reader, const struct input *input);

/* The readers; the input is at its beginning. */
MUST_USE enum fault own_read_bods(struct own_reader *reader, struct span value);
MUST_USE enum fault own_read_ftm(struct own_reader *reader, struct span value);
MUST_USE enum fault own_read_gleif(struct own_reader *reader, struct input *input,
                                   enum own_format format);
MUST_USE enum fault own_read_linked(struct own_reader *reader, struct input *input);

#endif /* ROLE_SCREEN_OWN_READ_INNER_H */

/* The names of a list, or of customers, laid out so that the few that may be meant by a name are
 * found without comparing it with all.
 *
 * An index holds subjects: entries of lists, or persons by their number. A subject has names and
 * facts (birth dates, countries, identifiers, addresses of wallets). Names are kept as analysed;
 * every distinct word of theirs has its postings, the names in which it occurs. Identifiers and
 * addresses stand in a map of their own and are found only as they are.
 *
 * One thread fills a builder and finishes it; the index is then only read, by any number of
 * threads, and closed when nobody reads it any more (swap.h). Its weights come from a count of the
 * words of its names, or from the counts of another index, so that both judge a pair alike. */
#ifndef ROLE_SCREEN_INDEX_H
#define ROLE_SCREEN_INDEX_H

#include "role/screen/index_words.h"
#include "wire/list_entry.h"

#include <stdatomic.h>

#define INDEX_SUBJECTS_MAX (1U << 24)
#define INDEX_NAMES_MAX    (1U << 25)
#define INDEX_TEXT_MAX     (1U << 31)

/* Counts of words that several indexes weigh their names with. */
struct index_weights {
    struct name_counts *counts;
    atomic_uint holders;
};

enum index_fact_kind { INDEX_FACT_BIRTH, INDEX_FACT_COUNTRY, INDEX_FACT_CODE };

struct index_fact {
    u8 kind; /* enum index_fact_kind */
    bool is_wallet;
    bool is_circa;   /* INDEX_FACT_BIRTH: about then */
    char country[2]; /* of the country, or of the identifier; zeros: not known */
    u32 text;        /* INDEX_FACT_CODE: where its text begins */
    u32 text_size;
    struct list_date from;
    struct list_date to;
};

struct index_subject {
    u32 number;
    u32 names_first; /* its names stand together */
    u32 names_count;
    u32 facts_first;
    u32 facts_count;
    u32 label; /* text: what the list calls it; nothing where no texts are kept */
    u16 label_size;
    u8 kind; /* enum name_kind */
    u8 list; /* which of the lists read into this index */
};

struct index_name {
    u32 subject;
    u32 place; /* in `memory`, in steps of 8 bytes */
    u32 text;  /* as the list writes it; nothing where no texts are kept */
    u16 text_size;
    u16 weight;     /* of all tokens */
    u8 quality;     /* enum list_quality */
    bool is_posted; /* under its words; a weak alias is not, where the subject has a better name */
};

struct screen_index {
    u64 serial; /* no other index of this process has it */
    u32 subjects_count;
    u32 names_count;
    u32 facts_count;
    struct index_subject *subjects;
    struct index_name *names;
    struct index_fact *facts;
    u64 *memory; /* the analysed names */
    u64 memory_used;
    u8 *texts;
    u64 texts_used;
    struct index_words words;
    struct index_map postings; /* names by word */
    struct index_map codes;    /* facts by identifier or address */
    struct index_weights *weights;
};

struct index_builder;

/* `weights` NULL: the index counts its own names. `keep_texts`: names are kept as written too. */
MUST_USE enum fault index_builder_open(struct index_builder **builder_out,
                                       struct index_weights *weights, bool keep_texts);
/* NULL is fine. */
void index_builder_close(struct index_builder *builder);

/* Begins a subject; what is added next belongs to it. */
MUST_USE enum fault index_add_subject(struct index_builder *builder, u32 number,
                                      enum name_kind kind, u8 list, struct span label);
/* *taken_out is false, and nothing was added, when the text holds no name. */
MUST_USE enum fault index_add_name(struct index_builder *builder, struct span text,
                                   enum list_quality quality, bool *taken_out);
/* A name that has been analysed. */
MUST_USE enum fault index_add_analysed(struct index_builder *builder, const struct name *name,
                                       enum list_quality quality, struct span text);
MUST_USE enum fault index_add_birth(struct index_builder *builder, const struct list_birth *birth);
MUST_USE enum fault index_add_country(struct index_builder *builder, const char code[2]);
/* An identifier or an address, as index_find_code compares them; one of fewer letters and digits
 * than INDEX_CODE_LEAST tells nobody apart and is left out. */
#define INDEX_CODE_LEAST 5U
MUST_USE enum fault index_add_code(struct index_builder *builder, struct span text, bool is_wallet,
                                   const char country[2]);

/* A whole entry of a list: the subject and all of the above. *names_out counts the names taken. */
MUST_USE enum fault index_add_entry(struct index_builder *builder, const struct list_entry *entry,
                                    u32 number, u8 list, u32 *names_out);

/* A subject of another index, with its names and facts. */
MUST_USE enum fault index_add_copy(struct index_builder *builder, const struct screen_index *from,
                                   u32 subject);

/* Lays out what has been added. The builder is empty afterwards and wants closing. */
MUST_USE enum fault index_finish(struct index_builder *builder, struct screen_index **index_out);

/* NULL is fine. */
void index_close(struct screen_index *index);

u64 index_memory(const struct screen_index *index);

const struct name *index_name_of(const struct screen_index *index, u32 name);

/* The subjects that have this identifier or address, up to `subjects_max` of them, in order; the
 * number found. Letters and digits count, their case only in addresses of wallets. */
u32 index_find_code(const struct screen_index *index, struct span text, bool is_wallet,
                    u32 *subjects_out, u32 subjects_max);

/* One holder more. */
struct index_weights *index_weights_hold(struct index_weights *weights);
/* Closed with the last holder. NULL is fine. */
void index_weights_release(struct index_weights *weights);

#endif /* ROLE_SCREEN_INDEX_H */

/* Entries of sanctions lists in one normal form, whatever government and format they came from.
 *
 * A reader (role/lists) fills a struct list_entry: it clears it, adds texts, names, dates and the
 * rest, and settles it. Texts are copied into the entry's own memory, trimmed and with one space
 * for each run of white space; what does not fit is refused and `overflown` says so. Settling puts
 * every set into one order and drops what is there twice, so that two entries which say the same
 * are printed as the same bytes.
 *
 * As text a list is JSON lines, UTF-8: the first line is the header, then an entry a line. Keys
 * come in one order and empty fields are left out; docs/lists.md "Normal form" names them. Reading
 * takes unknown keys as a fault: the form belongs to us, and a field that nobody reads would be a
 * fact silently dropped.
 *
 * An entry has room for all it may hold and is some 700 KiB: keep one, not many. */
#ifndef WIRE_LIST_ENTRY_H
#define WIRE_LIST_ENTRY_H

#include "base/base.h"

#define LIST_NAMES_MAX         1024U
#define LIST_BIRTHS_MAX        64U
#define LIST_PLACES_MAX        64U
#define LIST_COUNTRIES_MAX     64U
#define LIST_PROGRAMMES_MAX    64U
#define LIST_IDENTIFIERS_MAX   512U
#define LIST_WALLETS_MAX       1024U
#define LIST_LINKS_MAX         512U
#define LIST_ADDRESSES_MAX     512U
#define LIST_TITLES_MAX        64U
#define LIST_TEXT_BYTES        (256U << 10) /* all texts of one entry */
#define LIST_LINE_BYTES        (1U << 20)   /* an entry or header as a line, its newline included */
#define LIST_CODE_BYTES        32U          /* of a list: "ofac-sdn", letters, digits, '-' */
#define LIST_SOURCE_HASH_BYTES 32U

enum list_entry_kind {
    LIST_KIND_UNKNOWN,
    LIST_KIND_PERSON,
    LIST_KIND_ENTITY,
    LIST_KIND_VESSEL,
    LIST_KIND_AIRCRAFT,
};

/* Ordered: the better a name is known, the smaller. */
enum list_quality {
    LIST_QUALITY_PRIMARY,
    LIST_QUALITY_STRONG,
    LIST_QUALITY_WEAK, /* a nickname or a common word: raises a hit, never makes one */
};

enum list_gender {
    LIST_GENDER_UNKNOWN,
    LIST_GENDER_MALE,
    LIST_GENDER_FEMALE,
};

/* What a country is to the entry. */
enum list_tie {
    LIST_TIE_UNKNOWN,
    LIST_TIE_NATIONALITY,
    LIST_TIE_CITIZENSHIP,
    LIST_TIE_RESIDENCE,
    LIST_TIE_REGISTRATION,
    LIST_TIE_FLAG,
};

/* 0: not known. A day only with its month, a month only with its year. */
struct list_date {
    u16 year;
    u8 month;
    u8 day;
};

/* One of both, or neither: the ISO 3166 code of two letters, or the text where none can be told. */
struct list_country {
    char code[3];
    struct span text;
};

struct list_name {
    struct span text; /* as the list writes it: "KUZMIN, Pavel Vladimirovich" */
    struct span family;
    struct span given;
    struct span patronymic; /* or another middle name that the list keeps apart */
    char script[5];         /* ISO 15924, of most of its letters: "Latn", "Cyrl", "Arab" */
    u8 quality;             /* enum list_quality */
    bool former;            /* no longer used: "f.k.a." */
};

/* Born on a day, in a month or year, or somewhere between two of them (both included). */
struct list_birth {
    struct list_date from;
    struct list_date to; /* equal to `from` when there is but one */
    bool circa;
};

struct list_place {
    struct span text;
    struct list_country country;
};

struct list_tied_country {
    struct list_country country;
    u8 tie; /* enum list_tie */
};

struct list_identifier {
    struct span type; /* in the list's words: "Passport", "Tax ID No." */
    struct span number;
    struct list_country country;
};

struct list_wallet {
    struct span asset; /* in the list's letters: "XBT", "ETH"; empty where it does not say */
    struct span address;
};

/* Somebody the list ties to this entry: its id where the list gives one, else its name. */
struct list_link {
    struct span id;
    struct span name;
    struct span how; /* in the list's words: "Owned or Controlled By"; empty: linked to */
};

struct list_entry {
    u32 number;         /* permanent, given by the store; 0: none yet */
    u8 kind;            /* enum list_entry_kind */
    u8 gender;          /* enum list_gender */
    bool overflown;     /* something did not fit: the entry is not whole */
    struct span id;     /* the source's own: "36483", "QDi.001" */
    struct span source; /* which of the lists in a file of several; empty when it is one */
    struct list_date listed;
    struct span act; /* the legal act or authority, as written */
    struct span remarks;

    u32 names_count;
    u32 births_count;
    u32 birth_places_count;
    u32 countries_count;
    u32 programmes_count;
    u32 titles_count; /* positions and functions */
    u32 identifiers_count;
    u32 wallets_count;
    u32 links_count;
    u32 addresses_count;
    struct list_name names[LIST_NAMES_MAX];
    struct list_birth births[LIST_BIRTHS_MAX];
    struct list_place birth_places[LIST_PLACES_MAX];
    struct list_tied_country countries[LIST_COUNTRIES_MAX];
    struct span programmes[LIST_PROGRAMMES_MAX];
    struct span titles[LIST_TITLES_MAX];
    struct list_identifier identifiers[LIST_IDENTIFIERS_MAX];
    struct list_wallet wallets[LIST_WALLETS_MAX];
    struct list_link links[LIST_LINKS_MAX];
    struct list_place addresses[LIST_ADDRESSES_MAX];

    size_t text_used;
    u8 text[LIST_TEXT_BYTES];
};

/* The first line. Fields that are zero or empty are left out. */
struct list_header {
    char list[LIST_CODE_BYTES + 1];
    char format[LIST_CODE_BYTES + 1]; /* "ofac-csv": the source's */
    struct list_date published;       /* as the source says; zero: it does not */
    u8 source_hash[LIST_SOURCE_HASH_BYTES];
    u64 rows_in;       /* of the source ... */
    u64 entries_count; /* ... that became an entry: the lines that follow */
    u64 rows_merged;   /* ... that became part of another row's entry */
    u64 rows_refused;  /* ... that could not be read */
    u32 load;          /* the store's number of the load; 0 outside the store */
    u64 kept;          /* entries that the source no longer has, kept since rows were refused */
    u64 recorded_us;   /* when the store took it; 0 outside the store */
    u64 stale_from_us; /* from then on it is stale, also if nobody writes that; 0: not known */
    bool stale;        /* the list should have been loaded anew by now */
};

enum list_line_fault {
    LIST_LINE_OK,
    LIST_LINE_JSON,      /* not one JSON object of the right shape */
    LIST_LINE_KEY,       /* a key the form does not have */
    LIST_LINE_VALUE,     /* a value its key cannot have: a word, a date, a number */
    LIST_LINE_TOO_LARGE, /* more of something than an entry holds */
};

/* ---- filling ---- */

/* Empties the entry. */
void list_entry_clear(struct list_entry *entry);

/* Copies the text, cleaned: control characters and runs of white space become one space, none at
 * the ends. Lives as long as the entry is not cleared. {NULL, 0} for an empty one; too long: the
 * same, and the entry is overflown. The text must be UTF-8. One that is a text of this entry
 * already is kept as it is; it may also lie in the entry's memory from text_used on. */
struct span list_entry_text(struct list_entry *entry, struct span text);

/* Each adds one with its texts cleaned and copied; an empty one (a name without text, a wallet
 * without address, ...) is left out. When there is no room the entry is overflown. */
void list_entry_add_name(struct list_entry *entry, const struct list_name *name);
void list_entry_add_birth(struct list_entry *entry, const struct list_birth *birth);
void list_entry_add_birth_place(struct list_entry *entry, const struct list_place *place);
void list_entry_add_country(struct list_entry *entry, const struct list_tied_country *country);
void list_entry_add_programme(struct list_entry *entry, struct span programme);
void list_entry_add_title(struct list_entry *entry, struct span title);
void list_entry_add_identifier(struct list_entry *entry, const struct list_identifier *identifier);
void list_entry_add_wallet(struct list_entry *entry, const struct list_wallet *wallet);
void list_entry_add_link(struct list_entry *entry, const struct list_link *link);
void list_entry_add_address(struct list_entry *entry, const struct list_place *address);

/* Sorts every set and drops what is there twice; a name that is there in two qualities keeps the
 * better one. Names: by quality, then in the order of their bytes. */
void list_entry_settle(struct list_entry *entry);

/* ---- as text ---- */

/* One line with its newline. Returns its length; 0: too small (LIST_LINE_BYTES is always enough for
 * an entry that is not overflown). The entry should be settled. */
MUST_USE size_t list_entry_print(const struct list_entry *entry, char *target, size_t target_bytes);
/* `line` with or without its newline. Texts are copied: the line may go. Clears first. */
MUST_USE enum list_line_fault list_entry_read(struct list_entry *entry, struct span line);

MUST_USE size_t list_header_print(const struct list_header *header, char *target,
                                  size_t target_bytes);
MUST_USE enum list_line_fault list_header_read(struct list_header *header, struct span line);

const char *list_line_fault_text(enum list_line_fault fault);

/* ---- small things ---- */

const char *list_kind_name(enum list_entry_kind kind); /* "person" */
const char *list_quality_name(enum list_quality quality);
const char *list_gender_name(enum list_gender gender);
const char *list_tie_name(enum list_tie tie);

/* Day exists, in the years 1 to 9999; or its unknown parts are 0 from the right. */
MUST_USE bool list_date_is_valid(struct list_date date);
/* Before: negative, the same: 0. Unknown parts count as the first. */
int list_date_compare(struct list_date a, struct list_date b);
/* "1962", "1962-03", "1962-03-25" and a zero; empty for no date. */
#define LIST_DATE_TEXT_BYTES 16U
void list_date_print(struct list_date date, char target[LIST_DATE_TEXT_BYTES]);
MUST_USE bool list_date_parse(struct span text, struct list_date *date_out);

/* Whether a code of a list is one: 1 to LIST_CODE_BYTES of a-z, 0-9, '-'. */
MUST_USE bool list_code_is_valid(struct span code);

/* ISO 15924 of most of the letters, and a zero; "Zyyy" when there are none. */
void list_script_of(struct span text, char script_out[5]);

#endif /* WIRE_LIST_ENTRY_H */

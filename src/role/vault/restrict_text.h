/* The three texts of a decision that restricts somebody, changes that or ends it, as the public
 * log's leaves hold them: its code, which is what is counted; the decision; the facts about
 * countries behind it. docs/restriction-log.md "What is a decision" says their lines.
 *
 * Each text has one form, so that whoever has the journal writes the very same bytes. No name of
 * anybody can get into one. */
#ifndef ROLE_VAULT_RESTRICT_TEXT_H
#define ROLE_VAULT_RESTRICT_TEXT_H

#include "base/base.h"
#include "base/span.h"

#define RESTRICT_HASH_BYTES    32U
#define RESTRICT_CODE_BYTES    128U  /* with its zero */
#define RESTRICT_TEXT_BYTES    8192U /* of the other two, with their zeros */
#define RESTRICT_ACCOUNTS_MAX  256U
#define RESTRICT_FACTS_MAX     64U
#define RESTRICT_COUNTRIES_MAX RESTRICT_FACTS_MAX

enum restrict_kind { RESTRICT_RULE = 1, RESTRICT_ACCOUNT = 2, RESTRICT_HAND = 3 };

/* A fact about a country: kind and value as in wire/schema.txt. */
struct restrict_fact {
    u8 kind;
    u16 country;
};

/* Large: static. What a kind does not have is not read. */
struct restrict_decision {
    enum restrict_kind kind;
    u32 item; /* which of the decisions under its number */
    u64 seq;
    u64 time_us;
    u64 cause_seq; /* not by hand */
    u64 before;    /* vectors, two bits an operation */
    u64 after;     /* by hand and of a rule: the only one */
    u64 holdings;
    u64 deadline; /* 0: none */
    u32 person;   /* 0: nobody is known */
    u32 account;  /* not of a rule */
    u8 hash[RESTRICT_HASH_BYTES];
    u8 rule;
    u8 truth;
    u8 truth_before;
    u8 reasons;
    u8 missing;
    u8 flags;
    u32 accounts_count;                  /* of a rule: the person's, rising */
    u32 accounts[RESTRICT_ACCOUNTS_MAX]; /* of a rule */
    u32 facts_count;                     /* by kind and country, each once */
    struct restrict_fact facts[RESTRICT_FACTS_MAX];
};

/* Each with its newline and a zero. False: a time that is none of the calendar's, a truth that is
 * none, or a country without a code. */
MUST_USE bool restrict_code_print(const struct restrict_decision *decision,
                                  char target[RESTRICT_CODE_BYTES]);
MUST_USE bool restrict_decision_print(const struct restrict_decision *decision,
                                      char target[RESTRICT_TEXT_BYTES]);
MUST_USE bool restrict_facts_print(const struct restrict_decision *decision,
                                   char target[RESTRICT_TEXT_BYTES]);

/* Whether a kind of fact is about a country. */
MUST_USE bool restrict_fact_is_country(u32 kind);

/* The decision's countries, rising, each once; returns how many. */
u32 restrict_countries(const struct restrict_decision *decision,
                       u16 countries_out[RESTRICT_COUNTRIES_MAX]);

/* What is read back of a decision's text: its code, and the command's number. False: the text does
 * not begin with these lines, or is not of printable lines. */
MUST_USE bool restrict_decision_head(struct span text, struct span *code_out, u64 *seq_out);
/* At least one line, each ended, of printable ASCII. */
MUST_USE bool restrict_lines_valid(struct span text, u32 *count_out);

/* ---- days ---- */

#define RESTRICT_DAY_US    86400000000ULL
#define RESTRICT_DAY_BYTES 11U      /* 2022-04-22 and a zero */
#define RESTRICT_DAY_MAX   2932896U /* 9999-12-31, in days since 1970 */

/* At most RESTRICT_DAY_MAX (CHECK). */
void restrict_day_print(u32 day, char target[RESTRICT_DAY_BYTES]);
MUST_USE bool restrict_day_parse(struct span text, u32 *day_out);

#endif /* ROLE_VAULT_RESTRICT_TEXT_H */

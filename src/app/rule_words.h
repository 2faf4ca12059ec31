/* What rules say, in the words of docs/rules.md: operations, restrictions, facts and their values,
 * moments and sums of euros, as the command line prints them and as files of cases write them. */
#ifndef APP_RULE_WORDS_H
#define APP_RULE_WORDS_H

#include "core/rule.h"

#define RULE_WORDS_BYTES 192U

/* A name each; "?" for what there is not. */
const char *rule_words_operation(u32 operation);
const char *rule_words_restriction(u32 restriction);
const char *rule_words_fact(u32 kind);
const char *rule_words_truth(u32 truth); /* no, unknown, yes */
const char *rule_words_listing(u32 state);
const char *rule_words_compare(u32 compare); /* > or >= */
const char *rule_words_scope(u32 scope);

/* The rest is written into `target` and returned. */
const char *rule_words_value(u32 kind, u16 value, char target[RULE_WORDS_BYTES]);
const char *rule_words_methods(u32 verified, char target[RULE_WORDS_BYTES]);
const char *rule_words_facts(u32 kinds, char target[RULE_WORDS_BYTES]);
const char *rule_words_reasons(u32 reasons, char target[RULE_WORDS_BYTES]);

/* "trade refuse, withdraw hold"; "nothing". */
const char *rule_words_vector(u64 vector, char target[RULE_WORDS_BYTES]);

/* "2022-04-21"; with the hour where it is not midnight, to the microsecond where it has to be;
 * "open". */
const char *rule_words_time(u64 time_us, char target[RULE_WORDS_BYTES]);

/* 10^-8 EUR as "10000.00", with more digits where there are any. */
const char *rule_words_eur(u64 eur, char target[RULE_WORDS_BYTES]);

/* Hundredths of a percent as "50" or "33.33". */
const char *rule_words_percent(u32 hundredths, char target[RULE_WORDS_BYTES]);

/* A day, which is its midnight UTC, or a moment like 2022-04-21T15:00:00Z. */
MUST_USE bool rule_words_time_of(const char *text, u64 *time_out);

/* Back again: the place in the words of operations; RULE_OPERATIONS_COUNT: there is none. */
u32 rule_words_operation_of(const char *text);

#endif /* APP_RULE_WORDS_H */

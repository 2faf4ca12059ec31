/* Cases, their record and notices as JSON: the same for the command line (--json) and for the
 * queue's socket (case_answer.h). docs/cases.md names the fields. */
#ifndef ROLE_CASES_CASE_JSON_H
#define ROLE_CASES_CASE_JSON_H

#include "role/cases/case_query.h"
#include "wire/json.h"

#define CASE_NUMBER_BYTES 32U
#define CASE_SCORE_BYTES  32U

/* "81723-0": the command whose events opened it, and which of its cases. */
const char *case_print_number(u64 matter, char target[CASE_NUMBER_BYTES]);
/* Back again, or the whole number, 1 to INT64_MAX. False: it is neither. */
MUST_USE bool case_parse_number(struct span text, u64 *matter_out);
/* Decimal digits, at least one. False: another byte, or a number above `maximum`. */
MUST_USE bool case_parse_digits(struct span text, u64 maximum, u64 *number_out);

/* Names of 32 bytes have no zero behind them where they are full. */
const char *case_name_text(const char name[CASE_ID_BYTES], char target[CASE_ID_BYTES + 1]);
/* "0.9857"; empty where nothing was scored. */
const char *case_score_text(const struct case_row *row, char target[CASE_SCORE_BYTES]);
/* What was done: the act, or the command that named the case. */
const char *case_act_words(const struct case_act_row *row);

/* One object each. `now_us`: by the venue's clock; what is late then says so. */
void case_put_json(struct json_writer *writer, const struct case_row *row,
                   const struct case_holidays *holidays, u64 now_us);
void case_put_act_json(struct json_writer *writer, const struct case_act_row *row);
/* The same with its case. */
void case_put_own_act_json(struct json_writer *writer, const struct case_act_row *row);
/* `text` is what notice_print gave for the row. */
void case_put_notice_json(struct json_writer *writer, const struct case_notice_row *row,
                          const struct notice_text *text);

void case_put_whitelist_json(struct json_writer *writer, const struct case_whitelist_row *row,
                             u64 now_us);

#endif /* ROLE_CASES_CASE_JSON_H */

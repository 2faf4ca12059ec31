/* Codes that stand for words in records: names of lists, officers and groups as numbers, countries
 * and what facts say as numbers. The same numbers as in core/rule.h (a test compares them). */
#ifndef WIRE_CODE_H
#define WIRE_CODE_H

#include "base/base.h"

#define CODE_NAME_SYMBOLS 12U
#define CODE_NAME_BYTES   (CODE_NAME_SYMBOLS + 1U)
#define CODE_COUNTRY_LAST 676U

/* What a fact's value may be besides a country. */
#define CODE_VALUE_NONE    0U
#define CODE_VALUE_UNKNOWN 0xFFFFU
#define CODE_ROLE_ENTITY   3U /* a company of the venue's own */
#define CODE_ROLE_ROUTE    4U /* a route of its payments */

/* 1 to 12 symbols of a-z, 0-9 and -, as a number that is not 0; 0: it is no such name. */
MUST_USE u64 code_name_of(struct span text);
/* Back again, with a zero at the end; false: no name has this number. */
MUST_USE bool code_name_print(u64 name, char target[CODE_NAME_BYTES]);

/* "RU" as 1 to CODE_COUNTRY_LAST; 0: not two capital letters. */
MUST_USE u16 code_country_of(struct span text);
/* With a zero at the end; false: no country has this number. */
MUST_USE bool code_country_print(u16 country, char target[3]);

#endif /* WIRE_CODE_H */

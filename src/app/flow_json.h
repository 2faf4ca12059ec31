/* Fields of JSON in recordings: numbers as text or bare, with faults that name the file, the line
 * and the field. Decimals become whole units exactly; a bare number that has been through floating
 * point on its way into the recording counts as the shortest decimal that gives it. */
#ifndef APP_FLOW_JSON_H
#define APP_FLOW_JSON_H

#include "base/base.h"
#include "io/fault.h"
#include "io/input.h"

#include <jansson.h>

#define FLOW_DECIMALS 8U /* prices and amounts of recordings have at most so many places */

/* Where a value stands. */
struct flow_place_at {
    const char *path;
    u64 line; /* 0: the file is one value */
};

/* "FILE: line 3: CAUSE" as FAULT_INPUT. */
__attribute__((format(printf, 2, 3))) COLD enum fault flow_bad(const struct flow_place_at *at,
                                                               const char *format, ...);

/* Parses text; the caller gives the value back with json_decref. */
MUST_USE enum fault flow_json_parse(const struct flow_place_at *at, struct span text,
                                    json_t **value_out);

/* The member of an object; a fault when it is missing. `name2` may be NULL: another name for it. */
MUST_USE enum fault flow_json_member(const struct flow_place_at *at, const json_t *object,
                                     const char *name, const char *name2, const json_t **value_out);

/* A decimal, in quotes or bare, in units of 10^-8. `name` is for faults. */
MUST_USE enum fault flow_json_decimal(const struct flow_place_at *at, const json_t *value,
                                      const char *name, u64 *units_out);

/* A whole number, in quotes or bare. */
MUST_USE enum fault flow_json_u64(const struct flow_place_at *at, const json_t *value,
                                  const char *name, u64 *number_out);

/* Decimal text in units of 10^-8. */
MUST_USE enum fault flow_text_decimal(const struct flow_place_at *at, struct span text,
                                      const char *name, u64 *units_out);

#define SCOPED_JSON __attribute__((cleanup(flow_json_scope_end))) json_t
static inline void flow_json_scope_end(json_t *const *value)
{
    json_decref(*value);
}

#endif /* APP_FLOW_JSON_H */

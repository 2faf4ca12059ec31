/* The rules that orders must keep to, as the API tells them (API filters.md). What is off in a
 * market's definition is left out; where a filter has one bound only, the other is the largest or
 * smallest number that could pass at all. */
#ifndef ROLE_GATEWAY_FILTER_JSON_H
#define ROLE_GATEWAY_FILTER_JSON_H

#include "role/gateway/call_json.h"

/* An array: the filters of a market. */
void filter_json_market(struct json_writer *json, const struct view *view, u16 market);

/* An array: those of the venue as a whole. */
void filter_json_venue(struct json_writer *json, const struct view *view);

#endif /* ROLE_GATEWAY_FILTER_JSON_H */

/* The pairs of a request become the values of its endpoint; what they are by themselves is in
 * param.c. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/endpoint.h"
#include "role/gateway/param.h"

#define RECV_WINDOW_DEFAULT_US 5000000ULL

/* Known everywhere, and no parameters of an endpoint. */
static const u8 common[] = {PARAM_API_KEY, PARAM_RECV_WINDOW, PARAM_SIGNATURE, PARAM_TIMESTAMP,
                            PARAM_RETURN_RATE_LIMITS};

/* The index in `list` of the parameter with this name, or `count`. */
static u32 list_find(const u8 *list, u32 count, struct span name)
{
    for (u32 i = 0; i < count; i += 1) {
        if (span_equal(name, param_names[list[i]])) {
            return i;
        }
    }
    return count;
}

/* One name must come once in the query string and once in the body; there the former wins. */
static bool place_pair(struct span *value, bool *from_body, const struct param_pair *pair,
                       struct api_failure *failure_out)
{
    if (value->data != NULL && *from_body == pair->body) {
        return api_fail(failure_out, API_ERROR_DUPLICATE_PARAMETER);
    }
    if (value->data == NULL || !pair->body) {
        /* An empty value is one that was sent: it must not look like none. */
        *value = pair->value.size > 0 ? pair->value : span_of("", 0);
        *from_body = pair->body;
    }
    return true;
}

struct gathered {
    struct span common[ARRAY_COUNT(common)];
    bool common_body[ARRAY_COUNT(common)];
    bool body[PARAM_VALUES_MAX];
    u32 sent_count;    /* parameters of the endpoint, and unknown ones */
    u32 unknown_count; /* of these */
};

static bool gather(struct params *params, const struct param_pair *pairs, u32 pairs_count,
                   struct gathered *gathered, struct api_failure *failure_out)
{
    const struct endpoint *endpoint = params->endpoint;
    for (u32 i = 0; i < pairs_count; i += 1) {
        u32 slot = list_find(endpoint->params, endpoint->params_count, pairs[i].name);
        if (slot < endpoint->params_count) {
            gathered->sent_count += params->values[slot].text.data == NULL;
            if (!place_pair(&params->values[slot].text, &gathered->body[slot], &pairs[i],
                            failure_out)) {
                return false;
            }
            continue;
        }
        slot = list_find(common, ARRAY_COUNT(common), pairs[i].name);
        if (slot == ARRAY_COUNT(common)) {
            gathered->sent_count += 1;
            gathered->unknown_count += 1;
        } else if (!place_pair(&gathered->common[slot], &gathered->common_body[slot], &pairs[i],
                               failure_out)) {
            return false;
        }
    }
    return true;
}

static bool names_check(const struct endpoint *endpoint, const struct gathered *gathered,
                        struct api_failure *failure_out)
{
    if (gathered->unknown_count == 0) {
        return true;
    }
    if (gathered->sent_count > endpoint->params_count) {
        return api_fail_numbers(failure_out, API_ERROR_TOO_MANY_PARAMETERS_OF,
                                endpoint->params_count, gathered->sent_count);
    }
    return api_fail_numbers(failure_out, API_ERROR_UNREAD_PARAMETERS,
                            gathered->sent_count - gathered->unknown_count, gathered->sent_count);
}

static bool common_read(struct params *params, const struct gathered *gathered,
                        struct api_failure *failure_out)
{
    for (u32 i = 0; i < ARRAY_COUNT(common); i += 1) {
        struct span text = gathered->common[i];
        enum param param = (enum param)common[i];
        u64 number = 0;
        if (text.data == NULL) {
            continue;
        }
        if (!param_read(param, text, &number, failure_out)) {
            return false;
        }
        if (param == PARAM_API_KEY) {
            params->api_key = text;
        } else if (param == PARAM_RECV_WINDOW) {
            params->recv_window_us = number;
        } else if (param == PARAM_SIGNATURE) {
            params->signature = text;
        } else if (param == PARAM_TIMESTAMP) {
            params->timestamp_us = number;
            params->timestamp_sent = true;
        } else {
            params->hide_rate_limits = number == 0;
        }
    }
    return true;
}

bool param_parse(struct params *params, const struct endpoint *endpoint,
                 const struct param_pair *pairs, u32 pairs_count, struct api_failure *failure_out)
{
    CHECK(endpoint->params_count <= PARAM_VALUES_MAX);
    *params = (struct params){.endpoint = endpoint, .recv_window_us = RECV_WINDOW_DEFAULT_US};
    if (pairs_count > PARAM_VALUES_MAX) {
        return api_fail_numbers(failure_out, API_ERROR_TOO_MANY_PARAMETERS_OF,
                                endpoint->params_count, pairs_count);
    }
    for (u32 slot = 0; slot < endpoint->params_count; slot += 1) {
        params->slots[endpoint->params[slot]] = (u8)(slot + 1);
    }
    struct gathered gathered = {.sent_count = 0};
    if (!gather(params, pairs, pairs_count, &gathered, failure_out) ||
        !names_check(endpoint, &gathered, failure_out)) {
        return false;
    }
    for (u32 slot = 0; slot < endpoint->mandatory_count; slot += 1) {
        if (params->values[slot].text.data == NULL) {
            return api_fail_name(failure_out, API_ERROR_MANDATORY_PARAM,
                                 param_name((enum param)endpoint->params[slot]));
        }
    }
    for (u32 slot = 0; slot < endpoint->params_count; slot += 1) {
        struct param_value *value = &params->values[slot];
        if (value->text.data != NULL && !param_read((enum param)endpoint->params[slot], value->text,
                                                    &value->number, failure_out)) {
            return false;
        }
    }
    return common_read(params, &gathered, failure_out) && endpoint_rules_check(params, failure_out);
}

const struct param_value *param_find(const struct params *params, enum param param)
{
    CHECK((u32)param < PARAM_COUNT);
    u32 slot = params->slots[param];
    return slot == 0 || params->values[slot - 1].text.data == NULL ? NULL
                                                                   : &params->values[slot - 1];
}

bool param_sent(const struct params *params, enum param param)
{
    return param_find(params, param) != NULL;
}

u64 param_number(const struct params *params, enum param param, u64 otherwise)
{
    const struct param_value *value = param_find(params, param);
    return value == NULL ? otherwise : value->number;
}

/* How many decimals the text has, zeros at its end left out. */
static u32 places_of(struct span text)
{
    u32 places = 0;
    u32 zeros = 0;
    bool after_point = false;
    for (size_t i = 0; i < text.size; i += 1) {
        if (after_point) {
            zeros = text.data[i] == '0' ? zeros + 1 : 0;
            places += 1;
        }
        after_point |= text.data[i] == '.';
    }
    return places - zeros;
}

bool param_amount(const struct params *params, enum param param, u32 scale, u32 places,
                  struct amount *amount_out, struct api_failure *failure_out)
{
    *amount_out = AMOUNT_ZERO;
    const struct param_value *value = param_find(params, param);
    if (value == NULL) {
        return true;
    }
    if (places_of(value->text) > places) {
        return api_fail_name(failure_out, API_ERROR_BAD_PRECISION, param_name(param));
    }
    switch (amount_parse(value->text, scale, amount_out)) {
    case AMOUNT_OK:
        return true;
    case AMOUNT_PRECISION:
        return api_fail_name(failure_out, API_ERROR_BAD_PRECISION, param_name(param));
    case AMOUNT_OVERFLOW:
        return api_fail_name(failure_out, API_ERROR_PARAM_OVERFLOW, param_name(param));
    case AMOUNT_MALFORMED:
        break;
    }
    return api_fail_pair(failure_out, API_ERROR_ILLEGAL_CHARS_IN, param_name(param),
                         param_legal_range(param));
}

bool param_price(const struct params *params, enum param param, u32 places, struct price *price_out,
                 struct api_failure *failure_out)
{
    struct amount amount;
    bool good = param_amount(params, param, PRICE_SCALE, places, &amount, failure_out);
    *price_out = price_of(amount.units); /* raw: the same decimal at the scale of prices */
    return good;
}

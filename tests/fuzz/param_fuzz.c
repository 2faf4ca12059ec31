/* Parameters: whatever a request holds, the parser accepts it and its values stay in their bounds,
 * or it fills in an error that fits. The first byte picks the endpoint; then pairs, split at '&',
 * '=' and '|' (the body begins), without any decoding. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/endpoint.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static u32 pairs_split(struct span text, struct param_pair *pairs, u32 pairs_max)
{
    u32 count = 0;
    bool body = false;
    size_t begin = 0;
    for (size_t i = 0; i <= text.size && count < pairs_max; i += 1) {
        if (i < text.size && text.data[i] != '&' && text.data[i] != '|') {
            continue;
        }
        struct span piece = span_piece(text, begin, i - begin);
        const u8 *equals = piece.size == 0 ? NULL : memchr(piece.data, '=', piece.size);
        size_t name = equals == NULL ? piece.size : (size_t)(equals - piece.data);
        size_t value = equals == NULL ? piece.size : name + 1;
        pairs[count] =
            (struct param_pair){span_of(piece.data, name), span_after(piece, value), body};
        count += 1;
        body |= i < text.size && text.data[i] == '|';
        begin = i + 1;
    }
    return count;
}

static void values_check(const struct params *params)
{
    struct api_failure failure;
    CHECK(params->recv_window_us <= 60000000);
    CHECK(endpoint_weight(params) >= 1);
    for (u32 i = 0; i < params->endpoint->params_count; i += 1) {
        enum param param = (enum param)params->endpoint->params[i];
        struct amount amount;
        const struct param_value *value = param_find(params, param);
        CHECK(value != NULL || i >= params->endpoint->mandatory_count);
        if (value != NULL) {
            CHECK(value->text.size > 0);
            bool fits = param_amount(params, param, 8, 8, &amount, &failure);
            CHECK(fits || failure.text_bytes > 0);
        }
    }
    const struct param_value *symbols = param_find(params, PARAM_SYMBOLS);
    u64 count = 0;
    if (symbols != NULL) {
        struct span rest = symbols->text;
        struct span symbol;
        while (param_symbols_next(&rest, &symbol)) {
            CHECK(symbol.size > 0 && symbol.size <= 20);
            count += 1;
        }
        CHECK(count == symbols->number);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct param_pair pairs[PARAM_VALUES_MAX + 2];
    struct params params;
    struct api_failure failure;
    if (size == 0) {
        return 0;
    }
    const struct endpoint *endpoint = endpoint_at((enum endpoint_id)(data[0] % ENDPOINT_COUNT));
    u32 count = pairs_split(span_of(data + 1, size - 1), pairs, ARRAY_COUNT(pairs));
    if (param_parse(&params, endpoint, pairs, count, &failure)) {
        values_check(&params);
    } else {
        CHECK(failure.error != API_ERROR_NONE && failure.text_bytes == strlen(failure.text));
        CHECK(api_error_code(failure.error) <= -1000);
    }
    return 0;
}

#include "wire/query.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"

#include <string.h>

static const char signature_name[] = "signature";

/* The caller's memory as it fills up. */
struct pool {
    u8 *data;
    size_t size;
    size_t used;
};

/* A '+' is a space, but for the signature: base64 has that digit, and no spaces. */
static enum query_fault decode(struct pool *pool, struct span raw, bool plus_is_space,
                               struct span *decoded_out)
{
    u8 *target = pool->data + pool->used;
    size_t size = 0;
    for (size_t i = 0; i < raw.size; i += 1) {
        u8 byte = raw.data[i];
        if (byte == '%') {
            u32 high = raw.size - i > 2 ? bytes_hex_digit(raw.data[i + 1]) : 16;
            u32 low = raw.size - i > 2 ? bytes_hex_digit(raw.data[i + 2]) : 16;
            if (high > 15 || low > 15) {
                return QUERY_ENCODING;
            }
            byte = (u8)(high * 16 + low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        if (byte < 0x20 || byte == 0x7f) {
            return QUERY_ENCODING;
        }
        if (size == pool->size - pool->used) {
            return QUERY_TOO_LONG;
        }
        target[size] = byte;
        size += 1;
    }
    pool->used += size;
    *decoded_out = span_of(target, size);
    return utf8_is_text(*decoded_out) ? QUERY_OK : QUERY_ENCODING;
}

static enum query_fault decode_param(struct pool *pool, struct query_param *param)
{
    struct span raw = param->raw;
    const u8 *equals = memchr(raw.data, '=', raw.size);
    size_t name_bytes = equals == NULL ? raw.size : (size_t)(equals - raw.data);
    enum query_fault fault = decode(pool, span_piece(raw, 0, name_bytes), true, &param->name);
    if (fault != QUERY_OK) {
        return fault;
    }
    if (param->name.size == 0) {
        return QUERY_ENCODING;
    }
    bool is_signature = span_equal(param->name, span_of_text(signature_name));
    struct span value = equals == NULL ? span_of("", 0) : span_after(raw, name_bytes + 1);
    return decode(pool, value, !is_signature, &param->value);
}

/* Finds another of the same name among those before it. */
static enum query_fault check_repeated(struct query *out, struct query_param *param)
{
    bool is_signature = span_equal(param->name, span_of_text(signature_name));
    for (u32 i = 0; i < out->count; i += 1) {
        if (!span_equal(out->params[i].name, param->name)) {
            continue;
        }
        if (out->params[i].in_body == param->in_body || is_signature) {
            return QUERY_REPEATED;
        }
        param->hidden = true;
    }
    return QUERY_OK;
}

/* With the '&' before it; if it is the first, with the one behind it. */
static struct span cut_of(struct span part, struct span raw)
{
    size_t offset = (size_t)(raw.data - part.data);
    if (offset > 0) {
        return span_piece(part, offset - 1, raw.size + 1);
    }
    return span_piece(part, 0, raw.size < part.size ? raw.size + 1 : raw.size);
}

static enum query_fault read_part(struct query *out, struct span part, bool in_body,
                                  struct pool *pool)
{
    for (struct span rest = part; rest.size > 0;) {
        const u8 *end = memchr(rest.data, '&', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        struct query_param param = {.raw = span_piece(rest, 0, size), .in_body = in_body};
        rest = end == NULL ? span_of("", 0) : span_after(rest, size + 1);
        if (size == 0) { /* "a=1&&b=2" or "a=1&" */
            continue;
        }
        if (out->count == QUERY_PARAMS_MAX) {
            return QUERY_TOO_MANY;
        }
        enum query_fault fault = decode_param(pool, &param);
        if (fault == QUERY_OK) {
            fault = check_repeated(out, &param);
        }
        if (fault != QUERY_OK) {
            out->fault_index = out->count;
            return fault;
        }
        if (span_equal(param.name, span_of_text(signature_name))) {
            out->cut = cut_of(part, param.raw);
        }
        out->params[out->count] = param;
        out->count += 1;
    }
    return QUERY_OK;
}

enum query_fault query_read(struct query *out, struct span query, struct span body, void *text,
                            size_t text_bytes)
{
    struct pool pool = {.data = text, .size = text_bytes};
    out->count = 0;
    out->fault_index = 0;
    out->query = query;
    out->body = body;
    out->cut = (struct span){.data = NULL, .size = 0};
    enum query_fault fault = read_part(out, query, false, &pool);
    if (fault == QUERY_OK) {
        fault = read_part(out, body, true, &pool);
    }
    CHECK(pool.used <= text_bytes);
    return fault;
}

const struct query_param *query_find(const struct query *query, const char *name)
{
    struct span wanted = span_of_text(name);
    for (u32 i = 0; i < query->count; i += 1) {
        if (!query->params[i].hidden && span_equal(query->params[i].name, wanted)) {
            return &query->params[i];
        }
    }
    return NULL;
}

struct span query_value(const struct query *query, const char *name)
{
    const struct query_param *param = query_find(query, name);
    return param == NULL ? (struct span){.data = NULL, .size = 0} : param->value;
}

/* Appends the part without the cut, if that lies in it. */
static bool append_part(struct span part, struct span cut, u8 *target, size_t target_bytes,
                        size_t *used)
{
    bool has_cut = cut.data != NULL && part.size > 0 && cut.data >= part.data &&
                   cut.data < part.data + part.size;
    size_t before = has_cut ? (size_t)(cut.data - part.data) : part.size;
    struct span pieces[2] = {span_piece(part, 0, before), {.data = NULL, .size = 0}};
    if (has_cut) {
        pieces[1] = span_after(part, before + cut.size);
    }
    for (u32 i = 0; i < 2; i += 1) {
        if (!span_copy(pieces[i], target + *used, target_bytes - *used)) {
            return false;
        }
        *used += pieces[i].size;
    }
    return true;
}

bool query_payload(const struct query *query, void *target, size_t target_bytes, size_t *size_out)
{
    *size_out = 0;
    return append_part(query->query, query->cut, target, target_bytes, size_out) &&
           append_part(query->body, query->cut, target, target_bytes, size_out);
}

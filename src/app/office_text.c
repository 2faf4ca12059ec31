#include "app/office_text.h"

#include "base/span.h"

#include <string.h>

#define HASH_DIGITS 64U
#define ID_DIGITS   2046U /* of a security key's id, at most */
#define VALUE_BYTES 255U

/* The value of the next line, which is "field: VALUE". False: it is not. */
static bool line_cut(struct span *rest, const char *field, struct span *value_out)
{
    size_t name_bytes = strlen(field);
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? 0 : (size_t)(end - rest->data);
    if (size <= name_bytes + 2 || memcmp(rest->data, field, name_bytes) != 0 ||
        memcmp(rest->data + name_bytes, ": ", 2) != 0) {
        return false;
    }
    *value_out = span_of(rest->data + name_bytes + 2, size - name_bytes - 2);
    *rest = span_after(*rest, size + 1);
    for (size_t at = 0; at < value_out->size; at += 1) {
        if (value_out->data[at] <= ' ' || value_out->data[at] >= 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_hex(struct span value)
{
    for (size_t at = 0; at < value.size; at += 1) {
        u8 byte = value.data[at];
        if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f'))) {
            return false;
        }
    }
    return value.size % 2 == 0;
}

static bool hex_cut(struct span *rest, const char *field, size_t least, size_t most)
{
    struct span value = {.data = NULL};
    return line_cut(rest, field, &value) && is_hex(value) && value.size >= least &&
           value.size <= most;
}

/* Takes the first line off. False: it is not `line`. */
static bool head_cut(struct span *rest, const char *line)
{
    size_t size = strlen(line);
    if (rest->size < size || memcmp(rest->data, line, size) != 0) {
        return false;
    }
    *rest = span_after(*rest, size);
    return true;
}

enum fault office_text_check(struct span text, const char *name, const char *origin,
                             const char *officer)
{
    struct span rest = text;
    struct span venue = {.data = NULL};
    struct span its_origin = {.data = NULL};
    struct span its_officer = {.data = NULL};
    bool is_key = head_cut(&rest, "cambist office credential v1\n");
    bool is_text = (is_key || head_cut(&rest, "cambist office sign-in v1\n")) &&
                   line_cut(&rest, "venue", &venue) && line_cut(&rest, "origin", &its_origin) &&
                   line_cut(&rest, "officer", &its_officer) && venue.size <= VALUE_BYTES;
    if (is_text && is_key) {
        is_text = hex_cut(&rest, "credential", 2, ID_DIGITS) &&
                  hex_cut(&rest, "key", HASH_DIGITS, HASH_DIGITS);
    }
    if (!is_text || !hex_cut(&rest, "challenge", HASH_DIGITS, HASH_DIGITS) || rest.size > 0) {
        return FAULT(FAULT_INPUT, "%s: not a text that the console asks to be signed", name);
    }
    if (!span_equal(its_origin, span_of_text(origin))) {
        return FAULT(FAULT_REFUSED, "%s: it is for a console at %.*s", name, (int)its_origin.size,
                     (const char *)its_origin.data);
    }
    if (!span_equal(its_officer, span_of_text(officer))) {
        return FAULT(FAULT_REFUSED, "%s: it is for officer %.*s", name, (int)its_officer.size,
                     (const char *)its_officer.data);
    }
    return FAULT_NONE;
}

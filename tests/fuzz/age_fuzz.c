/* Recipients of age and the headers made for them: a text that is read prints the same bytes, and
 * what is written for any 32 bytes is refused, or begins with a header of exactly the format's
 * lines and has as many bytes as the pieces take. The input is a text of a recipient, or 32 bytes
 * of one and what is to be written behind them, in pieces as long as their first bytes say. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/age_file.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#define AGE_FILE_MAX (1U << 20)
#define PIECE_TAG    16U
#define NONCE_BYTES  16U

struct written {
    struct age_target target; /* first: it is what the writer sees */
    size_t size;
    u8 bytes[AGE_FILE_MAX];
};

static struct written file;

static enum fault keep(struct age_target *target, struct span bytes)
{
    CHECK(target == &file.target && file.size + bytes.size <= sizeof(file.bytes));
    memcpy(file.bytes + file.size, bytes.data, bytes.size);
    file.size += bytes.size;
    return FAULT_NONE;
}

/* `prefix`, then 43 symbols of base64 without padding, then the line's end. */
static size_t line_check(size_t at, const char *prefix)
{
    size_t prefix_bytes = strlen(prefix);
    u8 bin[AGE_KEY_BYTES];
    size_t bin_bytes = 0;
    CHECK(at + prefix_bytes + 44 <= file.size);
    CHECK(memcmp(file.bytes + at, prefix, prefix_bytes) == 0);
    const char *text = (const char *)file.bytes + at + prefix_bytes;
    CHECK(sodium_base642bin(bin, sizeof(bin), text, 43, NULL, &bin_bytes, NULL,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0);
    CHECK(bin_bytes == AGE_KEY_BYTES && text[43] == '\n');
    return at + prefix_bytes + 44;
}

static void header_check(size_t body_bytes)
{
    static const char first[] = "age-encryption.org/v1\n";
    CHECK(file.size > sizeof(first) && memcmp(file.bytes, first, sizeof(first) - 1) == 0);
    size_t at = line_check(sizeof(first) - 1, "-> X25519 ");
    at = line_check(at, "");
    at = line_check(at, "--- ");
    CHECK(at <= AGE_HEADER_BYTES);
    size_t pieces = body_bytes == 0 ? 1 : (body_bytes + AGE_PIECE_BYTES - 1) / AGE_PIECE_BYTES;
    CHECK(file.size == at + NONCE_BYTES + body_bytes + pieces * PIECE_TAG);
}

static void write_all(const u8 recipient[AGE_KEY_BYTES], struct span body)
{
    struct age_writer *writer = NULL;
    size_t body_bytes = body.size;
    file.size = 0;
    file.target.write = keep;
    if (age_writer_open(&writer, recipient, &file.target) != FAULT_NONE) {
        CHECK(file.size == 0);
        return;
    }
    while (body.size > 0) {
        size_t piece = 1 + (size_t)body.data[0] * 33;
        piece = piece > body.size ? body.size : piece;
        CHECK(age_writer_put(writer, span_of(body.data, piece)) == FAULT_NONE);
        body = span_after(body, piece);
    }
    CHECK(age_writer_end(writer) == FAULT_NONE);
    age_writer_close(writer);
    header_check(body_bytes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    u8 key[AGE_KEY_BYTES];
    char again[AGE_RECIPIENT_BYTES];
    CHECK(sodium_init() >= 0);
    struct span text = span_of(data, size);
    if (age_recipient_read(text, key)) {
        age_recipient_print(key, again);
        CHECK(span_equal(text, span_of(again, strlen(again))));
        write_all(key, span_of(NULL, 0));
    }
    if (size >= AGE_KEY_BYTES && size <= AGE_FILE_MAX / 2) {
        write_all(data, span_after(text, AGE_KEY_BYTES));
    }
    fault_forget();
    return 0;
}

/* What people type at the door: codes, addresses and passwords. A code that is read prints as
 * itself; an address in its form keeps it; a password is taken or refused by name. */
#include "base/check.h"
#include "base/email.h"
#include "base/span.h"
#include "role/door/door_code.h"
#include "role/door/door_password.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void take_code(struct span text, u32 size)
{
    u8 bytes[DOOR_RECOVERY_CODE_BYTES] = {0};
    u8 again[DOOR_RECOVERY_CODE_BYTES] = {0};
    char print[DOOR_CODE_TEXT_BYTES(DOOR_RECOVERY_CODE_BYTES)];
    if (!door_code_read(text, bytes, size)) {
        return;
    }
    door_code_print(span_of(bytes, size), 4, print);
    CHECK(strlen(print) < sizeof(print));
    CHECK(door_code_read(span_of(print, strlen(print)), again, size));
    CHECK(memcmp(bytes, again, sizeof(bytes)) == 0);
}

static void take_digits(struct span text)
{
    u32 code = 0;
    u8 bytes[DOOR_MAIL_CODE_BYTES];
    if (door_code_digits(text, &code)) {
        CHECK(code < 1000000);
        /* A code of either kind is never one of the other. */
        CHECK(!door_code_read(text, bytes, sizeof(bytes)));
    }
}

/* The form of the text, if it has one; else empty. */
static struct span take_address(u8 *bytes, u32 size)
{
    u32 again = 0;
    if (!email_form(bytes, &size)) {
        return span_of(bytes, 0);
    }
    again = size;
    CHECK(email_form(bytes, &again) && again == size);
    if (email_may_be_written_to(span_of(bytes, size))) {
        CHECK(size <= EMAIL_BYTES_MAX && memchr(bytes, '@', size) != NULL);
        CHECK(bytes[0] != '-' && memchr(bytes, '\n', size) == NULL);
    }
    return span_of(bytes, size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size > 4096) {
        return 0;
    }
    u8 *bytes = malloc(2 * size + (size == 0));
    CHECK(bytes != NULL);
    if (size > 0) {
        memcpy(bytes, data, size);
        memcpy(bytes + size, data, size);
    }
    struct span text = span_of(bytes, size);
    take_code(text, DOOR_MAIL_CODE_BYTES);
    take_code(text, DOOR_RECOVERY_CODE_BYTES);
    take_digits(text);
    struct span address = take_address(bytes + size, (u32)size);
    enum door_code code = door_password_check(text, address);
    CHECK(door_code_text(code) != NULL);
    CHECK(code != DOOR_CODE_OK ||
          (size >= DOOR_PASSWORD_BYTES_MIN && size <= DOOR_PASSWORD_BYTES_MAX));
    free(bytes);
    return 0;
}

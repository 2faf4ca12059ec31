#include "role/door/door_totp.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_code.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#define SHA1_BYTES 20U

u32 door_totp_code(struct span secret, u64 step, u32 digits)
{
    static const u32 powers[] = {1000000, 10000000, 100000000};
    u8 message[8];
    u8 mac[SHA1_BYTES];
    unsigned mac_bytes = sizeof(mac);
    CHECK(digits >= 6 && digits <= 8);
    bytes_put_big_u64(message, step);
    const u8 *made =
        HMAC(EVP_sha1(), secret.data, (int)secret.size, message, sizeof(message), mac, &mac_bytes);
    CHECK(made != NULL && mac_bytes == sizeof(mac));
    u32 at = mac[SHA1_BYTES - 1] & 0xfU;
    u32 number = bytes_big_u32(mac + at) & 0x7fffffffU;
    secret_wipe(mac, sizeof(mac));
    return number % powers[digits - 6];
}

bool door_totp_fits(struct span secret, u64 now_s, u32 code, u64 last_step, u64 *step_out)
{
    u64 middle = now_s / DOOR_TOTP_STEP_S;
    u64 first = middle < DOOR_TOTP_SPAN ? 0 : middle - DOOR_TOTP_SPAN;
    bool fits = false;
    for (u64 step = first; step <= middle + DOOR_TOTP_SPAN; step += 1) {
        bool is_it = door_totp_code(secret, step, DOOR_TOTP_DIGITS) == code;
        if (is_it && step > last_step && !fits) {
            fits = true;
            *step_out = step;
        }
    }
    return fits;
}

bool door_totp_uri(struct span secret, const char *issuer, u64 login,
                   char uri_out[DOOR_TOTP_URI_BYTES])
{
    char text[DOOR_CODE_TEXT_BYTES(DOOR_TOTP_SECRET_BYTES)];
    CHECK(secret.size == DOOR_TOTP_SECRET_BYTES);
    door_code_print(secret, 0, text);
    int size = snprintf(uri_out, DOOR_TOTP_URI_BYTES,
                        "otpauth://totp/%s:login-%lu?secret=%s&issuer=%s&algorithm=SHA1&digits=%u"
                        "&period=%u",
                        issuer, login, text, issuer, DOOR_TOTP_DIGITS, DOOR_TOTP_STEP_S);
    secret_wipe(text, sizeof(text));
    return size > 0 && (u32)size < DOOR_TOTP_URI_BYTES;
}

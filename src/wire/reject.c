#include "wire/reject.h"

struct reject_row {
    const char *name;
    i32 code;
    const char *text;
};

#define REJECT_ROW(number, name, code, text) [number] = {#name, code, text},
static const struct reject_row rows[REJECT_COUNT] = {REJECT_TABLE(REJECT_ROW)};

const char *reject_name(u32 reject)
{
    return reject < REJECT_COUNT && rows[reject].name ? rows[reject].name : "UNKNOWN";
}

i32 reject_code(u32 reject)
{
    return reject < REJECT_COUNT && rows[reject].name ? rows[reject].code : -1000;
}

const char *reject_text(u32 reject)
{
    return reject < REJECT_COUNT && rows[reject].name
               ? rows[reject].text
               : "An unknown error occurred while processing the request.";
}

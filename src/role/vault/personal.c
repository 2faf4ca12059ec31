#include "role/vault/personal.h"

#include "base/secret.h"
#include "role/vault/personal_inner.h"

#include <sodium.h>
#include <string.h>

enum fault personal_open(struct personal **personal_out)
{
    *personal_out = NULL;
    if (sodium_init() >= 0) {
        *personal_out = sodium_malloc(sizeof(struct personal));
    }
    if (*personal_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a value");
    }
    memset(*personal_out, 0, sizeof(struct personal));
    return FAULT_NONE;
}

void personal_close(struct personal *personal)
{
    sodium_free(personal);
}

bool personal_move(struct personal *personal, u8 *value, size_t bytes)
{
    bool fits = bytes <= sizeof(personal->bytes);
    personal_wipe(personal);
    if (fits) {
        memcpy(personal->bytes, value, bytes);
        personal->size = (u32)bytes;
    }
    secret_wipe(value, bytes);
    return fits;
}

void personal_wipe(struct personal *personal)
{
    secret_wipe(personal, sizeof(*personal));
}

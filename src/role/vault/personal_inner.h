/* The inside of struct personal, for personal.c and blind_index.c alone. */
#ifndef ROLE_VAULT_PERSONAL_INNER_H
#define ROLE_VAULT_PERSONAL_INNER_H

#include "role/vault/personal.h"

struct personal {
    u32 size;
    u8 bytes[PERSONAL_BYTES_MAX];
};

#endif /* ROLE_VAULT_PERSONAL_INNER_H */

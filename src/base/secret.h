/* Secrets leave memory when their scope ends: keys, passwords, unsealed bytes. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/base.h"

#include <string.h>

/* Overwrites the bytes with zeros; the compiler may not leave it out. */
ALWAYS_INLINE void secret_wipe(void *secret, size_t bytes)
{
    explicit_bzero(secret, bytes);
}

#endif /* BASE_SECRET_H */

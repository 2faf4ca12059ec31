/* What grant.c (the text) and grant_rule.c (what it may say) share; for nobody else. */
#ifndef ROLE_VAULT_GRANT_INNER_H
#define ROLE_VAULT_GRANT_INNER_H

#include "role/vault/grant.h"

/* A text that grows in room for the longest grant. */
struct grant_text {
    char *target;
    size_t size;
};

const char *grant_basis_name(enum grant_basis basis);
/* 0: no such name. */
u32 grant_kind_by_name(struct span name);
u32 grant_basis_by_name(struct span name);
u32 grant_class_by_name(struct span name);

#endif /* ROLE_VAULT_GRANT_INNER_H */

#include "role/vault/publog_vault.h"

#include "base/check.h"
#include "wire/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL

bool publog_vault_line(const struct publog_vault *vault, char line_out[PUBLOG_VAULT_LINE_BYTES])
{
    char time[MOMENT_TEXT_BYTES];
    char root[PUBLOG_HASH_TEXT];
    if (vault->time_us == MOMENT_OPEN || vault->records > INT64_MAX || vault->put > INT64_MAX ||
        vault->erased > INT64_MAX || !moment_print(vault->time_us / SECOND_US * SECOND_US, time)) {
        return false;
    }
    publog_hash_print(vault->root, root);
    int size = snprintf(line_out, PUBLOG_VAULT_LINE_BYTES,
                        PUBLOG_VAULT_WORD "records %" PRIu64 " put %" PRIu64 " erased %" PRIu64
                                          " root %s at %s",
                        vault->records, vault->put, vault->erased, root, time);
    CHECK(size > 0 && (u32)size < PUBLOG_VAULT_LINE_BYTES);
    return true;
}

bool publog_vault_is(struct span entry)
{
    size_t size = strlen(PUBLOG_VAULT_WORD);
    return entry.size >= size && memcmp(entry.data, PUBLOG_VAULT_WORD, size) == 0;
}

/* What was read is right when it is written in the same way again. */
bool publog_vault_read(struct span entry, struct publog_vault *vault_out)
{
    struct publog_words words;
    char line[PUBLOG_VAULT_LINE_BYTES];
    *vault_out = (struct publog_vault){.records = 0};
    return publog_words_cut(entry, &words) && words.count == 11 &&
           publog_words_number(&words, 2, &vault_out->records) &&
           publog_words_number(&words, 4, &vault_out->put) &&
           publog_words_number(&words, 6, &vault_out->erased) &&
           publog_words_hash(&words, 8, vault_out->root) &&
           publog_words_moment(&words, 10, &vault_out->time_us) &&
           publog_vault_line(vault_out, line) && span_equal(entry, span_of_text(line));
}

bool publog_vault_adds_up(const struct publog_vault *vault)
{
    return vault->put >= vault->erased && vault->put - vault->erased == vault->records;
}

const char *publog_vault_differs(const struct publog_vault *then, const struct publog_vault *now,
                                 const struct publog_vault_since *since, bool *is_compared_out)
{
    *is_compared_out = false;
    if (!publog_vault_adds_up(then)) {
        return "the logged records are not what was put and not erased";
    }
    if (!publog_vault_adds_up(now)) {
        return "there are not as many records as were put and not erased";
    }
    if (now->put < then->put || now->erased < then->erased) {
        return "fewer were ever put or erased than were logged: an older file was put back";
    }
    u64 erased = now->erased - then->erased;
    if (erased < since->erased_least || erased > since->erased_most) {
        return "the vault's events tell of another number of erasures since";
    }
    *is_compared_out = now->put == then->put && erased == 0 && since->rewraps == 0;
    return *is_compared_out && memcmp(now->root, then->root, sizeof(now->root)) != 0
               ? "nothing was put, erased or wrapped anew since, and the root is another"
               : NULL;
}

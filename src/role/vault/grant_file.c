#include "base/span.h"
#include "role/vault/grant_circle.h"

#include <sodium.h>
#include <string.h>

/* The signatures of a file, which lie in it. */
static struct approvals approvals_of(struct grant_file *file)
{
    return (struct approvals){.count = &file->signatures_count, .list = file->signatures};
}

enum fault grant_file_read(struct span bytes, const char *name, struct grant_file *file_out)
{
    size_t begin = approvals_begin(bytes);
    memset(file_out, 0, sizeof(*file_out));
    TRY(grant_read(span_of(bytes.data, begin), name, &file_out->grant));
    memcpy(file_out->text, bytes.data, begin);
    file_out->text_bytes = begin;
    (void)crypto_hash_sha256(file_out->hash, bytes.data, begin);
    return approvals_read(bytes, begin, name, approvals_of(file_out));
}

size_t grant_file_print(const struct grant_file *file, char target[GRANT_FILE_BYTES])
{
    memcpy(target, file->text, file->text_bytes);
    return file->text_bytes +
           approvals_print(file->signatures, file->signatures_count, target + file->text_bytes);
}

enum fault grant_file_add(struct grant_file *file, const struct grant_signature *signature)
{
    return approvals_add(approvals_of(file), signature);
}

enum fault grant_file_join(struct grant_file *file, const struct grant_file *other,
                           const char *name)
{
    if (memcmp(file->hash, other->hash, sizeof(file->hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: another grant than in the first file", name);
    }
    for (u32 i = 0; i < other->signatures_count; i += 1) {
        TRY(grant_file_add(file, &other->signatures[i]));
    }
    return FAULT_NONE;
}

/* ---- approvals ---- */

static enum fault may(const struct grant_circle *circle, const struct circle_officer *officer,
                      const void *grant)
{
    return grant_circle_may(circle, officer, grant);
}

struct approvals_matter grant_matter(const struct grant_file *file)
{
    return (struct approvals_matter){.word = "grant",
                                     .venue = file->grant.venue,
                                     .text = span_of(file->text, file->text_bytes),
                                     .list = file->signatures,
                                     .count = file->signatures_count,
                                     .more = grant_waits(&file->grant) ? 1 : 0,
                                     .may = may,
                                     .argument = &file->grant};
}

enum fault grant_approved(const struct grant_circle *circle, const struct share_key *key,
                          const struct grant_file *file)
{
    const struct approvals_matter matter = grant_matter(file);
    TRY(grant_circle_allows(circle, &file->grant));
    return approvals_are_enough(circle, key, &matter);
}

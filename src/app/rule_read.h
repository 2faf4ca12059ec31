/* Rule packs from YAML: read, checked and compiled (docs/rules.md "The pack").
 *
 * A pack that is refused is refused as a whole, with file, line, key and reason. One that is good
 * has a content hash, SHA-256 of its canonical form, and is a struct rule_pack that passes
 * rule_pack_check; the texts for people stay in the canonical form. */
#ifndef APP_RULE_READ_H
#define APP_RULE_READ_H

#include "app/yaml_tree.h"
#include "core/rule.h"

#define RULE_CANONICAL_BYTES_MAX 524288U

/* Large: in static memory or on the heap. */
struct rule_source {
    struct yaml_tree tree;
    struct rule_pack pack;
    size_t canonical_bytes;
    u8 canonical[RULE_CANONICAL_BYTES_MAX];
};

/* A whole file's bytes; `name` is what messages call it. FAULT_INPUT: it is no good pack. */
MUST_USE enum fault rule_read(struct span bytes, const char *name, struct rule_source *source_out);
MUST_USE enum fault rule_read_file(const char *path, struct rule_source *source_out);

/* Reads a whole file into `target`. FAULT_LIMIT: it is larger. */
MUST_USE enum fault rule_read_bytes(const char *path, u8 *target, size_t target_bytes,
                                    size_t *size_out);

#endif /* APP_RULE_READ_H */

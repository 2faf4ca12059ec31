/* What everybody may read of the rules: the packs in force, announced and ended, in their own words
 * (docs/customers.md). No officer is named, only groups.
 *
 *     GET /rules            the page
 *     GET /rules.txt        the same as plain text, for whoever has no JavaScript
 *     GET /rules/list.json  {"time":..,"packs":[{"hash":..,"id":..,"version":..,"state":..,...}]}
 *     GET /rules/HASH.json  one pack's canonical form, whose SHA-256 is HASH */
#ifndef ROLE_GATEWAY_RULES_PAGE_H
#define ROLE_GATEWAY_RULES_PAGE_H

#include "role/gateway/pack_shelf.h"
#include "role/gateway/view_person.h"
#include "wire/json.h"

enum rules_path {
    RULES_PATH_NONE,
    RULES_PATH_PAGE,
    RULES_PATH_TEXT,
    RULES_PATH_LIST,
    RULES_PATH_PACK,
};

/* What is asked for; RULES_PATH_PACK: *hash_out is the text in the place of the hash. */
enum rules_path rules_path_of(struct span path, struct span *hash_out);

struct rules_page {
    const struct view *view;
    const struct pack_shelf *shelf;
    u64 now_us;
};

enum rules_state { RULES_ANNOUNCED, RULES_IN_FORCE, RULES_ENDED };

/* By the venue's own state and the pack's dates. A pack that the venue does not have in force, or
 * not any more, has ended. */
enum rules_state rules_state_of(const struct rules_page *page, const struct shelf_pack *pack);

void rules_list_print(const struct rules_page *page, struct json_writer *json);

/* UTF-8. Returns the bytes written; 0: it does not fit. */
MUST_USE size_t rules_text_print(const struct rules_page *page, char *target, size_t target_bytes);

#endif /* ROLE_GATEWAY_RULES_PAGE_H */

/* The readers, one a format: each reads all files of the source (list_read.h). They are called by
 * list_read alone, which has looked at the content and will check what they counted. */
#ifndef ROLE_LISTS_LIST_FORMATS_H
#define ROLE_LISTS_LIST_FORMATS_H

#include "role/lists/list_reader.h"

MUST_USE enum fault read_addresses(struct list_reader *reader);
MUST_USE enum fault read_csl(struct list_reader *reader);
MUST_USE enum fault read_eu_csv(struct list_reader *reader);
MUST_USE enum fault read_eu_xml(struct list_reader *reader);
MUST_USE enum fault read_eu_xml_old(struct list_reader *reader);
MUST_USE enum fault read_ftm(struct list_reader *reader);
MUST_USE enum fault read_names_csv(struct list_reader *reader);
MUST_USE enum fault read_normal(struct list_reader *reader);
MUST_USE enum fault read_ofac_advanced(struct list_reader *reader);
MUST_USE enum fault read_ofac_csv(struct list_reader *reader);
MUST_USE enum fault read_ofac_enhanced(struct list_reader *reader);
MUST_USE enum fault read_ofac_xml(struct list_reader *reader);
MUST_USE enum fault read_opensanctions_csv(struct list_reader *reader);
MUST_USE enum fault read_uk(struct list_reader *reader);
MUST_USE enum fault read_un(struct list_reader *reader);

/* What a schema of FollowTheMoney is; false: no party and no address. */
MUST_USE bool list_kind_of_schema(struct span schema, u8 *kind_out);

#endif /* ROLE_LISTS_LIST_FORMATS_H */

/* Networks as an operator writes them: addresses in digits, each with a slash and the bits that
 * count or without, separated by commas, or the word "none". */
#ifndef APP_NETWORKS_H
#define APP_NETWORKS_H

#include "base/base.h"
#include "role/gateway/auth.h"

/* False when the text is nothing of that: also with more than networks_max, with more bits than the
 * address has, or with a network of which a bit that does not count is set. */
MUST_USE bool networks_read(const char *text, struct auth_network *networks_out, u32 networks_max,
                            u32 *count_out);

#endif /* APP_NETWORKS_H */

/* Networks as text: addresses in digits, each with a slash and the bits that count or without. An
 * operator separates them by commas, or writes the word "none"; a customer's page separates them by
 * blanks. */
#ifndef ROLE_GATEWAY_NETWORKS_H
#define ROLE_GATEWAY_NETWORKS_H

#include "base/base.h"
#include "role/gateway/auth.h"

/* False when the text is nothing of that: also with more than networks_max, with more bits than the
 * address has, or with a network of which a bit that does not count is set. */
MUST_USE bool networks_read(const char *text, struct auth_network *networks_out, u32 networks_max,
                            u32 *count_out);

/* The same with a blank between two and no word for none: at least one. */
MUST_USE bool networks_read_words(struct span text, struct auth_network *networks_out,
                                  u32 networks_max, u32 *count_out);

/* "10.0.0.0/8": what networks_read reads, with a zero at its end. */
#define NETWORKS_TEXT_BYTES 64U
void networks_print(const struct auth_network *network, char text_out[NETWORKS_TEXT_BYTES]);

#endif /* ROLE_GATEWAY_NETWORKS_H */

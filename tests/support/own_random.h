/* Random ownership graphs of a few nodes: circles, bands, several sources, both clocks, and shares
 * near the thresholds. */
#ifndef TESTS_SUPPORT_OWN_RANDOM_H
#define TESTS_SUPPORT_OWN_RANDOM_H

#include "base/random.h"
#include "tests/support/own_model.h"

/* Edges begin and end within days 0 .. OWN_RANDOM_DAYS. */
#define OWN_RANDOM_DAYS 8

void own_random_model(struct random *random, struct own_model *model_out);

#endif /* TESTS_SUPPORT_OWN_RANDOM_H */

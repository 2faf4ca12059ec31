/* The naive ownership model: verdicts by going over all edges again and again, for graphs of a few
 * nodes. It shares no code with the engine (role/screen/own_cascade.h) beyond the types. */
#ifndef TESTS_SUPPORT_OWN_MODEL_H
#define TESTS_SUPPORT_OWN_MODEL_H

#include "role/screen/own_cascade.h"

#define OWN_MODEL_NODES_MAX    16U
#define OWN_MODEL_EDGES_MAX    128U
#define OWN_MODEL_LISTINGS_MAX 16U

struct own_model {
    u32 nodes_count;
    u32 edges_count;
    u32 listings_count;
    struct own_edge edges[OWN_MODEL_EDGES_MAX];
    struct own_listing listings[OWN_MODEL_LISTINGS_MAX];
};

/* Who is blocked, by node. */
void own_model_verdicts(const struct own_model *model, const struct own_rule *rule, u64 lists,
                        struct own_moment moment, enum own_verdict *verdicts_out);

/* What all sources of one pair and kind together say: false, nothing. */
bool own_model_said(const struct own_model *model, u32 holder, u32 target, enum own_kind kind,
                    bool indirect, struct own_moment moment, i64 *lower_out, i64 *upper_out);

/* The edges as a graph; keys are "n:NUMBER", and sealed numbers those of the model. */
MUST_USE enum fault own_model_graph(const struct own_model *model, struct own_graph **graph_out);

#endif /* TESTS_SUPPORT_OWN_MODEL_H */

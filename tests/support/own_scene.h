/* Registers read into a graph, and questions about the graph by key and day. */
#ifndef TESTS_SUPPORT_OWN_SCENE_H
#define TESTS_SUPPORT_OWN_SCENE_H

#include "role/screen/own_read.h"

struct own_scene {
    struct own_build *build;
    struct own_reader *reader;
    struct own_graph *graph;
    struct own_report report;
};

void own_scene_open(struct own_scene *scene);
/* A text in one of the formats, as the file "folder/file". */
void own_scene_read(struct own_scene *scene, const char *text);
void own_scene_seal(struct own_scene *scene);
void own_scene_close(struct own_scene *scene);

/* Counts in are counts out and refused. */
void own_scene_assert_whole(const struct own_report *report);

/* Fails when there is no such key. */
u32 own_scene_find(const struct own_scene *scene, const char *key);

struct own_moment own_scene_moment(const char *valid, const char *known);

/* The edges of one kind between two nodes that hold at a moment; the first of them is read. */
u32 own_scene_edges(const struct own_scene *scene, const char *holder, const char *target,
                    enum own_kind kind, struct own_moment when, struct own_edge *edge_out);

void own_scene_assert_share(const struct own_scene *scene, const char *holder, const char *target,
                            struct own_moment when, u32 lower, u32 upper);
void own_scene_assert_no_share(const struct own_scene *scene, const char *holder,
                               const char *target, struct own_moment when);

#endif /* TESTS_SUPPORT_OWN_SCENE_H */

#include "tests/support/own_scene.h"

#include "base/span.h"
#include "role/screen/own_read_text.h"
#include "tests/support/test.h"

void own_scene_open(struct own_scene *scene)
{
    *scene = (struct own_scene){.build = NULL};
    assert_int_equal(own_build_open(&scene->build), FAULT_NONE);
    assert_int_equal(own_reader_open(&scene->reader, scene->build, &scene->report), FAULT_NONE);
}

void own_scene_read(struct own_scene *scene, const char *text)
{
    assert_int_equal(own_reader_bytes(scene->reader, "folder/file", span_of_text(text)),
                     FAULT_NONE);
}

void own_scene_seal(struct own_scene *scene)
{
    assert_int_equal(own_reader_end(scene->reader), FAULT_NONE);
    assert_int_equal(own_graph_seal(scene->build, &scene->graph), FAULT_NONE);
}

void own_scene_close(struct own_scene *scene)
{
    own_graph_close(scene->graph);
    own_reader_close(scene->reader);
    own_build_close(scene->build);
}

void own_scene_assert_whole(const struct own_report *report)
{
    u64 records = report->described + report->linked + report->repeated + report->passed;
    u64 interests = report->interests_taken;
    for (u32 i = 0; i < OWN_REFUSALS; i += 1) {
        records += report->refused[i];
        interests += report->interests_refused[i];
    }
    assert_int_equal(report->records, records);
    assert_int_equal(report->interests, interests);
    assert_true((own_report_refused(report) > 0) == (report->kept > 0));
}

u32 own_scene_find(const struct own_scene *scene, const char *key)
{
    u32 node = own_graph_find(scene->graph, span_of_text(key));
    if (node == OWN_NONE) {
        fail_msg("no node %s", key);
    }
    return node;
}

struct own_moment own_scene_moment(const char *valid, const char *known)
{
    struct own_moment moment = {.valid = 0};
    u32 second = 0;
    assert_true(own_text_day(span_of_text(valid), &moment.valid, &second));
    assert_true(own_text_day(span_of_text(known), &moment.known, &second));
    return moment;
}

u32 own_scene_edges(const struct own_scene *scene, const char *holder, const char *target,
                    enum own_kind kind, struct own_moment when, struct own_edge *edge_out)
{
    u32 from = own_scene_find(scene, holder);
    u32 to = own_scene_find(scene, target);
    struct own_edges edges = own_graph_held_by(scene->graph, from);
    u32 count = 0;
    for (u32 i = 0; i < edges.count; i += 1) {
        struct own_edge edge;
        own_graph_edge_read(scene->graph, edges.edges[i], &edge);
        if (edge.target == to && edge.kind == kind && own_times_hold(&edge.times, when)) {
            *edge_out = count == 0 ? edge : *edge_out;
            count += 1;
        }
    }
    return count;
}

void own_scene_assert_share(const struct own_scene *scene, const char *holder, const char *target,
                            struct own_moment when, u32 lower, u32 upper)
{
    struct own_edge edge = {.lower = 0};
    u32 count = own_scene_edges(scene, holder, target, OWN_SHARE, when, &edge);
    if (count != 1 || edge.lower != lower || edge.upper != upper) {
        fail_msg("%s in %s: %u edges, %u to %u", holder, target, count, edge.lower, edge.upper);
    }
}

void own_scene_assert_no_share(const struct own_scene *scene, const char *holder,
                               const char *target, struct own_moment when)
{
    struct own_edge edge;
    assert_int_equal(own_scene_edges(scene, holder, target, OWN_SHARE, when, &edge), 0);
}

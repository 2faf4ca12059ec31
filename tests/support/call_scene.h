/* Calls of the API against a tiny venue: the core of core_world.h, a view that follows its events,
 * keys, limits and a clock. A call that wants a command gets its events at once; a call that asks
 * history is answered by the scene's `answer`, if the test gives one. */
#ifndef TESTS_SUPPORT_CALL_SCENE_H
#define TESTS_SUPPORT_CALL_SCENE_H

#include "role/gateway/call.h"
#include "tests/support/core_world.h"
#include "tests/support/view_check.h"

#define CALL_SCENE_TEXT_BYTES (4U << 20)
#define CALL_SCENE_TIME_US    1795000000000000ULL

struct call_scene {
    struct core_world world;
    struct view_scene view;
    struct venue venue;
    struct key_view keys;
    struct limit limit;
    void *limit_memory;
    bool microseconds;
    struct call call; /* the last one */
    struct params params;
    char *text; /* the last one's JSON: of the answer, or {"code":..,"msg":..} */
    u8 *command;
    struct span events; /* of the last call's command */
    struct lookup_ask *ask;
    /* Answers what history is asked; NULL: such a call fails the test. */
    const struct lookup_result *(*answer)(struct call_scene *scene, const struct lookup_ask *ask);
    void *argument;
    enum api_error abandon; /* not NONE: every command ends so, and is not sent */
};

/* The venue of world_open at CALL_SCENE_TIME_US. `ask` is memory for a struct lookup_ask, or NULL
 * where no call asks history. */
void call_scene_open(struct call_scene *scene, struct lookup_ask *ask);
void call_scene_close(struct call_scene *scene);

/* The view takes the events of the world's last command. After each world_... of a test's own. */
void call_scene_follow(struct call_scene *scene);

/* Sets rates of every kind on the first market, each another number. */
void call_scene_fees(struct call_scene *scene);

/* Moves the clock of all. */
void call_scene_clock(struct call_scene *scene, u64 time_us);

/* Runs one call to its end for an account with every right. `query` is "a=1&b=2", not encoded; the
 * scene adds the timestamp. Returns the HTTP status. */
u32 call_scene_run(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                   const char *query);

/* The same, and it must be answered. */
void call_scene_does(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                     const char *query);
/* The same, and the answer must be this. */
void call_scene_expect(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                       const char *query, const char *json);
/* The same, and the refusal must be this. */
void call_scene_refuses(struct call_scene *scene, u32 account, enum endpoint_id endpoint,
                        const char *query, i32 code, const char *message);

#endif /* TESTS_SUPPORT_CALL_SCENE_H */

/* The officers' console with two officers, Anna of the desk's staff and Bela who is not, in memory,
 * with a clock that stands still: for the tests of role/office and its fuzzer. Requests are made by
 * hand; what other processes answer is the test's. Everybody is invented. */
#ifndef TESTS_SUPPORT_OFFICE_SCENE_H
#define TESTS_SUPPORT_OFFICE_SCENE_H

#include "base/base.h"
#include "base/span.h"
#include "role/office/office_inner.h"

#define OFFICE_SCENE_ORIGIN "http://localhost:8443"
#define OFFICE_SCENE_HOST   "localhost:8443"

enum office_scene_who { OFFICE_SCENE_ANNA, OFFICE_SCENE_BELA, OFFICE_SCENE_PEOPLE };

/* What a request has; zeros: GET without anything. */
struct office_scene_ask {
    bool is_post;
    const char *target; /* path and query; used where `raw` is empty */
    struct span raw;
    const char *host;   /* NULL: OFFICE_SCENE_HOST */
    const char *origin; /* NULL: OFFICE_SCENE_ORIGIN; "": none */
    const char *site;   /* Sec-Fetch-Site; NULL: none */
    const char *type;   /* NULL: application/json */
    const char *cookie; /* NULL: none */
    const char *csrf;   /* NULL: none */
    struct span body;
};

struct office_scene {
    struct office *office;
    struct office_people people;
    struct clock_false now;
    char private_pem[OFFICE_SCENE_PEOPLE][256];
    char cookies[OFFICE_SCENE_PEOPLE][128]; /* of sessions; empty: none */
    char tokens[OFFICE_SCENE_PEOPLE][OFFICE_HEX_BYTES];
    u32 asked_count;  /* questions to other processes */
    char asked[1024]; /* the last one, cut */
    bool (*hear)(struct span question, char *target, size_t target_bytes, size_t *size_out);
};

/* One at a time. `draft` as office_options has it. CHECK: it works. */
void office_scene_open(struct office_scene *scene,
                       enum fault (*draft)(struct office *office, const struct office_draft *draft,
                                           struct span *text_out));
void office_scene_close(struct office_scene *scene);

struct http_reply office_scene_ask(struct office_scene *scene, const struct office_scene_ask *ask);
/* The request with the officer's cookie, and of a POST with the token. */
struct http_reply office_scene_by(struct office_scene *scene, enum office_scene_who who,
                                  bool is_post, const char *target, const char *body);

/* The body of a right sign-in by key, for the challenge of `begun`, an answer to sign-in/begin. */
void office_scene_signed(struct office_scene *scene, enum office_scene_who who, struct span begun,
                         char target[1024]);
/* Signs in by key: cookie and token are the scene's then. CHECK: it works. */
void office_scene_sign_in(struct office_scene *scene, enum office_scene_who who);

/* What is behind the first "NAME": in a JSON text, a text or a number as it stands there. CHECK. */
struct span office_scene_text(struct span json, const char *name);

#endif /* TESTS_SUPPORT_OFFICE_SCENE_H */

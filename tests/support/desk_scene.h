/* A desk with its people, two authorities and a store in a folder of its own: for the tests of
 * role/desk. Everybody and everything in it is invented. */
#ifndef TESTS_SUPPORT_DESK_SCENE_H
#define TESTS_SUPPORT_DESK_SCENE_H

#include "base/base.h"
#include "role/desk/desk_store.h"

#define DESK_SCENE_START_S 1795428000U /* 2026-11-23T10:00:00Z */
#define DESK_SCENE_HOME    "xa-court"  /* registered, of a member state */
#define DESK_SCENE_ABROAD  "xb-police" /* registered, of a third country */

/* Everybody, each with the role and region that the scene's staff gives them. */
enum desk_scene_who {
    DESK_SCENE_CLEO,  /* clerk, fr */
    DESK_SCENE_ANNA,  /* legal, fr */
    DESK_SCENE_ABEL,  /* legal, fr */
    DESK_SCENE_AXEL,  /* legal, de */
    DESK_SCENE_ALMA,  /* legal, fr */
    DESK_SCENE_BELA,  /* independent, it */
    DESK_SCENE_BRUNO, /* independent, it */
    DESK_SCENE_BERTA, /* independent, de */
    DESK_SCENE_PIA,   /* preparer, fr */
    DESK_SCENE_OTTO,  /* ombud, it */
    DESK_SCENE_PEOPLE
};

struct desk_scene {
    char folder[64];
    char path[80];
    struct desk_staff staff;
    char private_pem[DESK_SCENE_PEOPLE][256];
    struct desk_store *store;
    struct sha256 sha256;
    u64 now_s;
    u64 log;             /* the last number that the log gave */
    u64 key_next;        /* makes hashes that differ */
    enum desk_rule rule; /* of the last act */
};

/* A folder, keys and staff; no store yet. */
void desk_scene_open(struct desk_scene *scene);
void desk_scene_close(struct desk_scene *scene);

/* Opens the store, closing it first where it is open. */
void desk_scene_store(struct desk_scene *scene);
/* Registers both authorities: proposed by legal, confirmed by independent. */
void desk_scene_authorities(struct desk_scene *scene);

/* An act of this officer with what every one has; the case's prior is filled in. */
struct desk_act desk_scene_act(struct desk_scene *scene, enum desk_act_kind kind,
                               enum desk_scene_who who, const u8 *name);
/* A request of the home court for bank and identity of so many people. */
struct desk_act desk_scene_request(struct desk_scene *scene, const u8 *name, u32 people);

/* Fills in the letter's hash where the act has one, signs, and puts it; the rule that refused it.
 * Any other fault fails the test. */
enum desk_rule desk_scene_put(struct desk_scene *scene, struct desk_act *act,
                              enum desk_scene_who who);
/* The same for the act that the process makes. */
enum desk_rule desk_scene_process(struct desk_scene *scene, enum desk_act_kind kind,
                                  const u8 *name);
/* Signs without putting. */
void desk_scene_sign(struct desk_scene *scene, const struct desk_act *act, enum desk_scene_who who,
                     struct desk_file *file_out);
/* Everything that waits is told. How many. */
u32 desk_scene_tell(struct desk_scene *scene);

/* The case's state; 0: there is none. */
u8 desk_scene_state(const struct desk_scene *scene, const u8 *name);
/* A hash that is none of those before. */
void desk_scene_hash(struct desk_scene *scene, u8 hash_out[DESK_HASH_BYTES]);

/* Takes a case of the home court for one person to `approved`, with everything told. */
void desk_scene_approved(struct desk_scene *scene, const u8 *name);

#endif /* TESTS_SUPPORT_DESK_SCENE_H */

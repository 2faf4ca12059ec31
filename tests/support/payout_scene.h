/* A call scene (call_scene.h) with payouts.db in a temporary folder and a history whose rows a test
 * lays down. */
#ifndef TESTS_SUPPORT_PAYOUT_SCENE_H
#define TESTS_SUPPORT_PAYOUT_SCENE_H

#include "role/gateway/lookup_client.h"
#include "role/gateway/payout.h"
#include "tests/support/call_scene.h"

struct payout_scene {
    struct call_scene call;
    struct payouts payouts;
    struct lookup_ask ask;      /* the last question */
    struct lookup_result found; /* its answer */
    char folder[64];
};

void payout_scene_open(struct payout_scene *scene);
void payout_scene_close(struct payout_scene *scene);

/* The next answers of the history. */
void payout_scene_lay(struct payout_scene *scene, const void *rows, u32 count);

/* The account's restrictions: two bits per operation. */
void payout_scene_restrict(struct payout_scene *scene, u32 account, u64 restrictions);

#define RESTRICTED(operation, restriction) ((u64)(restriction) << (2 * (operation)))

/* What the sanctioned may still do: withdraw what is theirs, and cancel. */
#define WITHDRAW_ONLY                                         \
    (RESTRICTED(OPERATION_TRADE, RESTRICTION_REFUSE) |        \
     RESTRICTED(OPERATION_PLACE, RESTRICTION_REFUSE) |        \
     RESTRICTED(OPERATION_DEPOSIT, RESTRICTION_HOLD) |        \
     RESTRICTED(OPERATION_TRANSFER_OUT, RESTRICTION_REFUSE) | \
     RESTRICTED(OPERATION_TRANSFER_IN, RESTRICTION_REFUSE))

#endif /* TESTS_SUPPORT_PAYOUT_SCENE_H */

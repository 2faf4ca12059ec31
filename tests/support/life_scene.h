/* What the tests of the engine's surroundings share: one engine_world with its script, what verify
 * and repair say of its folder, and another process that opens it. */
#ifndef TESTS_SUPPORT_LIFE_SCENE_H
#define TESTS_SUPPORT_LIFE_SCENE_H

#include "role/engine/repair.h"
#include "role/engine/verify.h"
#include "sim/engine_world.h"
#include "tests/support/test.h"

extern struct engine_world life_world;

/* Fails the test with the fault's text. */
void life_must(enum fault fault);
/* The text of the last fault has this part. */
void life_assert_text(const char *part);

struct disk *life_disk(void);
u64 life_seed(void);

/* A world whose engine has worked off the script and ended cleanly. */
struct engine_script *life_finished(u32 batches, u32 commands, bool snapshots);
/* Closes world and script; nothing may have been wrong. */
void life_close(struct engine_script *script);

enum fault life_verify(struct verify_report *report);
enum fault life_repair(u64 seq, struct repair_result *result);
/* Another process on the same folder. */
enum fault life_open_plain(struct engine **engine_out);

/* The last sequence number of a batch. */
u64 life_seq_last(const struct engine_script *script, u32 batch);

#endif /* TESTS_SUPPORT_LIFE_SCENE_H */

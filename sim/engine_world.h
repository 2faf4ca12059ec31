/* An engine's life on a false disk: it works through a script, dies at a given operation of the
 * disk, is started again on what has survived, and goes on until the script is done.
 *
 * After every start it is asked: is everything that was released still there, is the state the
 * script's at that point, and does the event log hold every event exactly once? */
#ifndef SIM_ENGINE_WORLD_H
#define SIM_ENGINE_WORLD_H

#include "base/base.h"
#include "base/random.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/engine/engine.h"
#include "sim/disk.h"
#include "sim/engine_script.h"

#define ENGINE_WORLD_FOLDER "venue"

enum { ENGINE_WORLD_SEGMENT = 256 << 10 }; /* bytes of a segment of the journal */

struct engine_world {
    const struct engine_script *script;
    struct disk_false *disk;
    struct clock_false clock;
    struct random random;
    struct release_sink sink;
    struct engine *engine;     /* NULL: not running */
    u32 position;              /* batches of the script in the core */
    u64 released_next;         /* every command below was released at some time */
    size_t events_at;          /* bytes of the script's events released in this life */
    bool snapshots;            /* the snapshot process runs now and then */
    size_t event_room;         /* engine_options.event_room */
    struct apply_watch *watch; /* engine_options.watch */
    u64 unsound_expected;      /* snapshots that a test has damaged */
    u64 starts;
    u64 snapshots_count;
    const char *wrong; /* what did not hold; NULL: all is well */
};

void engine_world_open(struct engine_world *world, const struct engine_script *script, u64 seed);
void engine_world_close(struct engine_world *world);

/* Starts the engine and compares. After a fault the world is as if the process had ended. */
MUST_USE enum fault engine_world_start(struct engine_world *world);

/* The snapshot process. */
MUST_USE enum fault engine_world_snapshot(struct engine_world *world);

/* Submits the script's next batch. The engine may be anywhere behind it. */
MUST_USE enum fault engine_world_submit(struct engine_world *world);
/* The same, and some time may pass. */
MUST_USE enum fault engine_world_batch(struct engine_world *world);

/* From wherever it is to the script's end, and a clean end. */
MUST_USE enum fault engine_world_finish(struct engine_world *world);

/* The process is gone; what was in flight is left to the disk. */
void engine_world_kill(struct engine_world *world);

/* Start, work and finish; after a fault whose cause is the disk's crash, once more on what is left.
 * False: something did not hold, world->wrong says what. */
bool engine_world_live(struct engine_world *world);

#endif /* SIM_ENGINE_WORLD_H */

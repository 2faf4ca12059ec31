/* The engine as an agent (io/agent.h): commands come over channels, one for each source, and every
 * listener is rung a bell (wire/link.h) when events were released.
 *
 *     take      from each channel in its turn, as long as the engine has room. What is malformed,
 *               forbidden or repeated is counted, told in the log by fixed names, and skipped
 *     work      engine_work
 *     give back the room in a channel, up to the last record that is durable: so a command that got
 *               into its channel outlives the engine's process. The next life finds again what was
 *               not given back, and knows by source and source_index what the journal holds already
 *     ring      one record for each listener that has not been told the newest; none is owed when
 *               its channel is full, it is told later
 *
 * Opening takes no time. Recovery is part of start, inside the sandbox; the first bell of a life
 * says that it is over. Stopping takes what is in the channels, makes it durable, seals the journal
 * and rings once more. A channel whose other side has broken it is left alone from then on, with an
 * error in the log and in the metrics: the others go on. */
#ifndef ROLE_ENGINE_ENGINE_AGENT_H
#define ROLE_ENGINE_ENGINE_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/metrics.h"
#include "role/engine/engine.h"
#include "wire/link.h"

#define ENGINE_AGENT_INPUTS_MAX    8U
#define ENGINE_AGENT_LISTENERS_MAX 8U
#define ENGINE_AGENT_COLLECT_MS    10000U

/* The thread of this agent may not sleep longer: agents_options.sleep_us. */
#define ENGINE_AGENT_SLEEP_US (ENGINE_IDLE_MS * 1000U)

/* A command channel. Each has a source number of its own, not ENGINE_SOURCE. */
struct engine_agent_input {
    const struct channel *channel; /* outlives the agent */
    u8 source;
    const u16 *kinds; /* command kinds that it may carry; LINK_HELLO is always allowed */
    u32 kinds_count;
};

/* Who is rung. `source` is that of its commands; LINK_SOURCE_NONE when it sends none. */
struct engine_agent_listener {
    const struct channel *channel; /* outlives the agent */
    u8 source;
};

struct engine_agent_options {
    struct engine_options engine; /* `gate` is not looked at: the agent has its own */
    const struct engine_agent_input *inputs;
    u32 inputs_count;
    const struct engine_agent_listener *listeners;
    u32 listeners_count;
    struct metrics *metrics; /* the agent declares its own there; NULL: none */
    u32 collect_ms;          /* how often old segments are looked for; 0: ENGINE_AGENT_COLLECT_MS */
};

/* The kinds of the gateway's channel (source 1), of the administrator's (source 2): everything that
 * creates money or changes definitions, accounts, restrictions, packs; both may cancel. And of the
 * price agent's (source 3): prices and times of valuation; and of screening (source 4): verdicts,
 * and what the log is to say. */
extern const u16 engine_agent_gateway_kinds[];
extern const u32 engine_agent_gateway_kinds_count;
extern const u16 engine_agent_admin_kinds[];
extern const u32 engine_agent_admin_kinds_count;
extern const u16 engine_agent_price_kinds[];
extern const u32 engine_agent_price_kinds_count;
extern const u16 engine_agent_screen_kinds[];
extern const u32 engine_agent_screen_kinds_count;
extern const u16 engine_agent_login_kinds[];
extern const u32 engine_agent_login_kinds_count;

/* Takes the agent's memory and its ends of the channels. The options' arrays are copied, what they
 * point to stays the caller's. CHECK: counts, and a source number for each input. */
MUST_USE enum fault engine_agent_open(struct agent **agent_out,
                                      const struct engine_agent_options *options);

/* Gives the memory back; after agent_close. NULL is fine. */
void engine_agent_close(struct agent *agent);

/* The engine inside, from start to agent_close; NULL before and after. */
struct engine *engine_agent_engine(struct agent *agent);

#endif /* ROLE_ENGINE_ENGINE_AGENT_H */

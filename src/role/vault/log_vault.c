/* What the vault holds, a line a day (publog_vault.h): counts and root as `keep` reckons them when
 * it is asked. A day is one of UTC by the clock; the first line comes at the first start. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_vault.h"

#include <string.h>

#define DAY_US   86400000000ULL
#define AGAIN_NS (60 * 1000000000ULL) /* an answer was lost, or takes long */

_Static_assert(VAULT_LINK_ROOT_BYTES == PUBLOG_HASH_BYTES, "SHA-256 both");

static bool is_due(const struct log_agent *agent)
{
    u64 today = clock_wall_us(agent->options.clock) / DAY_US;
    return !agent->vault.is_known || today > agent->vault.position / DAY_US;
}

enum fault log_vault_load(struct log_agent *agent)
{
    agent->vault_ns = 0;
    return publog_source(agent->publog, PUBLOG_SOURCE_VAULT, &agent->vault);
}

void log_vault_ask(struct log_agent *agent, u64 now_ns)
{
    struct vault_link_from look = vault_link_look();
    if (now_ns < agent->vault_ns || !is_due(agent)) {
        return;
    }
    if (channel_put(&agent->keep_asks, span_of(&look, sizeof(look))) == CHANNEL_PUT) {
        channel_flush(&agent->keep_asks);
    }
    agent->vault_ns = now_ns + AGAIN_NS;
}

enum fault log_vault_take(struct log_agent *agent, const struct vault_link_root *root)
{
    char line[PUBLOG_VAULT_LINE_BYTES];
    struct publog_vault vault = {.records = root->records,
                                 .put = root->put,
                                 .erased = root->erased,
                                 .time_us = root->time_us};
    memcpy(vault.root, root->root, sizeof(vault.root));
    if (!is_due(agent) || !publog_vault_line(&vault, line)) {
        return FAULT_NONE;
    }
    agent->vault.position = root->time_us;
    agent->vault.is_known = true;
    TRY(publog_line_keep(agent->publog, span_of_text(line)));
    agent->has_line = true;
    return publog_source_put(agent->publog, PUBLOG_SOURCE_VAULT, &agent->vault);
}

/* What the gateway counts of each request: how many, with what status, how long it took; and the
 * line of the log, which names no key, no address and no amount. */
#include "io/log.h"
#include "role/gateway/gateway_state.h"

static const char *const classes[GATEWAY_CLASSES] = {"2xx", "4xx", "5xx"};
static const char *const waits[GATEWAY_WAITS] = {"none", "engine", "history"};

void gateway_measures_declare(struct gateway *gateway)
{
    struct metrics *metrics = gateway->options.metrics;
    if (metrics == NULL) {
        return;
    }
    for (u32 i = 0; i < GATEWAY_CLASSES; i += 1) {
        gateway->measures.requests[i] = metrics_counter(
            metrics, &(struct metric_declaration){.name = "cambist_gateway_requests_total",
                                                  .help = "Requests answered, by status.",
                                                  .label_name = "status",
                                                  .label_value = classes[i]});
    }
    for (u32 i = 0; i < GATEWAY_WAITS; i += 1) {
        histogram_init(&gateway->measures.counts[i]);
        gateway->measures.answers[i] = metrics_histogram(
            metrics, &(struct metric_declaration){
                         .name = "cambist_gateway_answer_nanoseconds",
                         .help = "From a whole request to its answer, by what it waited for.",
                         .label_name = "waited",
                         .label_value = waits[i],
                         .histogram = &gateway->measures.counts[i],
                         .bounds = metrics_bounds_ns,
                         .bounds_count = metrics_bounds_ns_count});
    }
}

void gateway_counted(struct gateway *gateway, u32 status)
{
    if (gateway->measures.requests[0] != NULL) {
        metric_add(gateway->measures.requests[status < 400 ? 0 : 1 + (status >= 500)], 1);
    }
}

void gateway_answered(struct gateway *gateway, const struct call *call)
{
    const struct call_state *state = &call->state;
    const struct gateway_measures *measures = &gateway->measures;
    u64 now_us = clock_wall_us(gateway->options.clock);
    u64 took_us = now_us > state->received_us ? now_us - state->received_us : 0;
    gateway_counted(gateway, call->status);
    if (measures->answers[0] != NULL) {
        metric_observe(measures->answers[state->waited], took_us * 1000);
    }
    if (state->endpoint != NULL) {
        const char *name =
            state->endpoint->path != NULL ? state->endpoint->path : state->endpoint->ws_method;
        log_debug("gateway.request", LOG_U64("request", state->number), LOG_STR("endpoint", name),
                  LOG_U64("status", call->status), LOG_U64("us", took_us));
    }
}

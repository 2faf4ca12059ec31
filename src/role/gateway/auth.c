#include "role/gateway/auth.h"

#include "base/check.h"

#include <string.h>

#define AHEAD_US 1000000ULL

bool auth_network_holds(const struct auth_network *networks, u32 networks_count,
                        const struct auth_address *address)
{
    for (u32 i = 0; i < networks_count; i += 1) {
        u32 bits = networks[i].bits;
        const u8 *network = networks[i].address.bytes;
        CHECK(bits <= 128);
        u32 whole = bits / 8;
        u8 mask = (u8)(0xff00U >> (bits % 8));
        if (memcmp(network, address->bytes, whole) == 0 &&
            (mask == 0 || ((network[whole] ^ address->bytes[whole]) & mask) == 0)) {
            return true;
        }
    }
    return false;
}

bool auth_in_time(const struct params *params, u64 now_us, struct api_failure *failure_out)
{
    u64 timestamp = params->timestamp_us;
    if (timestamp >= u64_add_capped(now_us, AHEAD_US)) {
        return api_fail(failure_out, API_ERROR_TIMESTAMP_AHEAD);
    }
    return timestamp >= now_us || now_us - timestamp <= params->recv_window_us ||
           api_fail(failure_out, API_ERROR_TIMESTAMP_OUTSIDE);
}

/* Looks at all of them in any case: without a way out the compiler takes many at once. */
bool auth_key_valid(struct span api_key)
{
    u8 bad = api_key.size != AUTH_KEY_BYTES;
    for (size_t i = 0; i < api_key.size; i += 1) {
        u8 digit = (u8)(api_key.data[i] - '0');
        u8 letter = (u8)((api_key.data[i] | 0x20U) - 'a');
        bad |= (u8)(digit > 9) & (u8)(letter > 25);
    }
    return bad == 0;
}

static u32 right_needed(const struct endpoint *endpoint)
{
    switch ((enum endpoint_security)endpoint->security) {
    case ENDPOINT_SECURITY_N:
        break;
    case ENDPOINT_SECURITY_U:
    case ENDPOINT_SECURITY_S:
        return KEY_RIGHT_READ;
    case ENDPOINT_SECURITY_T:
        return KEY_RIGHT_TRADE;
    case ENDPOINT_SECURITY_W:
        return KEY_RIGHT_WITHDRAW;
    }
    return 0;
}

bool auth_key_may(const struct key_entry *entry, u32 right, const struct auth_address *address)
{
    return entry->enabled && (entry->rights & right) == right &&
           (entry->networks_count == 0 ||
            auth_network_holds(entry->networks, entry->networks_count, address));
}

/* By which clock the caller's time is measured. */
static u64 nearer_now(const struct auth_request *request)
{
    u64 ahead_us = u64_add_capped(request->now_us, request->clock_behind_us);
    u64 timestamp_us = request->params->timestamp_us;
    u64 middle_us = request->now_us + (ahead_us - request->now_us) / 2;
    return timestamp_us > middle_us ? ahead_us : request->now_us;
}

static bool check_key(struct key_view *view, const struct auth_request *request,
                      bool needs_signature, struct key_entry *entry_out,
                      struct api_failure *failure_out)
{
    CHECK(request->params->endpoint->security != ENDPOINT_SECURITY_N);
    if (!auth_key_valid(request->api_key)) {
        return api_fail(failure_out, API_ERROR_BAD_API_KEY_FMT);
    }
    if (!request->params->timestamp_sent) {
        return api_fail_name(failure_out, API_ERROR_MANDATORY_PARAM, param_name(PARAM_TIMESTAMP));
    }
    if (needs_signature && request->params->signature.size == 0) {
        return api_fail_name(failure_out, API_ERROR_MANDATORY_PARAM, param_name(PARAM_SIGNATURE));
    }
    if (!view->find(view, request->api_key, entry_out) ||
        !auth_key_may(entry_out, right_needed(request->params->endpoint), &request->address)) {
        return api_fail(failure_out, API_ERROR_REJECTED_MBX_KEY);
    }
    return auth_in_time(request->params, nearer_now(request), failure_out);
}

bool auth_check(struct signer *signer, struct key_view *view, const struct auth_request *request,
                struct key_entry *entry_out, struct api_failure *failure_out)
{
    return check_key(view, request, true, entry_out, failure_out) &&
           (sign_verify(signer, entry_out->sign, request->pieces, request->pieces_count,
                        request->params->signature, false) ||
            api_fail(failure_out, API_ERROR_INVALID_SIGNATURE));
}

bool auth_check_session(struct key_view *view, const struct auth_request *request,
                        struct key_entry *entry_out, struct api_failure *failure_out)
{
    return check_key(view, request, false, entry_out, failure_out);
}

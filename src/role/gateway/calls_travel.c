#include "role/gateway/calls_travel.h"

#include "base/span.h"
#include "role/gateway/call_ask.h"
#include "role/gateway/call_json.h"
#include "role/gateway/calls_payout.h"
#include "role/gateway/payout.h"
#include "wire/json_pull.h"

/* ---- questions and answers ---- */

enum call_end travel_requirements(struct call *call)
{
    const char *country = call->venue->travel_country;
    json_object_begin(call->json);
    call_text(call->json, "questionnaireCountryCode", country[0] == 0 ? "NIL" : country);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

bool travel_answers_valid(struct span text, const char *const *questions)
{
    struct json_pull pull;
    json_pull_begin(&pull, text);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    u32 wanted = 0;
    u32 seen = 0;
    for (u32 i = 0; questions[i] != NULL; i += 1) {
        wanted |= 1U << i;
    }
    enum json_token token = json_pull_next(&pull);
    while (token == JSON_TOKEN_KEY) {
        for (u32 i = 0; questions[i] != NULL; i += 1) {
            seen |= span_equal(pull.raw, span_of_text(questions[i])) ? 1U << i : 0;
        }
        token = json_pull_next(&pull);
        if (token != JSON_TOKEN_STRING && token != JSON_TOKEN_NUMBER && token != JSON_TOKEN_TRUE &&
            token != JSON_TOKEN_FALSE && token != JSON_TOKEN_NULL) {
            return false;
        }
        token = json_pull_next(&pull);
    }
    return token == JSON_TOKEN_OBJECT_END && json_pull_next(&pull) == JSON_TOKEN_END &&
           seen == wanted;
}

/* False: why not is in call->failure. */
static bool answers_take(struct call *call, const char *const *questions,
                         struct payout_answers *answers_out)
{
    struct span text = param_find(call->params, PARAM_QUESTIONNAIRE)->text;
    bool blank = true;
    for (size_t i = 0; i < text.size; i += 1) {
        blank = blank && (text.data[i] == ' ' || text.data[i] == '\t');
    }
    if (blank) {
        return api_fail(&call->failure, API_ERROR_QUESTIONNAIRE_EMPTY);
    }
    if (!travel_answers_valid(text, questions)) {
        return api_fail(&call->failure, API_ERROR_QUESTIONNAIRE_FORMAT);
    }
    return payout_answers_hash(text, answers_out) == FAULT_NONE ||
           api_fail(&call->failure, API_ERROR_DISCONNECTED);
}

/* ---- withdrawals ---- */

enum call_end travel_withdraw(struct call *call)
{
    static const char *const questions[] = {"isAddressOwner", "sendTo", NULL};
    struct payout_answers answers;
    return answers_take(call, questions, &answers) ? payout_withdraw_begin(call, &answers)
                                                   : CALL_REFUSED;
}

enum call_end travel_withdraw_finish(struct call *call)
{
    u64 hold_id = 0;
    if (!payout_withdraw_done(call, &hold_id)) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    call_number(call->json, "trId", hold_id);
    call_bool(call->json, "accpted", true);
    call_text(call->json, "info", "Withdraw request accepted");
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- deposits ---- */

struct info_keep {
    u64 entry;
    struct payout_answers answers;
};

enum call_end travel_provide_info(struct call *call)
{
    static const char *const questions[] = {"depositOriginator", NULL};
    struct info_keep *keep = CALL_KEEP(call, struct info_keep);
    if (!answers_take(call, questions, &keep->answers)) {
        return CALL_REFUSED;
    }
    keep->entry =
        param_number(call->params, PARAM_TRAN_ID, param_number(call->params, PARAM_DEPOSIT_ID, 0));
    struct lookup_ask *ask = call_ask(call, LOOKUP_DEPOSITS);
    ask->limit = PAYOUT_ROWS_MAX;
    return CALL_ASKED;
}

static bool has_deposit(const struct lookup_result *found, u64 entry)
{
    for (u32 i = 0; i < found->count; i += 1) {
        if (found->deposits[i].entry == entry) {
            return true;
        }
    }
    return false;
}

enum call_end travel_provide_info_found(struct call *call)
{
    const struct info_keep *keep = CALL_KEEP(call, struct info_keep);
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    if (!has_deposit(call->found, keep->entry)) {
        bool first = call->state.endpoint == endpoint_at(ENDPOINT_LOCAL_DEPOSIT_INFO);
        return call_fail_name(call, API_ERROR_INVALID_PARAMETER_IN, first ? "tranId" : "depositId");
    }
    struct venue *venue = call->venue;
    if (venue->payouts == NULL || payouts_answer(venue->payouts, call->state.account, keep->entry,
                                                 venue->now_us, &keep->answers) != FAULT_NONE) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    json_object_begin(call->json);
    call_number(call->json, "trId", keep->entry);
    call_bool(call->json, "accepted", true);
    call_text(call->json, "info", "Deposit questionnaire accepted");
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- lists ---- */

enum call_end travel_vasps(struct call *call)
{
    json_array_begin(call->json);
    json_object_begin(call->json);
    call_text(call->json, "vaspName", "Demo network");
    call_text(call->json, "vaspCode", "DEMO");
    json_object_end(call->json);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

enum call_end travel_verified_addresses(struct call *call)
{
    json_array_begin(call->json);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

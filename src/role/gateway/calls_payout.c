#include "role/gateway/calls_payout.h"

#include "base/check.h"
#include "io/log.h"
#include "role/gateway/call_ask.h"
#include "role/gateway/call_json.h"
#include "role/gateway/calls_wallet.h"
#include "role/gateway/demo.h"
#include "role/gateway/view_market.h"
#include "wire/reject.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ORDER_ID_RANGE    "^[a-zA-Z0-9-_]{1,64}$"
#define ID_DIGITS         32U
#define NUMBER_DIGITS_MAX 19U
#define SPAN_NONE         ((struct span){NULL, 0})

/* A withdrawal that was not settled is found in the history around the time of its row. */
#define CLOCKS_APART_US (600ULL * 1000000)

/* ---- a page ---- */

static bool period_asked(struct call *call, struct lookup_ask *ask)
{
    u64 now = call->venue->now_us;
    u64 start = param_number(call->params, PARAM_START_TIME,
                             now > PAYOUT_PERIOD_US ? now - PAYOUT_PERIOD_US : 1);
    u64 end = call_end_us(call->params);
    ask->from_us = u64_max(1, start);
    ask->to_us = end;
    u64 until = end == 0 ? now : end;
    return (start <= until && until - start <= PAYOUT_PERIOD_US + 999) ||
           api_fail(&call->failure, API_ERROR_WALLET_INTERVAL);
}

bool payout_page_asked(struct call *call, struct payout_page *page, u32 kind, bool *nothing_out)
{
    *nothing_out = false;
    const struct params *params = call->params;
    struct lookup_ask *ask = call_ask(call, (enum lookup_kind)kind);
    if (!period_asked(call, ask)) {
        return false;
    }
    u64 offset = param_number(params, PARAM_OFFSET, 0);
    ask->limit = (u32)param_number(params, PARAM_LIMIT, PAYOUT_ROWS_MAX);
    ask->offset = (u32)u64_min(offset, LOOKUP_OFFSET_MAX);
    *page = (struct payout_page){.take = ask->limit, .travel_status = -1};
    const struct param_value *coin = param_find(params, PARAM_COIN);
    const struct param_value *network = param_find(params, PARAM_NETWORK);
    u16 asset = 0;
    if (coin != NULL) {
        *nothing_out = !wallet_asset_named(call->venue->view, coin->text, &asset);
        ask->asset = asset;
    }
    *nothing_out |= offset > LOOKUP_OFFSET_MAX;
    *nothing_out |= network != NULL && !span_equal(network->text, span_of_text(DEMO_NETWORK_NAME));
    return !*nothing_out;
}

void payout_page_narrow(struct call *call, struct payout_page *page)
{
    page->skip = call->ask->offset;
    call->ask->offset = 0;
    call->ask->limit = PAYOUT_ROWS_MAX;
}

bool payout_page_wants(const struct payout_page *page, u64 id)
{
    if (!page->has_ids) {
        return true;
    }
    for (u32 i = 0; i < page->ids_count; i += 1) {
        if (page->ids[i] == id) {
            return true;
        }
    }
    return false;
}

bool payout_page_shows(struct payout_page *page, bool *full_out)
{
    *full_out = page->take == 0;
    if (page->skip > 0) {
        page->skip -= 1;
        return false;
    }
    page->take -= page->take > 0;
    return !*full_out;
}

bool payout_ids(struct call *call, struct payout_page *page, enum param list,
                bool (*read)(struct span text, u64 *id_out))
{
    const struct param_value *value = param_find(call->params, list);
    if (value == NULL) {
        return true;
    }
    if (page->has_ids) {
        return api_fail(&call->failure, API_ERROR_BAD_COMBINATION);
    }
    page->has_ids = true;
    struct span rest = value->text;
    for (;;) {
        size_t size = 0;
        while (size < rest.size && rest.data[size] != ',') {
            size += 1;
        }
        if (page->ids_count == PAYOUT_IDS_MAX ||
            !read(span_piece(rest, 0, size), &page->ids[page->ids_count])) {
            return api_fail_name(&call->failure, API_ERROR_INVALID_PARAMETER_IN, param_name(list));
        }
        page->ids_count += 1;
        if (size == rest.size) {
            return true;
        }
        rest = span_after(rest, size + 1);
    }
}

bool payout_decimal_read(struct span text, u64 *id_out)
{
    u64 id = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        id = id * 10 + (u64)(text.data[i] - '0');
    }
    *id_out = id;
    return text.size > 0 && text.size <= NUMBER_DIGITS_MAX;
}

/* An id that names nothing here is 0, which no row has. */

/* ID_DIGITS hexadecimal digits of which the first half is 0. */
static bool id_read(struct span text, u64 *id_out)
{
    u64 id = 0;
    *id_out = 0;
    if (text.size != ID_DIGITS) {
        return true;
    }
    for (size_t i = 0; i < ID_DIGITS; i += 1) {
        u8 byte = text.data[i];
        u32 digit = byte >= '0' && byte <= '9'   ? (u32)(byte - '0')
                    : byte >= 'a' && byte <= 'f' ? (u32)(byte - 'a') + 10
                                                 : 16;
        if (digit == 16 || (i < ID_DIGITS / 2 && digit > 0)) {
            return true;
        }
        id = id << 4 | digit;
    }
    *id_out = id;
    return true;
}

static bool deposit_name_read(struct span text, u64 *id_out)
{
    if (!demo_deposit_read(text, id_out)) {
        *id_out = 0;
    }
    return true;
}

static bool withdrawal_name_read(struct span text, u64 *id_out)
{
    if (!demo_withdrawal_read(text, id_out)) {
        *id_out = 0;
    }
    return true;
}

enum call_end payout_nothing(struct call *call)
{
    json_array_begin(call->json);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

void payout_time_text(u64 time_us, char text_out[PAYOUT_TIME_BYTES])
{
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm parts;
    struct tm *known = gmtime_r(&seconds, &parts);
    CHECK(known != NULL);
    size_t size = strftime(text_out, PAYOUT_TIME_BYTES, "%Y-%m-%d %H:%M:%S", &parts);
    CHECK(size == PAYOUT_TIME_BYTES - 1);
}

/* ---- withdraw ---- */

struct withdraw_keep {
    u64 source_index;
};

static void text_take(const struct call *call, enum param param, char *target, size_t target_bytes)
{
    const struct param_value *value = param_find(call->params, param);
    if (value != NULL) {
        CHECK(value->text.size < target_bytes);
        memcpy(target, value->text.data, value->text.size);
    }
}

static bool order_id_check(struct call *call)
{
    const struct param_value *value = param_find(call->params, PARAM_WITHDRAW_ORDER_ID);
    struct span text = value == NULL ? SPAN_NONE : value->text;
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        bool fine = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';
        if (!fine) {
            return api_fail_pair(&call->failure, API_ERROR_ILLEGAL_CHARS_IN, "withdrawOrderId",
                                 ORDER_ID_RANGE);
        }
    }
    return true;
}

static bool target_check(struct call *call, const char *coin)
{
    const struct param_value *address = param_find(call->params, PARAM_ADDRESS);
    const struct param_value *tag = param_find(call->params, PARAM_ADDRESS_TAG);
    if (!demo_address_valid(address->text, coin)) {
        return api_fail(&call->failure, API_ERROR_WALLET_ADDRESS);
    }
    if (tag != NULL && !demo_tag_valid(tag->text)) {
        return api_fail(&call->failure, API_ERROR_WALLET_TAG);
    }
    return order_id_check(call);
}

/* The amount asked for, split into what leaves and the fee. */
static bool amount_split(struct call *call, u32 scale, struct payout *payout)
{
    struct demo_terms terms = demo_terms(scale, call->venue->withdraw_fee_bp);
    struct amount asked;
    if (!param_amount(call->params, PARAM_AMOUNT, scale, CALL_PLACES, &asked, &call->failure)) {
        return false;
    }
    if (amount_less(asked, terms.min)) {
        char text[AMOUNT_TEXT_BYTES];
        (void)amount_print(terms.min, scale, CALL_PLACES, text);
        return api_fail_name(&call->failure, API_ERROR_WALLET_MINIMUM, text);
    }
    if (amount_less(terms.max, asked)) {
        return api_fail_name(&call->failure, API_ERROR_PARAM_OVERFLOW, "amount");
    }
    payout->fee = terms.fee;
    return amount_sub(asked, terms.fee, &payout->amount);
}

static bool withdraw_check(struct call *call, struct payout *payout)
{
    if (!wallet_coin(call, &payout->asset) || !wallet_network(call)) {
        return false;
    }
    if (param_number(call->params, PARAM_WALLET_TYPE, 0) != 0) {
        return api_fail_name(&call->failure, API_ERROR_INVALID_PARAMETER_IN, "walletType");
    }
    char coin[9];
    call_asset_name(call->venue->view, payout->asset, coin);
    if (!target_check(call, coin)) {
        return false;
    }
    u32 scale = view_asset_of(call->venue->view, payout->asset)->scale;
    return amount_split(call, scale, payout);
}

enum call_end payout_withdraw_begin(struct call *call, const struct payout_answers *answers)
{
    struct venue *venue = call->venue;
    struct payout payout = {.source_index = venue->index_next,
                            .time_us = venue->now_us,
                            .account = call->state.account,
                            .network = DEMO_NETWORK};
    if (!withdraw_check(call, &payout)) {
        return CALL_REFUSED;
    }
    if (venue->engine_away || venue->payouts == NULL) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    text_take(call, PARAM_ADDRESS, payout.address, sizeof(payout.address));
    text_take(call, PARAM_ADDRESS_TAG, payout.tag, sizeof(payout.tag));
    text_take(call, PARAM_WITHDRAW_ORDER_ID, payout.order_id, sizeof(payout.order_id));
    if (answers != NULL) {
        payout.answers = *answers;
    }
    enum fault fault = payouts_add(venue->payouts, &payout);
    if (fault == FAULT_EXISTS) {
        return call_fail(call, API_ERROR_WALLET_ORDER_ID);
    }
    if (fault != FAULT_NONE) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    CALL_KEEP(call, struct withdraw_keep)->source_index = payout.source_index;
    struct command_withdraw_hold *command = (void *)call->command;
    *command = (struct command_withdraw_hold){
        .amount = payout.amount, .fee = payout.fee, .asset = payout.asset, .network = DEMO_NETWORK};
    enum call_end end = call_send(call, COMMAND_WITHDRAW_HOLD, true);
    if (end != CALL_COMMANDED) {
        payout_withdraw_undo(call);
    }
    return end;
}

/* The money is where the engine has it; only what is written beside it was not. */
static void note_failure(enum fault fault)
{
    if (fault != FAULT_NONE) {
        log_warn("payouts.failed", LOG_STR("fault", fault_name(fault)));
    }
}

void payout_withdraw_undo(struct call *call)
{
    u64 source_index = CALL_KEEP(call, struct withdraw_keep)->source_index;
    if (source_index > 0 && call->venue->payouts != NULL) {
        /* A row that cannot be deleted now is deleted when its number is given again. */
        note_failure(payouts_drop(call->venue->payouts, source_index));
    }
}

static bool withdraw_refused(struct call *call, const struct event_rejected *rejected)
{
    payout_withdraw_undo(call);
    if (rejected != NULL && rejected->reject == REJECT_INSUFFICIENT_BALANCE) {
        return api_fail(&call->failure, API_ERROR_WALLET_BALANCE);
    }
    return api_fail(&call->failure, rejected == NULL ? API_ERROR_UNEXPECTED_RESP
                                                     : api_error_of_reject(rejected->reject));
}

bool payout_withdraw_done(struct call *call, u64 *hold_out)
{
    const struct event_ledger *ledger = call_event(call, EVENT_LEDGER);
    if (ledger == NULL || ledger->cause != LEDGER_CAUSE_WITHDRAWAL_HOLD) {
        return withdraw_refused(call, call_event(call, EVENT_REJECTED));
    }
    *hold_out = ledger->reference;
    u64 source_index = CALL_KEEP(call, struct withdraw_keep)->source_index;
    /* The hold exists whatever becomes of the note, which a later search does without. */
    note_failure(
        payouts_settle(call->venue->payouts, source_index, ledger->source_index, *hold_out));
    return true;
}

static void put_id(struct json_writer *json, u64 hold_id)
{
    char text[ID_DIGITS + 1];
    (void)snprintf(text, sizeof(text), "%032" PRIx64, hold_id);
    call_text(json, "id", text);
}

enum call_end payout_withdraw(struct call *call)
{
    /* With a travel rule in force there is another endpoint for this. */
    return call->venue->travel_country[0] != 0 ? call_fail(call, API_ERROR_UNSUPPORTED_OPERATION)
                                               : payout_withdraw_begin(call, NULL);
}

enum call_end payout_withdraw_finish(struct call *call)
{
    u64 hold_id = 0;
    if (!payout_withdraw_done(call, &hold_id)) {
        return CALL_REFUSED;
    }
    json_object_begin(call->json);
    put_id(call->json, hold_id);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- withdrawals ---- */

/* API statuses of a withdrawal: 3 rejected, 4 processing, 5 failed, 6 completed. */
static u32 withdrawal_status(enum history_withdrawal_status status)
{
    switch (status) {
    case HISTORY_WITHDRAWAL_HELD:
        return 4;
    case HISTORY_WITHDRAWAL_SETTLED:
        return 6;
    case HISTORY_WITHDRAWAL_RELEASED:
        return 3;
    case HISTORY_WITHDRAWAL_FALLBACK:
        return 5;
    }
    CHECK(false);
}

/* The other way round; -1: no withdrawal has it. */
static i32 withdrawal_of_status(u64 status)
{
    for (u32 i = 0; i < HISTORY_WITHDRAWAL_STATUS_COUNT; i += 1) {
        if (withdrawal_status((enum history_withdrawal_status)i) == status) {
            return (i32)i;
        }
    }
    return -1;
}

/* Of the row that has the client's id for it. False with *nothing_out: there is none. */
static bool withdrawal_named(struct call *call, struct payout_page *page, bool *nothing_out)
{
    const struct param_value *named = param_find(call->params, PARAM_WITHDRAW_ORDER_ID);
    if (named == NULL) {
        return true;
    }
    struct payout payout;
    bool found = false;
    struct payouts *payouts = call->venue->payouts;
    if (payouts == NULL || payouts_of_order(payouts, call->state.account, named->text, &payout,
                                            &found) != FAULT_NONE) {
        return api_fail(&call->failure, API_ERROR_DISCONNECTED);
    }
    *nothing_out = !found;
    if (found && payout.hold_id > 0) {
        struct lookup_ask *ask = call_ask(call, LOOKUP_WITHDRAWAL_BY_ID);
        ask->id = payout.hold_id;
    } else if (found) {
        payout_page_narrow(call, page);
        page->source_index = payout.source_index;
        call->ask->from_us = payout.time_us - u64_min(payout.time_us, CLOCKS_APART_US);
        call->ask->to_us = payout.time_us + CLOCKS_APART_US;
    }
    return found;
}

enum call_end payout_withdrawals(struct call *call)
{
    struct payout_page *page = CALL_KEEP(call, struct payout_page);
    bool is_travel = call->state.endpoint != endpoint_at(ENDPOINT_WITHDRAWALS);
    bool nothing = false;
    bool fine = payout_page_asked(call, page, LOOKUP_WITHDRAWALS, &nothing) &&
                payout_ids(call, page, PARAM_ID_LIST, id_read) &&
                payout_ids(call, page, PARAM_TR_ID, payout_decimal_read) &&
                payout_ids(call, page, PARAM_TX_ID, withdrawal_name_read);
    if (fine && param_sent(call->params, PARAM_STATUS)) {
        call->ask->status = withdrawal_of_status(param_number(call->params, PARAM_STATUS, 0));
        nothing = call->ask->status < 0;
    }
    page->only_answered = is_travel;
    if (param_sent(call->params, PARAM_TRAVEL_RULE_STATUS)) {
        page->travel_status = (i32)param_number(call->params, PARAM_TRAVEL_RULE_STATUS, 0);
    }
    if (fine && (page->has_ids || is_travel)) {
        payout_page_narrow(call, page);
    }
    fine = fine && !nothing && withdrawal_named(call, page, &nothing);
    if (nothing) {
        return payout_nothing(call);
    }
    return fine ? CALL_ASKED : CALL_REFUSED;
}

static void put_withdrawal(struct call *call, const struct history_withdrawal *row,
                           const struct payout *payout, bool is_travel)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    bool is_settled = row->status == HISTORY_WITHDRAWAL_SETTLED;
    bool is_known = payout->account == call->state.account && payout->source_index > 0;
    u32 scale = view_asset_of(view, row->asset)->scale;
    char coin[9];
    char text[PAYOUT_TIME_BYTES];
    call_asset_name(view, row->asset, coin);
    json_object_begin(json);
    put_id(json, row->hold_id);
    if (is_travel) {
        call_number(json, "trId", row->hold_id);
    }
    call_amount(json, "amount",
                is_settled ? row->amount
                : is_known ? payout->amount
                           : row->total,
                scale);
    call_amount(json, "transactionFee", is_settled ? row->fee : payout->fee, scale);
    call_text(json, "coin", coin);
    call_number(json, is_travel ? "withdrawalStatus" : "status", withdrawal_status(row->status));
    if (is_travel) {
        call_number(json, "travelRuleStatus", 0);
    }
    call_text(json, "address", payout->address);
    call_text(json, "addressTag", payout->tag);
    call_text(json, "txId", is_settled ? demo_withdrawal_name(row->hold_id).text : "");
    payout_time_text(row->time_us, text);
    call_text(json, "applyTime", text);
    call_text(json, "network", wallet_network_name(is_settled ? row->network : DEMO_NETWORK));
    call_number(json, "transferType", 0);
    if (payout->order_id[0] != 0) {
        call_text(json, "withdrawOrderId", payout->order_id);
    }
    call_text(json, "info", "");
    call_number(json, "confirmNo", is_settled ? 1 : 0);
    call_number(json, "walletType", 0);
    call_text(json, "txKey", "");
    if (row->status != HISTORY_WITHDRAWAL_HELD) {
        payout_time_text(row->update_us, text);
        call_text(json, "completeTime", text);
    }
    json_object_end(json);
}

static bool withdrawal_wanted(const struct payout_page *page, const struct history_withdrawal *row,
                              const struct payout *payout)
{
    return payout_page_wants(page, row->hold_id) &&
           (page->source_index == 0 || row->source_index == page->source_index) &&
           (!page->only_answered || payout_answers_given(&payout->answers)) &&
           page->travel_status <= 0;
}

/* One row with what was said about it. */
static enum fault withdrawal_show(struct call *call, struct payout_page *page,
                                  const struct history_withdrawal *row, bool *full_out)
{
    bool is_travel = call->state.endpoint != endpoint_at(ENDPOINT_WITHDRAWALS);
    struct payout payout;
    bool known = false;
    if (call->venue->payouts != NULL) {
        TRY(payouts_of_hold(call->venue->payouts, call->state.account, row->hold_id,
                            row->source_index, &payout, &known));
    }
    if (!known) {
        payout = (struct payout){0};
    }
    if (withdrawal_wanted(page, row, &payout) && payout_page_shows(page, full_out)) {
        put_withdrawal(call, row, &payout, is_travel);
    }
    return FAULT_NONE;
}

static enum fault withdrawals_show(struct call *call)
{
    struct payouts *payouts = call->venue->payouts;
    struct payout_page *page = CALL_KEEP(call, struct payout_page);
    enum fault fault = payouts == NULL ? FAULT_NONE : payouts_read_begin(payouts);
    bool full = false;
    for (u32 i = 0; i < call->found->count && !full && fault == FAULT_NONE; i += 1) {
        fault = withdrawal_show(call, page, &call->found->withdrawals[i], &full);
    }
    if (payouts != NULL) {
        note_failure(payouts_read_end(payouts));
    }
    return fault;
}

enum call_end payout_withdrawals_found(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    json_array_begin(call->json);
    if (withdrawals_show(call) != FAULT_NONE) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- deposits ---- */

/* API statuses of a deposit: 0 pending, 1 success, 2 rejected. */
static u32 deposit_status(enum history_deposit_status status)
{
    switch (status) {
    case HISTORY_DEPOSIT_HELD:
        return 0;
    case HISTORY_DEPOSIT_CREDITED:
        return 1;
    case HISTORY_DEPOSIT_RETURNED:
        return 2;
    }
    CHECK(false);
}

static i32 deposit_of_status(u64 status)
{
    for (u32 i = 0; i < HISTORY_DEPOSIT_STATUS_COUNT; i += 1) {
        if (deposit_status((enum history_deposit_status)i) == status) {
            return (i32)i;
        }
    }
    return -1;
}

enum call_end payout_deposits(struct call *call)
{
    struct payout_page *page = CALL_KEEP(call, struct payout_page);
    bool is_travel = call->state.endpoint != endpoint_at(ENDPOINT_DEPOSITS);
    bool nothing = false;
    bool fine = payout_page_asked(call, page, LOOKUP_DEPOSITS, &nothing) &&
                payout_ids(call, page, PARAM_TX_ID, deposit_name_read) &&
                payout_ids(call, page, PARAM_TR_ID, payout_decimal_read) &&
                payout_ids(call, page, PARAM_TRAN_IDS, payout_decimal_read) &&
                payout_ids(call, page, PARAM_DEPOSIT_IDS, payout_decimal_read);
    if (fine && param_sent(call->params, PARAM_STATUS)) {
        call->ask->status = deposit_of_status(param_number(call->params, PARAM_STATUS, 0));
        nothing = call->ask->status < 0;
    }
    page->include_source = param_number(call->params, PARAM_INCLUDE_SOURCE, 0) == 1;
    page->only_unanswered = param_number(call->params, PARAM_PENDING_QUESTIONNAIRE, 0) == 1;
    if (param_sent(call->params, PARAM_TRAVEL_RULE_STATUS)) {
        page->travel_status = (i32)param_number(call->params, PARAM_TRAVEL_RULE_STATUS, 0);
    }
    if (nothing) {
        return payout_nothing(call);
    }
    if (fine && (page->has_ids || is_travel)) {
        payout_page_narrow(call, page);
    }
    return fine ? CALL_ASKED : CALL_REFUSED;
}

/* What the three endpoints have in common, under the names of each. */
static void put_deposit(struct call *call, const struct history_deposit *row, bool is_pending,
                        bool include_source)
{
    struct json_writer *json = call->json;
    enum endpoint_id endpoint = endpoint_id_of(call->state.endpoint);
    const struct view *view = call->venue->view;
    char coin[9];
    char entry[24];
    call_asset_name(view, row->asset, coin);
    (void)snprintf(entry, sizeof(entry), "%" PRIu64, row->entry);
    json_object_begin(json);
    if (endpoint == ENDPOINT_LOCAL_DEPOSITS) {
        call_number(json, "trId", row->entry);
        call_number(json, "tranId", row->entry);
    } else {
        call_text(json, endpoint == ENDPOINT_DEPOSITS ? "id" : "depositId", entry);
    }
    call_amount(json, "amount", row->amount, view_asset_of(view, row->asset)->scale);
    call_text(json, "coin", coin);
    call_text(json, "network", wallet_network_name(row->network));
    call_number(json, endpoint == ENDPOINT_DEPOSITS ? "status" : "depositStatus",
                deposit_status(row->status));
    call_number(json,
                endpoint == ENDPOINT_LOCAL_DEPOSITS_2 ? "travelRuleReqStatus" : "travelRuleStatus",
                is_pending ? 1 : 0);
    call_text(json, "address", demo_address(call->state.account, coin).text);
    call_text(json, "addressTag", "");
    if (include_source) {
        call_text(json, "sourceAddress", "");
    }
    call_text(json, "txId", demo_deposit_name(row->entry).text);
    call_time(json, "insertTime", row->time_us, false);
    if (endpoint == ENDPOINT_DEPOSITS && row->status != HISTORY_DEPOSIT_HELD) {
        call_time(json, "completeTime", row->update_us, false);
    }
    call_number(json, "transferType", 0);
    call_text(json, "confirmTimes", "1/1");
    call_number(json, "unlockConfirm", 1);
    call_number(json, "walletType", 0);
    if (endpoint != ENDPOINT_DEPOSITS) {
        call_bool(json, "requireQuestionnaire", is_pending);
    }
    json_object_end(json);
}

enum call_end payout_deposits_found(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    struct payout_page *page = CALL_KEEP(call, struct payout_page);
    bool full = false;
    json_array_begin(call->json);
    for (u32 i = 0; i < call->found->count && !full; i += 1) {
        const struct history_deposit *row = &call->found->deposits[i];
        bool is_pending = row->status == HISTORY_DEPOSIT_HELD;
        bool answered = false;
        if (is_pending && call->venue->payouts != NULL &&
            payouts_answered(call->venue->payouts, call->state.account, row->entry, &answered) !=
                FAULT_NONE) {
            return call_fail(call, API_ERROR_DISCONNECTED);
        }
        is_pending = is_pending && !answered;
        bool wanted = payout_page_wants(page, row->entry) &&
                      (is_pending || !page->only_unanswered) &&
                      (page->travel_status < 0 || page->travel_status == (is_pending ? 1 : 0));
        if (wanted && payout_page_shows(page, &full)) {
            put_deposit(call, row, is_pending, page->include_source);
        }
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

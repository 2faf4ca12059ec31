#include "role/admin/order_gate.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/entropy.h"
#include "io/log.h"
#include "role/admin/four_eyes.h"

#include <string.h>

#define COUNT_EVERY_US 1000000ULL
#define CATCH_UP_TURNS 256U

/* An order while it is judged. */
struct look {
    struct order_gate *gate;
    const struct admin_order *order; /* NULL: unsigned */
    struct span command;
    u64 now_us;
    struct four_eyes wanted;
    const struct officer *signers[ADMIN_SIGNATURES_MAX];
    u32 signers_count;
    struct order_row row; /* to be */
    char *scratch;        /* ORDER_TEXT_BYTES */
    struct order_verdict *verdict;
};

/* ---- opening ---- */

static enum fault register_open(struct order_gate *gate, struct disk *disk, const char *folder,
                                const char *register_path)
{
    TRY(officers_read_file(disk, register_path, &gate->officers));
    if (gate->officers.count == 0) {
        return FAULT(FAULT_CONFIG, "%s: no officer stands in it", register_path);
    }
    TRY(order_store_open(&gate->store, disk, folder));
    TRY(vectors_open(&gate->vectors, disk, folder));
    log_info("admin.officers", LOG_STR("register", register_path),
             LOG_U64("count", gate->officers.count));
    return sha256_open(&gate->sha256);
}

enum fault order_gate_open(struct order_gate *gate, struct disk *disk, const char *folder,
                           const char *register_path)
{
    char place[FILE_PATH_BYTES];
    *gate = (struct order_gate){.is_open = true};
    TRY(file_path(place, folder, ORDER_STORE_FOLDER));
    TRY(disk_make_folder(disk, place)); /* the sandbox wants it to be there */
    return register_path == NULL ? FAULT_NONE : register_open(gate, disk, folder, register_path);
}

void order_gate_close(struct order_gate *gate)
{
    if (!gate->is_open) {
        return;
    }
    if (gate->sha256.context != NULL) {
        sha256_close(&gate->sha256);
    }
    vectors_close(&gate->vectors);
    order_store_close(&gate->store);
    *gate = (struct order_gate){.is_open = false};
}

/* ---- turns ---- */

static void late_tell(struct order_gate *gate, u64 now_us)
{
    order_store_count(&gate->store, now_us);
    if (gate->store.late == 0 || now_us - gate->told_us < GATE_LATE_US) {
        return;
    }
    gate->told_us = now_us;
    for (u32 i = 0; i < ORDER_ROWS_MAX; i += 1) {
        const struct order_row *row = &gate->store.rows[i];
        if (row->state == ORDER_ROW_WAITING && row->due_us < now_us) {
            log_error("admin.second_late",
                      LOG_STR("order", wire_commands[bytes_u16(row->command)].name),
                      LOG_U64("command", row->seq), LOG_U64("officer", row->officer),
                      LOG_U64("late_s", (now_us - row->due_us) / 1000000));
        }
    }
}

enum fault order_gate_turn(struct order_gate *gate, u64 now_us, bool *busy_out)
{
    if (gate->officers.count == 0) {
        return FAULT_NONE;
    }
    if (gate->counted_us == 0 || now_us - gate->counted_us >= COUNT_EVERY_US) {
        gate->counted_us = now_us;
        late_tell(gate, now_us);
    }
    return vectors_turn(&gate->vectors, busy_out);
}

/* ---- what is signed ---- */

/* The text, and its hash into the row. False: nothing stands for this command. */
static bool text_make(struct look *look, const struct order_head *head, char text[ORDER_TEXT_BYTES],
                      size_t *size_out)
{
    const struct admin_order *order = look->order;
    if (order != NULL && order->form == ADMIN_FORM_PACK) {
        u16 kind = bytes_u16(look->command.data);
        struct command_pack_activate activate;
        if (kind != COMMAND_PACK_ACTIVATE || look->command.size != sizeof(activate)) {
            return false;
        }
        memcpy(&activate, look->command.data, sizeof(activate));
        *size_out = order_text_pack(activate.content_hash, text);
        /* That dates which are not certain are confirmed only a text of its own can say. */
        return activate.confirmed == 0 && order_text_print(look->command, head, look->scratch) > 0;
    }
    *size_out = order_text_print(look->command, head, text);
    return *size_out > 0;
}

static void hash_make(struct order_gate *gate, struct span text, u8 hash[ORDER_HASH_BYTES])
{
    sha256_begin(&gate->sha256);
    sha256_add(&gate->sha256, text);
    sha256_end(&gate->sha256, hash);
}

/* NULL: nobody in the register has this code. */
static const struct officer *officer_named(const struct order_gate *gate, u64 code)
{
    char name[CODE_NAME_BYTES];
    return code_name_print(code, name) ? officers_by_code(&gate->officers, span_of_text(name))
                                       : NULL;
}

/* Each signature is of somebody in the register and over this text. */
static enum admin_status_code signers_find(struct look *look, struct span text)
{
    u32 count = look->order == NULL ? 0 : look->order->signatures_count;
    for (u32 i = 0; i < count; i += 1) {
        const struct admin_signature *signature = &look->order->signatures[i];
        const struct officer *officer = officer_named(look->gate, signature->officer);
        look->verdict->detail = (u8)i;
        if (officer == NULL) {
            return ADMIN_NO_OFFICER;
        }
        if (!officer_signed(officer, text, signature->bytes)) {
            return ADMIN_BAD_SIGNATURE;
        }
        look->signers[i] = officer;
        look->signers_count += 1;
    }
    look->verdict->detail = 0;
    bool are_two = count < 2 || officers_are_two(look->signers[0], look->signers[1]);
    return are_two ? ADMIN_DONE : ADMIN_NOT_TWO;
}

/* ---- verdicts ---- */

static u32 number_of(const struct look *look, u32 index)
{
    return index < look->signers_count ? look->signers[index]->number : 0;
}

static size_t case_act_make(u8 target[ORDER_COMMAND_BYTES], u16 act, u32 officer, u32 second,
                            u64 matter, u32 person, const u8 hash[ORDER_HASH_BYTES])
{
    struct command_case_act record = {.head = {.kind = COMMAND_CASE_ACT},
                                      .matter = matter,
                                      .person = person,
                                      .officer = officer,
                                      .second = second,
                                      .act = act};
    record.head.units = sizeof(record) / WIRE_UNIT;
    memcpy(record.evidence, hash, sizeof(record.evidence));
    memcpy(target, &record, sizeof(record));
    return sizeof(record);
}

static u64 matter_of(const u8 *command, u64 head_matter)
{
    return head_matter != 0 ? head_matter : order_text_number(command, "matter");
}

/* Who signs this alone is the second one of a case: the first stands in the record already. */
static bool is_second(const u8 *command)
{
    return bytes_u16(command) == COMMAND_CASE_ACT &&
           bytes_u16(command + offsetof(struct command_case_act, act)) == CASE_ACT_SECOND;
}

/* A company of the venue's own, or a route of its payments: nobody becomes one without an entry for
 * the public log (DECISIONS 30). */
static bool is_route(const u8 *command)
{
    struct command_fact_set set;
    if (bytes_u16(command) != COMMAND_FACT_SET) {
        return false;
    }
    memcpy(&set, command, sizeof(set));
    return set.fact == FACT_KIND_ROLE &&
           (set.value == CODE_ROLE_ENTITY || set.value == CODE_ROLE_ROUTE);
}

static size_t route_entry_make(u8 target[ORDER_COMMAND_BYTES], const struct look *look)
{
    struct command_log_entry record = {
        .head = {.kind = COMMAND_LOG_ENTRY},
        .matter = matter_of(look->verdict->command, look->row.matter),
        .person = (u32)order_text_number(look->verdict->command, "person"),
        .officer = number_of(look, 0),
        .second = number_of(look, 1),
        .topic = LOG_TOPIC_ROUTE};
    _Static_assert(sizeof(record) <= ORDER_COMMAND_BYTES, "there is room");
    record.head.units = sizeof(record) / WIRE_UNIT;
    memcpy(record.digest, look->row.hash, sizeof(record.digest));
    memcpy(target, &record, sizeof(record));
    return sizeof(record);
}

/* The command as it goes out, with the officers in it or in a case_act before it; before a route
 * the entry for the log. */
static void command_make(struct look *look)
{
    struct order_verdict *verdict = look->verdict;
    memcpy(verdict->command, look->command.data, look->command.size);
    verdict->command_bytes = look->command.size;
    if (look->signers_count == 0) {
        return;
    }
    u16 kind = bytes_u16(verdict->command);
    verdict->actor = number_of(look, 0);
    if (is_second(verdict->command) && look->signers_count == 1) {
        order_text_officers(verdict->command, 0, number_of(look, 0));
        return;
    }
    if (order_text_has_officer(kind)) {
        order_text_officers(verdict->command, number_of(look, 0), number_of(look, 1));
        verdict->first_bytes =
            is_route(verdict->command) ? route_entry_make(verdict->first, look) : 0;
        return;
    }
    verdict->first_bytes =
        case_act_make(verdict->first, CASE_ACT_DECIDE, number_of(look, 0), number_of(look, 1),
                      matter_of(verdict->command, look->row.matter), 0, look->row.hash);
}

/* The row of an order that goes out. */
static enum fault row_add(struct look *look, enum admin_status_code *code_out)
{
    struct order_row *row = &look->row;
    bool waits = look->wanted.wants_confirmed && look->signers_count < ADMIN_SIGNATURES_MAX;
    row->state = waits ? ORDER_ROW_WAITING : ORDER_ROW_USED;
    row->officer = number_of(look, 0);
    row->made_us = look->now_us;
    row->due_us = waits ? look->now_us + GATE_CONFIRM_US : 0;
    row->bytes = (u32)look->command.size;
    memcpy(row->command, look->command.data, look->command.size);
    TRY(order_store_add(&look->gate->store, row, look->now_us, &look->verdict->row));
    *code_out = look->verdict->row == ORDER_ROW_NONE ? ADMIN_FULL : ADMIN_DONE;
    return FAULT_NONE;
}

/* A second officer's signature under an order that waits for it. */
static enum admin_status_code confirm(struct look *look, u32 index)
{
    struct order_store *store = &look->gate->store;
    const struct order_row *row = &store->rows[index];
    const struct officer *first = officers_by_number(&look->gate->officers, row->officer);
    const struct officer *second = NULL;
    for (u32 i = 0; i < look->signers_count; i += 1) {
        bool is_other =
            row->officer == 0 || (first != NULL && officers_are_two(first, look->signers[i]));
        second = second == NULL && is_other ? look->signers[i] : second;
    }
    if (second == NULL) {
        return look->signers_count == 0 ? ADMIN_USED : ADMIN_NOT_TWO;
    }
    struct order_verdict *verdict = look->verdict;
    u32 person = (u32)order_text_number(row->command, "person");
    verdict->command_bytes =
        case_act_make(verdict->command, CASE_ACT_SECOND, row->officer, second->number,
                      matter_of(row->command, row->matter), person, row->hash);
    verdict->actor = second->number;
    verdict->row = index;
    verdict->confirms = true;
    return ADMIN_DONE;
}

/* ---- judging ---- */

static enum admin_status_code time_judge(const struct look *look)
{
    u64 until_us = look->order->until_us;
    bool is_in_time = until_us > look->now_us && until_us - look->now_us <= GATE_LIFE_US;
    return is_in_time ? ADMIN_DONE : ADMIN_EXPIRED;
}

static struct four_eyes wanted_of(const struct look *look)
{
    u64 restrictions = 0;
    u32 account = bytes_u32(look->command.data + offsetof(struct command_head, account));
    bool is_known = vectors_of(&look->gate->vectors, account, &restrictions);
    return four_eyes_of(look->command.data, restrictions, is_known);
}

static struct order_head head_of(const struct look *look)
{
    struct order_head head = {.until_us = look->row.until_us, .matter = look->row.matter};
    memcpy(head.nonce, look->row.nonce, sizeof(head.nonce));
    memcpy(head.venue, look->gate->venue, sizeof(head.venue));
    return head;
}

/* Signed, or an unsigned one of a kind that could be. */
static enum fault order_judge(struct look *look, enum admin_status_code *code_out)
{
    static char text[ORDER_TEXT_BYTES];
    static char scratch[ORDER_TEXT_BYTES];
    struct order_store *store = &look->gate->store;
    struct order_head head = head_of(look);
    size_t size = 0;
    look->scratch = scratch;
    *code_out = ADMIN_MALFORMED;
    if (!text_make(look, &head, text, &size)) {
        return FAULT_NONE;
    }
    hash_make(look->gate, span_of(text, size), look->row.hash);
    *code_out = signers_find(look, span_of(text, size));
    if (*code_out != ADMIN_DONE) {
        return FAULT_NONE;
    }
    bool is_pack = look->order != NULL && look->order->form == ADMIN_FORM_PACK;
    u32 before = is_pack ? order_store_find_hash(store, look->row.hash)
                         : order_store_find(store, look->row.nonce);
    if (before != ORDER_ROW_NONE) {
        bool waits = store->rows[before].state == ORDER_ROW_WAITING &&
                     memcmp(store->rows[before].hash, look->row.hash, ORDER_HASH_BYTES) == 0;
        *code_out = waits ? confirm(look, before) : ADMIN_USED;
        return FAULT_NONE;
    }
    look->wanted = wanted_of(look);
    if (look->signers_count < look->wanted.signatures) {
        look->verdict->detail = (u8)look->wanted.signatures;
        *code_out = ADMIN_UNSIGNED;
        return FAULT_NONE;
    }
    if (look->order != NULL && !is_pack) {
        *code_out = time_judge(look);
    }
    if (*code_out == ADMIN_DONE && (look->order != NULL || look->wanted.wants_confirmed)) {
        TRY(row_add(look, code_out));
    }
    command_make(look);
    return FAULT_NONE;
}

/* Under load the last turn may have left something unread, and a freeze must not wait. */
static enum fault catch_up(struct order_gate *gate, u16 kind)
{
    bool busy = false;
    for (u32 i = 0; kind == COMMAND_RESTRICT && i < CATCH_UP_TURNS; i += 1) {
        if (gate->vectors.follow.is_drained) {
            break;
        }
        TRY(vectors_turn(&gate->vectors, &busy));
    }
    return FAULT_NONE;
}

static enum fault row_begin(struct look *look)
{
    const struct admin_order *order = look->order;
    if (order == NULL) {
        look->row.until_us = look->now_us + GATE_CONFIRM_US;
        return entropy_fill(look->row.nonce, sizeof(look->row.nonce));
    }
    bool is_pack = order->form == ADMIN_FORM_PACK;
    memcpy(look->row.nonce, order->nonce, sizeof(look->row.nonce));
    look->row.until_us = is_pack ? UINT64_MAX : order->until_us;
    look->row.matter = order->matter;
    return FAULT_NONE;
}

enum fault order_gate_judge(struct order_gate *gate, const struct admin_order *order,
                            struct span command, u64 now_us, struct order_verdict *verdict_out,
                            enum admin_status_code *code_out)
{
    struct look look = {
        .gate = gate, .order = order, .command = command, .now_us = now_us, .verdict = verdict_out};
    CHECK(command.size <= sizeof(verdict_out->command));
    verdict_out->first_bytes = 0;
    verdict_out->actor = 0;
    verdict_out->row = ORDER_ROW_NONE;
    verdict_out->confirms = false;
    verdict_out->detail = 0;
    *code_out = ADMIN_DONE;
    if (gate->officers.count == 0) {
        *code_out = order == NULL ? ADMIN_DONE : ADMIN_NO_REGISTER;
    } else if (order_text_has(bytes_u16(command.data))) {
        TRY(catch_up(gate, bytes_u16(command.data)));
        TRY(row_begin(&look));
        TRY(order_judge(&look, code_out));
        gate->refused += *code_out != ADMIN_DONE;
        return FAULT_NONE;
    } else if (order != NULL) {
        *code_out = ADMIN_MALFORMED;
    }
    command_make(&look);
    return FAULT_NONE;
}

/* ---- what came of it ---- */

enum fault order_gate_done(struct order_gate *gate, const struct order_verdict *verdict,
                           enum order_gate_end end, u64 seq)
{
    gate->orders += end == GATE_ACCEPTED && verdict->actor != 0;
    if (verdict->row == ORDER_ROW_NONE) {
        return FAULT_NONE;
    }
    struct order_row *row = &gate->store.rows[verdict->row];
    if (verdict->confirms) {
        if (end != GATE_ACCEPTED) {
            return FAULT_NONE; /* it waits on */
        }
        row->state = ORDER_ROW_USED;
        return order_store_put(&gate->store, verdict->row);
    }
    bool is_pack = row->until_us == UINT64_MAX;
    if (end == GATE_NOT_SENT || (end == GATE_REFUSED && is_pack)) {
        return order_store_remove(&gate->store, verdict->row);
    }
    row->state = end == GATE_REFUSED ? ORDER_ROW_USED : row->state; /* nothing to confirm */
    row->seq = end == GATE_REFUSED ? 0 : seq;
    return order_store_put(&gate->store, verdict->row);
}

#include "role/gateway/gateway_keys.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"

enum fault gateway_keys_open(struct gateway_keys *keys, const char *folder,
                             const struct channel *asks, const struct channel *answers)
{
    static const u16 kinds[] = {KEY_ASK};
    *keys = (struct gateway_keys){.has_store = false};
    CHECK((asks == NULL) == (answers == NULL));
    if (asks != NULL) {
        TRY(channel_reader_open(&keys->asks, asks, kinds, ARRAY_COUNT(kinds), LINK_SOURCE_ADMIN));
        TRY(channel_writer_open(&keys->answers, answers));
        keys->is_asked = true;
    }
    if (folder != NULL) {
        enum fault fault = keystore_open(&keys->store, folder);
        keys->has_store = fault == FAULT_NONE;
        if (fault != FAULT_NONE) {
            log_error("keys.closed", LOG_FAULT(fault));
            fault_forget();
        }
    }
    return FAULT_NONE;
}

void gateway_keys_start(struct gateway_keys *keys, struct signer *signer, const struct view *view,
                        u32 keys_max, u64 seed, void *memory)
{
    keys_init(&keys->table, signer, keys_max, seed, memory);
    keys_follow(&keys->table, view);
    keys->has_table = true;
    if (!keys->has_store) {
        return;
    }
    enum fault fault = keystore_load(&keys->store, &keys->table);
    if (fault != FAULT_NONE) {
        log_error("keys.closed", LOG_FAULT(fault));
        fault_forget();
        keystore_close(&keys->store);
        keys->has_store = false;
        return;
    }
    log_info("keys.loaded", LOG_U64("keys", keys->table.count));
}

void gateway_keys_settled(struct gateway_keys *keys, u64 now_us)
{
    u64 before_us = now_us > GATEWAY_KEYS_PRUNE_US ? now_us - GATEWAY_KEYS_PRUNE_US : 0;
    u32 count = 0;
    if (!keys->has_store || !keys->has_table || keys->is_settled) {
        return;
    }
    keys->is_settled = true;
    enum fault fault = keystore_prune(&keys->store, keys->table.followed, before_us, &count);
    if (fault != FAULT_NONE) {
        log_warn("keys.not_pruned", LOG_FAULT(fault));
        fault_forget();
    } else if (count > 0) {
        log_info("keys.pruned", LOG_U64("keys", count));
    }
}

/* An answer that finds no room is not sent: the admin agent asks again, and the key is pruned. */
static void answer(struct gateway_keys *keys, struct key_answer *answer)
{
    enum channel_put put =
        channel_put(&keys->answers, span_of((const u8 *)answer, sizeof(*answer)));
    if (put != CHANNEL_PUT) {
        log_warn("keys.unanswered", LOG_U64("index", answer->head.source_index));
    }
    secret_wipe(answer, sizeof(*answer));
}

static void serve(struct gateway_keys *keys, struct span record, u64 now_us)
{
    struct key_answer told;
    struct key_maker maker = {.store = keys->has_store ? &keys->store : NULL, .keys = &keys->table};
    if (key_serve(&maker, record, now_us, &told) != FAULT_NONE) {
        fault_forget();
        keys->misshaped_count += 1;
        return;
    }
    keys->made_count += told.status == KEY_ANSWER_MADE;
    answer(keys, &told);
}

enum fault gateway_keys_turn(struct gateway_keys *keys, u64 now_us, bool *busy_out)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    if (!keys->is_asked || !keys->has_table) {
        return FAULT_NONE;
    }
    for (u32 i = 0; i < GATEWAY_KEYS_TURN_MAX; i += 1) {
        size_t size = 0;
        switch (channel_take(&keys->asks, bytes, &size)) {
        case CHANNEL_EMPTY:
            return FAULT_NONE;
        case CHANNEL_RECORD:
            serve(keys, span_of(bytes, size), now_us);
            break;
        case CHANNEL_FORBIDDEN:
            keys->misshaped_count += 1;
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "the admin's channel is broken: %s", fault_text());
        }
        channel_release(&keys->asks);
        channel_flush(&keys->answers);
    }
    *busy_out = *busy_out || !channel_is_empty(&keys->asks);
    return FAULT_NONE;
}

bool gateway_keys_poll_begin(struct gateway_keys *keys)
{
    return !keys->is_asked || channel_poll_begin(&keys->asks);
}

void gateway_keys_poll_end(struct gateway_keys *keys)
{
    if (keys->is_asked) {
        channel_poll_end(&keys->asks);
    }
}

void gateway_keys_close(struct gateway_keys *keys)
{
    if (keys->has_table) {
        keys_close(&keys->table);
        keys->has_table = false;
    }
    if (keys->has_store) {
        keystore_close(&keys->store);
        keys->has_store = false;
    }
    keys->is_asked = false;
}

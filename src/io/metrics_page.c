#include "io/metrics_page.h"

#include "base/check.h"

#include <stdatomic.h>
#include <string.h>

enum { ATTEMPTS = 8, WORD_BYTES = 8 };

#define WORDS_COUNT (METRICS_TEXT_BYTES_ENOUGH / WORD_BYTES)

/* Words, since both sides may be at it at once. */
struct shared_page {
    _Atomic u64 version; /* odd while it is being written */
    _Atomic u64 size;
    _Atomic u64 time_us;
    _Atomic u64 is_ready;
    _Atomic u64 words[WORDS_COUNT];
};

_Static_assert(METRICS_TEXT_BYTES_ENOUGH % WORD_BYTES == 0, "whole words");

enum fault metrics_page_create(struct metrics_page *page, const char *name)
{
    return shared_memory_create(&page->shared, name, sizeof(struct shared_page));
}

enum fault metrics_page_attach(struct metrics_page *page, int descriptor)
{
    return shared_memory_attach(&page->shared, descriptor, sizeof(struct shared_page));
}

void metrics_page_close(struct metrics_page *page)
{
    shared_memory_close(&page->shared);
}

static void words_put(struct shared_page *shared, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at += WORD_BYTES) {
        u64 word = 0;
        memcpy(&word, text + at, u64_min(WORD_BYTES, size - at));
        atomic_store_explicit(&shared->words[at / WORD_BYTES], word, memory_order_relaxed);
    }
}

static void words_get(struct shared_page *shared, char *target, size_t size)
{
    for (size_t at = 0; at < size; at += WORD_BYTES) {
        u64 word = atomic_load_explicit(&shared->words[at / WORD_BYTES], memory_order_relaxed);
        memcpy(target + at, &word, u64_min(WORD_BYTES, size - at));
    }
}

enum fault metrics_page_put(struct metrics_page *page, const struct metrics *metrics,
                            const struct metrics_page_state *state)
{
    static _Thread_local char text[METRICS_TEXT_BYTES_ENOUGH];
    struct shared_page *shared = page->shared.memory;
    size_t size = 0;
    enum fault fault = metrics_print(metrics, text, sizeof(text), &size);
    /* Even, also when the writer before died half way. */
    u64 version = (atomic_load_explicit(&shared->version, memory_order_relaxed) + 1) & ~1ULL;
    atomic_store_explicit(&shared->version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    words_put(shared, text, size);
    atomic_store_explicit(&shared->size, size, memory_order_relaxed);
    atomic_store_explicit(&shared->time_us, state->time_us, memory_order_relaxed);
    atomic_store_explicit(&shared->is_ready, state->is_ready ? 1 : 0, memory_order_relaxed);
    atomic_store_explicit(&shared->version, version + 2, memory_order_release);
    return fault;
}

/* Lines of printable letters. */
static bool is_text(const char *text, size_t size)
{
    for (size_t index = 0; index < size; index += 1) {
        if (text[index] != '\n' && (text[index] < ' ' || text[index] > '~')) {
            return false;
        }
    }
    return size == 0 || text[size - 1] == '\n';
}

static bool get_once(struct shared_page *shared, char *target, size_t *size_out,
                     struct metrics_page_state *state_out)
{
    u64 version = atomic_load_explicit(&shared->version, memory_order_acquire);
    u64 size = atomic_load_explicit(&shared->size, memory_order_relaxed);
    if (version == 0 || version % 2 != 0 || size > METRICS_TEXT_BYTES_ENOUGH) {
        return false;
    }
    words_get(shared, target, (size_t)size);
    state_out->time_us = atomic_load_explicit(&shared->time_us, memory_order_relaxed);
    state_out->is_ready = atomic_load_explicit(&shared->is_ready, memory_order_relaxed) == 1;
    *size_out = (size_t)size;
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&shared->version, memory_order_relaxed) == version;
}

bool metrics_page_get(const struct metrics_page *page, char *target, size_t *size_out,
                      struct metrics_page_state *state_out)
{
    CHECK(page->shared.memory != NULL);
    for (u32 attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        if (get_once(page->shared.memory, target, size_out, state_out)) {
            return is_text(target, *size_out);
        }
    }
    *size_out = 0;
    return false;
}

u64 metrics_page_time_us(const struct metrics_page *page)
{
    struct shared_page *shared = page->shared.memory;
    return atomic_load_explicit(&shared->time_us, memory_order_relaxed);
}

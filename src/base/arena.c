#include "base/arena.h"

#include "base/check.h"

static bool is_align(size_t align)
{
    return align != 0 && (align & (align - 1)) == 0 && align <= ARENA_ALIGN_MAX;
}

void arena_init(struct arena *arena, void *memory, size_t size)
{
    CHECK(memory != NULL);
    CHECK(size <= UINTPTR_MAX - (uintptr_t)memory);
    *arena = (struct arena){.memory = memory, .size = size, .used = 0, .sealed = false};
}

void *arena_take(struct arena *arena, size_t size, size_t align)
{
    CHECK(is_align(align));
    CHECK(arena->used <= arena->size);
    if (arena->sealed) {
        return NULL;
    }
    size_t position = (size_t)((uintptr_t)arena->memory + arena->used);
    size_t padding = (align - (position & (align - 1))) & (align - 1);
    size_t left = arena->size - arena->used;
    if (padding > left || size > left - padding) {
        return NULL;
    }
    u8 *taken = arena->memory + arena->used + padding;
    arena->used += padding + size;
    return taken;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size, size_t align)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    return arena_take(arena, bytes, align);
}

void arena_seal(struct arena *arena)
{
    arena->sealed = true;
}

void footprint_add(struct footprint *footprint, size_t count, size_t size, size_t align)
{
    CHECK(is_align(align));
    size_t bytes = 0;
    size_t start = 0;
    bool overflown = __builtin_mul_overflow(count, size, &bytes);
    overflown = __builtin_add_overflow(footprint->bytes, align - 1, &start) || overflown;
    start &= ~(align - 1);
    overflown = __builtin_add_overflow(start, bytes, &footprint->bytes) || overflown;
    footprint->overflown = footprint->overflown || overflown;
}

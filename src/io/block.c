#include "io/block.h"

#include "base/check.h"

#include <sys/mman.h>

#define HUGE_BYTES ((size_t)1 << 21)
#define PAGE_BYTES 4096U

static size_t whole_bytes(size_t bytes)
{
    return (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
}

enum fault block_take(size_t bytes, const char *what, struct block *block_out)
{
    *block_out = (struct block){.memory = NULL};
    if (bytes == 0 || bytes > SIZE_MAX / 2) {
        return FAULT(FAULT_LIMIT, "%zu bytes for %s cannot be had", bytes, what);
    }
    /* One huge page more, so that an aligned block lies within; the rest is given back at once. */
    size_t whole = whole_bytes(bytes);
    u8 *mapped = mmap(NULL, whole + HUGE_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        return FAULT(FAULT_LIMIT, "not enough memory: %zu bytes for %s", bytes, what);
    }
    size_t before = (HUGE_BYTES - (uintptr_t)mapped % HUGE_BYTES) % HUGE_BYTES;
    if (before > 0) {
        (void)munmap(mapped, before);
    }
    u8 *memory = mapped + before;
    (void)munmap(memory + whole, HUGE_BYTES - before);
    (void)madvise(memory, whole, MADV_HUGEPAGE);
    *block_out = (struct block){.memory = memory, .bytes = bytes};
    return FAULT_NONE;
}

void block_touch(const struct block *block, size_t bytes)
{
    CHECK(bytes <= block->bytes);
    for (size_t offset = 0; offset < bytes; offset += PAGE_BYTES) {
        *(volatile u8 *)(block->memory + offset) = 0;
    }
}

void block_give_back(struct block *block)
{
    if (block->memory != NULL) {
        (void)munmap(block->memory, whole_bytes(block->bytes));
    }
    *block = (struct block){.memory = NULL};
}

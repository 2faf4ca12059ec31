#include "app/memory.h"

#include "base/check.h"

#include <sys/mman.h>

#define HUGE_BYTES ((size_t)1 << 21)
#define PAGE_BYTES 4096U

enum fault memory_take(size_t bytes, size_t touched_bytes, const char *what, u8 **memory_out)
{
    CHECK(touched_bytes <= bytes);
    *memory_out = NULL;
    if (bytes > SIZE_MAX / 2) {
        return FAULT(FAULT_LIMIT, "%zu bytes for %s are more than there can be", bytes, what);
    }
    /* One huge page more, so that an aligned block lies within; the rest is given back at once. */
    size_t whole = (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
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
    if (HUGE_BYTES - before > 0) {
        (void)munmap(memory + whole, HUGE_BYTES - before);
    }
    (void)madvise(memory, whole, MADV_HUGEPAGE);
    for (size_t offset = 0; offset < touched_bytes; offset += PAGE_BYTES) {
        *(volatile u8 *)(memory + offset) = 0;
    }
    *memory_out = memory;
    return FAULT_NONE;
}

void memory_give_back(u8 *memory, size_t bytes)
{
    if (memory != NULL) {
        (void)munmap(memory, (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES);
    }
}

// How often this process has asked the system's allocator for memory.
#ifndef GROVE_HEAP_COUNT_H
#define GROVE_HEAP_COUNT_H
#include <stdint.h>

/// Calls of malloc, calloc, realloc and their aligned kin since the process started, from all threads; -1 where the C
/// library gives no way to count.
int64_t grove_heap_allocations(void);

#endif

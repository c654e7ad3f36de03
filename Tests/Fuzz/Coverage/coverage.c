#include "Coverage.h"

// What clang's and Swift's -sanitize-coverage=edge calls. libFuzzer has the same functions and a main of its own; these
// few lines leave the main to the program, and the making of inputs to what knows the messages.

static size_t edges, fresh;

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
    if (start == stop || *start != 0) return;
    for (uint32_t *guard = start; guard < stop; guard++) *guard = 1;
    edges += (size_t)(stop - start);
}

// Two threads that take a branch at once count it twice, which costs nothing.
void __sanitizer_cov_trace_pc_guard(uint32_t *guard) {
    if (*guard == 0) return;
    *guard = 0;
    fresh++;
}

size_t grove_coverage_new(void) {
    size_t result = fresh;
    fresh = 0;
    return result;
}

size_t grove_coverage_edges(void) { return edges; }

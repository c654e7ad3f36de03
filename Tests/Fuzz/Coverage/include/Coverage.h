#ifndef GROVE_COVERAGE_H
#define GROVE_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

/// Branches that have been taken for the first time since this was last asked; always 0 where the sources were built
/// without coverage.
size_t grove_coverage_new(void);

/// Branches that there are; 0 without coverage.
size_t grove_coverage_edges(void);

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

#endif

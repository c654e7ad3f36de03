// Sixteen floats at a time, in the compiler's own vector type: one AVX-512 register, two of AVX2, four of SSE or NEON.
#ifndef GROVE_VECTORS_H
#define GROVE_VECTORS_H
#include <stddef.h>
#include <string.h>

#include "CKernels.h"
#include "clones.h"

enum { GROVE_LANES = GROVE_LANES_A_PANEL };

typedef float grove_vector __attribute__((ext_vector_type(16)));
/// The same in memory, where only floats are aligned.
typedef float grove_stored_vector __attribute__((ext_vector_type(16), aligned(4)));

GROVE_INLINE void grove_load(grove_vector *v, const float *p) { *v = *(const grove_stored_vector *)p; }

GROVE_INLINE void grove_store(float *p, const grove_vector *v) { *(grove_stored_vector *)p = *v; }

/// The first `n` lanes from memory, zero in the others.
GROVE_INLINE void grove_load_part(grove_vector *v, const float *p, size_t n) {
    float lanes[GROVE_LANES] = {0};
    for (size_t i = 0; i < n; i++) lanes[i] = p[i];
    grove_load(v, lanes);
}

GROVE_INLINE void grove_store_part(float *p, const grove_vector *v, size_t n) {
    float lanes[GROVE_LANES];
    grove_store(lanes, v);
    for (size_t i = 0; i < n; i++) p[i] = lanes[i];
}

/// `lanes` of 1 to 16 lanes.
GROVE_INLINE void grove_load_lanes(grove_vector *v, const float *p, size_t lanes) {
    if (lanes == GROVE_LANES) {
        grove_load(v, p);
    } else {
        grove_load_part(v, p, lanes);
    }
}

GROVE_INLINE void grove_store_lanes(float *p, const grove_vector *v, size_t lanes) {
    if (lanes == GROVE_LANES) {
        grove_store(p, v);
    } else {
        grove_store_part(p, v, lanes);
    }
}

#endif

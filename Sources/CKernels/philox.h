// Philox4x32-10 (Salmon et al. 2011): the same words as `Philox.words` gives, sixteen counters at a time so that they fill
// vectors. `Random/RandomKey` says what the counter's parts mean.
#ifndef GROVE_PHILOX_H
#define GROVE_PHILOX_H
#include <stdint.h>

#include "clones.h"

enum { GROVE_COUNTERS = 16 };

GROVE_INLINE void grove_philox(
    uint32_t words[4][GROVE_COUNTERS], uint32_t block, uint32_t image, uint32_t step, uint32_t use, uint64_t seed) {
    uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
    for (uint32_t i = 0; i < GROVE_COUNTERS; i++) {
        words[0][i] = block + i;
        words[1][i] = image;
        words[2][i] = step;
        words[3][i] = use;
    }
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < GROVE_COUNTERS; i++) {
            uint64_t left = (uint64_t)words[0][i] * 0xD2511F53u, right = (uint64_t)words[2][i] * 0xCD9E8D57u;
            uint32_t first = (uint32_t)(right >> 32) ^ words[1][i] ^ low;
            uint32_t third = (uint32_t)(left >> 32) ^ words[3][i] ^ high;
            words[0][i] = first;
            words[1][i] = (uint32_t)right;
            words[2][i] = third;
            words[3][i] = (uint32_t)left;
        }
        low += 0x9E3779B9u;
        high += 0xBB67AE85u;
    }
}

#endif

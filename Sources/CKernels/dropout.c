#include "CKernels.h"
#include "clones.h"

// Philox4x32-10 (Salmon et al. 2011) for a dropout mask: the same words as `Philox.words` gives, sixteen counters at a
// time so that they fill vectors. `Random/RandomKey` says what the counter's parts mean.

enum { COUNTERS = 16 };

GROVE_INLINE void grove_philox(
    uint32_t words[4][COUNTERS], uint32_t block, uint32_t image, uint32_t step, uint32_t use, uint64_t seed) {
    uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
    for (uint32_t i = 0; i < COUNTERS; i++) {
        words[0][i] = block + i;
        words[1][i] = image;
        words[2][i] = step;
        words[3][i] = use;
    }
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < COUNTERS; i++) {
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

GROVE_CLONES void grove_dropout_mask(
    float *mask, size_t first, size_t count, float rate, uint64_t seed, uint32_t use, uint32_t step, uint32_t image) {
    const float kept = 1.0f / (1.0f - rate);
    for (size_t at = 0; at < count; at += 4 * COUNTERS) {
        uint32_t words[4][COUNTERS];
        float values[4 * COUNTERS];
        grove_philox(words, (uint32_t)((first + at) / 4), image, step, use, seed);
        for (size_t i = 0; i < COUNTERS; i++)
            for (size_t lane = 0; lane < 4; lane++)
                values[4 * i + lane] = (float)(words[lane][i] >> 8) * 0x1p-24f < rate ? 0.0f : kept;
        size_t length = count - at < 4 * COUNTERS ? count - at : 4 * COUNTERS;
        for (size_t i = 0; i < length; i++) mask[at + i] = values[i];
    }
}

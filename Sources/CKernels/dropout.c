#include "CKernels.h"
#include "clones.h"
#include "philox.h"

GROVE_CLONES void grove_dropout_mask(
    float *mask, size_t first, size_t count, float rate, uint64_t seed, uint32_t use, uint32_t step, uint32_t image) {
    const float kept = 1.0f / (1.0f - rate);
    for (size_t at = 0; at < count; at += 4 * GROVE_COUNTERS) {
        uint32_t words[4][GROVE_COUNTERS];
        float values[4 * GROVE_COUNTERS];
        grove_philox(words, (uint32_t)((first + at) / 4), image, step, use, seed);
        for (size_t i = 0; i < GROVE_COUNTERS; i++)
            for (size_t lane = 0; lane < 4; lane++)
                values[4 * i + lane] = (float)(words[lane][i] >> 8) * 0x1p-24f < rate ? 0.0f : kept;
        size_t length = count - at < 4 * GROVE_COUNTERS ? count - at : 4 * GROVE_COUNTERS;
        for (size_t i = 0; i < length; i++) mask[at + i] = values[i];
    }
}

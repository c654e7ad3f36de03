#include <math.h>

#include "CKernels.h"
#include "clones.h"

GROVE_CLONES void grove_adam(
    float *restrict x, float *restrict first, float *restrict second, const float *restrict gradient,
    const grove_adam_rule *rule, size_t n) {
    const grove_adam_rule r = *rule;
    for (size_t i = 0; i < n; i++) {
        float g = gradient[i] * r.clip + r.weight_decay * x[i];
        float m = first[i] + r.share1 * (g - first[i]);
        float v = r.keep2 * second[i] + r.share2 * g * g;
        first[i] = m;
        second[i] = v;
        x[i] -= r.step_size * (m / (sqrtf(v) / r.second_correction + r.eps));
    }
}

GROVE_CLONES void grove_moving_average(float *restrict mean, const float *restrict x, float keep, float share, size_t n) {
    for (size_t i = 0; i < n; i++) mean[i] = keep * mean[i] + share * x[i];
}

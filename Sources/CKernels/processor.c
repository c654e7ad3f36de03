#include "processor.h"

#include "CKernels.h"

const char *grove_instruction_set(void) {
#if defined(__x86_64__)
    switch (grove_level()) {
    case GROVE_AVX512: return "AVX-512 (x86-64-v4)";
    case GROVE_AVX2: return "AVX2 and FMA (x86-64-v3)";
    default: return "SSE2 (x86-64)";
    }
#elif defined(__aarch64__)
    return "NEON (arm64)";
#else
    return "the compiler's baseline";
#endif
}

int32_t grove_has_fma(void) {
#if defined(__x86_64__)
    return grove_level() >= GROVE_AVX2;
#else
    return 0;
#endif
}

// Which of the instruction sets that kernels are compiled for this processor has.
#ifndef GROVE_PROCESSOR_H
#define GROVE_PROCESSOR_H

#if defined(__x86_64__)
enum { GROVE_BASELINE = 1, GROVE_AVX2 = 3, GROVE_AVX512 = 4 };

static inline int grove_level(void) {
    if (__builtin_cpu_supports("x86-64-v4")) return GROVE_AVX512;
    if (__builtin_cpu_supports("x86-64-v3")) return GROVE_AVX2;
    return GROVE_BASELINE;
}
#endif

#endif

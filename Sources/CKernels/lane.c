#include "CKernels.h"

static _Thread_local int32_t lane_is_taken;

int32_t grove_lane_is_taken(void) { return lane_is_taken; }

int32_t grove_take_lane(int32_t taken) {
    int32_t before = lane_is_taken;
    lane_is_taken = taken;
    return before;
}

void grove_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#include "plan.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "FaultyDisk.h"

static const char *const names[CALLS] = {"write", "sync", "synced", "rename"};
static long counts[CALLS];
static uint64_t state;

static struct {
    bool is_read;
    const char *folder;
    const char *full;
    int power_call;
    long power_at;
    long fail_sync_from;
} plan;

static void read_plan(void) {
    if (plan.is_read) return;
    plan.is_read = true;
    plan.folder = getenv("FAULTY_DISK_FOLDER");
    plan.full = getenv("FAULTY_DISK_FULL");
    plan.power_call = -1;
    const char *seed = getenv("FAULTY_DISK_SEED");
    state = seed ? strtoull(seed, NULL, 10) : 1;
    const char *text = getenv("FAULTY_DISK_PLAN");
    char kind[16];
    if (text && sscanf(text, "power:%15[a-z]:%ld", kind, &plan.power_at) == 2) {
        for (int call = 0; call < CALLS; call++) {
            if (strcmp(kind, names[call]) == 0) plan.power_call = call;
        }
    } else if (text) {
        sscanf(text, "fail-sync:%ld", &plan.fail_sync_from);
    }
}

const char *plan_folder(void) {
    read_plan();
    return plan.folder;
}

bool plan_is_power_lost(enum call call) {
    counts[call]++;
    return plan.power_call == (int)call && counts[call] == plan.power_at;
}

bool plan_fails_sync(void) { return plan.fail_sync_from > 0 && counts[CALL_SYNC] >= plan.fail_sync_from; }

bool plan_is_full(void) {
    if (!plan.full || access(plan.full, F_OK) != 0) return false;
    char reserve[PATH_MAX];
    snprintf(reserve, sizeof reserve, "%s/reserve", plan.folder);
    struct stat status;
    return stat(reserve, &status) == 0 && status.st_size > 0;
}

// SplitMix64.
uint64_t plan_random(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

long faulty_disk_count(char kind) {
    return counts[kind == 'w' ? CALL_WRITE : kind == 's' ? CALL_SYNC : CALL_RENAME];
}

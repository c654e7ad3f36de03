#define _GNU_SOURCE
#include "journal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan.h"

// One change. Renames have `from`, and `path` is what the file is called now; a cut has no bytes.
struct change {
    struct change *previous, *next;
    char *path, *from;
    off_t offset, old_size;
    size_t size, old_count;
    void *bytes, *old;
};

static struct change *first, *last;

static struct change *append(const char *path) {
    struct change *change = calloc(1, sizeof *change);
    if (!change) abort();
    change->path = strdup(path);
    change->previous = last;
    if (last) last->next = change; else first = change;
    last = change;
    return change;
}

static void drop(struct change *change) {
    if (change->previous) change->previous->next = change->next; else first = change->next;
    if (change->next) change->next->previous = change->previous; else last = change->previous;
    free(change->path);
    free(change->from);
    free(change->bytes);
    free(change->old);
    free(change);
}

void journal_write(int file, const char *path, off_t offset, const void *bytes, size_t size) {
    struct change *change = append(path);
    struct stat status;
    if (fstat(file, &status) != 0) abort();
    change->old_size = status.st_size;
    change->offset = offset;
    change->size = size;
    if (bytes) {
        change->bytes = malloc(size);
        if (!change->bytes) abort();
        memcpy(change->bytes, bytes, size);
    }
    off_t end = bytes ? offset + (off_t)size : status.st_size;
    if (end > status.st_size) end = status.st_size;
    if (end <= offset) return;
    change->old = malloc((size_t)(end - offset));
    if (!change->old) abort();
    ssize_t count = pread(file, change->old, (size_t)(end - offset), offset);
    if (count < 0) abort();
    change->old_count = (size_t)count;
}

void journal_rename(const char *from, const char *to) {
    for (struct change *change = first; change; change = change->next) {
        if (strcmp(change->path, from) == 0) {
            free(change->path);
            change->path = strdup(to);
        }
    }
    append(to)->from = strdup(from);
}

// Whether `folder` is the one that `path` stands in.
static bool is_in(const char *path, const char *folder) {
    size_t count = strlen(folder);
    return strncmp(path, folder, count) == 0 && path[count] == '/' && !strchr(path + count + 1, '/');
}

void journal_synced(const char *path) {
    for (struct change *change = first, *next; change; change = next) {
        next = change->next;
        bool is_durable = change->from ? is_in(change->path, path) : strcmp(change->path, path) == 0;
        if (is_durable) drop(change);
    }
}

void journal_removed(const char *path) {
    for (struct change *change = first, *next; change; change = next) {
        next = change->next;
        if (strcmp(change->path, path) == 0) drop(change);
    }
}

static void put(const char *path, const void *bytes, size_t size, off_t offset, off_t cut) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (cut >= 0 && ftruncate(file, cut) != 0) abort();
    if (size > 0 && pwrite(file, bytes, size, offset) != (ssize_t)size) abort();
    close(file);
}

// How much of a write is on the disk: mostly all or nothing, sometimes its first sectors.
static size_t surviving(size_t size) {
    switch (plan_random() % 4) {
    case 0:
    case 1: return size;
    case 2: return 0;
    default: return plan_random() % (size / 512 + 1) * 512;
    }
}

void journal_lose(void) {
    for (struct change *change = last; change; change = change->previous) {
        if (!change->from) put(change->path, change->old, change->old_count, change->offset, change->old_size);
    }
    for (struct change *change = first; change; change = change->next) {
        if (change->from) continue;
        size_t size = surviving(change->size);
        if (change->bytes) put(change->path, change->bytes, size, change->offset, -1);
        else if (plan_random() % 2) put(change->path, NULL, 0, 0, change->offset);
    }
    for (struct change *change = last; change; change = change->previous) {
        if (change->from && plan_random() % 2 && rename(change->path, change->from) != 0) abort();
    }
}

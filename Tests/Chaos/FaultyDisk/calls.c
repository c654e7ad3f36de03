// The calls that a store makes, in front of libc's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "plan.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Our own calls while the lock is held are not looked at.
static __thread bool is_inside;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/// Whether a file is one of the folder's; if so, its path.
static bool is_watched(int file, char path[PATH_MAX]) {
    const char *folder = plan_folder();
    if (!folder || is_inside) return false;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, path, PATH_MAX - 1);
    if (count <= 0) return false;
    path[count] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static bool begin(int file, char path[PATH_MAX]) {
    int error = errno;
    bool is_ours = is_watched(file, path);
    errno = error;
    if (!is_ours) return false;
    pthread_mutex_lock(&lock);
    is_inside = true;
    return true;
}

static void end(void) {
    is_inside = false;
    pthread_mutex_unlock(&lock);
}

static void lose_power_at(enum call call) {
    if (!plan_is_power_lost(call)) return;
    journal_lose();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// The reserve means nothing but the room that it takes.
static bool is_reserve(const char *path) {
    const char *name = strrchr(path, '/');
    return name && strcmp(name, "/reserve") == 0;
}

/// Looks at a write.
/// Answers whether it may be done; errno says why not.
static bool may_write(int file, const char *path, const void *bytes, size_t size, off_t offset) {
    if (!is_reserve(path)) lose_power_at(CALL_WRITE);
    struct stat status;
    if (plan_is_full() && fstat(file, &status) == 0 && offset + (off_t)size > status.st_size) {
        errno = ENOSPC;
        return false;
    }
    if (!is_reserve(path)) journal_write(file, path, offset, bytes, size);
    return true;
}

static ssize_t put(
    int file, const void *bytes, size_t size, off_t offset, ssize_t (*next)(int, const void *, size_t, off_t)) {
    char path[PATH_MAX];
    if (!begin(file, path)) return next(file, bytes, size, offset);
    ssize_t result = may_write(file, path, bytes, size, offset) ? next(file, bytes, size, offset) : -1;
    end();
    return result;
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    return put(file, bytes, size, offset, NEXT(pwrite));
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    return put(file, bytes, size, offset, NEXT(pwrite64));
}

ssize_t write(int file, const void *bytes, size_t size) {
    char path[PATH_MAX];
    if (!begin(file, path)) return NEXT(write)(file, bytes, size);
    off_t offset = lseek(file, 0, SEEK_CUR);
    ssize_t result = may_write(file, path, bytes, size, offset) ? NEXT(write)(file, bytes, size) : -1;
    end();
    return result;
}

static int cut(int file, off_t size, int (*next)(int, off_t)) {
    char path[PATH_MAX];
    if (!begin(file, path)) return next(file, size);
    if (!is_reserve(path)) journal_write(file, path, size, NULL, 0);
    int result = next(file, size);
    end();
    return result;
}

int ftruncate(int file, off_t size) { return cut(file, size, NEXT(ftruncate)); }

int ftruncate64(int file, off64_t size) { return cut(file, size, NEXT(ftruncate64)); }

static int synchronize(int file, int (*next)(int)) {
    char path[PATH_MAX];
    if (!begin(file, path)) return next(file);
    lose_power_at(CALL_SYNC);
    int result = -1;
    if (plan_fails_sync()) {
        errno = EIO;
    } else {
        result = next(file);
        if (result == 0) {
            journal_synced(path);
            lose_power_at(CALL_SYNCED);
        }
    }
    end();
    return result;
}

int fsync(int file) { return synchronize(file, NEXT(fsync)); }

int fdatasync(int file) { return synchronize(file, NEXT(fdatasync)); }

int rename(const char *from, const char *to) {
    const char *folder = plan_folder();
    if (!folder || is_inside || strncmp(to, folder, strlen(folder)) != 0) return NEXT(rename)(from, to);
    pthread_mutex_lock(&lock);
    is_inside = true;
    lose_power_at(CALL_RENAME);
    int result = NEXT(rename)(from, to);
    if (result == 0) journal_rename(from, to);
    end();
    return result;
}

int unlink(const char *path) {
    int result = NEXT(unlink)(path);
    if (result == 0 && plan_folder() && !is_inside) {
        pthread_mutex_lock(&lock);
        journal_removed(path);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

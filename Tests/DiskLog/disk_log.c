#define _GNU_SOURCE
#include "disk_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// The functions that LMDB and Daybook write and wait with, in front of the C library's.

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -1;
static struct stat watched;
static uint32_t syncs, failing_sync;

static void put(const void *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    long written = syscall(SYS_write, log_file, (const char *)bytes + done, count - done);
    if (written <= 0) abort();
    done += (size_t)written;
  }
}

static void note(char type, uint32_t number, int64_t offset, const struct iovec *parts, int count) {
  struct {
    char type[4];
    uint32_t number;
    int64_t offset, length;
  } head = {{type}, number, offset, 0};
  for (int i = 0; i < count; i++) head.length += (int64_t)parts[i].iov_len;
  put(&head, sizeof head);
  for (int i = 0; i < count; i++) put(parts[i].iov_base, parts[i].iov_len);
}

static int is_watched(int file) {
  struct stat status;
  return log_file >= 0 && fstat(file, &status) == 0 && status.st_ino == watched.st_ino &&
         status.st_dev == watched.st_dev;
}

// Noted and done in one, so that no wait that begins between seems to have covered it.
static ssize_t write_at(int file, const struct iovec *parts, int count, off_t offset) {
  pthread_mutex_lock(&mutex);
  int noted = is_watched(file);
  if (noted) note('W', 0, offset, parts, count);
  ssize_t written = syscall(SYS_pwritev, file, parts, count, offset, offset >> 32);
  if (noted && fcntl(file, F_GETFL) & O_DSYNC) note('D', 0, offset, parts, count);
  pthread_mutex_unlock(&mutex);
  return written;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  struct iovec part = {(void *)bytes, count};
  return write_at(file, &part, 1, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (!is_watched(file)) return syscall(SYS_writev, file, parts, count);
  off_t offset = lseek(file, 0, SEEK_CUR);
  ssize_t written = write_at(file, parts, count, offset);
  if (written > 0) lseek(file, offset + written, SEEK_SET);
  return written;
}

static int wait_for_disk(long call, int file) {
  pthread_mutex_lock(&mutex);
  int noted = is_watched(file);
  uint32_t number = ++syncs;
  if (noted) note('B', number, 0, NULL, 0);
  int fails = noted && failing_sync && number % failing_sync == 0;
  pthread_mutex_unlock(&mutex);
  long result = fails ? -1 : syscall(call, file);
  if (!noted) return (int)result;
  pthread_mutex_lock(&mutex);
  note(fails ? 'F' : 'S', number, 0, NULL, 0);
  pthread_mutex_unlock(&mutex);
  if (fails) errno = EIO;
  return (int)result;
}

int fdatasync(int file) { return wait_for_disk(SYS_fdatasync, file); }
int fsync(int file) { return wait_for_disk(SYS_fsync, file); }

int disk_log_start(const char *path, const char *log, uint32_t failing) {
  failing_sync = failing;
  if (stat(path, &watched)) return -1;
  log_file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return log_file < 0 ? -1 : 0;
}

void disk_log_acknowledge(uint64_t sequence) {
  pthread_mutex_lock(&mutex);
  if (log_file >= 0) note('A', 0, (int64_t)sequence, NULL, 0);
  pthread_mutex_unlock(&mutex);
}

void disk_log_stop(void) {
  pthread_mutex_lock(&mutex);
  if (log_file >= 0) close(log_file);
  log_file = -1;
  pthread_mutex_unlock(&mutex);
}

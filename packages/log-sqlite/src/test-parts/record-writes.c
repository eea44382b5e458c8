// Loaded before a program (`LD_PRELOAD`): keeps a record of everything it does to files within TRIMTAB_RECORD_WITHIN, in the order in
// which that was done, with what it says on standard output, in the file TRIMTAB_RECORD. What maps files into memory is not seen.
//
// Each entry is the kind (1 byte), the length of the path (4), an offset (8), the length of the data (4), the path and the data.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096
#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FILES];
static const char *within;
static int record = -1;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TRIMTAB_RECORD");
  within = getenv("TRIMTAB_RECORD_WITHIN");
  if (!file || !within) return;
  record = syscall(257, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int is_within(const char *path) { return record >= 0 && path && strncmp(path, within, strlen(within)) == 0; }
static const char *path_of(int fd) { return fd >= 0 && fd < FILES ? paths[fd] : NULL; }

static void note(char kind, const char *path, int64_t offset, const void *data, uint32_t size) {
  uint32_t length = strlen(path);
  struct iovec parts[6] = {{&kind, 1}, {&length, 4}, {&offset, 8}, {&size, 4}, {(void *)path, length}, {(void *)data, size}};
  size_t sum = 17 + (size_t)length + size;
  char *entry = malloc(sum), *at = entry;
  for (int i = 0; i < 6; i++) {
    if (parts[i].iov_len > 0) memcpy(at, parts[i].iov_base, parts[i].iov_len);
    at += parts[i].iov_len;
  }
  for (size_t done = 0; done < sum;) {
    long wrote = syscall(1, record, entry + done, sum - done);
    if (wrote <= 0) abort();
    done += wrote;
  }
  free(entry);
}

static int opened(int fd, const char *path, int flags, int existed) {
  if (fd < 0 || fd >= FILES) return fd;
  paths[fd] = strdup(path);
  if (!existed) note('c', path, 0, "", 0);
  else if (flags & O_TRUNC) note('t', path, 0, "", 0);
  return fd;
}

static int exists(const char *path) { struct stat found; return stat(path, &found) == 0; }

#define OPEN(name)                                                     \
  int name(const char *path, int flags, ...) {                         \
    REAL(int, name, const char *, int, ...);                           \
    va_list rest; va_start(rest, flags);                               \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;  \
    va_end(rest);                                                      \
    if (!is_within(path)) return real(path, flags, mode);              \
    pthread_mutex_lock(&mutex);                                        \
    int existed = exists(path);                                        \
    int fd = opened(real(path, flags, mode), path, flags, existed);    \
    pthread_mutex_unlock(&mutex);                                      \
    return fd;                                                         \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(int, close, int);
  pthread_mutex_lock(&mutex);
  if (path_of(fd)) { free(paths[fd]); paths[fd] = NULL; }
  int result = real(fd);
  pthread_mutex_unlock(&mutex);
  return result;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  if (!path_of(fd)) return real(fd, data, size, offset);
  pthread_mutex_lock(&mutex);
  ssize_t wrote = real(fd, data, size, offset);
  if (wrote > 0) note('w', path_of(fd), offset, data, wrote);
  pthread_mutex_unlock(&mutex);
  return wrote;
}

ssize_t write(int fd, const void *data, size_t size) {
  REAL(ssize_t, write, int, const void *, size_t);
  if (record < 0 || (fd != 1 && !path_of(fd))) return real(fd, data, size);
  pthread_mutex_lock(&mutex);
  off64_t offset = fd == 1 ? 0 : lseek64(fd, 0, SEEK_CUR);
  ssize_t wrote = real(fd, data, size);
  if (wrote > 0) note(fd == 1 ? 'o' : 'w', fd == 1 ? "" : path_of(fd), offset, data, wrote);
  pthread_mutex_unlock(&mutex);
  return wrote;
}

int ftruncate64(int fd, off64_t size) {
  REAL(int, ftruncate64, int, off64_t);
  if (!path_of(fd)) return real(fd, size);
  pthread_mutex_lock(&mutex);
  int result = real(fd, size);
  if (result == 0) note('t', path_of(fd), size, "", 0);
  pthread_mutex_unlock(&mutex);
  return result;
}

#define SYNC(name)                                          \
  int name(int fd) {                                        \
    REAL(int, name, int);                                   \
    if (!path_of(fd)) return real(fd);                      \
    pthread_mutex_lock(&mutex);                             \
    int result = real(fd);                                  \
    if (result == 0) note('s', path_of(fd), 0, "", 0);      \
    pthread_mutex_unlock(&mutex);                           \
    return result;                                          \
  }
SYNC(fsync)
SYNC(fdatasync)

#define NAME(name, kind)                                    \
  int name(const char *path) {                              \
    REAL(int, name, const char *);                          \
    if (!is_within(path)) return real(path);                \
    pthread_mutex_lock(&mutex);                             \
    int result = real(path);                                \
    if (result == 0) note(kind, path, 0, "", 0);            \
    pthread_mutex_unlock(&mutex);                           \
    return result;                                          \
  }
NAME(unlink, 'u')
NAME(rmdir, 'u')

int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, const char *, mode_t);
  if (!is_within(path)) return real(path, mode);
  pthread_mutex_lock(&mutex);
  int result = real(path, mode);
  if (result == 0) note('m', path, 0, "", 0);
  pthread_mutex_unlock(&mutex);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  if (!is_within(from)) return real(from, to);
  pthread_mutex_lock(&mutex);
  int result = real(from, to);
  if (result == 0) note('r', from, 0, to, strlen(to));
  pthread_mutex_unlock(&mutex);
  return result;
}

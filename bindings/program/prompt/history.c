/* The history in $XDG_STATE_HOME/lunet/history, or ~/.local/state/lunet/history.
 *
 * A plain file, the same for every library that edits lines: an entry begins at the left edge, and each further line of
 * it stands behind a tab. So one-line histories of earlier versions are such files too. An entry is appended by one
 * write under a lock, as soon as it is given: a program that is killed does not lose it, and several prompts at once
 * lose nothing of each other's. Where it cannot be read or written the prompt does without. */
#include "bindings/program/prompt/history.h"

#include "bindings/program/prompt/editing.h"

#ifndef HAVE_EDITING

void history_start(void) {}

void history_note(const char *text) {
  (void)text;
}

#else

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum {
  MOST_ENTRIES = 5000,      /* that are kept */
  MOST_BYTES = 4 << 20,     /* of a file that is looked at */
  MOST_ENTRY_BYTES = 1 << 16 /* of an entry that is kept in the file */
};

static char path[4096]; /* "" when there is no place for a history */

static void find_file(void) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  char dir[sizeof path - 16];
  LnError err;
  int length = -1;
  if (state != NULL && *state == '/')
    length = snprintf(dir, sizeof dir, "%s/lunet", state);
  else if (home != NULL && *home == '/')
    length = snprintf(dir, sizeof dir, "%s/.local/state/lunet", home);
  if (length < 0 || (size_t)length >= sizeof dir || ln_dir_make(dir, &err) != LN_OK) return;
  snprintf(path, sizeof path, "%s/history", dir);
}

/* The file, locked, or -1. Others hold the lock for one write; where there is none, as on some network disks, it does
 * without. */
static int open_locked(int flags) {
  struct stat about;
  if (*path == '\0' || (stat(path, &about) == 0 && !S_ISREG(about.st_mode))) return -1;
  int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0600);
  for (int i = 0; fd >= 0 && i < 20 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) usleep(2000);
  return fd;
}

static bool write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(fd, bytes, length);
    if (n <= 0) return false;
    bytes += n, length -= (size_t)n;
  }
  return true;
}

/* All of an open file, malloc'ed and ended by '\0'; NULL if it cannot be read or is too long. */
static char *read_all(int fd, size_t *length) {
  struct stat about;
  if (fstat(fd, &about) != 0 || about.st_size < 0 || about.st_size > MOST_BYTES) return NULL;
  size_t size = (size_t)about.st_size, have = 0;
  char *bytes = malloc(size + 1);
  for (ssize_t n; bytes != NULL && have < size && (n = read(fd, bytes + have, size - have)) > 0;) have += (size_t)n;
  if (bytes != NULL) bytes[have] = '\0';
  *length = have;
  return bytes;
}

/* The end of the entry that begins here: the newline before the next one, or the end of the text. */
static char *entry_end(char *entry) {
  char *end = entry + strcspn(entry, "\n");
  while (end[0] == '\n' && end[1] == '\t') end += 1 + strcspn(end + 1, "\n");
  return end;
}

/* Takes the tabs before further lines away, in place. */
static void join_lines(char *entry) {
  char *to = entry;
  for (const char *from = entry; *from != '\0'; from++) {
    *to++ = *from;
    if (from[0] == '\n' && from[1] == '\t') from++;
  }
  *to = '\0';
}

/* Gives the entries of a file's text, which is changed, to the library. Returns how many there are. */
static int add_entries(char *text) {
  int n = 0;
  for (char *entry = text, *next; *entry != '\0'; entry = next) {
    char *end = entry_end(entry);
    next = *end == '\n' ? end + 1 : end;
    *end = '\0';
    if (*entry == '\0') continue;
    join_lines(entry);
    add_history(entry);
    n++;
  }
  return n;
}

/* A file in which there are too many entries keeps the last of them. */
static void shorten(int fd, const char *text, size_t length, int surplus) {
  const char *kept = text, *end = text + length;
  for (; surplus > 0 && kept < end; surplus--) {
    do {
      const char *newline = memchr(kept, '\n', (size_t)(end - kept));
      kept = newline == NULL ? end : newline + 1;
    } while (kept < end && *kept == '\t');
  }
  bool written = lseek(fd, 0, SEEK_SET) == 0 && write_all(fd, kept, (size_t)(end - kept));
  if (written && ftruncate(fd, end - kept) != 0) return;
}

void history_start(void) {
  size_t length = 0;
  stifle_history(MOST_ENTRIES);
  find_file();
  int fd = open_locked(O_RDWR);
  if (fd < 0) return;
  char *text = read_all(fd, &length), *copy = text == NULL ? NULL : strdup(text);
  if (copy != NULL) {
    int n = add_entries(text);
    if (n > MOST_ENTRIES * 2) shorten(fd, copy, length, n - MOST_ENTRIES);
  }
  free(copy);
  free(text);
  close(fd);
}

/* The entry as it stands in the file, malloc'ed. */
static char *encoded(const char *entry, size_t *length) {
  size_t lines = 1;
  for (const char *c = entry; *c != '\0'; c++) lines += *c == '\n';
  char *text = malloc(strlen(entry) + lines + 1), *to = text;
  if (text == NULL) return NULL;
  for (; *entry != '\0'; entry++) {
    *to++ = *entry;
    if (*entry == '\n') *to++ = '\t';
  }
  *to++ = '\n';
  if (*text == '\t') *text = ' '; /* or it would go on with the entry before */
  *length = (size_t)(to - text);
  return text;
}

static void append(const char *entry) {
  size_t length = 0;
  char last = '\n';
  int fd = strlen(entry) > MOST_ENTRY_BYTES ? -1 : open_locked(O_RDWR | O_CREAT | O_APPEND);
  if (fd < 0) return;
  char *text = encoded(entry, &length);
  off_t size = lseek(fd, 0, SEEK_END);
  if (size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n') write_all(fd, "\n", 1);
  if (text != NULL) write_all(fd, text, length);
  free(text);
  close(fd);
}

static bool is_last(const char *entry) {
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  return last != NULL && strcmp(last->line, entry) == 0;
}

void history_note(const char *text) {
  size_t length = strlen(text);
  while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL) length--;
  char *entry = strndup(text, length);
  if (entry != NULL && length > 0 && !is_last(entry)) {
    add_history(entry);
    append(entry);
  }
  free(entry);
}

#endif

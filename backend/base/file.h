/*
 * file: reading whole files, and writing them so that nobody ever sees half of
 * one.
 *
 * file_replace(): a temporary file in the same directory, fsync, rename, fsync
 * of the directory.  A reader sees the old file or the new one; a crash, a full
 * disk or a SIGKILL at any point leaves the old one.  Errors name the path.
 */
#ifndef BACKEND_BASE_FILE_H
#define BACKEND_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"

/* Append the file's bytes to out; more than max bytes is an error. Regular
 * files only: a fifo or device is refused without being opened for long. */
bool file_read(const char *path, size_t max, struct buf *out, struct error **err);

/* The rest of what fd gives (a pipe, say), at most max bytes. */
bool file_read_fd(int fd, size_t max, struct buf *out, struct error **err);

bool file_replace(const char *path, const void *data, size_t len, mode_t mode,
		  struct error **err);

/* The same without waiting for the disk: never torn for a reader, but after a
 * power loss it may be the old one, or empty.  For what a reboot voids anyway. */
bool file_replace_unsynced(const char *path, const void *data, size_t len, mode_t mode,
			   struct error **err);

/* All of len bytes to fd, through short writes and EINTR; errno on false. */
bool file_write_all(int fd, const void *data, size_t len);

/* mkdir -p with mode 0700 for whatever is missing.  The last directory must
 * be ours (owner) and is tightened to 0700 when group or others have access
 * and tighten is true. */
bool file_make_dirs(const char *path, bool tighten, struct error **err);

/* rm -r, never following links; a missing path is fine. */
bool file_remove_tree(const char *path, struct error **err);

/* Open (create, 0600) and flock the file LOCK_EX.  Returns the fd, which holds
 * the lock until it is closed; -1 with *err otherwise.  With wait false, a lock
 * that another holds is -1 with *busy true and no error set. */
int file_lock(const char *path, bool wait, bool *busy, struct error **err);

/* Whether anybody holds the lock now. Creates nothing. */
bool file_is_locked(const char *path);

#endif

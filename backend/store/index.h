/*
 * index: what was read from many small files, remembered in one.
 *
 * A cache of a few text fields per file, believed only while the file's inode,
 * size and time of change are the ones it was read at.  It may vanish, be cut,
 * or hold nonsense: then it is empty and gets rebuilt, without a word.
 *
 * Keys and fields are any strings without NUL.  Not for use by two threads.
 *
 * The file: a line "virtty-index 1", a line per entry (KEY, INODE, SIZE, CTIME
 * and the fields, separated by tabs; \t \n \\ within), a line "end N".
 */
#ifndef BACKEND_STORE_INDEX_H
#define BACKEND_STORE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct index;

#define INDEX_FIELDS_MAX 32

/* What is at the path, or an empty index; never NULL. */
struct index *index_load(const char *path);
struct index *index_parse(const char *text, size_t len);
void index_free(struct index *x);

/* True when there is a believable entry of exactly n fields; they are borrowed
 * until the next index_put(). */
bool index_get(struct index *x, const char *key, const struct stat *st,
	       const char **fields, size_t n);

/* Remember.  A file that changed within the last moment is not remembered:
 * it could change again without its time of change telling. */
void index_put(struct index *x, const char *key, const struct stat *st,
	       const char *const *fields, size_t n);

/* Write what was got or put since the load (what nobody asked for is gone from
 * disk), if that differs from the file.  Failing is no error. */
void index_save(struct index *x, const char *path);

#endif

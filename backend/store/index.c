/*
 * index: see index.h.
 */
#include "backend/store/index.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"

#define INDEX_MAX (64u << 20)
#define HEAD "virtty-index 1\n"
#define RACY_NS 50000000ll	/* more than a tick of any kernel's file times */

struct stamp {
	uint64_t inode, size;
	int64_t changed_ns;
};

struct entry {
	const char *key;	/* the fields follow it, each behind a NUL */
	struct stamp stamp;
	uint32_t n_fields;
	bool used;		/* since the load */
	bool owned;		/* key is an allocation of its own */
};

struct index {
	char *text;		/* the file's bytes, cut and unescaped in place */
	struct entry *loaded;	/* sorted by key */
	size_t n_loaded;
	struct entry *added;
	size_t n_added;
	bool dirty;
};

static struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ (uint64_t)st->st_ino, (uint64_t)st->st_size,
		st->st_ctim.tv_sec * (int64_t)1000000000 + st->st_ctim.tv_nsec };
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->changed_ns == b->changed_ns;
}

/* Undo the escapes of one cell in place and end it in NUL. */
static bool unescape(char *p, char *end)
{
	char *to = memchr(p, '\\', (size_t)(end - p));

	if (!to) {
		*end = '\0';
		return true;
	}
	for (p = to; p < end; p++) {
		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		if (++p == end)
			return false;
		*to++ = *p == 't' ? '\t' : *p == 'n' ? '\n' : *p;
	}
	*to = '\0';
	return true;
}

static bool take_number(char **p, char *end, uint64_t *value)
{
	char *start = *p;

	*value = 0;
	while (*p < end && **p >= '0' && **p <= '9')
		*value = *value * 10 + (uint64_t)(*(*p)++ - '0');
	if (*p == start || *p - start > 20 || *p == end || **p != '\t')
		return false;
	(*p)++;
	return true;
}

/* KEY \t INODE \t SIZE \t CTIME \t FIELD ... ; the cells are moved together so
 * that key and fields lie behind each other, one NUL apart. */
static bool take_entry(struct entry *e, char *p, char *end)
{
	char *tab = memchr(p, '\t', (size_t)(end - p)), *to;
	uint64_t changed;

	*e = (struct entry){ .key = p };
	if (!tab || tab == p || !unescape(p, tab))
		return false;
	to = p + strlen(p) + 1;
	p = tab + 1;
	if (!take_number(&p, end, &e->stamp.inode) || !take_number(&p, end, &e->stamp.size) ||
	    !take_number(&p, end, &changed))
		return false;
	e->stamp.changed_ns = (int64_t)changed;
	while (p <= end) {
		char *stop = memchr(p, '\t', (size_t)(end - p));
		size_t len;

		if (!stop)
			stop = end;
		if (e->n_fields++ == INDEX_FIELDS_MAX || !unescape(p, stop))
			return false;
		len = strlen(p) + 1;
		memmove(to, p, len);
		to += len;
		p = stop + 1;
	}
	return true;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static bool take_end(const char *p, const char *end, size_t n)
{
	AUTO_FREE char *want = mem_printf("end %zu", n);

	return (size_t)(end - p) == strlen(want) && !memcmp(p, want, strlen(want));
}

/* The entries up to the line that says how many there are; false when the
 * text is not whole. */
static bool take_text(struct index *x, size_t len)
{
	char *p = x->text, *limit = p + len, *nl;

	if (len < strlen(HEAD) || memcmp(p, HEAD, strlen(HEAD)) || memchr(p, '\0', len))
		return false;
	for (p += strlen(HEAD); (nl = memchr(p, '\n', (size_t)(limit - p))); p = nl + 1) {
		struct entry *e;

		if (take_end(p, nl, x->n_loaded))
			return nl + 1 == limit;
		e = MEM_PUSH(x->loaded, x->n_loaded);
		if (!take_entry(e, p, nl))
			return false;
		if (x->n_loaded > 1 && by_key(e - 1, e) >= 0)
			return false;
	}
	return false;
}

static struct index *take(char *text, size_t len)
{
	struct index *x = mem_zalloc(sizeof(*x));

	x->text = text;
	if (!take_text(x, len)) {
		x->n_loaded = 0;
		x->dirty = true;
	}
	return x;
}

struct index *index_parse(const char *text, size_t len)
{
	struct buf b = BUF_INIT;

	buf_add(&b, text, len);
	return take(buf_steal(&b), len);
}

struct index *index_load(const char *path)
{
	struct buf b = BUF_INIT;
	size_t len;

	if (!file_read(path, INDEX_MAX, &b, NULL))
		buf_clear(&b);
	len = b.len;
	return take(buf_steal(&b), len);
}

void index_free(struct index *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->n_loaded; i++)
		if (x->loaded[i].owned)
			free((char *)(size_t)x->loaded[i].key);
	for (size_t i = 0; i < x->n_added; i++)
		free((char *)(size_t)x->added[i].key);
	free(x->loaded);
	free(x->added);
	free(x->text);
	free(x);
}

static struct entry *find(struct index *x, const char *key)
{
	struct entry want = { .key = key };

	for (size_t i = 0; i < x->n_added; i++)
		if (!strcmp(x->added[i].key, key))
			return &x->added[i];
	if (!x->n_loaded)
		return NULL;
	return bsearch(&want, x->loaded, x->n_loaded, sizeof(want), by_key);
}

bool index_get(struct index *x, const char *key, const struct stat *st,
	       const char **fields, size_t n)
{
	struct entry *e = find(x, key);
	struct stamp now = stamp_of(st);
	const char *p;

	if (!e || e->n_fields != n || !same_stamp(&e->stamp, &now))
		return false;
	e->used = true;
	p = e->key;
	for (size_t i = 0; i < n; i++) {
		p += strlen(p) + 1;
		fields[i] = p;
	}
	return true;
}

static bool settled(const struct stamp *s)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * (int64_t)1000000000 + now.tv_nsec - s->changed_ns > RACY_NS;
}

static const char *pack(const char *key, const char *const *fields, size_t n)
{
	struct buf b = BUF_INIT;

	buf_add(&b, key, strlen(key) + 1);
	for (size_t i = 0; i < n; i++)
		buf_add(&b, fields[i], strlen(fields[i]) + 1);
	return buf_steal(&b);
}

void index_put(struct index *x, const char *key, const struct stat *st,
	       const char *const *fields, size_t n)
{
	struct entry *e = find(x, key);
	struct stamp stamp = stamp_of(st);
	const char *packed;

	if (n > INDEX_FIELDS_MAX || !settled(&stamp))
		return;
	packed = pack(key, fields, n);
	if (!e)
		e = MEM_PUSH(x->added, x->n_added);
	else if (e->owned)
		free((char *)(size_t)e->key);
	*e = (struct entry){ packed, stamp, (uint32_t)n, true, true };
	x->dirty = true;
}

static void add_cell(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\t')
			buf_add_str(out, "\\t");
		else if (*s == '\n')
			buf_add_str(out, "\\n");
		else if (*s == '\\')
			buf_add_str(out, "\\\\");
		else
			buf_add_char(out, *s);
	}
}

static void add_entry(struct buf *out, const struct entry *e)
{
	const char *p = e->key;

	add_cell(out, p);
	buf_printf(out, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64, e->stamp.inode,
		   e->stamp.size, e->stamp.changed_ns);
	for (uint32_t i = 0; i < e->n_fields; i++) {
		p += strlen(p) + 1;
		buf_add_char(out, '\t');
		add_cell(out, p);
	}
	buf_add_char(out, '\n');
}

/* The used entries of both arrays, sorted; the caller frees. */
static struct entry *used_entries(const struct index *x, size_t *n)
{
	struct entry *all = mem_reallocarray(NULL, x->n_loaded + x->n_added + 1, sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < x->n_loaded; i++)
		if (x->loaded[i].used)
			all[(*n)++] = x->loaded[i];
	for (size_t i = 0; i < x->n_added; i++)
		all[(*n)++] = x->added[i];
	qsort(all, *n, sizeof(*all), by_key);
	return all;
}

/* Whole or not at all, but without fsync: after a crash it is merely rebuilt. */
static void write_text(const char *path, const struct buf *text)
{
	AUTO_FREE char *temporary = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return;
	ok = file_write_all(fd, text->data, text->len);
	if (close(fd) < 0 || !ok || rename(temporary, path) < 0)
		unlink(temporary);
}

void index_save(struct index *x, const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct entry *all;
	size_t n;

	all = used_entries(x, &n);
	if (x->dirty || n != x->n_loaded) {
		buf_add_str(&text, HEAD);
		for (size_t i = 0; i < n; i++)
			add_entry(&text, &all[i]);
		buf_printf(&text, "end %zu\n", n);
		write_text(path, &text);
		x->dirty = false;
	}
	free(all);
}

/*
 * test_index: a cache that is believed only while it is true.
 */
#include "tests/unit/tap.h"

#include <time.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/store/index.h"

static const char *dir;

/* A stamp long past, so that it may be remembered. */
static struct stat stamp(unsigned n)
{
	struct stat st;

	memset(&st, 0, sizeof(st));
	st.st_ino = 100 + n;
	st.st_size = 1000;
	st.st_ctim.tv_sec = 1700000000;
	st.st_ctim.tv_nsec = (long)n;
	return st;
}

static void put(struct index *x, const char *key, unsigned n, const char *a, const char *b)
{
	struct stat st = stamp(n);
	const char *fields[] = { a, b };

	index_put(x, key, &st, fields, 2);
}

static bool holds(struct index *x, const char *key, unsigned n, const char *a, const char *b)
{
	struct stat st = stamp(n);
	const char *f[2];

	return index_get(x, key, &st, f, 2) && !strcmp(f[0], a) && !strcmp(f[1], b);
}

static void test_round_trip(void)
{
	AUTO_FREE char *path = mem_printf("%s/index", dir);
	struct index *x = index_load(path);

	put(x, "b", 2, "tab\there", "line\nand \\ slash\\");
	put(x, "a", 1, "", "plain");
	put(x, "c\tx", 3, "\\", "");
	index_save(x, path);
	index_free(x);
	x = index_load(path);
	ok(holds(x, "a", 1, "", "plain"), "empty and plain fields");
	ok(holds(x, "b", 2, "tab\there", "line\nand \\ slash\\"), "tabs, line feeds, backslashes");
	ok(holds(x, "c\tx", 3, "\\", ""), "a key with a tab, fields that end in nothing");
	ok(!holds(x, "a", 2, "", "plain"), "another stamp is not believed");
	ok(!holds(x, "d", 1, "", ""), "an unknown key");
	put(x, "b", 7, "new", "text");
	ok(holds(x, "b", 7, "new", "text"), "replaced in memory");
	index_save(x, path);
	index_free(x);
	x = index_load(path);
	ok(holds(x, "b", 7, "new", "text") && holds(x, "a", 1, "", "plain"), "replaced on disk");
	index_free(x);
}

static void test_unused_entries_go(void)
{
	AUTO_FREE char *path = mem_printf("%s/gone", dir);
	struct index *x = index_load(path);

	put(x, "a", 1, "1", "1");
	put(x, "b", 2, "2", "2");
	index_save(x, path);
	index_free(x);
	x = index_load(path);
	ok(holds(x, "b", 2, "2", "2"), "b is asked for, a is not");
	index_save(x, path);
	index_free(x);
	x = index_load(path);
	ok(!holds(x, "a", 1, "1", "1"), "a is forgotten");
	ok(holds(x, "b", 2, "2", "2"), "b is kept");
	index_free(x);
}

static void test_fresh_files(void)
{
	struct index *x = index_parse("", 0);
	struct stat st = stamp(1);
	struct timespec now;
	const char *f[1] = { "x" };

	clock_gettime(CLOCK_REALTIME, &now);
	st.st_ctim = now;
	index_put(x, "young", &st, f, 1);
	ok(!index_get(x, "young", &st, f, 1), "a file that changed just now is not remembered");
	index_free(x);
}

static void rejected(const char *text, const char *name)
{
	struct index *x = index_parse(text, strlen(text));

	ok(!holds(x, "a", 1, "1", "2"), "%s", name);
	index_free(x);
}

static void test_nonsense(void)
{
	const char *good = "virtty-index 1\na\t101\t1000\t1700000000000000001\t1\t2\nend 1\n";
	struct index *x = index_parse(good, strlen(good));
	size_t believed = 0;

	ok(holds(x, "a", 1, "1", "2"), "the form the others break");
	index_free(x);
	rejected("virtty-index 2\na\t101\t1000\t1700000000000000001\t1\t2\nend 1\n", "another version");
	rejected("virtty-index 1\na\t101\t1000\t1700000000000000001\t1\t2\nend 2\n", "a wrong count");
	rejected("virtty-index 1\na\t101\t1000\t1700000000000000001\t1\t2\nend 1\nmore\n", "text behind the end");
	rejected("virtty-index 1\na\t101\tx\t1700000000000000001\t1\t2\nend 1\n", "no number");
	rejected("virtty-index 1\na\t101\t1000\t1700000000000000001\t1\t2\\\nend 1\n", "an escape of nothing");
	rejected("virtty-index 1\nb\t1\t1\t1\t1\na\t101\t1000\t1700000000000000001\t1\t2\nend 2\n", "not sorted");
	for (size_t len = 0; len < strlen(good); len++) {
		x = index_parse(good, len);
		believed += holds(x, "a", 1, "1", "2");
		index_free(x);
	}
	is_int(believed, 0, "cut anywhere, nothing is believed");
}

int main(void)
{
	dir = tap_directory();
	test_round_trip();
	test_unused_entries_go();
	test_fresh_files();
	test_nonsense();
	file_remove_tree(dir, NULL);
	return tap_done();
}

/*
 * bench_list: opening a connection on many definitions, as `virtty list` and
 * the interface do: with the index, and without it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/connection/connection.h"

#define DEFINITIONS 1000
#define ROUNDS 21

static struct paths paths;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fill(void)
{
	paths_create(&paths, NULL);
	for (int i = 0; i < DEFINITIONS; i++) {
		AUTO_FREE char *uuid = mem_printf("%08x-0000-4000-8000-%012x", i, i);
		AUTO_FREE char *path = paths_domain_xml(&paths, uuid);
		AUTO_FREE char *stopped = paths_stopped_record(&paths, uuid);
		AUTO_FREE char *text = mem_printf("<domain type='kvm'>\n  <name>guest-%d</name>\n"
			"  <uuid>%s</uuid>\n  <title>Guest number %d</title>\n"
			"  <memory unit='MiB'>2048</memory>\n  <vcpu>2</vcpu>\n"
			"  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"
			"  <devices>\n    <disk type='file' device='disk'><source file='/x/%d.qcow2'/>"
			"<target dev='vda' bus='virtio'/></disk>\n    <serial type='pty'/>\n"
			"  </devices>\n</domain>\n", i, uuid, i, i);
		FILE *f = fopen(path, "w");

		fputs(text, f);
		fclose(f);
		if (i % 2)
			continue;
		f = fopen(stopped, "w");
		fputs("{\"state\": \"shut off\", \"reason\": \"shutdown\", \"why\": \"shut down by the guest\"}", f);
		fclose(f);
	}
}

/* Bytes of private memory, from /proc/self/smaps_rollup. */
static long private_kb(void)
{
	AUTO_BUF struct buf text = BUF_INIT;
	const char *p;
	long sum = 0;

	file_read("/proc/self/smaps_rollup", 65536, &text, NULL);
	for (p = buf_text(&text); (p = strstr(p, "\nPrivate_")); p++)
		sum += atol(strchr(p, ':') + 1);
	return sum;
}

struct result {
	double ms;
	long kb;
};

/* In a process of its own, as every command is. */
static struct result open_once(void)
{
	struct result r = { 0, 0 };
	int fds[2];

	if (pipe(fds) < 0)
		abort();
	if (fork() == 0) {
		long before = private_kb();
		double start = now_ms();
		struct event_base *base = loop_new();
		struct connection *c = connection_open(base, "qmp:///session", NULL);
		size_t n = 0;

		r.ms = now_ms() - start;
		if (c)
			connection_domains(c, &n);
		r.kb = private_kb() - before;
		if (n != DEFINITIONS)
			r.ms = -1;
		_exit(write(fds[1], &r, sizeof(r)) != sizeof(r));
	}
	close(fds[1]);
	if (read(fds[0], &r, sizeof(r)) != sizeof(r))
		r.ms = -1;
	close(fds[0]);
	wait(NULL);
	return r;
}

static int by_ms(const void *a, const void *b)
{
	double x = ((const struct result *)a)->ms, y = ((const struct result *)b)->ms;

	return (x > y) - (x < y);
}

static void measure(const char *what, bool with_index)
{
	AUTO_FREE char *index = mem_printf("%s/index", paths.cache);
	struct result r[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		if (!with_index)
			unlink(index);
		r[i] = open_once();
	}
	qsort(r, ROUNDS, sizeof(*r), by_ms);
	printf("open %d definitions, %-14s %6.2f ms (median), %5.2f ms (best), %5.2f MB private\n",
	       DEFINITIONS, what, r[ROUNDS / 2].ms, r[0].ms, (double)r[ROUNDS / 2].kb / 1024);
}

int main(void)
{
	char dir[] = "/tmp/virtty-bench-XXXXXX";
	struct timespec pause = { 0, 100000000 };

	if (!mkdtemp(dir))
		return 1;
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CACHE_HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	paths_init(&paths, false, NULL);
	fill();
	/* Files of this very moment are not put into the index. */
	nanosleep(&pause, NULL);
	measure("no index:", false);
	measure("index:", true);
	paths_done(&paths);
	file_remove_tree(dir, NULL);
	return 0;
}

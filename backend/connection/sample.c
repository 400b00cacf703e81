/*
 * sample: what /proc tells of a running guest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/connection/internal.h"

/* Fields 14 (utime), 15 (stime) and 24 (rss, pages) of /proc/PID/stat, counted
 * behind the command's name, which may hold anything. */
static bool parse(const char *text, struct domain_sample *out)
{
	const char *p = strrchr(text, ')');
	unsigned long long user, system;
	long long rss;
	uint64_t tick = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);

	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu"
			 " %*d %*d %*d %*d %*d %*d %*u %*u %lld", &user, &system, &rss) != 3)
		return false;
	out->cpu_ns = (user + system) * tick;
	out->rss = (uint64_t)rss * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

bool connection_sample(struct connection *c, const struct domain *d, struct domain_sample *out)
{
	char path[32];
	AUTO_BUF struct buf text = BUF_INIT;

	(void)c;
	*out = (struct domain_sample){ .at_ms = loop_now_ms() };
	if (d->pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", d->pid);
	return file_read(path, 4096, &text, NULL) && parse(buf_text(&text), out);
}

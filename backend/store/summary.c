/*
 * summary: see summary.h.
 */
#include "backend/store/summary.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"

void summary_done(struct summary *s)
{
	free(s->name);
	free(s->uuid);
	free(s->title);
	free(s->machine);
	free(s->broken);
	free(s->content);
	*s = (struct summary){ .name = NULL };
}

/* FNV-1a, 64 bits, widened by the length: tells versions apart, no more. */
void summary_hash(const void *text, size_t len, char out[17])
{
	const unsigned char *p = text;
	uint64_t h = 0xcbf29ce484222325u ^ len;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	snprintf(out, 17, "%016" PRIx64, h);
}

static uint64_t size_at(const xmlNode *root, const char *element, uint64_t fallback)
{
	AUTO_FREE char *unit = mem_printf("%s/@unit", element);
	uint64_t bytes;

	return units_bytes(node_get(root, element), node_get(root, unit), 1024, &bytes) ?
		bytes : fallback;
}

static void take_document(struct summary *s, const xmlNode *root)
{
	s->name = mem_strdup(node_get(root, "name"));
	s->uuid = mem_strdup(node_get(root, "uuid"));
	s->title = mem_strdup(node_get(root, "title"));
	s->machine = mem_strdup(node_get(root, "os/type/@machine"));
	s->kvm = node_is(root, "@type", "kvm");
	s->max_memory = size_at(root, "memory", 0);
	s->memory = size_at(root, "currentMemory", s->max_memory);
	s->max_vcpus = (unsigned)node_u64(root, "vcpu", 1);
	s->vcpus = (unsigned)node_u64(root, "vcpu/@current", s->max_vcpus);
}

void summary_parse(struct summary *s, const char *text, size_t len, const char *name)
{
	struct error *err = NULL;
	struct document *d = document_parse(text, len, name, &err);
	char hash[17];

	*s = (struct summary){ .name = NULL };
	summary_hash(text, len, hash);
	s->content = mem_strdup(hash);
	if (!d) {
		s->broken = mem_strdup(error_message(err));
		error_free(err);
		return;
	}
	if (strcmp(node_name(document_root(d)), "domain"))
		s->broken = mem_printf("%s: the root element is <%s>, not <domain>", name,
				       node_name(document_root(d)));
	else
		take_document(s, document_root(d));
	if (!s->broken && (!s->name || !*s->name))
		s->broken = mem_printf("%s: no <name>", name);
	document_free(d);
}

enum field {
	F_NAME, F_UUID, F_TITLE, F_MACHINE, F_BROKEN, F_CONTENT, F_MAX_MEMORY, F_MEMORY,
	F_MAX_VCPUS, F_VCPUS, F_KVM, F_COUNT
};

static char *text_or_null(const char *s)
{
	return *s ? mem_strdup(s) : NULL;
}

static void take_fields(struct summary *s, const char *const f[F_COUNT])
{
	*s = (struct summary){
		.name = text_or_null(f[F_NAME]), .uuid = text_or_null(f[F_UUID]),
		.title = text_or_null(f[F_TITLE]), .machine = text_or_null(f[F_MACHINE]),
		.broken = text_or_null(f[F_BROKEN]), .content = mem_strdup(f[F_CONTENT]),
		.max_memory = strtoull(f[F_MAX_MEMORY], NULL, 10),
		.memory = strtoull(f[F_MEMORY], NULL, 10),
		.max_vcpus = (unsigned)strtoul(f[F_MAX_VCPUS], NULL, 10),
		.vcpus = (unsigned)strtoul(f[F_VCPUS], NULL, 10),
		.kvm = f[F_KVM][0] == '1',
	};
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void remember(const struct summary *s, struct index *x, const char *key,
		     const struct stat *st)
{
	char numbers[4][24];
	const char *f[F_COUNT] = {
		[F_NAME] = or_empty(s->name), [F_UUID] = or_empty(s->uuid),
		[F_TITLE] = or_empty(s->title), [F_MACHINE] = or_empty(s->machine),
		[F_BROKEN] = or_empty(s->broken), [F_CONTENT] = s->content,
		[F_MAX_MEMORY] = numbers[0], [F_MEMORY] = numbers[1],
		[F_MAX_VCPUS] = numbers[2], [F_VCPUS] = numbers[3],
		[F_KVM] = s->kvm ? "1" : "0",
	};

	snprintf(numbers[0], sizeof(numbers[0]), "%" PRIu64, s->max_memory);
	snprintf(numbers[1], sizeof(numbers[1]), "%" PRIu64, s->memory);
	snprintf(numbers[2], sizeof(numbers[2]), "%u", s->max_vcpus);
	snprintf(numbers[3], sizeof(numbers[3]), "%u", s->vcpus);
	index_put(x, key, st, f, F_COUNT);
}

bool summary_read(struct summary *s, int dir, const char *name, const char *prefix,
		  struct index *x, struct stat *out)
{
	const char *f[F_COUNT];
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_CLOSE int fd = -1;
	char key[128];
	struct error *err = NULL;
	struct stat st;

	snprintf(key, sizeof(key), "%s/%s", prefix, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (out)
		*out = st;
	if (x && index_get(x, key, &st, f, F_COUNT)) {
		take_fields(s, f);
		return true;
	}
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0)
		error_set_errno(&err, errno, "open '%s'", name);
	if (err || fstat(fd, out ? out : &st) < 0 || !file_read_fd(fd, DOCUMENT_MAX, &text, &err)) {
		*s = (struct summary){ .content = mem_strdup(""),
			.broken = mem_printf("%s: %s", name, error_message(err)) };
		error_free(err);
		return true;
	}
	summary_parse(s, buf_text(&text), text.len, name);
	if (x)
		remember(s, x, key, out ? out : &st);
	return true;
}

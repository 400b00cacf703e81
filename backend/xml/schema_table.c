/*
 * schema_table: the description as a document for people, docs/xml.md.
 *
 * A section for each element of <domain> and of <devices>, and one for each
 * group of lines that several of them use.
 */
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/schema_private.h"

struct table {
	struct buf *out;
	const struct schema_item **groups;	/* in the order they were met */
	size_t n_groups;
};

static const char introduction[] =
	"# The domain XML that virtty understands\n\n"
	"Made from `backend/xml/domain.schema`, by which every definition is checked; do not edit.\n\n"
	"The format is [libvirt's](https://libvirt.org/formatdomain.html), for x86 guests on QEMU.\n"
	"**works**: acted on. **ignored**: accepted, kept, and reported with its line when the guest is\n"
	"defined or started. **refused**: an error, because the guest would not be what was asked for.\n"
	"What is not listed here is kept, and reported as ignored. A `!` marks what must be there.\n\n";

/* Markdown tables end a cell at '|' and take '<' for HTML. */
static void add_cell(struct buf *out, const char *text)
{
	for (; text && *text; text++)
		if (*text == '<')
			buf_add_str(out, "&lt;");
		else
			buf_printf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void add_value(struct buf *out, const struct schema_item *item)
{
	AUTO_FREE char *expected = item->type ? schema_expected(item) : NULL;

	if (expected)
		add_cell(out, expected);
	else if (item->kind == SCHEMA_ATTRIBUTE)
		buf_add_str(out, "anything");
}

static void add_since(struct buf *out, unsigned since)
{
	if (since)
		buf_printf(out, ", from QEMU %u.%u", since / 1000, since % 1000);
}

static void add_status(struct buf *out, const struct schema_item *item)
{
	static const char *const names[] = { "works", "ignored", "refused" };
	size_t n = item->type ? item->type->n_words : 0;

	buf_add_str(out, names[item->status]);
	add_since(out, item->since);
	if (item->why) {
		buf_add_str(out, ": ");
		add_cell(out, item->why);
	}
	for (size_t i = 0; i < n; i++) {
		const struct schema_item *w = item->type->words[i];

		if (w->status == SCHEMA_WORKS && !w->since)
			continue;
		buf_printf(out, "; `%s` %s", w->name, names[w->status]);
		add_since(out, w->since);
		if (w->why) {
			buf_add_str(out, ": ");
			add_cell(out, w->why);
		}
	}
}

static void add_condition(struct buf *out, const struct schema_use *use)
{
	const char *path = use->when;

	if (!path)
		return;
	while (!strncmp(path, "../", 3))
		path += 3;
	buf_printf(out, "With %s ", path + (*path == '@'));
	for (char **v = use->when_values; *v; v++)
		buf_printf(out, "%s%s", v == use->when_values ? "" : ", ",
			   strcmp(*v, "-") ? *v : "absent");
	buf_add_str(out, ". ");
}

static void add_row(struct table *t, const char *path, const struct schema_use *use)
{
	const struct schema_item *item = use->item;

	buf_printf(t->out, "| `%s%s`%s | ", path, item->name, item->required ? " !" : "");
	add_value(t->out, item);
	buf_add_str(t->out, " | ");
	add_status(t->out, item);
	buf_add_str(t->out, " | ");
	add_condition(t->out, use);
	add_cell(t->out, item->help);
	buf_add_str(t->out, " |\n");
}

static void note_group(struct table *t, const struct schema_item *group)
{
	for (size_t i = 0; i < t->n_groups; i++)
		if (t->groups[i] == group)
			return;
	*(const struct schema_item **)MEM_PUSH(t->groups, t->n_groups) = group;
}

/* The rows of what is inside; an element's own content follows it at once. */
static void add_rows(struct table *t, const struct schema_item *in, const char *path)
{
	for (size_t i = 0; i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];
		bool attribute = use->item && use->item->kind == SCHEMA_ATTRIBUTE;
		AUTO_FREE char *name = mem_printf("%s%s", path, attribute ? "@" : "");
		AUTO_FREE char *inside = NULL;

		if (use->group) {
			note_group(t, use->group);
			buf_printf(t->out, "| %s%s%s*[%s](#%s)* | | | ", *path ? "`" : "", path,
				   *path ? "` " : "", use->group->name, use->group->name);
			add_condition(t->out, use);
			buf_add_str(t->out, "|\n");
			continue;
		}
		add_row(t, name, use);
		inside = mem_printf("%s%s/", path, use->item->name);
		add_rows(t, use->item, inside);
	}
}

static void begin_table(struct table *t)
{
	buf_add_str(t->out, "| what | value | status | |\n|---|---|---|---|\n");
}

static void add_section(struct table *t, const char *title, const struct schema_use *use)
{
	buf_printf(t->out, "## %s\n\n", title);
	if (use->item->help) {
		add_cell(t->out, use->item->help);
		buf_add_str(t->out, "\n\n");
	}
	begin_table(t);
	if (use->item->status || use->item->type || use->item->since)
		add_row(t, "", use);
	add_rows(t, use->item, "");
	buf_add_char(t->out, '\n');
}

static bool has_section(const struct schema_use *use)
{
	return use->item && use->item->kind == SCHEMA_ELEMENT && use->item->n_content > 0;
}

/* Rows for what has no section of its own, then the sections. */
static void add_sections(struct table *t, const struct schema_item *in, const char *title,
			 const char *apart)
{
	buf_printf(t->out, "## %s\n\n", title);
	begin_table(t);
	for (size_t i = 0; i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];

		if (use->item && !has_section(use))
			add_row(t, use->item->kind == SCHEMA_ATTRIBUTE ? "@" : "", use);
		if (use->group)
			note_group(t, use->group);
	}
	buf_add_char(t->out, '\n');
	for (size_t i = 0; i < in->n_content; i++)
		if (has_section(&in->content[i]) &&
		    (!apart || strcmp(in->content[i].item->name, apart)))
			add_section(t, in->content[i].item->name, &in->content[i]);
}

void schema_write_table(struct buf *out)
{
	struct table t = { .out = out };
	const struct schema_item *root = schema_root();

	buf_add_str(out, introduction);
	add_sections(&t, root, root->name, "devices");
	add_sections(&t, schema_find("domain/devices"), "devices", NULL);
	for (size_t i = 0; i < t.n_groups; i++) {
		buf_printf(out, "## %s\n\nStands inside several of the above.\n\n",
			   t.groups[i]->name);
		begin_table(&t);
		add_rows(&t, t.groups[i], "");
		buf_add_char(out, '\n');
	}
	free(t.groups);
	out->data[--out->len] = '\0';
}

/*
 * document_text: writes a document, copying the source of every element that
 * no edit has touched and spelling out the others.
 */
#include <string.h>

#include "backend/base/buf.h"
#include "backend/xml/document.h"
#include "backend/xml/mark.h"

struct writer {
	const struct document *d;
	struct buf out;
};

static void write_node(struct writer *w, const xmlNode *node);

/* Character data; a quoted value also hides quotes and keeps its white space
 * from being normalised by the next reader.  Control characters that XML has
 * no way to write are left out, so that the text can always be read again. */
static void write_escaped(struct writer *w, const char *text, bool quoted)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' && !strchr("\t\r\n", *c))
			continue;
		if (*c == '&')
			buf_add_str(&w->out, "&amp;");
		else if (*c == '<')
			buf_add_str(&w->out, "&lt;");
		else if (*c == '>')
			buf_add_str(&w->out, "&gt;");
		else if (*c == '\r' || (quoted && (*c == '\n' || *c == '\t')))
			buf_printf(&w->out, "&#%d;", *c);
		else if (quoted && *c == w->d->quote)
			buf_add_str(&w->out, *c == '"' ? "&quot;" : "&apos;");
		else if (*c == '\n' && w->d->crlf)
			buf_add_str(&w->out, "\r\n");
		else
			buf_add_char(&w->out, *c);
	}
}

static void write_raw(struct writer *w, const char *before, const char *text, const char *after)
{
	buf_add_str(&w->out, before);
	for (const char *c = text ? text : ""; *c; c++) {
		if (*c == '\n' && w->d->crlf)
			buf_add_char(&w->out, '\r');
		buf_add_char(&w->out, *c);
	}
	buf_add_str(&w->out, after);
}

static void write_name(struct writer *w, const xmlNs *ns, const xmlChar *name)
{
	if (ns && ns->prefix)
		buf_printf(&w->out, "%s:", (const char *)ns->prefix);
	buf_add_str(&w->out, (const char *)name);
}

static void write_start_tag(struct writer *w, const xmlNode *node)
{
	buf_add_char(&w->out, '<');
	write_name(w, node->ns, node->name);
	for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
		buf_add_str(&w->out, ns->prefix ? " xmlns:" : " xmlns");
		buf_printf(&w->out, "%s=%c", ns->prefix ? (const char *)ns->prefix : "", w->d->quote);
		write_escaped(w, ns->href ? (const char *)ns->href : "", true);
		buf_add_char(&w->out, w->d->quote);
	}
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		buf_add_char(&w->out, ' ');
		write_name(w, a->ns, a->name);
		buf_add_char(&w->out, '=');
		buf_add_char(&w->out, w->d->quote);
		for (const xmlNode *t = a->children; t; t = t->next)
			write_escaped(w, t->content ? (const char *)t->content : "", true);
		buf_add_char(&w->out, w->d->quote);
	}
}

static void write_element(struct writer *w, const xmlNode *node)
{
	const struct mark *m = mark_of(node);

	if (m->end && !m->edited) {
		buf_add(&w->out, w->d->source + m->start, m->end - m->start);
		return;
	}
	if (m->end && !m->tag_edited)
		buf_add(&w->out, w->d->source + m->start, m->tag_end - m->start);
	else
		write_start_tag(w, node);
	if (!node->children) {
		buf_add_str(&w->out, "/>");
		return;
	}
	buf_add_char(&w->out, '>');
	for (const xmlNode *child = node->children; child; child = child->next)
		write_node(w, child);
	buf_add_str(&w->out, "</");
	write_name(w, node->ns, node->name);
	buf_add_char(&w->out, '>');
}

static void write_node(struct writer *w, const xmlNode *node)
{
	const char *content = (const char *)node->content;

	switch (node->type) {
	case XML_ELEMENT_NODE:
		write_element(w, node);
		break;
	case XML_TEXT_NODE:
		write_escaped(w, content ? content : "", false);
		break;
	case XML_CDATA_SECTION_NODE:
		write_raw(w, "<![CDATA[", content, "]]>");
		break;
	case XML_COMMENT_NODE:
		write_raw(w, "<!--", content, "-->");
		break;
	case XML_PI_NODE:
		buf_printf(&w->out, "<?%s%s", (const char *)node->name, content ? " " : "");
		write_raw(w, "", content, "?>");
		break;
	default:
		break;
	}
}

char *document_text(const struct document *d)
{
	struct writer w = { .d = d, .out = BUF_INIT };
	const xmlNode *root = document_root(d);
	const struct mark *m = mark_of(root);

	buf_reserve(&w.out, d->source_len);
	if (m->end)
		buf_add(&w.out, d->source, m->start);
	write_element(&w, root);
	if (m->end)
		buf_add(&w.out, d->source + m->end, d->source_len - m->end);
	if (w.out.data[w.out.len - 1] != '\n')
		buf_add_str(&w.out, d->crlf ? "\r\n" : "\n");
	return buf_steal(&w.out);
}

char *document_node_text(const struct document *d, const xmlNode *node)
{
	struct writer w = { .d = d, .out = BUF_INIT };

	write_node(&w, node);
	return buf_steal(&w.out);
}

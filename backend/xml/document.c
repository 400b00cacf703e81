/*
 * document: see document.h.  This file parses; document_text.c writes.
 *
 * What libxml2 is given has been looked at before: its size, that it is UTF-8
 * throughout, and that nothing but white space, comments and processing
 * instructions stands before the root element.  So there are no entities but
 * the five of XML, and no other encoding in which a DOCTYPE could hide.
 */
#include "backend/xml/document.h"

#include <errno.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "backend/xml/mark.h"
#include "backend/xml/node.h"

/* One parse: libxml2's context with what we count beside it. */
struct parse {
	struct document *d;
	xmlParserCtxt *ctxt;
	unsigned depth;
	unsigned nodes;
	struct error **err;
	bool failed;
};

static void fail_at(struct parse *p, int line, const char *what)
{
	if (p->failed)
		return;
	p->failed = true;
	error_set(p->err, "%s:%d: %s", p->d->name, line, what);
}

static void stop(struct parse *p, const char *what)
{
	fail_at(p, p->ctxt->input ? p->ctxt->input->line : 1, what);
	xmlStopParser(p->ctxt);
}

static void count_nodes(struct parse *p, unsigned n)
{
	p->nodes += n;
	if (p->nodes > DOCUMENT_MAX_NODES)
		stop(p, "more elements and attributes than any guest has");
}

static size_t offset(const struct parse *p)
{
	const xmlParserInput *in = p->ctxt->input;

	return in->consumed + (size_t)(in->cur - in->base);
}

/* Where the start tag that libxml2 has just read began, and on which line. */
static void mark_start(struct parse *p, xmlNode *node)
{
	const char *source = p->d->source;
	struct mark *m = mark_of(node);
	size_t at = offset(p), start = at;

	m->line = p->ctxt->input->line;
	if (at >= p->d->source_len || (source[at] != '>' && source[at] != '/'))
		return;
	while (start > 0 && source[start] != '<')
		if (source[--start] == '\n')
			m->line--;
	m->start = (uint32_t)start;
	m->tag_end = (uint32_t)at;
}

/* An attribute's value is one text node, so that it can be lent out. */
static void join_attribute_texts(xmlNode *node)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		xmlChar *whole;

		if (a->children && !a->children->next && a->children->type == XML_TEXT_NODE)
			continue;
		whole = xmlNodeListGetString(node->doc, a->children, 1);
		xmlFreeNodeList(a->children);
		a->children = a->last = xmlNewDocText(node->doc, whole ? whole : BAD_CAST "");
		a->children->parent = (xmlNode *)a;
		xmlFree(whole);
	}
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n_attributes,
		     int n_defaulted, const xmlChar **attributes)
{
	xmlParserCtxt *ctxt = ctx;
	struct parse *p = ctxt->_private;

	count_nodes(p, 1 + (unsigned)n_attributes + (unsigned)n_namespaces);
	if (p->depth >= DOCUMENT_MAX_DEPTH)
		stop(p, "elements nested too deeply");
	if (p->failed)
		return;
	p->depth++;
	xmlSAX2StartElementNs(ctx, name, prefix, uri, n_namespaces, namespaces,
			      n_attributes, n_defaulted, attributes);
	ctxt->myDoc->_private = p->d;
	mark_start(p, ctxt->node);
	join_attribute_texts(ctxt->node);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *ctxt = ctx;
	struct parse *p = ctxt->_private;
	size_t at = offset(p);

	if (p->failed || !ctxt->node)
		return;
	p->depth--;
	if (at && at <= p->d->source_len && p->d->source[at - 1] == '>' &&
	    mark_of(ctxt->node)->tag_end)
		mark_of(ctxt->node)->end = (uint32_t)at;
	xmlSAX2EndElementNs(ctx, name, prefix, uri);
}

static void on_comment(void *ctx, const xmlChar *text)
{
	count_nodes(((xmlParserCtxt *)ctx)->_private, 1);
	xmlSAX2Comment(ctx, text);
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *data)
{
	count_nodes(((xmlParserCtxt *)ctx)->_private, 1);
	xmlSAX2ProcessingInstruction(ctx, target, data);
}

static void on_cdata(void *ctx, const xmlChar *text, int len)
{
	count_nodes(((xmlParserCtxt *)ctx)->_private, 1);
	xmlSAX2CDataBlock(ctx, text, len);
}

/* The scan before the parse leaves nothing for this; it is the second lock. */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name;
	(void)id;
	(void)system;
	stop(((xmlParserCtxt *)ctx)->_private, "a DOCTYPE is not accepted");
}

static void on_error(void *ctx, xmlErrorPtr e)
{
	struct parse *p = ((xmlParserCtxt *)ctx)->_private;
	AUTO_FREE char *what = NULL;

	if (e->level < XML_ERR_FATAL)
		return;
	what = mem_strdup(e->message && *e->message ? e->message : "not well-formed XML");
	for (size_t n = strlen(what); n && strchr(" \t\r\n", what[n - 1]); n--)
		what[n - 1] = '\0';
	fail_at(p, e->line, what);
}

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* The value of encoding= in an XML declaration; only UTF-8 passes. */
static bool check_encoding(const struct document *d, const char *decl, struct error **err)
{
	const char *end = strstr(decl, "?>"), *at = strstr(decl, "encoding");
	const char *value;
	size_t n;

	if (!at || !end || at > end)
		return true;
	value = at + strcspn(at, "\"'?");
	if (*value == '?')
		return true;
	n = strcspn(value + 1, "\"'?");
	if ((n == 5 && !strncasecmp(value + 1, "utf-8", n)) ||
	    (n == 4 && !strncasecmp(value + 1, "utf8", n)) ||
	    (n == 8 && !strncasecmp(value + 1, "us-ascii", n)))
		return true;
	error_set(err, "%s:1: encoding '%.*s' is not UTF-8", d->name, (int)(n > 40 ? 40 : n),
		  value + 1);
	error_hint(err, "convert the file: iconv -f %.*s -t UTF-8, and say so in its first line",
		   (int)(n > 40 ? 40 : n), value + 1);
	return false;
}

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Refuse what must not reach libxml2: *from is where it shall begin. */
static bool check_source(const struct document *d, const char **from, struct error **err)
{
	const char *at = d->source, *end = at + d->source_len;
	int line = 1;

	for (const char *c = at; c < end; ) {
		unsigned code;
		size_t n = (unsigned char)*c < 0x80 ? *c != '\0'
						   : sanitize_decode(c, (size_t)(end - c), &code);

		if (!n) {
			error_set(err, "%s:%d: not UTF-8 text", d->name, line);
			return false;
		}
		line += *c == '\n';
		c += n;
	}
	if (!strncmp(at, BYTE_ORDER_MARK, 3))
		at += 3;
	/* libxml2 would drop one more, and its offsets would not be ours. */
	if (!strncmp(at, BYTE_ORDER_MARK, 3)) {
		error_set(err, "%s:1: more than one byte order mark", d->name);
		return false;
	}
	*from = at;
	if (!strncmp(at, "<?xml", 5) && !check_encoding(d, at, err))
		return false;
	for (at = skip_space(at); ; at = skip_space(at)) {
		const char *close = NULL;

		if (!strncmp(at, "<?", 2))
			close = strstr(at + 2, "?>");
		else if (!strncmp(at, "<!--", 4))
			close = strstr(at + 4, "-->");
		if (!close)
			break;
		at = close + (*close == '?' ? 2 : 3);
	}
	if (strncmp(at, "<!", 2) || !strncmp(at, "<!--", 4))
		return true;
	line = 1;
	for (const char *c = d->source; c < at; c++)
		line += *c == '\n';
	error_set(err, "%s:%d: a DOCTYPE is not accepted", d->name, line);
	error_hint(err, "remove it; a domain XML needs none");
	return false;
}

static void prepare(struct parse *p)
{
	xmlSAXHandler *sax = p->ctxt->sax;

	p->ctxt->_private = p;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->comment = on_comment;
	sax->processingInstruction = on_instruction;
	sax->cdataBlock = on_cdata;
	sax->internalSubset = on_doctype;
	sax->serror = on_error;
}

/* Attributes that edits add stand in the quotes that the root's do; libvirt
 * writes ''. */
static char quote_of(const struct document *d)
{
	const struct mark *m = mark_of(document_root(d));
	const char *tag = d->source + m->start, *end = d->source + m->tag_end;
	const char *quote = tag + strcspn(tag, "\"'");

	return quote < end ? *quote : '\'';
}

static bool parse(struct document *d, const char *from, struct error **err)
{
	struct parse p = { .d = d, .err = err };

	p.ctxt = xmlNewParserCtxt();
	if (!p.ctxt)
		abort();
	prepare(&p);
	d->xml = xmlCtxtReadMemory(p.ctxt, from, (int)(d->source + d->source_len - from), d->name,
				   NULL, XML_PARSE_NONET | XML_PARSE_NOERROR |
				   XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_BIG_LINES);
	if (!d->xml || !xmlDocGetRootElement(d->xml))
		fail_at(&p, 1, "not an XML document");
	xmlFreeDoc(p.failed ? d->xml : NULL);
	if (p.failed)
		d->xml = NULL;
	else
		d->quote = quote_of(d);
	xmlFreeParserCtxt(p.ctxt);
	return !p.failed;
}

/* The source without a byte order mark: offsets then are libxml2's. */
struct document *document_parse(const char *text, size_t len, const char *name,
				struct error **err)
{
	struct document *d = mem_zalloc(sizeof(*d));
	const char *from;

	d->name = mem_strdup(name ? name : "-");
	if (len > DOCUMENT_MAX) {
		error_set(err, "%s: larger than %u MiB", d->name, DOCUMENT_MAX >> 20);
		document_free(d);
		return NULL;
	}
	d->source = mem_strndup(text ? text : "", len);
	d->source_len = len;
	d->crlf = strstr(d->source, "\r\n") != NULL;
	if (strlen(d->source) != len)
		error_set(err, "%s: not UTF-8 text", d->name);
	else if (check_source(d, &from, err)) {
		d->source_len -= (size_t)(from - d->source);
		memmove(d->source, from, d->source_len + 1);
		if (parse(d, d->source, err))
			return d;
	}
	document_free(d);
	return NULL;
}

struct document *document_read(const char *path, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (!strcmp(path, "-")) {
		if (!file_read_fd(0, DOCUMENT_MAX, &text, err))
			return NULL;
	} else if (!file_read(path, DOCUMENT_MAX, &text, err)) {
		return NULL;
	}
	return document_parse(buf_text(&text), text.len, path, err);
}

/* The same tree on both sides: give each element of the copy its mark. */
static void copy_marks(struct document *to, xmlNode *copy, const xmlNode *original)
{
	for (; copy && original; copy = copy->next, original = original->next) {
		if (original->type != XML_ELEMENT_NODE)
			continue;
		copy->_private = mark_new(to);
		*mark_of(copy) = *mark_of(original);
		mark_of(copy)->text = NULL;
		copy_marks(to, copy->children, original->children);
	}
}

struct document *document_copy(const struct document *d)
{
	struct document *copy = mem_zalloc(sizeof(*copy));

	*copy = *d;
	copy->marks = NULL;
	copy->name = mem_strdup(d->name);
	copy->source = mem_dup(d->source, d->source_len + 1);
	copy->xml = xmlCopyDoc(d->xml, 1);
	if (!copy->xml)
		abort();
	copy->xml->_private = copy;
	copy_marks(copy, copy->xml->children, d->xml->children);
	return copy;
}

void document_free(struct document *d)
{
	if (!d)
		return;
	xmlFreeDoc(d->xml);
	mark_free_all(d);
	free(d->source);
	free(d->name);
	free(d);
}

xmlNode *document_root(const struct document *d)
{
	return xmlDocGetRootElement(d->xml);
}

bool document_record_reads(struct document *d, bool on)
{
	bool before = d->recording;

	d->recording = on;
	return before;
}

const char *document_name(const struct document *d)
{
	return d->name;
}

void document_error(const struct document *d, const xmlNode *node, struct error **err,
		    const char *fmt, ...)
{
	AUTO_FREE char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	if (node && node_line(node) > 0)
		error_set(err, "%s:%d: %s", d->name, node_line(node), what);
	else
		error_set(err, "%s: %s", d->name, what);
}

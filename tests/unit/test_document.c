/* document and node: closed parsing, lossless writing, editing in style. */
#include <limits.h>
#include <sys/resource.h>
#include <time.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/xml/document.h"
#include "backend/xml/node.h"
#include "backend/xml/schema.h"
#include "tests/unit/tap.h"

static struct document *parsed(const char *text)
{
	struct error *err = NULL;
	struct document *d = document_parse(text, strlen(text), "x.xml", &err);

	if (!d)
		printf("# %s\n", error_message(err));
	error_free(err);
	return d;
}

static void refused(const char *text, size_t len, const char *want, const char *name)
{
	struct error *err = NULL;
	struct document *d = document_parse(text, len, "x.xml", &err);

	ok(!d, "%s: refused", name);
	if (want)
		is_str(error_message(err), want, name);
	document_free(d);
	error_free(err);
}

static void unchanged(const char *text, const char *name)
{
	struct document *d = parsed(text);
	AUTO_FREE char *out = d ? document_text(d) : NULL;

	is_str(out, text, name);
	document_free(d);
}

static void test_lossless(void)
{
	unchanged("<a/>\n", "smallest");
	unchanged("<?xml version='1.0' encoding='utf-8'?>\n\n<!-- c -->\n<a  b='1'\n   c=\"2\" ></a >\n<!--e-->\n",
		  "declaration, comments, quotes and odd white space");
	unchanged("<a x='&lt;&#10;&quot;'>&quot;<![CDATA[<x>]]>&#13; &gt;</a>\n", "entities and CDATA");
	unchanged("<a xmlns:q='http://q'>\r\n\t<q:b q:c='1'/>\r\n</a>\r\n", "namespaces, CR LF");
	unchanged("<a><?pi some ?><b/></a>\n", "processing instruction");
}

static void test_edit_one_thing(void)
{
	struct document *d = parsed("<a  x='1'>\n    <!-- keep -->\n    <b  y='&#65;'/>\n    <c>t</c>\n</a>\n");
	AUTO_FREE char *out = NULL;

	node_set_text(node_child(document_root(d), "c"), "1 < 2");
	node_set_attr(node_add(document_root(d), "d", NULL), "k", "a\"b\n'&");
	node_add(node_add(document_root(d), "e", node_child(document_root(d), "c")), "f", NULL);
	out = document_text(d);
	is_str(out, "<a  x='1'>\n    <!-- keep -->\n    <b  y='&#65;'/>\n"
	       "    <e>\n        <f/>\n    </e>\n    <c>1 &lt; 2</c>\n"
	       "    <d k='a\"b&#10;&apos;&amp;'/>\n</a>\n", "edits touch nothing else");
	document_free(d);
}

static void test_edit_shapes(void)
{
	struct document *d = parsed("<a><b/></a>\n");
	char *out;

	node_add(document_root(d), "c", NULL);
	out = document_text(d);
	is_str(out, "<a><b/><c/></a>\n", "no line breaks where there were none");
	free(out);
	node_remove(node_child(document_root(d), "b"));
	node_remove(node_child(document_root(d), "c"));
	out = document_text(d);
	is_str(out, "<a/>\n", "the last child takes the end tag with it");
	free(out);
	node_add(document_root(d), "z", NULL);
	out = document_text(d);
	is_str(out, "<a>\n  <z/>\n</a>\n", "an empty root gets lines");
	free(out);
	document_free(d);

	d = parsed("<a q=\"1\">\r\n\t<b u='1' v='2'/>\r\n</a>\r\n");
	node_set_attr(node_child(document_root(d), "b"), "u", NULL);
	node_add(document_root(d), "c", NULL);
	out = document_text(d);
	is_str(out, "<a q=\"1\">\r\n\t<b v=\"2\"/>\r\n\t<c/>\r\n</a>\r\n", "CR LF and tabs are kept");
	free(out);
	document_free(d);
}

static void test_get(void)
{
	struct document *d = parsed("<a v='x&amp;y&#10;&lt;&quot;'>\n <b> two\n words </b><e/>"
				    "<c>one<!-- x --> <![CDATA[ two]]></c><n>0x10</n><y>yes</y><o>off</o>"
				    "<x:b xmlns:x='http://x'>no</x:b><b k='2'/>"
				    "<w:c xmlns:w='" NODE_QEMU_NAMESPACE "'>q</w:c></a>");
	xmlNode *root = document_root(d);

	is_str(node_get(root, "@v"), "x&y\n<\"", "entities in an attribute");
	is_str(node_get(root, "b"), "two\n words", "text is trimmed");
	is_str(node_get(root, "b"), "two\n words", "and the same when asked again");
	is_str(node_get(root, "e"), "", "empty is not absent");
	is_str(node_get(root, "c"), "one  two", "text in several pieces");
	is_str(node_get(root, "zz"), NULL, "absent");
	is_str(node_get(root, "b/@zz"), NULL, "absent attribute");
	is_str(node_get(root, "qemu:c"), "q", "by namespace, whatever the prefix");
	is_str(node_get(node_next(node_child(root, "b")), "@k"), "2", "next skips other namespaces");
	is_int(node_u64(root, "n", 7), 16, "hexadecimal");
	is_int(node_u64(root, "y", 7), 7, "not a number");
	is_int(node_bool(root, "y", -1), 1, "yes");
	is_int(node_bool(root, "o", -1), 0, "off");
	is_int(node_bool(root, "n", -1), -1, "neither");
	ok(node_has(root, "@v") && !node_has(root, "@w") && node_is(root, "y", "yes"), "has and is");
	node_set_text(node_child(root, "b"), " new ");
	is_str(node_get(root, "b"), "new", "text after an edit");
	document_free(d);
}

static void test_refusals(void)
{
	static const char utf16[] = "\xff\xfe<\0!\0D\0O\0C\0T\0Y\0P\0E\0";
	AUTO_BUF struct buf deep = BUF_INIT, many = BUF_INIT, big = BUF_INIT;

	refused("<a>\n<b>\n</a>", 12, "x.xml:3: Opening and ending tag mismatch: b line 2 and a",
		"mismatch");
	refused("", 0, "x.xml:1: Document is empty", "empty");
	refused("<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE a><a/>", 48,
		"x.xml:3: a DOCTYPE is not accepted", "doctype");
	refused("\xef\xbb\xbf\xef\xbb\xbf<!DOCTYPE a><a/>", 22,
		"x.xml:1: more than one byte order mark", "a doctype behind two marks");
	refused(utf16, sizeof(utf16) - 1, NULL, "utf-16");
	refused("<?xml version='1.0' encoding='UTF-7'?>+ADw-a/>", 46,
		"x.xml:1: encoding 'UTF-7' is not UTF-8", "utf-7");
	refused("<a>\n\xff</a>", 9, "x.xml:2: not UTF-8 text", "not UTF-8");
	refused("<a b='&x;'/>", 12, "x.xml:1: Entity 'x' not defined", "unknown entity");
	for (int i = 0; i < 129; i++)
		buf_add_str(&deep, "<a>");
	refused(deep.data, deep.len, "x.xml:1: elements nested too deeply", "depth");
	buf_add_str(&many, "<a>");
	for (int i = 0; i < DOCUMENT_MAX_NODES; i++)
		buf_add_str(&many, "<b/>");
	refused(many.data, many.len, "x.xml:1: more elements and attributes than any guest has",
		"node count");
	buf_add_repeat(&big, ' ', DOCUMENT_MAX + 1);
	refused(big.data, big.len, "x.xml: larger than 8 MiB", "size");
}

/* Entity bombs and the like never reach the parser. */
static void test_doctype_is_cheap(void)
{
	AUTO_BUF struct buf b = BUF_INIT;
	struct timespec from, to;
	struct rusage before, after;

	buf_add_str(&b, "<?xml version='1.0'?><!-- ");
	buf_add_repeat(&b, '-' + 1, DOCUMENT_MAX / 2);
	buf_add_str(&b, "--><!DOCTYPE a [<!ENTITY l0 'lol'>");
	for (int i = 1; b.len < DOCUMENT_MAX - 200; i++)
		buf_printf(&b, "<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;'>", i, i - 1, i - 1, i - 1, i - 1);
	buf_add_str(&b, "]><a/>");
	getrusage(RUSAGE_SELF, &before);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	refused(b.data, b.len, "x.xml:1: a DOCTYPE is not accepted", "bomb");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	getrusage(RUSAGE_SELF, &after);
	ok((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 <
	   100 * TAP_PATIENCE,
	   "a DOCTYPE is refused in under 100 ms");
	ok(after.ru_maxrss - before.ru_maxrss < 64 * 1024, "and in under 64 MB");
}

static void test_lines(void)
{
	AUTO_BUF struct buf b = BUF_INIT;
	struct document *d, *copy;
	xmlNode *n;
	AUTO_FREE char *out = NULL;

	buf_add_str(&b, "<a>");
	buf_add_repeat(&b, '\n', 70000);
	buf_add_str(&b, "<b\n\n x='1'\n/>\n<c/></a>\n");
	d = parsed(b.data);
	n = node_child(document_root(d), "b");
	is_int(node_line(n), 70001, "the line of the '<', past 65535");
	is_int(node_line(node_next_element(n)), 70005, "and of what follows");
	node_set_attr(n, "y", "2");
	is_int(node_line(node_add(document_root(d), "z", NULL)), 0, "added: no line");
	copy = document_copy(d);
	document_free(d);
	is_int(node_line(node_child(document_root(copy), "b")), 70001, "a copy keeps the lines");
	out = document_text(copy);
	ok(strstr(out, "\n<b x='1' y='2'/>\n<c/>") != NULL, "and the edits");
	document_free(copy);
}

static void test_reads(void)
{
	struct document *d = parsed("<domain type='kvm'><name>n</name><title>t</title>"
				    "<on_crash>destroy</on_crash><pm>"
				    "<suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm></domain>");
	struct schema_report unread = { .n_ignored = 0 };

	node_get(document_root(d), "@type");
	document_record_reads(d, true);
	node_get(document_root(d), "name");
	node_get(document_root(d), "pm/suspend-to-mem/@enabled");
	node_find(document_root(d), "on_crash");
	schema_report_unread(d, &unread);
	is_int(unread.n_ignored, 3, "what nobody asked for");
	is_str(unread.ignored[0].path, "domain/@type", "an attribute, read before recording only");
	is_str(unread.ignored[1].path, "domain/on_crash", "a text, though its element was found");
	is_str(unread.ignored[2].path, "domain/pm/suspend-to-disk", "an element, once");
	schema_report_done(&unread);
	document_free(d);
}

static void test_error_and_node_text(void)
{
	struct document *d = parsed("<a>\n<b  k='v'/></a>");
	struct error *err = NULL;
	AUTO_FREE char *text = document_node_text(d, node_child(document_root(d), "b"));

	is_str(text, "<b  k='v'/>", "one node's text");
	document_error(d, node_child(document_root(d), "b"), &err, "bad %d", 1);
	is_str(error_message(err), "x.xml:2: bad 1", "error with line");
	error_free(err);
	document_free(d);
}

int main(void)
{
	test_lossless();
	test_edit_one_thing();
	test_edit_shapes();
	test_get();
	test_refusals();
	test_doctype_is_cheap();
	test_lines();
	test_reads();
	test_error_and_node_text();
	return tap_done();
}

/*
 * Text from the XML never changes the shape of the command line: with every
 * hostile string in every text field, the plan has the same arguments, the
 * same keys in its JSON, the same number of options between commas, as with a
 * harmless word; or the definition is refused.
 */
#include "tests/unit/planning.h"

/* The fields: @N@ is where the text goes. */
static const char definition[] =
	"<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
	"<name>@0@</name><title>@1@</title><description>@2@</description>\n"
	"<memory unit='MiB'>64</memory><iothreads>1</iothreads>\n"
	"<os><type arch='x86_64' machine='q35'>hvm</type><kernel>/@3@</kernel><initrd>/@4@</initrd><cmdline>@5@</cmdline>"
	"<smbios mode='sysinfo'/></os>\n"
	"<sysinfo type='smbios'><bios><entry name='vendor'>@6@</entry></bios><system><entry name='serial'>@7@</entry></system>"
	"<oemStrings><entry>@8@</entry></oemStrings></sysinfo>\n"
	"<sysinfo type='fwcfg'><entry name='opt/x'>@9@</entry></sysinfo>\n"
	"<clock offset='timezone' timezone='@10@'/>\n"
	"<features><acpi/><hyperv><vendor_id state='on' value='@11@'/></hyperv></features>\n"
	"<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>\n"
	"<devices>\n"
	"<disk type='file'><source file='/@12@'/><target dev='vda' bus='virtio'/><serial>@13@</serial></disk>\n"
	"<disk type='block'><source dev='/@14@'/><target dev='vdb' bus='virtio'/></disk>\n"
	"<disk type='network'><source protocol='nbd' name='@15@'><host name='@16@' port='1'/></source><target dev='vdc' bus='virtio'/></disk>\n"
	"<disk type='network'><source protocol='http' name='@17@'><host name='@18@' port='1'/></source><target dev='sdb' bus='sata'/></disk>\n"
	"<controller type='scsi' index='0' model='virtio-scsi'/>\n"
	"<disk type='file'><source file='/x'/><target dev='sda' bus='scsi'/><vendor>@19@</vendor><product>@20@</product></disk>\n"
	"<disk type='file'><source file='/x'/><target dev='vdd' bus='virtio'/><iotune><total_iops_sec>9</total_iops_sec>"
	"<group_name>@21@</group_name></iotune></disk>\n"
	"<interface type='bridge'><source bridge='@22@'/><target dev='@23@'/></interface>\n"
	"<interface type='ethernet'><script path='/@24@'/></interface>\n"
	"<interface type='vhostuser'><source type='unix' path='/@25@' mode='client'/><model type='virtio'/></interface>\n"
	"<serial type='file'><source path='/@26@'/><log file='/@27@' append='on'/></serial>\n"
	"<serial type='unix'><source mode='bind' path='/@28@'/></serial>\n"
	"<serial type='tcp'><source mode='connect' host='@29@' service='@30@'/></serial>\n"
	"<serial type='udp'><source mode='bind' host='@31@' service='1'/><source mode='connect' host='@32@' service='2'/></serial>\n"
	"<channel type='unix'><source mode='bind' path='/@33@'/><target type='virtio' name='@34@'/></channel>\n"
	"<channel type='pipe'><source path='/@35@'/><target type='virtio' name='b'/></channel>\n"
	"<filesystem><source dir='/@36@'/><target dir='@37@'/></filesystem>\n"
	"<filesystem><driver type='virtiofs'/><source socket='/@38@'/><target dir='@39@'/></filesystem>\n"
	"<tpm model='tpm-crb'><backend type='external'><source type='unix' mode='connect' path='/@40@'/></backend></tpm>\n"
	"<graphics type='vnc' socket='/@41@' passwd='@42@'/>\n"
	"<video><model type='vga'/></video>\n"
	"<audio id='1' type='file' path='/@43@'/>\n"
	"<rng model='virtio'><backend model='random'>/@44@</backend></rng>\n"
	"<shmem name='@45@'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>\n"
	"<input type='passthrough' bus='virtio'><source evdev='/@46@'/></input>\n"
	"</devices></domain>\n";
#define FIELDS 47

static const char *const hostile[] = {
	"a,b", "a,,b", "a=b,c=d", "\",\"driver\":\"x", "a\\\"b", "}{", "a\nb", "a\n-device\nx", "-device", "--help", "a b", "a' b", "a;b|c&d",
	"$(x)`y`", "nbd:1.2.3.4:5", "json:{\"driver\":\"null\"}", "../../etc/passwd", "/../x", "fat:rw:/", "a\tb", "\xe2\x80\xaex",
	"\302\23331m", "%s%n", "a#b?c", "unix:/x,server=on", "fd=3", ":0,password=off", "",
};

/* For an XML attribute in single quotes and for element text alike. */
static void add_xml(struct buf *to, const char *s)
{
	for (; *s; s++)
		if (strchr("<>&'\"\n\t\r", *s))
			buf_printf(to, "&#%d;", (unsigned char)*s);
		else
			buf_add_char(to, *s);
}

/* The definition with text in one field and "w" in all others. */
static char *fill(int field, const char *text)
{
	struct buf out = BUF_INIT;
	const char *p = definition;

	while (*p) {
		char *end;
		long n;

		if (*p != '@' || (n = strtol(p + 1, &end, 10), *end != '@')) {
			buf_add_char(&out, *p++);
			continue;
		}
		add_xml(&out, n == field ? text : "w");
		p = end + 1;
	}
	return buf_steal(&out);
}

/* Keys and structure of a JSON value; of strings only that they are. */
static void add_shape(struct buf *to, struct json_object *o)
{
	if (json_object_is_type(o, json_type_object)) {
		buf_add_char(to, '{');
		json_object_object_foreach(o, key, value) {
			buf_printf(to, "%s:", key);
			add_shape(to, value);
		}
		buf_add_char(to, '}');
	} else if (json_object_is_type(o, json_type_array)) {
		buf_add_char(to, '[');
		for (size_t i = 0; i < json_object_array_length(o); i++)
			add_shape(to, json_object_array_get_idx(o, i));
		buf_add_char(to, ']');
	} else {
		buf_add_char(to, json_object_is_type(o, json_type_string) ? 's' : 'v');
	}
}

/* Keys of key=value,key=value as QEMU splits it: at single commas. */
static void add_option_shape(struct buf *to, const char *s)
{
	while (*s) {
		size_t key = strcspn(s, "=,");

		if (s[key] == '=')
			buf_add(to, s, key);
		else
			buf_add_char(to, '-');
		for (; *s; s++) {
			if (s[0] == ',' && s[1] == ',')
				s++;
			else if (s[0] == ',')
				break;
		}
		buf_add_char(to, ',');
		s += *s == ',';
	}
}

/* Options whose value is one string whatever is in it. */
static bool whole(const char *option)
{
	static const char *const list[] = { "-kernel", "-initrd", "-append", "-uuid", "-k" };

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (!strcmp(option, list[i]))
			return true;
	return false;
}

/* QEMU splits -cpu at every comma, doubled or not. */
static unsigned commas(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == ',';
	return n;
}

static char *shape_of(struct json_object *plan)
{
	struct buf s = BUF_INIT;
	const char *option = "";

	for (size_t i = 0; i < planning_words(plan); i++) {
		const char *word = planning_word(plan, i);
		struct json_object *json = *word == '{' ? json_parse(word, strlen(word), NULL) : NULL;

		if (json)
			add_shape(&s, json);
		else if (!strcmp(option, "-cpu"))
			buf_printf(&s, "%u", commas(word));
		else if (whole(option))
			buf_add_str(&s, "text");
		else if (*word == '{')
			buf_add_str(&s, "fd");	/* {"type":"tap","fd":" */
		else
			add_option_shape(&s, word);
		buf_add_char(&s, '\n');
		json_object_put(json);
		option = word;
	}
	return buf_steal(&s);
}

static void show_difference(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	printf("#   had %.60s\n#   has %.60s\n", a, b);
}

static void test_field(int field, const char *want)
{
	unsigned changed = 0, accepted = 0;

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		AUTO_FREE char *xml = fill(field, hostile[i]);
		struct error *err = NULL;
		struct json_object *plan = planning_plan(xml, &err);
		AUTO_FREE char *shape = plan ? shape_of(plan) : NULL;

		error_free(err);
		json_object_put(plan);
		accepted += shape != NULL;
		/* an empty text is an absent one: there an option may be missing */
		if (shape && *hostile[i] && strcmp(shape, want)) {
			printf("#   %s\n", hostile[i]);
			show_difference(want, shape);
			changed++;
		}
	}
	ok(changed == 0, "field %d: same shape (%u of %zu strings accepted)", field, accepted, ARRAY_SIZE(hostile));
}

int main(void)
{
	AUTO_FREE char *xml = fill(-1, "");
	struct error *err = NULL;
	struct json_object *plan = planning_plan(xml, &err);
	AUTO_FREE char *shape = plan ? shape_of(plan) : NULL;

	ok(plan != NULL, "the harmless definition has a plan");
	if (err)
		printf("#   %s\n", error_message(err));
	error_free(err);
	json_object_put(plan);
	for (int i = 0; shape && i < FIELDS; i++)
		test_field(i, shape);
	return tap_done();
}

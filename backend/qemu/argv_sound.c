/*
 * argv_sound: sound cards and the audio backends behind them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/qemu/argv.h"

/* --- backends ------------------------------------------------------------------------ */

enum value { TEXT, NUMBER, YESNO };

struct setting {
	const char *path, *key;
	enum value value;
};

/* Of one direction, for any backend: what a backend lacks the schema refuses. */
static const struct setting direction_settings[] = {
	{ "@mixingEngine", "mixing-engine", YESNO }, { "@fixedSettings", "fixed-settings", YESNO },
	{ "@voices", "voices", NUMBER }, { "@bufferLength", "buffer-length", NUMBER },
	{ "settings/@frequency", "frequency", NUMBER }, { "settings/@channels", "channels", NUMBER },
	{ "settings/@format", "format", TEXT }, { "@dev", "dev", TEXT }, { "@bufferCount", "buffer-count", NUMBER },
	{ "@tryPoll", "try-poll", YESNO }, { "@streamName", "stream-name", TEXT }, { "@latency", "latency", NUMBER },
	{ "@serverName", "server-name", TEXT }, { "@clientName", "client-name", TEXT },
	{ "@connectPorts", "connect-ports", TEXT }, { "@exactName", "exact-name", YESNO },
};

static void copy_setting(struct json_object *o, const xmlNode *node, const struct setting *s)
{
	if (s->value == TEXT)
		copy_str(o, s->key, node, s->path);
	else if (s->value == NUMBER)
		copy_int(o, s->key, node, s->path);
	else
		copy_bool(o, s->key, node, s->path);
}

static void add_direction(struct json_object *o, const char *key, const xmlNode *node, bool pulse)
{
	struct json_object *d = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(direction_settings); i++)
		copy_setting(d, node, &direction_settings[i]);
	if (pulse)
		copy_str(d, "name", node, "@name");
	if (json_object_object_length(d))
		json_set(o, key, d);
	else
		json_object_put(d);
}

static const char *audio_driver(const char *type)
{
	static const char *const same[] = { "none", "alsa", "coreaudio", "dbus", "jack", "oss", "pipewire", "sdl", "spice" };

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (!strcmp(same[i], type))
			return type;
	if (!strcmp(type, "pulseaudio"))
		return "pa";
	return !strcmp(type, "file") ? "wav" : NULL;
}

static void add_globals(struct builder *b, struct json_object *o, const xmlNode *node, const char *driver)
{
	copy_int(o, "timer-period", node, "@timerPeriod");
	if (!strcmp(driver, "pa"))
		copy_str(o, "server", node, "@serverName");
	if (!strcmp(driver, "wav"))
		copy_str(o, "path", node, "@path");
	if (!strcmp(driver, "oss")) {
		copy_bool(o, "try-mmap", node, "@tryMMap");
		copy_bool(o, "exclusive", node, "@exclusive");
		copy_int(o, "dsp-policy", node, "@dspPolicy");
	}
	if (node_has(node, "@runtimeDir"))
		copy_str(b->env, "PIPEWIRE_RUNTIME_DIR", node, "@runtimeDir");
	if (!strcmp(driver, "sdl"))
		copy_str(b->env, "SDL_AUDIODRIVER", node, "@driver");
}

static bool add_backend(struct builder *b, const struct device *dev)
{
	const char *type = text_at(dev->node, "@type"), *driver = audio_driver(type);
	AUTO_FREE char *id = mem_printf("audio%llu", (unsigned long long)node_u64(dev->node, "@id", 1));
	struct json_object *o;

	if (!driver || !capabilities_has_audio(b->caps, driver))
		return fail(b, dev->node, "<audio type='%s'>: this QEMU has no such audio backend", type);
	o = json_object_new_object();
	json_set_str(o, "id", id);
	json_set_str(o, "driver", driver);
	add_globals(b, o, dev->node, driver);
	add_direction(o, "in", node_child(dev->node, "input"), !strcmp(driver, "pa"));
	add_direction(o, "out", node_child(dev->node, "output"), !strcmp(driver, "pa"));
	add_json(b, "-audiodev", o);
	return true;
}

/* --- cards ------------------------------------------------------------------------------- */

static bool find_audio(struct builder *b, const struct device *dev, char **id)
{
	const struct device *a;
	uint64_t want = node_u64(dev->node, "audio/@id", 0);

	*id = NULL;
	for (size_t i = 0; (a = next_device(b, DEVICE_AUDIO, &i));)
		if (!node_has(dev->node, "audio/@id") || node_u64(a->node, "@id", 0) == want) {
			*id = mem_printf("audio%llu", (unsigned long long)node_u64(a->node, "@id", 1));
			return true;
		}
	if (!node_has(dev->node, "audio/@id"))
		return true;
	return fail(b, dev->node, "<audio id='%llu'>: there is no <audio> with this id", (unsigned long long)want);
}

static bool add_codec(struct builder *b, const struct device *dev, const char *type, unsigned n, const char *audio)
{
	AUTO_FREE char *driver = mem_printf("hda-%s", type);
	AUTO_FREE char *id = mem_printf("%s-codec%u", dev->alias, n), *bus = mem_printf("%s.0", dev->alias);
	struct json_object *o = json_object_new_object();

	json_set_str(o, "driver", driver);
	json_set_str(o, "id", id);
	json_set_str(o, "bus", bus);
	json_set_int(o, "cad", n);
	json_set_str(o, "audiodev", audio);
	return device_add(b, dev, o);
}

static bool add_codecs(struct builder *b, const struct device *dev, const char *audio)
{
	unsigned n = 0;

	NODE_EACH(c, dev->node, "codec") {
		const char *type = text_at(c, "@type");

		if (strcmp(type, "duplex") && strcmp(type, "micro") && strcmp(type, "output"))
			return fail(b, c, "<codec type='%s'>: duplex, micro or output", type);
		if (!add_codec(b, dev, type, n++, audio))
			return false;
	}
	return n > 0 || add_codec(b, dev, "duplex", 0, audio);
}

static const char *card(const char *model)
{
	static const char *const table[][2] = {
		{ "ac97", "AC97" }, { "es1370", "ES1370" }, { "ich6", "intel-hda" }, { "ich9", "ich9-intel-hda" },
		{ "sb16", "sb16" }, { "usb", "usb-audio" }, { "virtio", "virtio-sound-pci" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i][0], model))
			return table[i][1];
	return NULL;
}

static bool add_sound(struct builder *b, const struct device *dev)
{
	const char *model = text_at(dev->node, "@model"), *driver = card(model);
	bool hda = driver && strstr(driver, "-hda");
	AUTO_FREE char *audio = NULL;
	struct json_object *o;

	if (!strcmp(model, "pcspk"))
		return true;		/* part of the machine */
	if (!driver)
		return fail(b, dev->node, "<sound model='%s'>: QEMU has no such sound card", model);
	if (!find_audio(b, dev, &audio))
		return false;
	o = device_new(dev, driver);
	if (!hda)
		json_set_str(o, "audiodev", audio);
	copy_bool(o, "multi", dev->node, "@multichannel");
	copy_int(o, "streams", dev->node, "@streams");
	device_address(b, o, dev);
	return device_add(b, dev, o) && (!hda || add_codecs(b, dev, audio));
}

static bool add_all(struct builder *b, enum device_kind kind, bool (*add)(struct builder *, const struct device *))
{
	const struct device *dev;

	for (size_t i = 0; (dev = next_device(b, kind, &i));) {
		b->origin = dev->node;
		if (!add(b, dev))
			return false;
	}
	b->origin = NULL;
	return true;
}

bool argv_audio(struct builder *b)
{
	return add_all(b, DEVICE_AUDIO, add_backend);
}

bool argv_sound(struct builder *b)
{
	return add_all(b, DEVICE_SOUND, add_sound);
}

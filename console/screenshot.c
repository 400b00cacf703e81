/*
 * screenshot: see screenshot.h.
 */
#include "console/screenshot.h"

#include <png.h>
#include <stdlib.h>

#include "backend/base/mem.h"

/* Three bytes a pixel: red, green, blue. */
static unsigned char *to_bytes(const struct picture *p, unsigned char *out)
{
	size_t n = (size_t)p->width * (size_t)p->height;

	for (size_t i = 0; i < n; i++) {
		*out++ = (unsigned char)(p->pixels[i] >> 16);
		*out++ = (unsigned char)(p->pixels[i] >> 8);
		*out++ = (unsigned char)p->pixels[i];
	}
	return out;
}

void screenshot_ppm(const struct picture *p, struct buf *out)
{
	size_t size = 3 * (size_t)p->width * (size_t)p->height;

	buf_printf(out, "P6\n%d %d\n255\n", p->width, p->height);
	to_bytes(p, (unsigned char *)buf_reserve(out, size));
	out->len += size;
	out->data[out->len] = '\0';
}

bool screenshot_png(const struct picture *p, struct buf *out, struct error **err)
{
	png_image image = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB,
			    .width = (png_uint_32)p->width, .height = (png_uint_32)p->height };
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	AUTO_FREE unsigned char *bytes = NULL;

	if (!p->pixels) {
		error_set(err, "write PNG: there is no picture");
		return false;
	}
	bytes = mem_alloc(3 * (size_t)p->width * (size_t)p->height);
	to_bytes(p, bytes);
	if (!png_image_write_to_memory(&image, buf_reserve(out, size), &size, 0, bytes, 0, NULL)) {
		error_set(err, "write PNG: %s", image.message);
		png_image_free(&image);
		return false;
	}
	out->len += size;
	out->data[out->len] = '\0';
	return true;
}

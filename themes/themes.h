/*
 * themes: the theme files of this folder, compiled in.
 */
#ifndef THEMES_THEMES_H
#define THEMES_THEMES_H

extern const char theme_dark_text[];
extern const char theme_light_text[];
extern const char theme_mono_text[];
extern const char theme_high_contrast_text[];
extern const char theme_16_text[];

#endif

/*
 * settings: the user's theme and key map, on top of ours.
 */
#ifndef VIEWS_SETTINGS_H
#define VIEWS_SETTINGS_H

struct ui;

/* Set ui->theme, ui->columns (list_columns in the config) and ui->keys: the compiled-in theme that the config names
 * (theme = dark | light | mono | high-contrast | a file in config/themes), and config/keys
 * over the actions' own keys.  What is wrong there is told as a message. */
void settings_load(struct ui *ui);

/* Load them again whenever one of the files changes. Where nothing can be
 * watched they stay as they are. */
void settings_watch(struct ui *ui);
void settings_done(struct ui *ui);

#endif

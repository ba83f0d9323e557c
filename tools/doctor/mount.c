// SPDX-License-Identifier: GPL-2.0-only
/* mount.c - the mount that a file is on, from a table as /proc/self/mountinfo writes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "doctor/mount.h"

/* Space, tab, newline and backslash are written as \ooo. In place. */
static void unescape_octal(char *text)
{
	char *to = text;

	while (*text) {
		unsigned value;

		if (*text == '\\' && strspn(text + 1, "01234567") >= 3 &&
		    sscanf(text + 1, "%3o", &value) == 1 && value && value < 256) {
			*to++ = (char)value;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* id parent maj:min root point options [tag...] - type source options */
static bool parse(char *line, struct mount *mount, __u64 *id, dev_t *dev)
{
	char *field[6], *tail[3], *save = NULL, *word;
	unsigned int maj, min;

	for (int i = 0; i < 6; i++) {
		field[i] = strtok_r(i ? NULL : line, " \n", &save);
		if (!field[i])
			return false;
	}
	do
		word = strtok_r(NULL, " \n", &save);
	while (word && strcmp(word, "-"));
	for (int i = 0; i < 3; i++) {
		tail[i] = word ? strtok_r(NULL, " \n", &save) : NULL;
		if (!tail[i])
			return false;
	}
	if (sscanf(field[2], "%u:%u", &maj, &min) != 2)
		return false;
	*id = strtoull(field[0], NULL, 10);
	*dev = makedev(maj, min);
	mount->point = field[4];
	mount->type = tail[0];
	mount->source = tail[1];
	mount->options = tail[2];
	unescape_octal(field[4]);
	unescape_octal(tail[0]);
	unescape_octal(tail[1]);
	return true;
}

void mount_find(struct mount *mount, const char *table, __u64 id, dev_t dev)
{
	FILE *file = fopen(table, "re");
	char *line = NULL;
	size_t size = 0;

	*mount = (struct mount){0};
	if (!file)
		return;
	while (getline(&line, &size, file) > 0) {
		struct mount one = {.known = true, .line = line};
		__u64 one_id;
		dev_t one_dev;

		if (!parse(line, &one, &one_id, &one_dev) || (id ? one_id != id : one_dev != dev))
			continue;
		mount_free(mount);
		*mount = one;
		line = NULL;
		size = 0;
	}
	free(line);
	fclose(file);
}

void mount_free(struct mount *mount)
{
	free(mount->line);
	*mount = (struct mount){0};
}

bool mount_can_dax(const struct mount *mount)
{
	static const char *const types[] = {"xfs",  "ext4",     "ext2",  "erofs",
					   "fuse", "virtiofs", "famfs", "overlay"}; /* its layers */
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (mount->known && !strcmp(mount->type, types[i]))
			return true;
	return false;
}

const char *mount_option(const struct mount *mount, const char *name, char *out, size_t size)
{
	const char *at = mount->known ? mount->options : "";
	size_t len = strlen(name);

	while (*at) {
		size_t word = strcspn(at, ",");

		if (word >= len && !strncmp(at, name, len) && (word == len || at[len] == '=')) {
			snprintf(out, size, "%.*s", word == len ? 0 : (int)(word - len - 1),
				 at + len + (word != len));
			return out;
		}
		at += word + (at[word] == ',');
	}
	return NULL;
}

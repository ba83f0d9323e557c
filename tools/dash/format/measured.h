/* SPDX-License-Identifier: GPL-2.0-only */
/* measured.h - a hash of what is measured, of programs and texts: equal ones cannot give different figures. */
#ifndef DASH_FORMAT_MEASURED_H
#define DASH_FORMAT_MEASURED_H

/* Begin with an empty string; each call puts more into it. */
struct measured {
	char hash[33]; /* hexadecimal */
};

void measured_text(struct measured *to, const char *text);

/*
 * A file: of an ELF program what is loaded of it but its build id and the version we name ourselves by, so that
 * a commit that changes neither code nor data changes nothing here; of any other file all bytes. 0 or a negative
 * errno, and @to as it was then.
 */
int measured_file(struct measured *to, const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * measured.h - a hash of what is measured (programs and texts): with equal hashes, figures cannot
 * differ.
 */
#ifndef DASH_FORMAT_MEASURED_H
#define DASH_FORMAT_MEASURED_H

/* Start with an empty string; each call adds to it. */
struct measured {
	char hash[33]; /* hexadecimal */
};

void measured_text(struct measured *to, const char *text);

/*
 * Add a file. Of an ELF program this hashes what is loaded, except its build id and our version
 * string, so that a commit that changes neither code nor data does not change the hash. Of any
 * other file it hashes all bytes. Returns 0, or a negative errno with @to unchanged.
 */
int measured_file(struct measured *to, const char *path);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* escape.c - make names of any bytes safe to show. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>
#include "util/escape.h"

/*
 * Bytes of the UTF-8 sequence at @s; 0 when it is not valid (overlong, surrogate, above U+10FFFF,
 * incomplete). *cp gets the code point.
 */
static size_t utf8_len(const unsigned char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;

	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		len = 2;
		*cp = s[0] & 0x1f;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		len = 3;
		*cp = s[0] & 0x0f;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		len = 4;
		*cp = s[0] & 0x07;
	} else {
		return 0;
	}
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[len] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return len;
}

/* Code points that move the cursor, change colours or reorder the text around them. */
static bool unsafe_point(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x061c || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	       (cp >= 0xfff9 && cp <= 0xfffb);
}

size_t escape_text(char *out, size_t size, const char *text, enum escape_for how)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t done = 0;

	while (*s) {
		uint32_t cp = 0;
		size_t len = utf8_len(s, &cp);
		bool keep = len > 0;
		size_t i;

		if (how == ESCAPE_ASCII)
			keep = keep && cp >= 0x20 && cp < 0x7f && cp != '\\';
		else if (how == ESCAPE_TERMINAL)
			keep = keep && !unsafe_point(cp) && cp != '\\';
		if (!len)
			len = 1;
		if (done + (keep ? len : 4 * len) >= size)
			break;
		for (i = 0; i < len; i++) {
			if (keep) {
				out[done++] = (char)s[i];
				continue;
			}
			out[done++] = '\\';
			out[done++] = 'x';
			out[done++] = hex[s[i] >> 4];
			out[done++] = hex[s[i] & 15];
		}
		s += len;
	}
	out[done] = '\0';
	return done;
}

size_t escape_fit(const char *text, int columns, int *used)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t bytes = 0;
	int filled = 0;

	while (s[bytes]) {
		uint32_t cp = 0;
		size_t len = utf8_len(s + bytes, &cp);
		int width = len > 1 ? wcwidth((wchar_t)cp) : 1;

		if (!len)
			len = 1;
		if (width < 0)
			width = 1;
		if (filled + width > columns)
			break;
		filled += width;
		bytes += len;
	}
	if (used)
		*used = filled;
	return bytes;
}

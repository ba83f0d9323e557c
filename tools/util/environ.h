/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * environ.h - properties of this machine that decide the figures of a run: CPU, accelerator, kernel
 * and its build.
 */
#ifndef DAX_UTIL_ENVIRON_H
#define DAX_UTIL_ENVIRON_H

/*
 * Call @put for everything that is known. Stops at its first return value other than 0, and returns
 * that.
 */
int environ_each(int (*put)(void *ctx, const char *key, const char *value), void *ctx);

/* The filesystem at @mount: "bsize=4096 sunit=512 swidth=512" from its mount options. */
int environ_fs(const char *mount, int (*put)(void *ctx, const char *key, const char *value), void *ctx);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* users.h - find the processes that have a file open or mapped, as far as /proc shows them. */
#ifndef DAX_DOCTOR_USERS_H
#define DAX_DOCTOR_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_USERS 8 /* processes that are named; more are only counted */

struct user {
	int pid;
	char comm[20]; /* any bytes */
	bool maps;     /* has it mapped, perhaps without a descriptor */
};

struct users {
	struct user user[MAX_USERS];
	size_t nr;     /* may be more than MAX_USERS */
	size_t hidden; /* processes whose descriptors or mappings cannot be seen */
};

/* Find all other processes that use the inode @ino of @dev. False without /proc. */
bool users_find(struct users *users, dev_t dev, ino_t ino);

/* "123 (mysqld), 124 (sh, mapped) and 3 more", or "" when there is none. */
void users_text(const struct users *users, char *out, size_t size);

#endif

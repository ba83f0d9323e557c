// SPDX-License-Identifier: GPL-2.0-only
/*
 * crypt.c - has all files that are made in a folder encrypted by fscrypt (AES-256-XTS, names AES-256-CTS), with a key that
 * is the same each time; or takes the key away from the filesystem.
 *
 * usage: crypt FOLDER | crypt -r FOLDER
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fscrypt.h>

#define KEY_SIZE 64

static int fail(const char *path)
{
	fprintf(stderr, "crypt: %s: %s\n", path, strerror(errno));
	return 1;
}

/* Give the key to the filesystem of @fd. *id gets its identifier. */
static int add_key(int fd, struct fscrypt_key_specifier *id)
{
	struct fscrypt_add_key_arg *arg = calloc(1, sizeof(*arg) + KEY_SIZE);
	int ret;

	if (!arg)
		return -1;
	arg->key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	arg->raw_size = KEY_SIZE;
	memset(arg->raw, 0x5a, KEY_SIZE);
	ret = ioctl(fd, FS_IOC_ADD_ENCRYPTION_KEY, arg);
	*id = arg->key_spec;
	free(arg);
	return ret;
}

static int encrypt(int fd)
{
	struct fscrypt_policy_v2 policy = {
		.version = FSCRYPT_POLICY_V2,
		.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
	};
	struct fscrypt_key_specifier id;

	if (add_key(fd, &id))
		return -1;
	memcpy(policy.master_key_identifier, id.u.identifier, sizeof(policy.master_key_identifier));
	return ioctl(fd, FS_IOC_SET_ENCRYPTION_POLICY, &policy);
}

static int remove_key(int fd)
{
	struct fscrypt_remove_key_arg arg = {0};

	/* Its identifier is that of the same key, added once more. */
	if (add_key(fd, &arg.key_spec))
		return -1;
	return ioctl(fd, FS_IOC_REMOVE_ENCRYPTION_KEY, &arg);
}

int main(int argc, char *argv[])
{
	int fd, removes = argc == 3 && !strcmp(argv[1], "-r");

	if (argc != 2 && !removes) {
		fprintf(stderr, "usage: crypt [-r] FOLDER\n");
		return 2;
	}
	fd = open(argv[argc - 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (removes ? remove_key(fd) : encrypt(fd)))
		return fail(argv[argc - 1]);
	return 0;
}

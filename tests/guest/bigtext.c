// SPDX-License-Identifier: GPL-2.0-only
/*
 * bigtext.c - a program of more than 4 MiB of code, of which it runs one byte in each 2 MiB. Linked
 * with -z max-page-size=2097152 its code can be mapped at 2 MiB.
 */
#include <stdio.h>

/* Each function returns at once; between them 2 MiB, and the first as far from the code's start. */
__asm__(".section .text.zbig,\"ax\",@progbits\n"
	".balign 2097152\n"
	"big_code:\n"
	".rept 3\n"
	"ret\n"
	".balign 2097152, 0xcc\n"
	".endr\n"
	".previous\n");
extern char big_code[];

int main(void)
{
	for (unsigned long i = 0; i < 3; i++)
		((void (*)(void))(unsigned long)(big_code + i * (2UL << 20)))();
	puts("ran");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* template.c - includes the page without its data in the program. PAGE_TEMPLATE is its path. */
#include "dash/report/template.h"

__asm__(".section .rodata\n"
	".global page_template\n"
	".type page_template, @object\n"
	"page_template:\n"
	".incbin \"" PAGE_TEMPLATE "\"\n"
	".byte 0\n"
	".size page_template, . - page_template\n"
	".previous\n");

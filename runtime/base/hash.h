/* A hash of bytes: whether data is what it was. Not for keeping secrets. */
#ifndef LUNET_BASE_HASH_H
#define LUNET_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 64 bits from n bytes; `start` is 0, or the hash of what comes before, in pieces that are multiples of 8 bytes. */
uint64_t ln_hash(uint64_t start, const void *bytes, size_t n);

#endif

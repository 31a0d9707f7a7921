/* FNV-1a over words of 8 bytes instead of bytes, with the upper bits folded down after each, so that every bit of a
 * word reaches all of the hash. Constants: Fowler, Noll, Vo, http://www.isthe.com/chongo/tech/comp/fnv/ */
#include "base/hash.h"

#include <string.h>

uint64_t ln_hash(uint64_t start, const void *bytes, size_t n) {
  const uint64_t prime = 0x100000001b3u, offset = 0xcbf29ce484222325u;
  const char *at = bytes;
  uint64_t hash = start ^ offset;
  for (uint64_t word; n > 0; at += sizeof word) {
    size_t part = n < sizeof word ? n : sizeof word;
    word = n < sizeof word ? n << 56 : 0; /* a short last word tells its length */
    memcpy(&word, at, part);
    hash = (hash ^ word) * prime;
    hash ^= hash >> 32;
    n -= part;
  }
  return hash;
}

/* Fuzzing with clang's libFuzzer: `make fuzz`.
 *
 * One file a target, found by the Makefile: it defines fuzz_target, which gives the bytes to what it tests and tells in
 * a hash what came out. To add one, copy options.c, and let seeds.lua write a few good inputs and, where it helps, the
 * words that inputs are made of. The same files built with replay.c instead of libFuzzer run a corpus once and print
 * the hash of each input: results that depend on what memory held before show as other hashes under MALLOC_PERTURB_,
 * and gcc's coverage of the readers is counted from such runs. */
#ifndef LUNET_TESTS_FUZZ_H
#define LUNET_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "tensor/tensor.h"

/* What is tested. Results must not depend on earlier calls. Gives a hash of the result, or of the message. */
uint64_t fuzz_target(const uint8_t *bytes, size_t n);

/* Files of the runtime whose coverage counts, as "runtime/image/png.c runtime/image/read.c". */
extern const char *const fuzz_covers;

/* The path of a file with these bytes, until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t n);

/* What every target for image files does: decodes them, in gray and upright, and in colour as stored. Small images are
 * written in every format, and must come back. */
uint64_t fuzz_image(const uint8_t *bytes, size_t n);

/* The bytes as text that ends with a NUL byte; freed by the caller. */
char *fuzz_text(const uint8_t *bytes, size_t n);

/* Hashes: FNV-1a. fuzz_hash_tensor gives the reference back. */
#define FUZZ_START UINT64_C(14695981039346656037)
uint64_t fuzz_hash(uint64_t hash, const void *bytes, size_t n);
uint64_t fuzz_hash_text(uint64_t hash, const char *text);
uint64_t fuzz_hash_tensor(uint64_t hash, LnTensor *t);
/* Of a result, or of the message that a failure left. A failure without a message ends the process. */
uint64_t fuzz_hash_status(LnStatus status, const LnError *err);

/* Once, before the first input: limits as the targets' memory allows, one thread. */
void fuzz_start(void);

#endif

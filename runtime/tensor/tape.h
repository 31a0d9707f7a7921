/* Gradients of whatever is computed from tensors: reverse-mode differentiation.
 *
 * A tape watches tensors. An operation of tensor/ that has a watched tensor among its inputs, or one that derives from
 * it, is recorded, and its results derive from it too: the tape follows them. ln_tape_backward walks the records from
 * the last to the first and adds up what each input contributes. Operations on other tensors are not recorded and cost
 * what they cost without tapes.
 *
 *   ln_tape_new(&tape, &err);
 *   ln_tape_watch(&x, tape, values, &err);
 *   ln_tensor_binary(&square, LN_MUL, x, x, &err);
 *   ln_tensor_reduce(&y, LN_SUM, square, -1, false, &err);
 *   ln_tape_backward(tape, y, NULL, &err);
 *   ln_tape_gradient(&dx, tape, x, &err);               2 x
 *   ln_tape_free(tape);
 *
 * Until it ends, a tape holds the tensors that its records need; writing to these is an error. A tensor is followed by
 * one tape at most, and a gradient by none: second derivatives are not supported.
 * Source: Griewank, Walther: Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3. */
#ifndef LUNET_TENSOR_TAPE_H
#define LUNET_TENSOR_TAPE_H

#include "tensor/tensor.h"

LnStatus ln_tape_new(LnTape **out, LnError *err);
/* From now on it follows what derives from watched tensors, and records nothing: for a function that is to see the same
 * kinds of results where its gradient is not wanted. */
void ln_tape_only_follow(LnTape *tape);
void ln_tape_free(LnTape *tape); /* NULL is legal; tensors stay, followed no more */

/* A view of t for the tape to follow. Fails if a tape follows t already. */
LnStatus ln_tape_watch(LnTensor **out, LnTape *tape, LnTensor *t, LnError *err);
/* A view of t that no tape follows. */
LnStatus ln_tensor_detach(LnTensor **out, LnTensor *t, LnError *err);
/* Whether this tape follows t. */
bool ln_tape_follows(const LnTape *tape, const LnTensor *t);

/* Work out the gradients of y, which the tape follows, times dy, which has y's shape; NULL: of 1, and y is one number. The
 * tape follows nothing afterwards, and what it held is given back. Once a tape. */
LnStatus ln_tape_backward(LnTape *tape, const LnTensor *y, LnTensor *dy, LnError *err);
/* After that: the gradient of a tensor that was watched, zeros if y does not depend on it; a tensor of its own. */
LnStatus ln_tape_gradient(LnTensor **out, LnTape *tape, const LnTensor *watched, LnError *err);
/* Whether y depends on it. */
bool ln_tape_reached(const LnTape *tape, const LnTensor *watched);

#endif

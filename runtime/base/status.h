/* Status codes and error messages.
 *
 * Everything that can fail for a reason outside our control returns LnStatus and fills the caller's LnError, which
 * lives on the caller's stack. Messages name the item, the option or shape, what was expected and what came, counting
 * from 1. A broken invariant of our own is an assert. */
#ifndef LUNET_BASE_STATUS_H
#define LUNET_BASE_STATUS_H

typedef enum LnStatus {
  LN_OK = 0,
  LN_EMEMORY,      /* an allocation failed */
  LN_EARG,         /* an option or argument is wrong */
  LN_ESHAPE,       /* shapes do not fit */
  LN_EIO,          /* the operating system refused: missing file, no permission, disk full */
  LN_EFORMAT,      /* a file is damaged or of another kind */
  LN_EUNSUPPORTED, /* a sound file of a kind that is not read: "not supported: NIfTI-2" */
  LN_ELIMIT,       /* more than the limits of the process allow */
  LN_ENUMERIC,     /* NaN or infinity where a finite number is needed */
  LN_EINTERRUPTED, /* the user asked to stop: see base/interrupt.h */
} LnStatus;

typedef struct LnError {
  LnStatus status;
  char msg[512];
} LnError;

/* Fill err (may be NULL) with a printf-style message and return status. Control characters, and bytes that are not UTF-8,
 * come out as \x1b: names that a file or a path brings cannot reach the terminal. */
LnStatus ln_fail(LnError *err, LnStatus status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* For a failure, put context in front of the message that is there (err may be NULL), e.g. "layer 3 (conv2d): ".
 * Returns the status, LN_OK too. */
LnStatus ln_error_prefix(LnError *err, LnStatus status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Pass a failure up. */
#define LN_TRY(call)                       \
  do {                                     \
    LnStatus ln_try_status_ = (call);      \
    if (ln_try_status_ != LN_OK) return ln_try_status_; \
  } while (0)

#endif

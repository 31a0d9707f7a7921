/* Keys as they come: waiting for them so that Ctrl-C, Ctrl-Z and a new size of the window are seen meanwhile. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_INPUT_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_INPUT_H

#include <stdbool.h>

typedef enum InputEvent { INPUT_READY, INPUT_INTERRUPTED, INPUT_RESIZED, INPUT_SUSPENDED, INPUT_BROKEN } InputEvent;

/* Between these two, SIGWINCH and SIGTSTP are events. */
void input_watch(void);
void input_unwatch(void);

/* Waits for the next event. Ctrl-C is told until lnb_interrupt_take. */
InputEvent input_wait(void);
void input_suspend(void); /* stops the program, as Ctrl-Z does, and returns when it goes on */

int input_pending(void); /* how many bytes have come and were not read */

/* Whether the keys come from a paste, or as fast as from one: several lines or many bytes at once. To be told of each
 * end of a line. */
void input_note_line(void);
bool input_is_pasted(void);

#endif

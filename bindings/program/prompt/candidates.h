/* The list of what a word can become. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_CANDIDATES_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_CANDIDATES_H

/* matches: as readline gives them, what they have in common and then n of them. */
void candidates_show(char **matches, int n);

#endif

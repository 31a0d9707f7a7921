# Completion of the command line of lunet in bash: options, commands, and files.
_lunet() {
  local word=${COMP_WORDS[COMP_CWORD]} words=""
  if [ "$COMP_CWORD" = 1 ]; then
    words="-e -i --no-init --help --version $("${COMP_WORDS[0]}" --help 2>/dev/null | sed -n '/^commands/,$s/^  \([^ ]*\) .*/\1/p')"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _lunet lunet

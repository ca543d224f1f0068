#compdef democtl
# zsh completion of democtl(1). democtl itself knows what may follow; this only asks it.
_democtl() {
  local -a entries
  local line
  for line in "${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == $'\tFILE' ]]; then
      [[ $PREFIX == --*=* ]] && compset -P '*='
      _files
      return
    fi
    [[ -z $line ]] && continue
    if [[ $line == *$'\t'* ]]; then
      entries+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    else
      entries+=("${line//:/\\:}")
    fi
  done
  _describe -V democtl entries
}
if [[ $funcstack[1] == _democtl ]]; then
  _democtl "$@"
else
  compdef _democtl democtl
fi

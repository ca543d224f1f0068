# bash completion of democtl(1). democtl itself knows what may follow; this only asks it.
_democtl() {
  local line words word=$2 IFS=$' \t\n'
  # An address holds colons, at which bash splits: put the words together again as the user wrote them.
  read -r -a words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:COMP_POINT-1:1} == [[:space:]] ]] && words+=("")
  local whole=${words[-1]} program=${words[0]}
  # Only the command line itself gives a leading ~ its meaning.
  [[ $program == '~/'* ]] && program=${HOME-}/${program#'~/'}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == $'\tFILE' ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
    fi
    line=${line%%$'\t'*}
    # bash replaces what stands behind the last colon, and would take backslashes and spaces for its own.
    line=${line#"${whole%"$word"}"}
    line=${line//\\/\\\\}
    COMPREPLY+=("${line// /\\ }")
  done < <("$program" __complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _democtl democtl

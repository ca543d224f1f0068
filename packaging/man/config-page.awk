# Makes the man page demo-server.toml(5) from packaging/demo-server.toml, where every key stands with its default and
# its meaning above it, so that both say the same.
#   awk -v version=0.1.0 -f config-page.awk demo-server.toml >demo-server.toml.5
#
# The file's shape: "# text" is prose, "#   text" a line of a list, "# --- title ---" a section, "#key = value" or
# "key = value" a setting, "[table]" a table, each also behind a "#".

function escape(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/`/, "\\(ga", text)
  return text
}

# A line of text must not look like a request.
function print_text(text) {
  text = escape(text)
  if (text ~ /^\./) text = "\\&" text
  print text
}

function print_prose(    i, in_list) {
  for (i = 1; i <= prose_count; i++) {
    if (prose[i] ~ /^  /) {
      if (!in_list) print ".nf"
      in_list = 1
    } else if (in_list) {
      print ".fi"
      in_list = 0
    }
    print_text(prose[i])
  }
  if (in_list) print ".fi"
  prose_count = 0
}

function flush_settings(    i) {
  if (setting_count == 0) return
  for (i = 1; i <= setting_count; i++) {
    print i == 1 ? ".TP" : ".TQ"
    print "\\fB" escape(setting[i]) "\\fR"
  }
  for (i = 1; i <= held_count; i++) prose[i] = held[i]
  prose_count = held_count
  print_prose()
  setting_count = held_count = 0
}

BEGIN {
  print ".TH DEMO-SERVER.TOML 5 \"\" \"demo-server " version "\" \"File formats\""
  print ".SH NAME"
  print "demo\\-server.toml \\- configuration of demo\\-server"
  print ".SH SYNOPSIS"
  print ".I /etc/demo\\-server/demo\\-server.toml"
  print ".SH DESCRIPTION"
  header = 1
}

# The head of the file, up to the first setting's prose: its first line is the title.
header && NR == 1 { next }
header && /^#$/ { print ".PP"; next }
header && /^# / { print_text(substr($0, 3)); next }
header && /^$/ { header = 0; print ".SH SETTINGS"; next }

/^# --- / {
  flush_settings()
  title = $0
  sub(/^# --- /, "", title)
  sub(/ -+$/, "", title)
  print ".SS \"" escape(title) "\""
  next
}

/^#? ?\[/ && !/^# [^\[]/ {
  flush_settings()
  line = $0
  sub(/^# ?/, "", line)
  print ".PP"
  print "\\fB" escape(line) "\\fR"
  if (prose_count > 0) {
    print ".br"
    print_prose()
  }
  next
}

/^# / {
  if (setting_count > 0) flush_settings()
  prose[++prose_count] = substr($0, 3)
  next
}

/^#?[a-z_0-9]+ = / {
  if (setting_count == 0) {
    for (i = 1; i <= prose_count; i++) held[i] = prose[i]
    held_count = prose_count
    prose_count = 0
  }
  line = $0
  sub(/^#/, "", line)
  setting[++setting_count] = line
  next
}

/^$/ {
  flush_settings()
  if (prose_count > 0) {
    print ".PP"
    print_prose()
  }
}

END {
  flush_settings()
  print ".SH SEE ALSO"
  print ".BR demo\\-server (8),"
  print ".BR democtl (1)"
}

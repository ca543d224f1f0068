#include "verb/man_page.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "format/column_meaning.h"
#include "text/letter_case.h"
#include "verb/help_text.h"

namespace demo::ctl {
namespace {

// Text as roff prints it unchanged: no hyphenation of options, no line that starts with a control character.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else if (c == '"') {
      result += "\\(dq";
    } else if (c == '~') {
      result += "\\(ti";
    } else if (c == '^') {
      result += "\\(ha";
    } else if (c == '.' && result.empty()) {
      result += "\\&.";
    } else {
      result += c;
    }
  }
  return result;
}

std::string sentence(std::string_view clause) {
  std::string text(clause);
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 32);
  return text.ends_with('.') ? text : text + ".";
}

// ".TP" with "-o, --output VALUE" in bold and italics.
std::string argument_entry(const Argument& argument) {
  std::string heading;
  if (argument.positional) {
    heading = fmt::format(".I {}", escaped(argument.placeholder));
  } else {
    const std::string all = argument_heading(argument);
    const std::string names = all.substr(0, all.size() - argument.placeholder.size());
    heading = argument.is_flag()
                  ? fmt::format(".B {}", escaped(names))
                  : fmt::format(".BI \"{}\" {}", escaped(names), escaped(argument.placeholder));
  }
  return fmt::format(".TP\n{}\n{}\n", heading, escaped(sentence(argument.help)));
}

std::string verb_entry(const Verb& verb) {
  const std::string usage = usage_line(verb).substr(std::string_view("democtl ").size());
  std::string text = fmt::format(".SS {}\n{}\n", escaped(usage), escaped(sentence(verb.summary)));
  if (!verb.details.empty()) text += fmt::format("{}\n", escaped(verb.details));
  for (const Argument& argument : verb.arguments) {
    if (!argument.of_every_change) text += argument_entry(argument);
  }
  if (!verb.examples.empty()) text += ".PP\nExamples:\n";
  for (const Example& example : verb.examples) {
    text += fmt::format(".PP\n.RS 4\n.nf\n.B democtl {}\n.fi\n.RE\n.RS 8\n{}\n.RE\n", escaped(example.line),
                        escaped(sentence(example.what)));
  }
  return text;
}

// The options that every change takes, of the first verb that has them.
std::string change_options(const CommandTable& table) {
  std::string text;
  for (const auto& command : table) {
    for (const Argument& argument : command->verb().arguments) {
      if (argument.of_every_change) text += argument_entry(argument);
    }
    if (!text.empty()) break;
  }
  return text;
}

constexpr std::string_view kDescription = R"(democtl steers and watches a running
.BR demo\-server (8).
Every change takes effect at once, is applied by every worker, and is written to the state file when the
daemon has one. A change prints the generation that holds it and how many workers have applied it:
"gen 42, 12/12 workers".
.PP
Addresses are the same everywhere:
.BR 1.2.3.4:80 ,
.BR [::1]:80 ,
.BR [fe80::1%eth0]:80 ,
.B :80
(every IPv4 address of the host; as a backend 127.0.0.1:80),
.BR unix:/path ;
those of backends may be a name with a port.
A name that holds what would steer a terminal is shown with
.B \exNN
for each such byte, and may be given so, in single quotes:
where nothing has that very name, what is shown so is meant.
Durations are
.BR 250ms ,
.BR 15s ,
.BR 5m ,
.BR 2h ;
sizes are
.BR 512 ,
.BR 20k ,
.BR 16m ,
.BR 1g ,
where k is 1024, and so are those of options and differences.
In tables of figures kB, MB and GB are powers of 1000, and figures of time have one unit, as 1.5ms.
What is turned on or off takes
.BR on ,
.B yes
and
.BR true ,
or
.BR off ,
.B no
and
.BR false .
)";

constexpr std::string_view kOutput = R"(.TP
.B table
For people: as many columns as the terminal has room for.
Every column when standard output is no terminal and COLUMNS does not say how wide a line may be.
Cells are cut on a terminal alone, when not even the most needed columns fit.
.TP
.B wide
Every column, however long the lines get.
.TP
.B csv
Every column (RFC 4180), figures in full: bytes, nanoseconds, a second.
.TP
.B json
The answer of the API, as the section JSON has it.
With
.B \-\-fields
it is a list of objects with these columns.
.TP
.B jsonl
The same, one object a row and line.
)";

constexpr std::string_view kJson = R"(What
.B \-o json
and
.B config show
print, what
.B config apply
and
.B stats \-\-replay
read, and the daemon's state file have the fields of demo.control.v1 under the names of its .proto files.
Fields are added in later versions, never renamed.
.TP
.B numbers
Numbers, also those of 64 bits.
Some programs round what is more than 9007199254740992 (2^53).
.TP
.B choices
The words that the options take: "reuseport\-cpu", "least\-connections".
"unknown" stands where a daemon tells nothing, and a number for a choice of a later version.
.TP
.B durations
As the options take them: "250ms", "90s", "5m".
Those that are numbers say their unit in their name: cpu_ns.
.TP
.B moments
"2024\-05\-01T12:03:22Z" (RFC 3339).
.TP
.B bytes
The body of a response is the text that it is; one that is not UTF\-8 is {"base64": "..."}.
.PP
Characters that could steer a terminal are written as \eu001b.
.PP
What is read may also be as protobuf writes it, and earlier versions did:
"LISTENER_MODE_AUTO", "123", "1.500s", names in camelCase; null is a field that is not there.
A body in such a text was base64 and is read so if every choice of the text has its long name.
A text that has names of both kinds must say {"text": "..."} or {"base64": "..."}, as every text may.
A field that there is not, or is there twice, and a value that does not fit are refused with the file's
name, line and column, the path of the field, and what is allowed.
)";

// The columns in the words of the one table that tells what they mean.
std::string columns_chapter() {
  std::string text =
      ".SH COLUMNS\nAs tables, CSV,\n.B \\-\\-fields\nand\n.B \\-\\-sort\nname them; tables have them in "
      "capitals, and "
      "either case is taken.\n";
  for (const ColumnMeaning& column : column_meanings()) {
    text += fmt::format(".TP\n.B {}\n{}\n", escaped(column.name), escaped(sentence(column.meaning)));
  }
  return text;
}

struct ExitCodeText {
  ExitCode code;
  std::string_view meaning;
};

constexpr std::array<ExitCodeText, 9> kExitCodes{{
    {ExitCode::kDone, "Done."},
    {ExitCode::kFailed, "Anything that has no code of its own."},
    {ExitCode::kUsage, "The command line is wrong, or the daemon refused a value."},
    {ExitCode::kNotFound, "What is named does not exist."},
    {ExitCode::kConflict, "It exists already, or the state does not allow it, or it moved on."},
    {ExitCode::kPartial, "Applied by some workers only; standard error says which not and why."},
    {ExitCode::kUnreachable, "The daemon is unreachable, or takes no connection for the time of --timeout."},
    {ExitCode::kDenied, "Denied."},
    {ExitCode::kTimedOut, "Timed out; also a drain that cut something off."},
}};

constexpr std::string_view kEnvironment = R"(.TP
.B DEMOCTL_TARGET
Used when
.B \-\-target
is not given.
.TP
.B XDG_RUNTIME_DIR
The socket demo\-server/control.sock in it is tried when /run/demo\-server/control.sock is not there
or not permitted.
.TP
.B NO_COLOR
When it is set and not empty, no colors are used.
.TP
.B COLUMNS
Width of tables when standard output is no terminal; without it they have every column.
)";

constexpr std::string_view kFilesSection = R"(.TP
.I /run/demo\-server/control.sock
Everything, for its owner and group.
.TP
.I /run/demo\-server/monitor.sock
Reads alone; used by verbs that read when the control socket is not permitted.
)";

}  // namespace

std::string man_page(const CommandTable& table, const std::vector<Argument>& global,
                     const std::string& version) {
  std::string text =
      fmt::format(".TH DEMOCTL 1 \"\" \"demo\\-server {}\" \"User Commands\"\n.ad l\n", version);
  text += ".SH NAME\ndemoctl \\- steer and watch a running demo\\-server\n";
  text += ".SH SYNOPSIS\n.B democtl\n[\\fIOPTIONS\\fR] \\fIVERB\\fR [\\fIARGUMENTS\\fR]\n";
  text += fmt::format(".SH DESCRIPTION\n{}", kDescription);
  text += ".SH OPTIONS\nThese may stand before and after the verb.\n";
  for (const Argument& argument : global) text += argument_entry(argument);
  text += ".TP\n.BR \\-h \", \" \\-\\-help\nTell more about democtl or about a verb.\n";
  text += ".SS Options of every verb that changes the configuration\n" + change_options(table);
  for (const Chapter chapter : kChapters) {
    text += fmt::format(".SH {}\n", escaped(text::capitals(chapter_title(chapter))));
    for (const auto& command : table) {
      if (command->verb().chapter == chapter && !command->verb().hidden) text += verb_entry(command->verb());
    }
  }
  text += fmt::format(".SH OUTPUT\n{}.SH JSON\n{}", kOutput, kJson);
  text += columns_chapter();
  text += ".SH EXIT STATUS\n";
  for (const ExitCodeText& code : kExitCodes) {
    text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(code.code), code.meaning);
  }
  text += fmt::format(".SH ENVIRONMENT\n{}.SH FILES\n{}", kEnvironment, kFilesSection);
  return text + ".SH SEE ALSO\n.BR demo\\-server (8),\n.BR demo\\-server.toml (5)\n";
}

}  // namespace demo::ctl

"""Workers that stay the user of the tests."""

import os
import pwd

# For what reaches into a running worker (its limits), or meets what only the tests' own user may open.
OWN_USER = ("--worker-user", pwd.getpwuid(os.geteuid()).pw_name)

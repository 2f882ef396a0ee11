"""`python -m emviz` is the command `emviz`, for when the shell does not find it."""

import sys

from emviz.cli import main

sys.exit(main())

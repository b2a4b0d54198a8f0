"""Writes docs/changelog.md in the form that Debian wants: changelog.py FILE MAINTAINER"""

import email.utils
import re
import sys
import textwrap
from datetime import datetime, timezone

path, maintainer = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    releases = re.split(r"^## ", file.read(), flags=re.MULTILINE)[1:]
for release in releases:
    head, *lines = release.strip().split("\n")
    version, date = re.fullmatch(r"(\S+) \((\d{4}-\d\d-\d\d)\)", head).groups()
    print(f"saylog ({version}-1) unstable; urgency=medium\n")
    for line in filter(None, lines):
        if line.startswith("### "):
            print(f"\n  [ {line[4:]} ]")
            continue
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line.removeprefix("* "))
        print(textwrap.fill(text, 76, initial_indent="  * ", subsequent_indent="    "))
    day = datetime.fromisoformat(date).replace(tzinfo=timezone.utc)
    print(f"\n -- {maintainer}  {email.utils.format_datetime(day)}\n")

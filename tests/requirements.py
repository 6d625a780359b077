"""What the tests need of the machine: PostgreSQL's server and Chromium. Installs them where root and apt-get allow."""

import os
import shutil
import subprocess
import sys

from tests.cluster import NoPostgres, binaries

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """Path of a Chromium, or None."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def install(package: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"installing {package} ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", package]):
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    missing = []
    if browser() is None:
        install("chromium")
    if browser() is None:
        missing.append("Chromium is not installed; on Debian or Ubuntu: apt-get install chromium")
    for attempt in ("first", "last"):
        try:
            binaries()
            break
        except NoPostgres as error:
            if attempt == "first":
                install("postgresql")
            else:
                missing.append(str(error))
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

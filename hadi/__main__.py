"""`python -m hadi`: the console script where its folder is not on the PATH."""

from __future__ import annotations

from hadi.cli.main import main

if __name__ == "__main__":
    main()

"""`python -m crawler` is the `newsledger` command."""

from crawler.cli import main

if __name__ == "__main__":
    main()

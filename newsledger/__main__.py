"""The command: entry point of `python -m newsledger` and of the script `newsledger`."""

from crawler.cli import main

if __name__ == "__main__":
    main()

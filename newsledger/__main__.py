"""`python -m newsledger`, and the script of that name, are the command."""

from crawler.cli import main

if __name__ == "__main__":
    main()

"""``python -m worksheet.cli``: the command without its script."""

from worksheet.cli import main

if __name__ == "__main__":
    main()
